"""A key in this process's memory, parsed once."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

_ECDSA = ec.ECDSA(Prehashed(hashes.SHA256()))


class MemoryKey:
    """Signs with a parsed key; it never shows in `repr`."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        self._public = private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def public_key(self) -> bytes:
        """Give the public half, as DER."""
        return self._public

    def sign(self, digest: bytes) -> bytes:
        """Sign a SHA-256 digest.

        Raises:
            ValueError: it is no digest of that length.
        """
        return self._private.sign(digest, _ECDSA)
