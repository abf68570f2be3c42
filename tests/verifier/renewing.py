"""Make renewals of a bundle: records and the time stamps over all that came before."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from docgen.domain.canonical import canonical_json, sha256_hex
from integrations.sign.authority.certificate import (
    as_der,
    as_pem,
    authority_name,
    issuing_certificate,
    new_key,
    root_certificate,
)
from integrations.timestamp.local import LocalTimeStamper

if TYPE_CHECKING:
    from datetime import datetime

    from integrations.sign.cms import SigningKey

PACKET = "pkt_01example"
Pair = tuple[bytes, bytes]


@dataclass(frozen=True)
class StoppedClock:
    """Says one time."""

    moment: datetime

    def now(self) -> datetime:
        """Give that time."""
        return self.moment


class ShortLived:
    """A time stamping authority of its own, whose certificate is good between two days."""

    algorithm = "sha256_ecdsa"

    def __init__(self, start: datetime, end: datetime, *, below: bool = False) -> None:
        """Make the keys; `below` puts an authority between the root and the one that stamps."""
        self._key, root_key = new_key(), new_key()
        root = issuer = root_certificate(root_key, at=start, generation=9)
        if below:
            key = new_key()
            issuer = issuing_certificate(key.public_key(), root, root_key, generation=9, at=start)
            root_key = key
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = (
            x509.CertificateBuilder()
            .subject_name(authority_name("stamps for a short time"))
            .issuer_name(issuer.subject)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(usage, critical=True)
        )
        self.certificate = as_der(builder.sign(root_key, hashes.SHA256()))
        self.issuer = as_der(issuer)
        self.root = as_pem(root)

    def sign(self, data: bytes) -> bytes:
        """Sign these bytes."""
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


def respond(data: bytes, key: SigningKey, at: datetime, algorithm: str = "sha512") -> bytes:
    """Have these bytes time-stamped at this time."""
    request = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {
                "hash_algorithm": {"algorithm": algorithm},
                "hashed_message": hashlib.new(algorithm, data).digest(),
            },
            "cert_req": True,
        }
    )
    return LocalTimeStamper(key, StoppedClock(at)).respond(request.dump())


@dataclass
class Renewing:
    """A bundle and its renewals up to now."""

    data: bytes
    pairs: list[Pair] = field(default_factory=list)

    @property
    def covered(self) -> bytes:
        """Give all that the next record comes after."""
        return self.data + b"".join(one for pair in self.pairs for one in pair)

    def record(self, **changes: Any) -> dict[str, Any]:
        """Say what the next record says; changed as told."""
        told = {
            "format": "docgen-renewal/1",
            "packet_id": PACKET,
            "number": len(self.pairs) + 1,
            "bundle_sha256": sha256_hex(self.data),
            "certificates": [],
            "lists": [],
        }
        return told | changes

    def renew(
        self,
        key: SigningKey,
        at: datetime,
        *,
        algorithm: str = "sha512",
        record: bytes | None = None,
        **changes: Any,
    ) -> Renewing:
        """Give the same with one renewal more."""
        written = canonical_json(self.record(**changes)) if record is None else record
        stamp = respond(self.covered + written, key, at, algorithm)
        return Renewing(self.data, [*self.pairs, (written, stamp)])


def in_base64(values: tuple[bytes, ...]) -> list[str]:
    """Write DER as a record does."""
    return [base64.b64encode(one).decode() for one in values]
