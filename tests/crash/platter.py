"""What a disk holds, and what of it would still be there after a power cut.

Bytes last once their file was flushed, a name once its folder was; nothing else is promised, so
nothing else is kept. A cut can also keep some of the rest, as disks do: a folder's newest changes up
to some point, and single pages of a file.
"""

from __future__ import annotations

import errno
import stat
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PAGE = 4096
ROOT = 1


@dataclass(slots=True, kw_only=True)
class Node:
    """A file or folder: as it is now, and as it lasts.

    `changes` are the names set (with their node) or dropped (0) since the folder was flushed, in
    order; a renaming is one change of several names.
    """

    number: int
    mode: int
    data: bytearray = field(default_factory=bytearray)
    lasting: bytes = b""
    names: dict[bytes, int] = field(default_factory=dict)
    lasting_names: dict[bytes, int] = field(default_factory=dict)
    changes: list[dict[bytes, int]] = field(default_factory=list)
    links: int = 1
    changed_ns: int = 0

    @property
    def folder(self) -> bool:
        """Say whether this is a folder."""
        return stat.S_ISDIR(self.mode)


class Platter:
    """All files of one disk. Errors are `OSError` with their number, as from a system call."""

    def __init__(self) -> None:
        self.nodes = {ROOT: Node(number=ROOT, mode=stat.S_IFDIR | 0o755)}
        self._next = ROOT + 1

    @classmethod
    def of(cls, folder: Path) -> Platter:
        """Take in a folder with everything in it, all of it lasting."""
        platter = cls()
        platter._take_in(ROOT, folder)
        for node in platter.nodes.values():
            platter.flush(node.number)
        return platter

    def _take_in(self, parent: int, folder: Path) -> None:
        for path in sorted(folder.iterdir()):
            node = self.make(parent, path.name.encode(), path.stat().st_mode)
            if path.is_dir():
                self._take_in(node.number, path)
            else:
                node.data[:] = path.read_bytes()

    # What a system call does ---------------------------------------------------------------------

    def node(self, number: int) -> Node:
        """Give what has this number."""
        if number not in self.nodes:
            raise OSError(errno.ESTALE, "no such node")
        return self.nodes[number]

    def find(self, parent: int, name: bytes) -> Node:
        """Give what a name in a folder stands for."""
        number = self.node(parent).names.get(name)
        if number is None:
            raise OSError(errno.ENOENT, "no such name")
        return self.node(number)

    def make(self, parent: int, name: bytes, mode: int) -> Node:
        """Make a new file or folder."""
        self._refuse_present(parent, name)
        node = Node(number=self._next, mode=mode)
        self._next += 1
        self.nodes[node.number] = node
        self._change(parent, {name: node.number})
        return node

    def link(self, number: int, parent: int, name: bytes) -> Node:
        """Give a file one more name."""
        self._refuse_present(parent, name)
        node = self.node(number)
        node.links += 1
        self._change(parent, {name: number})
        return node

    def unlink(self, parent: int, name: bytes) -> None:
        """Drop a name."""
        node = self.find(parent, name)
        if node.folder and node.names:
            raise OSError(errno.ENOTEMPTY, "the folder is not empty")
        node.links -= 1
        self._change(parent, {name: 0})

    def rename(
        self, parent: int, name: bytes, to: int, new: bytes, *, replace: bool = True
    ) -> None:
        """Move a name; within one folder that is one change, between two it is one in each."""
        node = self.find(parent, name)
        there = self.node(to).names.get(new)
        if there == node.number:
            return
        if there is not None:
            if not replace:
                raise OSError(errno.EEXIST, "the name is taken")
            self.node(there).links -= 1
        if parent == to:
            self._change(parent, {name: 0, new: node.number})
        else:
            self._change(parent, {name: 0})
            self._change(to, {new: node.number})

    def write(self, number: int, offset: int, data: bytes) -> int:
        """Write, as far as memory only."""
        node = self.node(number)
        if len(node.data) < offset:
            node.data.extend(bytes(offset - len(node.data)))
        node.data[offset : offset + len(data)] = data
        return len(data)

    def resize(self, number: int, size: int) -> None:
        """Cut a file off, or fill it up with zeros."""
        data = self.node(number).data
        del data[size:]
        data.extend(bytes(size - len(data)))

    def flush(self, number: int) -> None:
        """Make what this file or folder holds last: its own content, not its name elsewhere."""
        node = self.node(number)
        node.lasting = bytes(node.data)
        node.lasting_names = dict(node.names)
        node.changes.clear()

    def _refuse_present(self, parent: int, name: bytes) -> None:
        if name in self.node(parent).names:
            raise OSError(errno.EEXIST, "the name is taken")

    def _change(self, parent: int, change: dict[bytes, int]) -> None:
        node = self.node(parent)
        _apply(node.names, change)
        node.changes.append(change)

    # The cut -------------------------------------------------------------------------------------

    def cut(self, chance: Random | None = None) -> None:
        """Forget what was not flushed: all of it, or with `chance` what it draws."""
        for node in self.nodes.values():
            if node.folder:
                kept = chance.randint(0, len(node.changes)) if chance and node.changes else 0
                names = dict(node.lasting_names)
                for change in node.changes[:kept]:
                    _apply(names, change)
                node.names = names
            else:
                node.data = _torn(node, chance) if chance else bytearray(node.lasting)
        self._drop_unreachable()
        for node in self.nodes.values():
            self.flush(node.number)

    def _drop_unreachable(self) -> None:
        counted = {ROOT: 1}
        left = [ROOT]
        while left:
            for number in self.nodes[left.pop()].names.values():
                if number not in counted and self.nodes[number].folder:
                    left.append(number)
                counted[number] = counted.get(number, 0) + 1
        self.nodes = {number: self.nodes[number] for number in counted}
        for number, links in counted.items():
            self.nodes[number].links = links


def _apply(names: dict[bytes, int], change: dict[bytes, int]) -> None:
    for name, number in change.items():
        if number:
            names[name] = number
        else:
            names.pop(name, None)


def _torn(node: Node, chance: Random) -> bytearray:
    """Give what lasts, with some of the pages that were written since; sizes go either way."""
    old, new = node.lasting, bytes(node.data)
    if old == new:
        return bytearray(old)
    kept = bytearray(old)
    for start in range(0, len(new), PAGE):
        page = new[start : start + PAGE]
        if page != old[start : start + PAGE] and chance.random() < 0.5:
            if len(kept) < start:
                kept.extend(bytes(start - len(kept)))
            kept[start : start + len(page)] = page
    if len(new) < len(old) and chance.random() < 0.5:
        del kept[len(new) :]
    return kept
