"""The verifier repeats some of the product's arithmetic; both must say the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.domain.canonical import canonical_json
from docgen.domain.checkpoint import Checkpoint, parse_verifier_key
from docgen.domain.evidence import ANCHOR_FORMAT, FORMAT
from docgen.domain.history import Activity
from docgen.domain.merkle import Tree, leaf_hash
from integrations.log.fake import FakeCheckpointSigner
from tests.verifier.handling import load_verifier
from tests.verifier.making import ORIGIN

LEAVES = [str(number).encode() for number in range(70)]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_both_speak_of_the_same_formats() -> None:
    """Bundle and anchor formats are the same words on both sides."""
    verifier = load_verifier()
    assert (verifier.FORMAT, verifier.ANCHOR_FORMAT) == (FORMAT, ANCHOR_FORMAT)


@given(JSON)
def test_canonical_json_is_the_same(value: object) -> None:
    """Both write a value in the same bytes, and read it back from them."""
    verifier = load_verifier()
    raw = canonical_json(value)
    assert verifier.canonical(value) == raw
    assert verifier.parse(raw, "It") == value


def test_every_inclusion_proof_leads_to_the_root_there_too() -> None:
    """For every size to 70 each proof holds there, and not for another leaf, index or cut path."""
    in_tree = load_verifier().in_tree
    for size in range(1, len(LEAVES) + 1):
        tree = Tree.of([leaf_hash(leaf) for leaf in LEAVES[:size]])
        for index in range(size):
            proof = list(tree.inclusion(index))
            assert in_tree(LEAVES[index], index, size, proof, tree.root)
            assert not in_tree(b"other", index, size, proof, tree.root)
            assert not in_tree(LEAVES[index], index + size, size, proof, tree.root)
            assert not in_tree(LEAVES[index], index, size, [*proof, bytes(32)], tree.root)
            if proof:
                assert not in_tree(LEAVES[index], index, size, proof[:-1], tree.root)
                assert not in_tree(LEAVES[index], index, size, [b"x", *proof[1:]], tree.root)


@given(
    st.integers(0, 2**53),
    st.integers(1, 2**31),
    st.dictionaries(st.text(), JSON),
    st.text(min_size=1),
)
def test_leaves_are_the_same(
    seq: int, position: int, details: dict[str, object], words: str
) -> None:
    """An activity's leaf, recomputed from its line in the history, is the one in the log."""
    activity = Activity(
        seq=seq,
        position=position,
        at=datetime(2026, 11, 23, 9, tzinfo=UTC),
        subject=words,
        kind=words,
        actor=words,
        details=details,
        salt="0" * 32,
    )
    assert load_verifier().leaf_of(activity.to_json()) == activity.leaf


@given(st.integers(0, 10**18), st.binary(min_size=32, max_size=32))
@settings(max_examples=20, deadline=None)
def test_checkpoints_and_keys_are_read_the_same(size: int, root: bytes) -> None:
    """What our log signs is read there with the same origin, size and root, and holds."""
    verifier = load_verifier()
    log = FakeCheckpointSigner(ORIGIN)
    read = verifier.read_checkpoint(
        log.sign(Checkpoint(origin=ORIGIN, size=size, root=root)).encode()
    )
    key = verifier.log_key(str(log.vkey))
    assert (read.origin, read.size, read.root) == (ORIGIN, size, root)
    assert key.public == parse_verifier_key(str(log.vkey)).public
    assert read.signed_by(key)
    stranger = FakeCheckpointSigner(ORIGIN, "stranger")
    assert not read.signed_by(verifier.log_key(str(stranger.vkey)))


@pytest.mark.parametrize(
    "raw", [b'{"a":1,"a":1}', b'{"b":1,"a":1}', b"[1, 2]", b"1.0e3", b"NaN", b'"\\u0041"', b"\xff"]
)
def test_what_is_not_canonical_is_refused(raw: bytes) -> None:
    """A value spelled in any other way is not read."""
    verifier = load_verifier()
    with pytest.raises(verifier.Broken):
        verifier.parse(raw, "It")
