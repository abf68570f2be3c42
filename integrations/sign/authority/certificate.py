"""The certificates and revocation lists that a signing authority makes.

Why the lifetimes are what they are: a sealed file must verify offline for years after this product
is gone. Everything needed lies in the file, so what is embedded must still be usable then.
 *  Root, issuing and time-stamp certificates live forty years, because the archive time stamp is
    judged at the moment of reading, not of sealing.
 *  A certificate for one act lives thirty. It serves one act because its key is forgotten with the
    act, not because it soon expires: pyHanko, and other validators that judge a past signature,
    walk the chain at a moment for which the revocation list still speaks, and an act's certificate
    that expired before the seal (a second person may sign weeks later) has no such moment. What
    binds it to its day is the time stamp in each signature.
 *  Revocation lists are made at sealing, after every signature they speak for, and their
    nextUpdate lies thirty years on. A usual list of 30 days makes validators say NO_POE after a
    year: they look for newer news, and offline there is none. The lists keep entries of expired
    certificates, and say so (expiredCertsOnCRL).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from integrations.sign.authority.subject import DEVELOPMENT, service_subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )

YEAR = timedelta(days=365.25)
LONG = 40 * YEAR
LIST_LIFE = 30 * YEAR
ACT_LIFE = 30 * YEAR
BEFORE = timedelta(minutes=10)  # clocks differ a little
_DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
_EXPIRED_CERTS_ON_CRL = x509.ObjectIdentifier("2.5.29.60")  # X.509 9.5.2.8
_SHA256 = hashes.SHA256()


def new_key() -> EllipticCurvePrivateKey:
    """Make a P-256 key from the operating system's randomness."""
    return ec.generate_private_key(ec.SECP256R1())


def authority_name(common_name: str) -> x509.Name:
    """Name one of the authority's own certificates, loudly for development."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "docgen"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, DEVELOPMENT),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def root_certificate(
    key: EllipticCurvePrivateKey, *, at: datetime, generation: int = 1
) -> x509.Certificate:
    """Certify the root by itself; each generation has a name of its own."""
    name = authority_name("docgen root" if generation == 1 else f"docgen root {generation}")
    builder = _between(name, name, key.public_key(), at - timedelta(days=1), at + LONG)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
    builder = builder.add_extension(_usage(authority=True), critical=True)
    return builder.sign(key, _SHA256)


def issuing_certificate(
    public: EllipticCurvePublicKey,
    root: x509.Certificate,
    root_key: EllipticCurvePrivateKey,
    *,
    generation: int,
    at: datetime,
) -> x509.Certificate:
    """Certify the authority that issues certificates for acts."""
    name = authority_name(f"docgen acts of signing {generation}")
    builder = _between(name, root.subject, public, at - timedelta(days=1), root.not_valid_after_utc)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(authority=True), critical=True)
    return _issued_by(builder, root_key).sign(root_key, _SHA256)


def stamping_certificate(
    public: EllipticCurvePublicKey,
    root: x509.Certificate,
    root_key: EllipticCurvePrivateKey,
    *,
    generation: int,
    at: datetime,
) -> x509.Certificate:
    """Certify the time stamping authority (RFC 3161 section 2.3: this one usage, critical)."""
    name = authority_name(f"docgen time stamps {generation}")
    builder = _between(name, root.subject, public, at - timedelta(days=1), root.not_valid_after_utc)
    builder = builder.add_extension(
        x509.BasicConstraints(ca=False, path_length=None), critical=True
    )
    builder = builder.add_extension(_usage(), critical=True)
    builder = builder.add_extension(
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
    )
    return _issued_by(builder, root_key).sign(root_key, _SHA256)


def act_certificate(
    subject: x509.Name,
    mailbox: x509.GeneralName | None,
    public: EllipticCurvePublicKey,
    issuer: tuple[x509.Certificate, EllipticCurvePrivateKey],
    *,
    at: datetime,
) -> x509.Certificate:
    """Certify a key for one act, or the service's own for every seal."""
    certificate, key = issuer
    end = min(at + ACT_LIFE, certificate.not_valid_after_utc)  # a company's authority ends sooner
    start = max(at - BEFORE, certificate.not_valid_before_utc)
    builder = _between(subject, certificate.subject, public, start, end)
    builder = builder.add_extension(
        x509.BasicConstraints(ca=False, path_length=None), critical=True
    )
    builder = builder.add_extension(_usage(), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([_DOCUMENT_SIGNING]), critical=False)
    if mailbox is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([mailbox]), critical=False)
    return _issued_by(builder, key).sign(key, _SHA256)


def service_certificate(
    public: EllipticCurvePublicKey,
    issuer: tuple[x509.Certificate, EllipticCurvePrivateKey],
    *,
    unit: str | None,
    serial: str,
    at: datetime,
) -> x509.Certificate:
    """Certify the service's own key, which makes every seal; `serial` names its generation."""
    return act_certificate(
        service_subject(unit=unit, serial=serial), None, public, issuer, at=whole_second(at)
    )


def revocation_list(
    issuer: x509.Certificate,
    key: EllipticCurvePrivateKey,
    revoked: Mapping[int, datetime],
    *,
    at: datetime,
) -> x509.CertificateRevocationList:
    """List what this issuer has revoked up to now; an empty list is the usual one."""
    since = issuer.not_valid_before_utc.strftime("%Y%m%d%H%M%SZ").encode()
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(at)
        .next_update(min(at + LIST_LIFE, issuer.not_valid_after_utc))
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
        .add_extension(
            x509.UnrecognizedExtension(_EXPIRED_CERTS_ON_CRL, bytes([0x18, len(since)]) + since),
            critical=False,
        )
    )
    for entry in _entries(revoked, at):
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(key, _SHA256)


def signing_request(key: EllipticCurvePrivateKey, common_name: str) -> bytes:
    """Ask another authority to certify this key; gives the request as PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, _SHA256)
    return request.public_bytes(serialization.Encoding.PEM)


def whole_second(at: datetime) -> datetime:
    """Cut to the second, in UTC: certificates know nothing finer."""
    return at.astimezone(UTC).replace(microsecond=0)


def as_der(certificate: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    """Give the DER form."""
    return certificate.public_bytes(serialization.Encoding.DER)


def as_pem(certificate: x509.Certificate) -> bytes:
    """Give the PEM form."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def _entries(revoked: Mapping[int, datetime], at: datetime) -> Iterable[x509.RevokedCertificate]:
    for serial, when in sorted(revoked.items()):
        if when <= at:
            yield (
                x509.RevokedCertificateBuilder()
                .serial_number(serial)
                .revocation_date(when.astimezone(UTC))
                .build()
            )


def _between(
    subject: x509.Name,
    issuer: x509.Name,
    public: EllipticCurvePublicKey,
    start: datetime,
    end: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _issued_by(
    builder: x509.CertificateBuilder, key: EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    return builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
    )


def _usage(*, authority: bool = False) -> x509.KeyUsage:
    """Say what the key is for: issuing, or signing in a way that binds."""
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
