"""The authority's folder of certificates: made whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from typing import TYPE_CHECKING

from docgen.errors import ConfigurationError
from integrations.system.durable import sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


def read_folder(folder: Path) -> Mapping[str, bytes] | None:
    """Read every certificate, or None where nothing was made yet.

    Raises:
        ConfigurationError: a file cannot be read.
    """
    try:
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return None
        return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".pem"}
    except OSError as error:
        raise ConfigurationError(
            "The signing authority's folder cannot be read; check its permissions."
        ) from error


def create_folder(folder: Path, fill: Callable[[Path], Mapping[str, bytes]]) -> bool:
    """Create the folder in one step; False if another process was first.

    `fill` may put keys into the draft that it is handed, and gives the files to be added to them.

    Raises:
        ConfigurationError: the folder cannot be written.
    """
    draft = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.mkdir(mode=0o700)
        for name, data in fill(draft).items():
            _write(draft / name, data)
        sync_folder(draft)
        try:
            draft.rename(folder)  # onto nothing or an empty folder; never onto a filled one
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
            shutil.rmtree(draft)
            return False
        sync_folder(folder.parent)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise ConfigurationError(
            "The signing authority's folder cannot be made; check space and permissions."
        ) from error
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return True


def make_folder(folder: Path) -> None:
    """Make the folder, for its owner alone, where it is not there yet.

    Raises:
        ConfigurationError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigurationError(
            "The signing authority's folder cannot be made; check space and permissions."
        ) from error


def add_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Add files that are not there yet.

    Raises:
        ConfigurationError: one is there already, or the folder cannot be written.
    """
    try:
        for name, data in files.items():
            _write(folder / name, data)
        sync_folder(folder)
    except OSError as error:
        raise ConfigurationError(
            "The signing authority's folder cannot take another generation of keys; "
            "check space and permissions, and that nobody else is adding one."
        ) from error


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
