"""Checkpoints: the published note, round trips, damaged notes, no signing over a fork."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.checkpoint import (
    Checkpoint,
    NoteSignature,
    SignedNote,
    extends,
    next_checkpoint,
    parse_checkpoint,
    parse_note,
    parse_verifier_key,
)
from docgen.domain.merkle import Tree, leaf_hash
from docgen.errors import SignatureInvalid

ORIGIN = "log.example.org/enrollment"
HASHES = [leaf_hash(str(number).encode()) for number in range(12)]

# The example of the Go package golang.org/x/mod/sumdb/note, which C2SP signed-note describes.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb"
    "6KE6RyyBwJnAM=\n"
)


def test_the_published_note_verifies() -> None:
    """The published note parses, its line is found by the published key, and it holds."""
    key, note = parse_verifier_key(VKEY), parse_note(NOTE)
    line = note.by(key)
    assert line is not None
    Ed25519PublicKey.from_public_bytes(key.public).verify(line.signature, note.text.encode())
    assert str(key) == VKEY
    assert str(note) == NOTE


@given(
    st.integers(0, 10**18), st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64)
)
def test_checkpoints_and_notes_round_trip(size: int, root: bytes, signature: bytes) -> None:
    """What is written reads back the same."""
    checkpoint = Checkpoint(origin=ORIGIN, size=size, root=root)
    line = NoteSignature(name=ORIGIN, key_hash=root[:4], signature=signature)
    note = SignedNote(text=checkpoint.text, signatures=(line, line))
    assert parse_note(str(note)) == note
    assert parse_checkpoint(note.text) == checkpoint


def test_extension_lines_are_passed_over() -> None:
    """A checkpoint with further lines reads as the same checkpoint."""
    checkpoint = Checkpoint(origin=ORIGIN, size=3, root=bytes(32))
    assert parse_checkpoint(checkpoint.text + "later line\n") == checkpoint


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        NOTE[:-1],
        NOTE.replace("— ", "- "),
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("x08go", "x08g"),
        NOTE.replace("JnAM=", "JnAN="),
        NOTE.replace(" PeterNeumann", " Peter+Neumann"),
        NOTE + "\n",
        NOTE.replace(
            "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZ"
            "b6KE6RyyBwJnAM=",
            "x08goA==",
        ),
    ],
)
def test_a_damaged_note_is_refused(note: str) -> None:
    """What is not exactly a signed note is an error, never a note without signatures."""
    with pytest.raises(SignatureInvalid):
        parse_note(note)


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{ORIGIN}\n3\n",
        f"\n3\n{'A' * 43}=\n",
        f"{ORIGIN}\n03\n{'A' * 43}=\n",
        f"{ORIGIN}\n-3\n{'A' * 43}=\n",
        f"{ORIGIN}\n٣\n{'A' * 43}=\n",
        f"{ORIGIN}\n3\n{'A' * 43}\n",
        f"{ORIGIN}\n3\n{'A' * 42}B=\n",
        f"{ORIGIN}\n3\n{'A' * 43}=",
    ],
)
def test_a_damaged_checkpoint_is_refused(text: str) -> None:
    """A checkpoint has one spelling; anything else is an error."""
    with pytest.raises(SignatureInvalid):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "name",
        VKEY.replace("c74f20a3", "c74f20a4"),
        VKEY[:-4],
        VKEY.replace("+AR", "+Ah"),
        VKEY.replace("Peter", "Pe ter"),
        VKEY.replace("Peter", "Petra"),
    ],
)
def test_a_damaged_key_is_refused(line: str) -> None:
    """A vkey whose hash, kind or length is off is an error."""
    with pytest.raises(SignatureInvalid):
        parse_verifier_key(line)


def test_a_growing_log_gets_its_next_checkpoint() -> None:
    """Each checkpoint over a longer history extends the one before, from the empty log on."""
    previous = None
    for size in range(len(HASHES) + 1):
        checkpoint = next_checkpoint(ORIGIN, previous, Tree.of(HASHES[:size]))
        assert (checkpoint.size, checkpoint.root) == (size, Tree.of(HASHES[:size]).root)
        if previous is not None:
            assert extends(previous, checkpoint, Tree.of(HASHES[:size]).consistency(previous.size))
        previous = checkpoint
    assert next_checkpoint(ORIGIN, previous, Tree.of(HASHES)) == previous


def _variants() -> list[tuple[str, list[bytes]]]:
    changed = [*HASHES[:4], leaf_hash(b"other"), *HASHES[5:]]
    swapped = [*HASHES[:3], HASHES[4], HASHES[3], *HASHES[5:]]
    return [
        ("changed", changed),
        ("dropped", HASHES[:4] + HASHES[5:]),
        ("inserted", [*HASHES[:4], leaf_hash(b"new"), *HASHES[4:]]),
        ("swapped", swapped),
        ("cut", HASHES[:7]),
        ("emptied", []),
    ]


@pytest.mark.parametrize(
    "hashes", [item[1] for item in _variants()], ids=[item[0] for item in _variants()]
)
def test_nothing_is_signed_over_a_changed_history(hashes: list[bytes]) -> None:
    """A history that was changed, cut, reordered or restored does not get a checkpoint."""
    previous = next_checkpoint(ORIGIN, None, Tree.of(HASHES[:8]))
    with pytest.raises(SignatureInvalid):
        next_checkpoint(ORIGIN, previous, Tree.of(hashes))


def test_another_log_does_not_extend_ours() -> None:
    """The same tree under another name is another log."""
    ours = next_checkpoint(ORIGIN, None, Tree.of(HASHES[:8]))
    with pytest.raises(SignatureInvalid):
        next_checkpoint("other.example.org", ours, Tree.of(HASHES))
