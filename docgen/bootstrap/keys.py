"""Site secrets: made once, kept in files only their owner reads."""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

from docgen.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LENGTH = 32
_UNUSABLE = "The folder for keys under DOCGEN_HOME cannot be used; check space and permissions."


@contextmanager
def one_at_a_time(home: Path) -> Iterator[None]:
    """Let one process at a time make what a new home lacks: keys, authority, tables.

    Raises:
        ConfigurationError: the folder for keys cannot be written.
    """
    folder = home / "keys"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(folder / ".starting", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigurationError(_UNUSABLE) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def secret_file(home: Path, name: str) -> bytes:
    """Read a site secret, making it the first time; two processes at once agree on one.

    One that was made outlasts a power cut: what was signed with it is out of the house at once.

    Raises:
        ConfigurationError: the file cannot be made or read, or is not a secret of ours.
    """
    path = home / "keys" / f"{name}.secret"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{name}.{secrets.token_hex(8)}")
        if not path.exists():
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(LENGTH))
                file.flush()
                os.fsync(file.fileno())
            try:
                path.hardlink_to(draft)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
            for place in (path.parent, home):
                _sync(place)
        secret = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(_UNUSABLE) from error
    if len(secret) != LENGTH:
        raise ConfigurationError(
            f"The secret {path.name} is damaged; restore it from the back-up of the keys folder."
        )
    return secret


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
