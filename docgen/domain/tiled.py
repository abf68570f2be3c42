"""A Merkle tree read by tiles: roots and proofs of a log of any size without holding its leaves.

Nodes of every eighth level are enough to give any other within one tile of 256, as in
c2sp.org/tlog-tiles. Whoever reads a tile and then a proof never touches more than a few tiles.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Protocol

from docgen.domain.merkle import EMPTY_ROOT, Tree, left_width, node_hash
from docgen.errors import EvidenceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEIGHT = 8
WIDTH = 1 << HEIGHT


class Nodes(Protocol):
    """Reads complete nodes: at `level` L each stands over 256^L leaves; those of 0 are leaves."""

    def __call__(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Give nodes number `start` up to, not with, `end`; fewer where some are missing."""
        ...


class GrownNodes:
    """Nodes that were kept, and behind them those that follow from the leaves added since.

    `kept` counts the kept nodes of each level from 1 on. `added` holds the others.
    """

    def __init__(self, read: Nodes, kept: Mapping[int, int], size: int) -> None:
        self._read = read
        self._kept = kept
        self.added: dict[int, list[bytes]] = defaultdict(list)
        level = 1
        while count := size >> HEIGHT * level:
            for number in range(kept.get(level, 0), count):
                self.added[level].append(self.follow(level, number))
            level += 1

    def __call__(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Give nodes, kept or added."""
        if level not in self.added:
            return self._read(level, start, end)
        kept = self._kept.get(level, 0)
        found = list(self._read(level, start, min(end, kept))) if start < kept else []
        return found + self.added[level][max(0, start - kept) : max(0, end - kept)]

    def count(self, level: int) -> int:
        """Count the nodes of a level, kept and added."""
        return self._kept.get(level, 0) + len(self.added.get(level, ()))

    def follow(self, level: int, number: int) -> bytes:
        """Work a node out from the 256 below it.

        Raises:
            EvidenceError: some of them are missing.
        """
        return Tree.of(_whole(self, level - 1, number * WIDTH, (number + 1) * WIDTH)).root


class TiledTree:
    """The tree over the first `size` leaves; what it read once it does not read again."""

    def __init__(self, size: int, nodes: Nodes) -> None:
        self.size = size
        self._nodes = nodes
        self._most = size
        self._tiles: dict[tuple[int, int], Tree] = {}

    def first(self, size: int) -> TiledTree:
        """Give the tree as it was when it had so many leaves.

        Raises:
            IndexError: it never had so many.
        """
        if not 0 <= size <= self.size:
            raise IndexError(size)
        tree = TiledTree(size, self._nodes)
        tree._most, tree._tiles = self._most, self._tiles
        return tree

    @property
    def root(self) -> bytes:
        """Give the tree's root hash.

        Raises:
            EvidenceError: leaves or nodes are missing; so with all that is asked of the tree.
        """
        return self._over(0, self.size) if self.size else EMPTY_ROOT

    def inclusion(self, index: int) -> tuple[bytes, ...]:
        """Prove that the leaf at `index` is in the tree (RFC 6962 section 2.1.1).

        Raises:
            IndexError: the tree has no such leaf.
        """
        if not 0 <= index < self.size:
            raise IndexError(index)
        path, start, end = [], 0, self.size
        while end - start > 1:
            split = start + left_width(end - start)
            if index < split:
                path.append(self._over(split, end))
                end = split
            else:
                path.append(self._over(start, split))
                start = split
        return tuple(reversed(path))

    def consistency(self, old_size: int) -> tuple[bytes, ...]:
        """Prove that the tree extends its own first `old_size` leaves (RFC 6962 section 2.1.2).

        Raises:
            IndexError: the tree is smaller than that.
        """
        if not 0 <= old_size <= self.size:
            raise IndexError(old_size)
        if old_size in {0, self.size}:
            return ()
        path, start, end, whole = [], 0, self.size, True
        while old_size != end:
            split = start + left_width(end - start)
            if old_size <= split:
                path.append(self._over(split, end))
                end = split
            else:
                path.append(self._over(start, split))
                start, whole = split, False
        return tuple(reversed(path if whole else [*path, self._over(start, end)]))

    def _over(self, start: int, end: int) -> bytes:
        """Give the root over leaves `start` to `end`, split as the tree is split."""
        width = end - start
        if width & (width - 1) == 0:
            return self._complete(start, width.bit_length() - 1)
        split = start + left_width(width)
        return node_hash(self._over(start, split), self._over(split, end))

    def _complete(self, start: int, height: int) -> bytes:
        level, above = divmod(height, HEIGHT)
        number, at = divmod(start >> HEIGHT * level, WIDTH)
        return self._tile(level, number).levels[above][at >> above]

    def _tile(self, level: int, number: int) -> Tree:
        tile = self._tiles.get((level, number))
        if tile is None:
            end = min((number + 1) * WIDTH, self._most >> HEIGHT * level)
            tile = Tree.of(_whole(self._nodes, level, number * WIDTH, end))
            self._tiles[level, number] = tile
        return tile


def _whole(nodes: Nodes, level: int, start: int, end: int) -> Sequence[bytes]:
    found = nodes(level, start, end)
    if len(found) != end - start:
        raise EvidenceError(
            "Activities of the history are missing, or nodes of its log. Restore the database from "
            "its back-up; `docgen check --history` says from where on."
        )
    return found
