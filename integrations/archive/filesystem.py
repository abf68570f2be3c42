"""The archive on a file system: `ab/cd/<sha256>`, written once, flushed to the disk, read back.

What keeps an object is written beside it, in `<sha256>.keep`. A folder cannot refuse whoever may
write to it; this file tells the program itself, and whoever looks, what must stay.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from docgen.errors import (
    ArchiveConflict,
    DigestMismatch,
    DocgenError,
    InputError,
    NotFound,
    Refused,
    StorageError,
)
from docgen.ports.archive import ArchivePlace, Keeping, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self

_KEY = re.compile(r"[0-9a-f]{64}")
_TEMPORARY, _ASIDE, _KEEPING = ".part-", ".aside-", ".keep"
_ABSENT = "The archive holds nothing under this digest."
_UNWRITABLE = (
    "The archive could not write; free space on its disk or correct its permissions. Nothing was "
    "half-written, and the step can be tried again."
)
_UNREADABLE = "The archive could not be read; check its disk and permissions."
_UNUSABLE = (
    "the archive's folder cannot be written: free space on its disk, correct its permissions, or "
    "name another in [archive] url"
)
_READ_ONLY = 0o444
# Neither follow a link nor wait for somebody at the other end of a pipe.
_PLAIN = os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_LARGEST = 2**31  # no object is larger; a hole in a file may claim any size
_LARGEST_NOTE = 4096
_NOT_A_FILE = {errno.ELOOP, errno.ENXIO, errno.ENOTDIR, errno.EOVERFLOW}
# A folder does not know whether there is another place, so what to do is said for both cases.
_RESTORE = (
    "`docgen archive scrub` restores it from the second copy; where none is set up, put it back "
    "from a back-up."
)
_REPLACED = f"Something else than a file lies where an object should; {_RESTORE}"


class FilesystemArchive:
    """Keeps objects under one folder; several processes may share it.

    `write` is the system call that writes, handed in so that tests can make it fail.
    """

    key: ClassVar[str] = "filesystem"

    def __init__(self, root: Path, *, write: Callable[[int, bytes], int] = os.write) -> None:
        self._root = root
        self._write = write

    @classmethod
    def at(cls, place: ArchivePlace, *, now: Callable[[], datetime], lock: timedelta) -> Self:  # noqa: ARG003  # a folder locks nothing
        """Open the archive in a folder; it is made with the first object."""
        return cls(Path(place.url))

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
            if error.errno in _NOT_A_FILE and self._root.is_dir():
                raise ArchiveConflict(_REPLACED) from error
            raise StorageError(_UNWRITABLE) from error
        if stored != data:
            raise ArchiveConflict(
                "Other bytes already lie under this digest: the archive is damaged. Restore the "
                f"object before going on: {_RESTORE}"
            )
        return Receipt(sha256=sha256, size=len(data), location=str(path))

    def open(self, sha256: str, *, version: str = "") -> bytes:  # noqa: ARG002  # there is one
        """Read and re-hash."""
        path = self._path(sha256)
        try:
            data = _read(path)
        except FileNotFoundError as error:
            raise NotFound(_ABSENT) from error
        except OSError as error:
            if error.errno in _NOT_A_FILE and self._root.is_dir():
                raise DigestMismatch(_REPLACED) from error
            raise StorageError(_UNREADABLE) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise DigestMismatch(f"The stored bytes are not those that were put; {_RESTORE}")
        return data

    def stat(self, sha256: str, *, version: str = "") -> Receipt | None:  # noqa: ARG002  # there is one
        """Say what is stored without reading it all."""
        path = self._path(sha256)
        try:
            size = path.lstat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise StorageError(_UNREADABLE) from error
        return Receipt(sha256=sha256, size=size, location=str(path))

    def mend(self, data: bytes) -> Receipt:
        """Put sound bytes in the place of damaged ones, which get another name beside them."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        with suppress(DocgenError):
            self.open(sha256)
            return self.put(data)
        try:
            for place in (path.parent.parent, path.parent):
                if os.path.lexists(place) and not place.is_dir():
                    place.rename(_aside(place))
            self._make_folders(path)
            if _is_folder(path):
                path.rename(_aside(path))
            elif os.path.lexists(path):
                os.link(path, _aside(path), follow_symlinks=False)
            self._store(path, data, instead=True)
        except OSError as error:
            raise StorageError(_UNWRITABLE) from error
        return self.put(data)

    def keep(self, sha256: str, until: datetime, *, version: str = "") -> None:  # noqa: ARG002  # there is one
        """Write down the later date."""

        def later(kept: Keeping) -> Keeping:
            return kept if kept.until and kept.until >= until else replace(kept, until=until)

        self._change_keeping(sha256, later)

    def hold(self, sha256: str, *, held: bool, version: str = "") -> None:  # noqa: ARG002  # there is one
        """Write down the hold."""
        self._change_keeping(sha256, lambda kept: replace(kept, held=held))

    def keeping(self, sha256: str, *, version: str = "") -> Keeping:  # noqa: ARG002  # there is one
        """Read what keeps an object."""
        path = self._path(sha256)
        if self.stat(sha256) is None:
            raise NotFound(_ABSENT)
        return _kept(path)

    def keeping_all(self, sha256: str) -> Keeping | None:
        """Read what keeps an object, or what is left of one that is lost."""
        path = self._path(sha256)
        try:
            return _kept(path) if _left(path) else None
        except OSError as error:
            raise StorageError(_UNREADABLE) from error

    def dispose(self, sha256: str, *, at: datetime) -> None:
        """Delete the object, what was set aside when it was mended, and the note, in this order.

        A note that says until when it must stay outlives the object, never the other way round.
        """
        path = self._path(sha256)
        try:
            with self._alone_with(path):
                kept = _kept(path)
                if kept.held or (kept.until is not None and kept.until > at):
                    raise Refused(
                        "The archive keeps this object under a lock or a legal hold; nothing was "
                        "deleted."
                    )
                left = _left(path)
                for one in left:
                    _remove(one)
                    _sync(path.parent)
        except OSError as error:
            raise StorageError(_UNWRITABLE) from error

    def disposal_faults(self) -> list[str]:
        """Name what keeps the folder from being written."""
        return self.faults()

    def faults(self) -> list[str]:
        """Name a folder that cannot be written; it is tried out, and nothing is left behind."""
        place = next(item for item in (self._root, *self._root.parents) if item.exists())
        if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
            return [_UNUSABLE]
        if place != self._root:
            return []
        draft = self._root / f"{_TEMPORARY}{secrets.token_hex(8)}"
        try:
            with _opened(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as handle:
                self._write_all(handle, b"ready")
        except OSError:
            return [_UNUSABLE]
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        return []

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

    def _change_keeping(self, sha256: str, change: Callable[[Keeping], Keeping]) -> None:
        """Change what keeps an object, one process after another."""
        path = self._path(sha256)
        try:
            with _opened(path, os.O_RDONLY) as handle:
                fcntl.flock(handle, fcntl.LOCK_EX)
                if os.fstat(handle).st_nlink == 0:  # disposed of while we waited
                    raise NotFound(_ABSENT)
                before = _kept(path)
                after = change(before)
                if after != before:
                    until = after.until.isoformat() if after.until else None
                    text = json.dumps({"until": until, "held": after.held}).encode()
                    if _is_folder(_beside(path)):
                        _remove(_beside(path))
                    self._store(_beside(path), text, instead=True)
                    _sync(path.parent)
        except FileNotFoundError as error:
            raise NotFound(_ABSENT) from error
        except OSError as error:
            raise StorageError(_UNWRITABLE) from error

    @contextmanager
    def _alone_with(self, path: Path) -> Iterator[None]:
        """Let no other process change what keeps an object meanwhile; a lost one has nothing."""
        try:
            handle = os.open(path, os.O_RDONLY | _PLAIN)
        except OSError as error:
            if error.errno not in {errno.ENOENT, *_NOT_A_FILE}:
                raise
            yield
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _store(self, path: Path, data: bytes, *, instead: bool = False) -> None:
        """Write beside the target and link it into place: it appears whole or not at all.

        What lies there stays, or with `instead` makes room.
        """
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
                    if instead:
                        draft.replace(path)
                        return
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
    handle = os.open(path, flags | _PLAIN, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}{_KEEPING}")


def _left(path: Path) -> list[Path]:
    """List everything that lies here under an object's digest, the note about it last."""
    aside = sorted(path.parent.glob(f"{_ASIDE}{path.name}-*"))
    return [one for one in (*aside, path, _beside(path)) if os.path.lexists(one)]


def _aside(path: Path) -> Path:
    return path.parent / f"{_ASIDE}{path.name}-{secrets.token_hex(4)}"


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _remove(path: Path) -> None:
    """Delete what lies here, also a folder that somebody put there; a link is not followed."""
    if _is_folder(path):
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _kept(path: Path) -> Keeping:
    """Read what keeps an object; a spoiled note counts as none, and the next scrub writes it."""
    try:
        found = json.loads(_read(_beside(path), _LARGEST_NOTE))
        until = datetime.fromisoformat(found["until"]) if found["until"] else None
        kept = Keeping(until=until, held=bool(found["held"]))
    except FileNotFoundError:
        return Keeping()
    except OSError as error:
        if error.errno in _NOT_A_FILE:
            return Keeping()
        raise
    except (ValueError, KeyError, TypeError, RecursionError):
        return Keeping()
    return kept if until is None or until.tzinfo is not None else Keeping()


def _sync(path: Path) -> None:
    with _opened(path, os.O_RDONLY) as handle:
        os.fsync(handle)


def _read(path: Path, most: int = _LARGEST) -> bytes:
    """Read a plain file that is not larger than anything that was ever put here."""
    with _opened(path, os.O_RDONLY) as handle:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if found.st_size > most:
            raise OSError(errno.EOVERFLOW, os.strerror(errno.EOVERFLOW))
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read()
