"""Files people hand to a command: read whole, within a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def read_file(file: Path, most: int) -> bytes:
    """Read a file of at most so many bytes.

    Raises:
        InputError: it cannot be read, or is larger.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(most + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no such name"
        raise InputError(f"The file cannot be read ({why}); check its name.") from error
    if len(data) > most:
        raise InputError(
            f"The file is larger than {most // 1024 // 1024} MB; ask for a smaller one."
        )
    return data
