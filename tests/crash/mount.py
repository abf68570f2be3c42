"""A disk in memory, mounted: the kernel's FUSE protocol, answered by us and by nothing else.

    python -m tests.crash.mount

It reads orders from standard input, one JSON object a line, and answers each with one line: `lay`
(take in a folder as the disk's content), `mount` and `unmount` (at a path), `cut` (lose the power:
unmount, forget what was not flushed). Message layouts: linux/fuse.h, protocol 7.31.
"""

from __future__ import annotations

import copy
import ctypes
import errno
import io
import json
import os
import select
import stat
import struct
import sys
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tests.crash.platter import Node, Platter

if TYPE_CHECKING:
    from collections.abc import Callable

_IN, _OUT = struct.Struct("<IIQQIIIHH"), struct.Struct("<IiQ")
_ATTR = struct.Struct("<QQQQQQIIIIIIIIII")
_ENTRY, _ATTR_HEAD, _OPENED = struct.Struct("<QQQQII"), struct.Struct("<QII"), struct.Struct("<QII")
_INIT_IN, _INIT_OUT = struct.Struct("<IIII"), struct.Struct("<IIIIHHIIHHI28x")
_SETATTR, _AT = struct.Struct("<IIQQQQQQIIIIIIII"), struct.Struct("<QQII")
_STATFS, _DIRENT = struct.Struct("<QQQQQIIII24x"), struct.Struct("<QQII")
_LARGEST = 128 * 1024
_ROOM = _LARGEST + 4096
_BIG_WRITES, _MAX_PAGES = 1 << 5, 1 << 22
_MODE, _SIZE = 1, 8  # what SETATTR is to change
_NO_REPLACE = 1  # RENAME2's flag
_FOREVER = 3600  # nobody but the kernel changes this disk, so it may remember what it was told
_SILENT = {2, 36, 42}  # FORGET, INTERRUPT, BATCH_FORGET want no answer
_DETACH = 2
_LIBC = ctypes.CDLL(None, use_errno=True)


class Session:
    """One mount of a platter: requests from the kernel, answered one after the other."""

    def __init__(self, platter: Platter, where: Path) -> None:
        self._platter, self._where = platter, where
        self._answers: dict[int, Callable[[int, memoryview], bytes]] = {
            1: self._lookup,
            3: self._getattr,
            4: self._setattr,
            8: self._mknod,
            9: self._mkdir,
            10: self._unlink,
            11: self._unlink,
            12: self._rename,
            13: self._link,
            15: self._read,
            16: self._write,
            17: self._statfs,
            20: self._fsync,
            26: self._init,
            28: self._readdir,
            30: self._fsync,
            35: self._create,
            45: self._rename2,
        }
        self.handle = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
        options = f"fd={self.handle},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()}"
        mounted = _LIBC.mount(b"crash-disk", bytes(where), b"fuse", 0, options.encode())
        if mounted != 0:
            number = ctypes.get_errno()
            os.close(self.handle)
            raise OSError(number, os.strerror(number))

    def end(self) -> None:
        """Take the disk away at once, as it is; the kernel's own memory of it goes too."""
        os.close(self.handle)
        _LIBC.umount2(bytes(self._where), _DETACH)

    def answer_one(self) -> None:
        """Answer one request."""
        try:
            message = os.read(self.handle, _ROOM)
        except OSError as error:
            if error.errno in {errno.EINTR, errno.EAGAIN, errno.ENOENT}:  # withdrawn meanwhile
                return
            raise
        _, code, unique, node, *_ = _IN.unpack_from(message)
        if code in _SILENT:
            return
        number, body = 0, b""
        try:
            act = self._answers.get(code, _unknown)
            body = act(node, memoryview(message)[_IN.size :])
        except OSError as error:
            number = error.errno or errno.EIO
        with suppress(FileNotFoundError):  # whoever asked was killed
            os.write(self.handle, _OUT.pack(_OUT.size + len(body), -number, unique) + body)

    # One method for each request -----------------------------------------------------------------

    def _init(self, _: int, told: memoryview) -> bytes:
        major, minor, ahead, _flags = _INIT_IN.unpack_from(told)
        flags = _BIG_WRITES | _MAX_PAGES
        pages = _LARGEST // 4096
        return _INIT_OUT.pack(major, min(minor, 31), ahead, flags, 16, 12, _LARGEST, 1, pages, 0, 0)

    def _lookup(self, node: int, told: memoryview) -> bytes:
        return _entry(self._platter.find(node, _name(told)))

    def _getattr(self, node: int, _: memoryview) -> bytes:
        return _ATTR_HEAD.pack(_FOREVER, 0, 0) + _attributes(self._platter.node(node))

    def _setattr(self, node: int, told: memoryview) -> bytes:
        fields = _SETATTR.unpack_from(told)
        which, size, mode = fields[0], fields[3], fields[11]
        if which & _SIZE:
            self._platter.resize(node, size)
        if which & _MODE:
            here = self._platter.node(node)
            here.mode = stat.S_IFMT(here.mode) | stat.S_IMODE(mode)
        return self._getattr(node, told)

    def _mknod(self, node: int, told: memoryview) -> bytes:
        (mode,) = struct.unpack_from("<I", told)
        return _entry(self._platter.make(node, _name(told[16:]), mode))

    def _mkdir(self, node: int, told: memoryview) -> bytes:
        (mode,) = struct.unpack_from("<I", told)
        name = _name(told[8:])
        return _entry(self._platter.make(node, name, stat.S_IFDIR | stat.S_IMODE(mode)))

    def _create(self, node: int, told: memoryview) -> bytes:
        _, mode = struct.unpack_from("<II", told)
        made = self._platter.make(node, _name(told[16:]), stat.S_IFREG | stat.S_IMODE(mode))
        return _entry(made) + _OPENED.pack(0, 0, 0)

    def _unlink(self, node: int, told: memoryview) -> bytes:
        self._platter.unlink(node, _name(told))
        return b""

    def _rename(self, node: int, told: memoryview) -> bytes:
        (to,) = struct.unpack_from("<Q", told)
        old, new = bytes(told[8:]).split(b"\0")[:2]
        self._platter.rename(node, old, to, new)
        return b""

    def _rename2(self, node: int, told: memoryview) -> bytes:
        to, flags = struct.unpack_from("<QI", told)
        if flags & ~_NO_REPLACE:
            raise OSError(errno.EINVAL, "no such way to rename here")
        old, new = bytes(told[16:]).split(b"\0")[:2]
        self._platter.rename(node, old, to, new, replace=not flags & _NO_REPLACE)
        return b""

    def _link(self, node: int, told: memoryview) -> bytes:
        (old,) = struct.unpack_from("<Q", told)
        return _entry(self._platter.link(old, node, _name(told[8:])))

    def _read(self, node: int, told: memoryview) -> bytes:
        _, offset, size, _ = _AT.unpack_from(told)
        return bytes(self._platter.node(node).data[offset : offset + size])

    def _write(self, node: int, told: memoryview) -> bytes:
        _, offset, size, _ = _AT.unpack_from(told)
        done = self._platter.write(node, offset, bytes(told[40 : 40 + size]))
        return struct.pack("<II", done, 0)

    def _fsync(self, node: int, _: memoryview) -> bytes:
        self._platter.flush(node)
        return b""

    def _statfs(self, _: int, __: memoryview) -> bytes:
        blocks = 1 << 20
        return _STATFS.pack(blocks, blocks, blocks, blocks, blocks, 4096, 255, 4096, 0)

    def _readdir(self, node: int, told: memoryview) -> bytes:
        _, offset, size, _ = _AT.unpack_from(told)
        listed, at = b"", 0
        for at, (name, number) in enumerate(sorted(self._platter.node(node).names.items()), 1):
            if at <= offset:
                continue
            kind = stat.S_IFMT(self._platter.node(number).mode) >> 12
            one = _DIRENT.pack(number, at, len(name), kind) + name
            one += bytes(-len(one) % 8)
            if len(listed) + len(one) > size:
                break
            listed += one
        return listed


