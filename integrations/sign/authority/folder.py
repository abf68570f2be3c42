"""The authority's folder: made whole or not at all, keys readable by their owner only."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from typing import TYPE_CHECKING

from docgen.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KEY_SUFFIX = ".key"
_OTHERS = 0o077


def read_folder(folder: Path) -> Mapping[str, bytes] | None:
    """Read every key and certificate, or None where nothing was made yet.

    Raises:
        ConfigurationError: a file cannot be read, or a key is open to others.
    """
    try:
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return None
        files = {path.name: path for path in folder.iterdir() if path.suffix in {".key", ".pem"}}
        if any(path.stat().st_mode & _OTHERS for path in files.values() if _is_key(path.name)):
            raise ConfigurationError(
                "A key of the development authority may be read by others; give it mode 0600."
            )
        return {name: path.read_bytes() for name, path in files.items()}
    except OSError as error:
        raise ConfigurationError(
            "The development authority's folder cannot be read; check its permissions."
        ) from error


def create_folder(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Create the folder with these files in one step; False if another process was first.

    Raises:
        ConfigurationError: the folder cannot be written.
    """
    draft = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.mkdir(mode=0o700)
        for name, data in files.items():
            _write(draft / name, data)
        _sync(draft)
        try:
            draft.rename(folder)  # onto nothing or an empty folder; never onto a filled one
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
            shutil.rmtree(draft)
            return False
        _sync(folder.parent)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise ConfigurationError(
            "The development authority's folder cannot be made; check space and permissions."
        ) from error
    return True


def add_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Add files that are not there yet, keys before certificates.

    Raises:
        ConfigurationError: one is there already, or the folder cannot be written.
    """
    try:
        for name in sorted(files, key=lambda name: not _is_key(name)):
            _write(folder / name, files[name])
        _sync(folder)
    except OSError as error:
        raise ConfigurationError(
            "The development authority's folder cannot take another generation of keys; "
            "check space and permissions, and that nobody else is adding one."
        ) from error


def _is_key(name: str) -> bool:
    return name.endswith(KEY_SUFFIX)


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
