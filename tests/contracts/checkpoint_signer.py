"""What every checkpoint signer keeps to."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from docgen.domain.checkpoint import (
    Checkpoint,
    parse_checkpoint,
    parse_note,
    parse_verifier_key,
)
from docgen.errors import SignatureInvalid

if TYPE_CHECKING:
    from docgen.ports.log import CheckpointSigner

ORIGIN = "log.example.org/enrollment"
CHECKPOINT = Checkpoint(origin=ORIGIN, size=7, root=bytes(range(32)))


class CheckpointSignerContract(abc.ABC):
    """One suite for all; subclasses give `signer` for the log `ORIGIN`."""

    @pytest.fixture
    @abc.abstractmethod
    def signer(self) -> CheckpointSigner:
        """Give a signer of the log `ORIGIN`."""

    def test_a_stranger_can_check_the_note_with_the_public_key(
        self, signer: CheckpointSigner
    ) -> None:
        """The note parses back to the checkpoint and its signature holds under the vkey."""
        note = parse_note(signer.sign(CHECKPOINT))
        line = note.by(parse_verifier_key(str(signer.vkey)))
        assert line is not None
        assert parse_checkpoint(note.text) == CHECKPOINT
        public = Ed25519PublicKey.from_public_bytes(signer.vkey.public)
        public.verify(line.signature, note.text.encode())
        with pytest.raises(InvalidSignature):
            public.verify(line.signature, note.text.replace("\n7\n", "\n8\n").encode())

    def test_the_same_checkpoint_gives_the_same_note(self, signer: CheckpointSigner) -> None:
        """Signing is deterministic."""
        assert signer.sign(CHECKPOINT) == signer.sign(CHECKPOINT)

    def test_another_log_is_refused(self, signer: CheckpointSigner) -> None:
        """A key signs for its own log only."""
        other = Checkpoint(origin="other.example.org", size=7, root=bytes(32))
        with pytest.raises(SignatureInvalid):
            signer.sign(other)
