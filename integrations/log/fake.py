"""A checkpoint signer with a key everybody can make: for tests and nothing else."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from integrations.log.ed25519 import Ed25519CheckpointSigner


class FakeCheckpointSigner(Ed25519CheckpointSigner):
    """Signs with a key derived from the log's name (and a salt, to stand for somebody else)."""

    key: ClassVar[str] = "fake"

    def __init__(self, origin: str, salt: str = "") -> None:
        seed = hashlib.sha256(f"{salt}:{origin}".encode()).digest()
        super().__init__(Ed25519PrivateKey.from_private_bytes(seed), origin)

    @property
    def development(self) -> bool:
        """Say yes: anybody can make this key."""
        return True
