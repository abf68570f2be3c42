"""A P-256 key with its certificate, wherever the key lies."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

_ECDSA = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCredential:
    """Signs with a key in memory or a `HeldKey`; it never shows in `repr`."""

    key: EllipticCurvePrivateKey = field(repr=False)
    certificate: bytes
    chain: tuple[bytes, ...]
    algorithm: str = "sha256_ecdsa"

    def sign(self, data: bytes) -> bytes:
        """Sign with ECDSA over SHA-256."""
        return self.key.sign(data, _ECDSA)
