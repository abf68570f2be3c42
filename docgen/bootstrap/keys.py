"""Site secrets: made once, kept in files only their owner reads."""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from docgen.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LENGTH = 32
KEYS = "keys"  # their folder in the home
LOG_KEY = "log.pem"
SITE, LINK, CALLBACK = "site", "link", "callback"  # the secrets
_UNUSABLE = "The folder for keys under DOCGEN_HOME cannot be used; check space and permissions."


@contextmanager
def one_at_a_time(home: Path) -> Iterator[None]:
    """Let one process at a time make what a new home lacks: keys, authority, tables.

    Raises:
        ConfigurationError: the folder for keys cannot be written.
    """
    folder = home / KEYS
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
    path = _secret_path(home, name)
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


def missing_keys(home: Path) -> tuple[Path, ...]:
    """List what a home with a history must hold and this one does not: secrets, the log's key."""
    there = (*(_secret_path(home, name) for name in (SITE, LINK, CALLBACK)), home / KEYS / LOG_KEY)
    return tuple(path for path in there if not path.exists())


def refuse_lost_keys(home: Path, missing: Sequence[Path]) -> NoReturn:
    """Refuse a site that lost its keys, before new ones are made that vouch for nothing signed.

    Raises:
        ConfigurationError: always; the message names what is missing.
    """
    site = _secret_path(home, SITE)
    if site in missing:
        site.unlink(missing_ok=True)  # it was made a moment ago, to open the database with
    names = ", ".join(str(path.relative_to(home)) for path in missing)
    raise ConfigurationError(
        f"This site has a history, but its home folder lacks {names}. Restore the keys from the "
        "back-up; no new ones were made, since what was signed so far would not verify by them."
    )


def _secret_path(home: Path, name: str) -> Path:
    return home / KEYS / f"{name}.secret"


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