def _unknown(_: int, __: memoryview) -> bytes:
    raise OSError(errno.ENOSYS, "not known here")


def _name(told: memoryview) -> bytes:
    return bytes(told).split(b"\0", 1)[0]


def _attributes(node: Node) -> bytes:
    size = len(node.data)
    blocks, links = -(-size // 512), 2 if node.folder else node.links
    return _ATTR.pack(
        *(node.number, size, blocks, 0, 0, 0, 0, 0, 0),
        *(node.mode, links, os.getuid(), os.getgid(), 0, 4096, 0),
    )


def _entry(node: Node) -> bytes:
    head = _ENTRY.pack(node.number, 0, _FOREVER, _FOREVER, 0, 0)
    return head + _attributes(node)


class Keeper:
    """Carries out orders while it answers the kernel."""

    def __init__(self) -> None:
        self._laid: dict[str, Platter] = {}
        self._platter = Platter()
        self._session: Session | None = None

    def do(self, order: dict[str, Any]) -> None:
        """Carry out one order."""
        match order["do"]:
            case "lay":
                folder = order["folder"]
                if folder not in self._laid:
                    self._laid[folder] = Platter.of(Path(folder))
                self._platter = copy.deepcopy(self._laid[folder])
            case "mount":
                self._session = Session(self._platter, Path(order["where"]))
            case "unmount":
                self.close()
            case "cut":
                self.close()
                seed = order["seed"]
                # Not for secrets: to be drawn again.
                self._platter.cut(None if seed is None else Random(seed))  # noqa: S311
            case other:
                raise ValueError(other)

    def close(self) -> None:
        """Take the disk away, if it is mounted."""
        if self._session is not None:
            self._session.end()
            self._session = None

    def serve(self) -> None:
        """Work until nobody gives orders any more."""
        orders = sys.stdin.fileno()
        lines = io.FileIO(orders, closefd=False)  # unbuffered, so that select sees what is left
        while True:
            watched = [orders] + ([self._session.handle] if self._session else [])
            ready, _, _ = select.select(watched, [], [])
            if self._session is not None and self._session.handle in ready:
                self._session.answer_one()
            elif orders in ready:
                line = lines.readline()
                if not line:
                    return
                answer = ""
                try:
                    self.do(json.loads(line))
                except OSError as error:
                    answer = f"{type(error).__name__}: {error.strerror}"
                sys.stdout.write(json.dumps(answer) + "\n")
                sys.stdout.flush()


def main() -> None:
    """Serve, and leave no mount behind."""
    keeper = Keeper()
    try:
        keeper.serve()
    finally:
        keeper.close()


if __name__ == "__main__":
    main()
