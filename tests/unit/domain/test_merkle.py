"""The log's tree: published roots, every proof of every size, and no proof that was touched."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.domain.merkle import (
    EMPTY_ROOT,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

LARGEST = 200
HASHES = [leaf_hash(str(number).encode()) for number in range(LARGEST + 1)]
TREES = [Tree.of(HASHES[:size]) for size in range(LARGEST + 1)]

# The reference test data of the certificate transparency project (its merkletree tests).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def _recursive_root(hashes: list[bytes]) -> bytes:
    """Compute MTH as RFC 6962 section 2.1 writes it, to compare with."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(_recursive_root(hashes[:split]), _recursive_root(hashes[split:]))


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    """The roots over the published leaves are the published ones."""
    tree = Tree.of([leaf_hash(leaf) for leaf in LEAVES[:size]])
    assert tree.root.hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_published_root() -> None:
    """No leaves hash to SHA-256 of nothing."""
    assert Tree.of([]).root == EMPTY_ROOT == hashlib.sha256(b"").digest()


def test_published_inclusion_proof() -> None:
    """The published path of leaf 0 in the tree of eight verifies and is the one we make."""
    path = [
        bytes.fromhex("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
        bytes.fromhex("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"),
        bytes.fromhex("6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"),
    ]
    tree = Tree.of([leaf_hash(leaf) for leaf in LEAVES])
    assert list(tree.inclusion(0)) == path
    assert verify_inclusion(leaf_hash(LEAVES[0]), 0, 8, path, tree.root)


def test_every_root_is_the_recursive_definition() -> None:
    """For every size to 200 the level-by-level root is RFC 6962's."""
    for size, tree in enumerate(TREES):
        assert tree.root == _recursive_root(HASHES[:size])


def test_every_inclusion_proof_verifies_and_no_other_leaf_does() -> None:
    """For every size to 200 each leaf's proof verifies; a neighbour's leaf or index does not."""
    for size, tree in enumerate(TREES):
        for index in range(size):
            proof = tree.inclusion(index)
            assert verify_inclusion(HASHES[index], index, size, proof, tree.root)
            assert not verify_inclusion(HASHES[index + 1], index, size, proof, tree.root)
            assert not verify_inclusion(HASHES[index], index + 1, size, proof, tree.root)
            assert not verify_inclusion(HASHES[index], index, size, proof, EMPTY_ROOT)


def test_every_consistency_proof_verifies_and_no_other_root_does() -> None:
    """For every pair of sizes to 200 the proof verifies; with another old root it does not."""
    for size, tree in enumerate(TREES):
        for old in range(size + 1):
            proof, roots = tree.consistency(old), (TREES[old].root, tree.root)
            assert verify_consistency((old, size), roots, proof)
            assert not verify_consistency((old, size), (HASHES[LARGEST], tree.root), proof)
            if old:
                assert not verify_consistency((old, size), (roots[0], EMPTY_ROOT), proof)


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_a_touched_proof_fails(data: st.DataObject) -> None:
    """Change a bit, drop, add, swap or cut a hash of any proof and it no longer verifies."""
    size = data.draw(st.integers(2, LARGEST))
    tree = TREES[size]
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size - 1))
    path, steps = tree.inclusion(index), tree.consistency(old)
    roots = (TREES[old].root, tree.root)
    touched = _touch(data, list(path))
    assert verify_inclusion(HASHES[index], index, size, path, tree.root)
    assert not verify_inclusion(HASHES[index], index, size, touched, tree.root)
    assert verify_consistency((old, size), roots, steps)
    assert not verify_consistency((old, size), roots, _touch(data, list(steps)))


def _touch(data: st.DataObject, proof: list[bytes]) -> list[bytes]:
    at = data.draw(st.integers(0, len(proof) - 1))
    touch = data.draw(st.sampled_from(["bit", "drop", "add", "swap", "cut"]))
    if touch == "bit":
        bit = data.draw(st.integers(0, 255))
        number = int.from_bytes(proof[at], "big") ^ (1 << bit)
        return [*proof[:at], number.to_bytes(32, "big"), *proof[at + 1 :]]
    if touch == "drop":
        return proof[:at] + proof[at + 1 :]
    if touch == "add":
        return [*proof[:at], bytes(32), *proof[at:]]
    if touch == "swap" and len(proof) > 1:
        other = (at + 1) % len(proof)
        proof[at], proof[other] = proof[other], proof[at]
        return proof
    return [*proof[:at], proof[at][:-1], *proof[at + 1 :]]


@pytest.mark.parametrize(
    ("sizes", "roots"),
    [
        ((5, 4), (TREES[5].root, TREES[4].root)),
        ((-1, 4), (EMPTY_ROOT, TREES[4].root)),
        ((0, 4), (TREES[1].root, TREES[4].root)),
        ((0, 0), (EMPTY_ROOT, TREES[4].root)),
        ((4, 4), (TREES[3].root, TREES[4].root)),
    ],
)
def test_impossible_sizes_fail(sizes: tuple[int, int], roots: tuple[bytes, bytes]) -> None:
    """A shrinking log, a negative size and a wrong empty root never verify."""
    assert not verify_consistency(sizes, roots, ())


@pytest.mark.parametrize("index", [-1, 7, 8])
def test_no_proof_outside_the_tree(index: int) -> None:
    """Asking for a leaf or an older size that the tree does not have is an error."""
    with pytest.raises(IndexError):
        TREES[7].inclusion(index)
    assert not verify_inclusion(HASHES[0], index, 7, (), TREES[7].root)
    with pytest.raises(IndexError):
        TREES[6].consistency(index)
