"""The tree read by tiles is the tree of the definition: every root, every proof, at every size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.merkle import Tree, leaf_hash, verify_consistency, verify_inclusion
from docgen.domain.tiled import WIDTH, GrownNodes, TiledTree
from docgen.errors import EvidenceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.tiled import Nodes

LARGE = WIDTH * WIDTH + 3 * WIDTH + 77
LEAVES = [leaf_hash(number.to_bytes(4)) for number in range(LARGE)]
EDGES = (1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 700, WIDTH * WIDTH, LARGE)
sizes = st.one_of(st.sampled_from(EDGES), st.integers(1, 1500))


def leaves_alone(hashes: Sequence[bytes]) -> Nodes:
    """Read leaves from a list; nothing above them was kept."""

    def read(level: int, start: int, end: int) -> Sequence[bytes]:
        return [] if level else hashes[start:end]

    return read


class Kept:
    """Nodes kept for some size, as a ledger keeps them; it counts what is read."""

    def __init__(self, hashes: Sequence[bytes], kept_for: int) -> None:
        grown = GrownNodes(leaves_alone(hashes), {}, kept_for)
        self.nodes = {0: list(hashes), **grown.added}
        self.kept = {level: len(nodes) for level, nodes in grown.added.items()}
        self.read = 0

    def __call__(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Give nodes as far as they are there."""
        found = self.nodes.get(level, [])[start:end]
        self.read += len(found)
        return found


def tiled(size: int, kept_for: int = 0) -> TiledTree:
    """Give the tree over the first leaves, with the nodes that a log of another size had kept."""
    kept = Kept(LEAVES, kept_for)
    return TiledTree(size, GrownNodes(kept, kept.kept, size))


@pytest.mark.parametrize("size", EDGES)
def test_roots_and_proofs_at_every_edge(size: int) -> None:
    """At the edges of tiles all is as in the tree that holds every level."""
    whole, tree = Tree.of(LEAVES[:size]), tiled(size)
    assert (tree.size, tree.root) == (size, whole.root)
    for index in {0, size // 2, max(0, size - 2), size - 1}:
        assert tree.inclusion(index) == whole.inclusion(index)
    for old in {0, 1, size // 2, size // WIDTH * WIDTH, size - 1, size}:
        assert tree.consistency(old) == whole.consistency(old)


@given(sizes, st.data())
def test_any_proof_convinces_a_stranger(size: int, data: st.DataObject) -> None:
    """Whatever was kept before, a proof leads to the root that the definition gives."""
    tree = tiled(size, data.draw(st.integers(0, LARGE)))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    root = Tree.of(LEAVES[:size]).root
    before = Tree.of(LEAVES[:old]).root
    assert verify_inclusion(LEAVES[index], index, size, tree.inclusion(index), root)
    assert tree.first(old).root == before
    assert verify_consistency((old, size), (before, root), tree.consistency(old))


def test_an_empty_tree_has_the_root_of_nothing() -> None:
    """No leaf, no node, and no proof of any."""
    assert tiled(0).root == Tree.of([]).root
    with pytest.raises(IndexError):
        tiled(0).inclusion(0)


@pytest.mark.parametrize("index", [-1, 300])
def test_what_the_tree_does_not_have_is_not_proved(index: int) -> None:
    """Neither a leaf nor an older tree outside it."""
    with pytest.raises(IndexError):
        tiled(300).inclusion(index)
    with pytest.raises(IndexError):
        tiled(300).consistency(index + 1 if index > 0 else index)
    with pytest.raises(IndexError):
        tiled(300).first(index + 1 if index > 0 else index)


def test_a_proof_reads_a_few_tiles_however_large_the_log() -> None:
    """One tile a level and those along the right edge, of 66,000 leaves some 1,000."""
    kept = Kept(LEAVES, LARGE)
    TiledTree(LARGE, GrownNodes(kept, kept.kept, LARGE)).inclusion(40_000)
    assert kept.read <= 4 * WIDTH


def test_only_what_was_not_kept_is_worked_out() -> None:
    """A log that grew by a tile adds one node; the second level begins with its first whole one."""
    kept = Kept(LEAVES, 5 * WIDTH)
    grown = GrownNodes(kept, kept.kept, 6 * WIDTH + 1)
    assert kept.read == WIDTH
    assert {level: len(nodes) for level, nodes in grown.added.items()} == {1: 1}
    assert grown(1, 4, 6) == [kept.nodes[1][4], grown.follow(1, 5)]


@pytest.mark.parametrize("level", [0, 1])
def test_a_missing_node_is_said_and_not_guessed(level: int) -> None:
    """A leaf or a kept node that is gone ends every answer that needs it."""
    kept = Kept(LEAVES, LARGE)
    del kept.nodes[level][100:]
    tree = TiledTree(LARGE, GrownNodes(kept, kept.kept, LARGE))
    with pytest.raises(EvidenceError, match="missing"):
        tree.inclusion(100)
