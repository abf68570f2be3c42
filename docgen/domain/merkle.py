"""Merkle tree hashing and proofs (RFC 6962 section 2.1): what makes the log checkable."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_SIZE = 32


def leaf_hash(leaf: bytes) -> bytes:
    """Hash one leaf; the prefix keeps a leaf from passing for a node."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into one."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class MerkleTree(Protocol):
    """What proofs are asked of, wherever its nodes lie."""

    @property
    def size(self) -> int:
        """Count the leaves."""
        ...

    @property
    def root(self) -> bytes:
        """Give the tree's root hash."""
        ...

    def inclusion(self, index: int) -> tuple[bytes, ...]:
        """Prove that the leaf at `index` is in the tree, or raise `IndexError`."""
        ...

    def consistency(self, old_size: int) -> tuple[bytes, ...]:
        """Prove that the tree extends its own first leaves, or raise `IndexError`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A tree over leaf hashes, with every level kept so that proofs cost a look-up a level.

    `levels[0]` are the leaf hashes. The last node of an odd level moves up unchanged, which gives
    the same tree as the recursive definition of RFC 6962.
    """

    levels: tuple[tuple[bytes, ...], ...]

    @classmethod
    def of(cls, hashes: Sequence[bytes]) -> Tree:
        """Build the tree over these leaf hashes."""
        levels = [tuple(hashes)]
        while len(levels[-1]) > 1:
            below = levels[-1]
            pairs = zip(below[::2], below[1::2], strict=False)
            # As `node_hash` does it; a call each would take as long as the hashing.
            above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
            if len(below) % 2:
                above.append(below[-1])
            levels.append(tuple(above))
        return cls(levels=tuple(levels))

    @property
    def size(self) -> int:
        """Count the leaves."""
        return len(self.levels[0])

    @property
    def root(self) -> bytes:
        """Give the tree's root hash."""
        return self.levels[-1][0] if self.size else EMPTY_ROOT

    def inclusion(self, index: int) -> tuple[bytes, ...]:
        """Prove that the leaf at `index` is in the tree (RFC 6962 section 2.1.1).

        Raises:
            IndexError: the tree has no such leaf.
        """
        if not 0 <= index < self.size:
            raise IndexError(index)
        path = []
        for level in self.levels[:-1]:
            sibling = index ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            index >>= 1
        return tuple(path)

    def consistency(self, old_size: int) -> tuple[bytes, ...]:
        """Prove that the tree extends its own first `old_size` leaves (RFC 6962 section 2.1.2).

        Raises:
            IndexError: the tree is smaller than that.
        """
        if not 0 <= old_size <= self.size:
            raise IndexError(old_size)
        if old_size in {0, self.size}:
            return ()
        return self._subproof(old_size, 0, self.size, whole=True)

    def _subproof(self, old_size: int, start: int, end: int, *, whole: bool) -> tuple[bytes, ...]:
        if old_size == end - start:
            return () if whole else (self._subtree(start, end),)
        split = start + left_width(end - start)
        if old_size <= split - start:
            proof = self._subproof(old_size, start, split, whole=whole)
            return (*proof, self._subtree(split, end))
        proof = self._subproof(old_size - (split - start), split, end, whole=False)
        return (*proof, self._subtree(start, split))

    def _subtree(self, start: int, end: int) -> bytes:
        """Look up the root over leaves `start` to `end`, a node of the tree by construction."""
        height = (end - start - 1).bit_length()
        return self.levels[height][start >> height]


def left_width(size: int) -> int:
    """Give the largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Say whether `proof` shows the leaf hash at `index` in a tree of this size and root."""
    if not 0 <= index < size or not _hashes(proof):
        return False
    last, running, rest = size - 1, leaf, list(proof)
    while last:
        if not (index == last and index % 2 == 0):
            if not rest:
                return False
            sibling = rest.pop(0)
            running = node_hash(sibling, running) if index % 2 else node_hash(running, sibling)
        index, last = index >> 1, last >> 1
    return not rest and running == root


def verify_consistency(
    sizes: tuple[int, int], roots: tuple[bytes, bytes], proof: Sequence[bytes]
) -> bool:
    """Say whether `proof` shows that the new tree only appends to the old one.

    `sizes` and `roots` hold the old value first (the algorithm of RFC 9162 section 2.1.4.2).
    """
    old_size, new_size = sizes
    if not 0 <= old_size <= new_size or not _hashes(proof):
        return False
    if old_size == 0:
        return not proof and roots[0] == EMPTY_ROOT and (new_size > 0 or roots[1] == EMPTY_ROOT)
    if old_size == new_size:
        return not proof and roots[0] == roots[1]
    return _walk_consistency(sizes, roots, proof)


def _walk_consistency(
    sizes: tuple[int, int], roots: tuple[bytes, bytes], proof: Sequence[bytes]
) -> bool:
    at, last = sizes[0] - 1, sizes[1] - 1
    while at % 2:
        at, last = at >> 1, last >> 1
    rest = list(proof) if at else [roots[0], *proof]
    if not rest:
        return False
    old = new = rest.pop(0)
    for sibling in rest:
        if last == 0:
            return False
        if at % 2 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while at and at % 2 == 0:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and (old, new) == roots


def _hashes(proof: Sequence[bytes]) -> bool:
    return all(len(item) == HASH_SIZE for item in proof)
