"""A time stamping authority that anybody can be: same request and moment, same answer."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from docgen.errors import ServiceUnavailable
from integrations.timestamp.token import respond

if TYPE_CHECKING:
    from docgen.ports.clock import Clock

_SHA256 = hashes.SHA256()
_FROM, _LIFE = datetime(2020, 1, 1, tzinfo=UTC), timedelta(days=36525)
_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Fake time stamps")])


class _FakeKey:
    """A key made from a word; it signs the same bytes the same way (RFC 6979)."""

    algorithm = "sha256_ecdsa"

    def __init__(self, word: str) -> None:
        secret = int.from_bytes(hashlib.sha256(word.encode()).digest()[:31], "big")
        self._key = ec.derive_private_key(secret, ec.SECP256R1())
        self.certificate = self._certify().public_bytes(serialization.Encoding.DER)

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data, ec.ECDSA(_SHA256, deterministic_signing=True))

    def _certify(self) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(_NAME)
            .issuer_name(_NAME)
            .public_key(self._key.public_key())
            .serial_number(1)
            .not_valid_before(_FROM)
            .not_valid_after(_FROM + _LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
            )
            .sign(self._key, _SHA256, ecdsa_deterministic=True)
        )


class FakeTimeStamper:
    """Answers like a real authority, repeatably; `outage` makes it unreachable."""

    key: ClassVar[str] = "fake"

    def __init__(self, clock: Clock, *, word: str = "fake", outage: bool = False) -> None:
        self._stamping = _FakeKey(word)
        self._clock = clock
        self._outage = outage

    @property
    def development(self) -> bool:
        """Say yes: anybody can make this key."""
        return True

    @property
    def root(self) -> bytes:
        """Give the self-made certificate, as PEM."""
        certificate = x509.load_der_x509_certificate(self._stamping.certificate)
        return certificate.public_bytes(serialization.Encoding.PEM)

    def respond(self, request_der: bytes) -> bytes:
        """Answer one request; its own digest gives the serial number."""
        if self._outage:
            raise ServiceUnavailable(
                "The time stamping authority did not answer; it is asked again later.",
                service="timestamp",
            )
        serial = int.from_bytes(hashlib.sha256(request_der).digest()[:8], "big")
        return respond(request_der, self._stamping, at=self._clock.now(), serial=serial)
