"""Signed CMS objects (RFC 5652) with the attributes that PAdES and RFC 3161 ask for.

Put together from DER directly: the same object takes a twentieth of the time that a general ASN.1
library needs, and every signature makes two or three.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

from asn1crypto import x509

from integrations.sign.der import (
    NULL,
    explicit,
    implicit,
    integer,
    octets,
    oid,
    sequence,
    set_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DATA = "1.2.840.113549.1.7.1"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"))
_SIGNED_DATA = "1.2.840.113549.1.7.2"
_CONTENT_TYPE = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
_ALGORITHM_PROTECTION = "1.2.840.113549.1.9.52"
_TIME_STAMP = "1.2.840.113549.1.9.16.2.14"
_ALGORITHMS = {
    "sha256_ecdsa": sequence(oid("1.2.840.10045.4.3.2")),
    "sha256_rsa": sequence(oid("1.2.840.113549.1.1.11"), NULL),
}


class SigningKey(Protocol):
    """A key and its certificate."""

    @property
    def certificate(self) -> bytes:
        """Give the certificate, as DER."""
        ...

    @property
    def algorithm(self) -> str:
        """Name the algorithm over SHA-256: `sha256_ecdsa` or `sha256_rsa`."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Sign these bytes."""
        ...


def sign_detached(
    digest: bytes,
    key: SigningKey,
    certificates: Sequence[bytes],
    stamp: Callable[[bytes], bytes] | None,
) -> bytes:
    """Sign a SHA-256 digest; `stamp` turns the signature's digest into a time stamp token."""
    return _signed((DATA, None), digest, key, certificates, stamp)


def sign_time(info: bytes, key: SigningKey, certificates: Sequence[bytes]) -> bytes:
    """Sign a `TSTInfo`, which stands inside the object."""
    return _signed((TST_INFO, info), hashlib.sha256(info).digest(), key, certificates, None)


def _signed(
    content: tuple[str, bytes | None],
    digest: bytes,
    key: SigningKey,
    certificates: Sequence[bytes],
    stamp: Callable[[bytes], bytes] | None,
) -> bytes:
    kind, inner = content
    certificate = x509.Certificate.load(key.certificate)
    issuer, serial = certificate.issuer.dump(), integer(certificate.serial_number)
    algorithm = _ALGORITHMS[key.algorithm]
    attributes = set_of(
        [
            _attribute(_CONTENT_TYPE, oid(kind)),
            _attribute(_MESSAGE_DIGEST, octets(digest)),
            _attribute(_SIGNING_CERTIFICATE_V2, _certificate_id(key.certificate, issuer, serial)),
            # RFC 6211: nobody can swap the algorithms for weaker ones.
            _attribute(_ALGORITHM_PROTECTION, sequence(SHA256, implicit(1, algorithm))),
        ]
    )
    signature = key.sign(attributes)
    parts = [
        integer(1),
        sequence(issuer, serial),
        SHA256,
        implicit(0, attributes),
        algorithm,
        octets(signature),
    ]
    if stamp is not None:
        token = stamp(hashlib.sha256(signature).digest())
        parts.append(implicit(1, set_of([_attribute(_TIME_STAMP, token)])))
    encapsulated = [oid(kind)] if inner is None else [oid(kind), explicit(0, octets(inner))]
    signed_data = [
        integer(1 if inner is None else 3),
        set_of([SHA256]),
        sequence(*encapsulated),
        *([implicit(0, set_of(certificates))] if certificates else []),
        set_of([sequence(*parts)]),
    ]
    return sequence(oid(_SIGNED_DATA), explicit(0, sequence(*signed_data)))


def _attribute(kind: str, value: bytes) -> bytes:
    return sequence(oid(kind), set_of([value]))


def _certificate_id(der: bytes, issuer: bytes, serial: bytes) -> bytes:
    """Bind the certificate to the signature (RFC 5035; SHA-256 is the default and left out)."""
    names = sequence(explicit(4, issuer))
    return sequence(
        sequence(sequence(octets(hashlib.sha256(der).digest()), sequence(names, serial)))
    )
