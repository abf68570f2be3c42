"""Files people hand to a command: read whole, within a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def read_file(file: Path, most: int) -> bytes:
    """Read a file of at most so many bytes.

    Raises:
        InputError: it cannot be read, is no ordinary file, or is larger.
    """
    data = read_beginning(file, "file", most + 1)
    if len(data) > most:
        raise InputError(f"The file is larger than {most // 1024 // 1024} MB; shorten it.")
    return data


def read_beginning(file: Path, what: str, size: int) -> bytes:
    """Read at most so many bytes of a file; of a pipe or device nothing, which might never end.

    Raises:
        InputError: it cannot be read, or is no ordinary file; `what` names it.
    """
    try:
        if file.exists() and not file.is_file():
            raise InputError(
                f"The {what} cannot be read: it is a folder, pipe or device; give an ordinary file."
            )
        with file.open("rb") as stream:
            return stream.read(size)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no such name"
        raise InputError(f"The {what} cannot be read ({why}); check its name.") from error
