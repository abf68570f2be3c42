"""The archive on a file system: `ab/cd/<sha256>`, written once, flushed to the disk, read back."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, ClassVar

from docgen.errors import ArchiveConflict, DigestMismatch, InputError, NotFound, StorageError
from docgen.ports.archive import Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_KEY = re.compile(r"[0-9a-f]{64}")
_TEMPORARY = ".part-"
_READ_ONLY = 0o444
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


class FilesystemArchive:
    """Keeps objects under one folder; several processes may share it.

    `write` is the system call that writes, handed in so that tests can make it fail.
    """

    key: ClassVar[str] = "filesystem"

    def __init__(self, root: Path, *, write: Callable[[int, bytes], int] = os.write) -> None:
        self._root = root
        self._write = write

    def put(self, data: bytes) -> Receipt:
        """Store durably, read back and compare."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        try:
            self._make_folders(path)
            if not path.exists():
                self._store(path, data)
            stored = _read(path)
            self._flush(path)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise ArchiveConflict(
                    "A link lies where an object should; restore the object from the second copy."
                ) from error
            raise StorageError(
                "The archive could not write; free space on its disk or correct its permissions. "
                "Nothing was half-written, and the step can be tried again."
            ) from error
        if stored != data:
            raise ArchiveConflict(
                "Other bytes already lie under this digest: the archive is damaged. Restore the "
                "object from the second copy before going on."
            )
        return Receipt(sha256=sha256, size=len(data), location=str(path))

    def open(self, sha256: str) -> bytes:
        """Read and re-hash."""
        path = self._path(sha256)
        try:
            data = _read(path)
        except FileNotFoundError as error:
            raise NotFound("The archive holds nothing under this digest.") from error
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise DigestMismatch(
                    "A link lies where an object should; restore the object from the second copy."
                ) from error
            raise StorageError(
                "The archive could not be read; check its disk and permissions."
            ) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise DigestMismatch(
                "The stored bytes are not those that were put; restore them from the second copy."
            )
        return data

    def stat(self, sha256: str) -> Receipt | None:
        """Say what is stored without reading it all."""
        path = self._path(sha256)
        try:
            size = path.lstat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise StorageError(
                "The archive could not be read; check its disk and permissions."
            ) from error
        return Receipt(sha256=sha256, size=size, location=str(path))

    def sweep(self) -> int:
        """Remove what a crash left of unfinished writes, sparing running ones; give how many."""
        removed = 0
        for path in sorted(self._root.glob(f"??/??/{_TEMPORARY}*")):
            with suppress(FileNotFoundError), _opened(path, os.O_RDONLY) as handle:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                path.unlink()
                removed += 1
        return removed

    def _path(self, sha256: str) -> Path:
        if not _KEY.fullmatch(sha256):
            raise InputError("An archive key is 64 lower-case hexadecimal digits, nothing else.")
        return self._root / sha256[:2] / sha256[2:4] / sha256

    def _make_folders(self, path: Path) -> None:
        missing = [place for place in (self._root, *self._root.parents) if not place.exists()]
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for place in missing:
            _sync(place.parent)
        path.parent.parent.mkdir(exist_ok=True, mode=0o700)
        path.parent.mkdir(exist_ok=True, mode=0o700)

    def _store(self, path: Path, data: bytes) -> None:
        """Write beside the target and link it into place: it appears whole or not at all."""
        while True:
            draft = path.parent / f"{_TEMPORARY}{secrets.token_hex(8)}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            try:
                with _opened(draft, flags) as handle:
                    # The lock tells a sweep in another process that this write is running.
                    fcntl.flock(handle, fcntl.LOCK_EX)
                    if os.fstat(handle).st_nlink == 0:
                        continue
                    self._write_all(handle, data)
                    os.fchmod(handle, _READ_ONLY)
                    os.fsync(handle)
                    with suppress(FileExistsError):
                        os.link(draft, path)
                    return
            finally:
                draft.unlink(missing_ok=True)

    def _write_all(self, handle: int, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            written = self._write(handle, bytes(rest))
            if written <= 0:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            rest = rest[written:]

    def _flush(self, path: Path) -> None:
        """Flush the object and every folder up to the root.

        Always all of them: another process may have made one of them and not yet flushed it.
        """
        for place in (path, path.parent, path.parent.parent, self._root):
            _sync(place)


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    handle = os.open(path, flags | os.O_CLOEXEC | _NO_LINK, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _sync(path: Path) -> None:
    with _opened(path, os.O_RDONLY) as handle:
        os.fsync(handle)


def _read(path: Path) -> bytes:
    with _opened(path, os.O_RDONLY) as handle, os.fdopen(os.dup(handle), "rb") as file:
        return file.read()
