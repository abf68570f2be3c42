"""The log's signing key: signs checkpoints, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from docgen.domain.checkpoint import Checkpoint, VerifierKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Journaled:
    """A checkpoint as the journal names it: the size and root that were signed."""

    size: int
    root: str


class CheckpointJournal(Protocol):
    """Remembers, outside the database, the largest checkpoint that was signed."""

    def last(self) -> Journaled | None:
        """Give the largest checkpoint written down, or None.

        Raises:
            StorageError: the journal cannot be read.
        """
        ...

    def add(self, point: Journaled, *, note_sha256: str, time_stamp_sha256: str) -> None:
        """Write a checkpoint down, durably, with the digests of its note and its time stamp.

        Raises:
            StorageError: the journal cannot be written.
        """
        ...


class CheckpointSigner(Protocol):
    """Holds the log's Ed25519 key."""

    key: ClassVar[str]

    @property
    def development(self) -> bool:
        """True when the key is one that anybody can make; said loudly and refused in real use."""
        ...

    @property
    def vkey(self) -> VerifierKey:
        """Give the public key, for anchors and bundles."""
        ...

    @property
    def retired(self) -> tuple[VerifierKey, ...]:
        """Give the public keys that were rotated out, for anchors; what they signed still holds."""
        ...

    def sign(self, checkpoint: Checkpoint) -> str:
        """Sign a checkpoint into a C2SP signed note; the same checkpoint gives the same note.

        Raises:
            SignatureInvalid: the checkpoint's origin is not this key's name.
        """
        ...
