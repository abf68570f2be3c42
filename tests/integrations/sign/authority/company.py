"""A company's own authority as it is outside: its root, and what it certifies for us."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integrations.sign.authority import CompanyAuthority

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.ports.key_store import KeyStore

YEAR = timedelta(days=365)
_SHA256 = hashes.SHA256()


@dataclass
class Company:
    """A root, an authority below it, and the lists of both."""

    at: datetime
    name: str = "Example Group"
    revoked: dict[int, datetime] = field(default_factory=dict)
    list_life: timedelta = 10 * YEAR
    life: timedelta = 20 * YEAR

    def __post_init__(self) -> None:
        self.key, self.middle_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.root = self._certify("root", self.key.public_key(), None, 2)
        self.middle = self._certify("policy", self.middle_key.public_key(), self.root, 1)

    def certify(self, request: bytes, *, issuing: bool = True) -> x509.Certificate:
        """Certify a request, as an issuing authority's or as a seal's."""
        asked = x509.load_pem_x509_csr(request)
        public = asked.public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        (name,) = asked.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return self._certify(str(name.value), public, self.middle, 0 if issuing else None)

    def file(self, *certificates: x509.Certificate, lists: bool = True) -> bytes:
        """Write what goes into [signing] chain."""
        pems = [
            one.public_bytes(serialization.Encoding.PEM)
            for one in (*certificates, self.middle, self.root)
        ]
        if lists:
            pems += [one.public_bytes(serialization.Encoding.PEM) for one in self.lists()]
        return b"".join(pems)

    def lists(self) -> list[x509.CertificateRevocationList]:
        """Sign the lists of the root and of the authority below it."""
        made = []
        for issuer, key in ((self.root, self.key), (self.middle, self.middle_key)):
            builder = (
                x509.CertificateRevocationListBuilder()
                .issuer_name(issuer.subject)
                .last_update(self.at)
                .next_update(self.at + self.list_life)
                .add_extension(
                    x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()),
                    critical=False,
                )
                .add_extension(x509.CRLNumber(1), critical=False)
            )
            for serial, when in self.revoked.items():
                entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(when)
                builder = builder.add_revoked_certificate(entry.build())
            made.append(builder.sign(key, _SHA256))
        return made

    def authority(
        self, folder: Path, store: KeyStore, *, seal: KeyStore | None = None
    ) -> CompanyAuthority:
        """Go the whole way: keys made, request certified, the seal certified by us, opened."""
        (path,) = CompanyAuthority.prepare(folder, at=self.at, store=store, seal=seal)
        chain = self.file(self.certify(path.read_bytes()))
        assert (
            CompanyAuthority.prepare(folder, at=self.at, store=store, seal=seal, chain=chain) == ()
        )
        return CompanyAuthority.open(folder, chain=chain, store=store, seal=seal)

    def _certify(
        self,
        what: str,
        public: ec.EllipticCurvePublicKey,
        issuer: x509.Certificate | None,
        length: int | None,
    ) -> x509.Certificate:
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, self.name),
                x509.NameAttribute(NameOID.COMMON_NAME, f"{self.name} {what}"),
            ]
        )
        ca = length is not None
        signer = self.key if issuer is None or issuer == self.root else self.middle_key
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if issuer is None else issuer.subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.at - timedelta(days=1))
            .not_valid_after(self.at + self.life)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=length), critical=True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=not ca,
                    content_commitment=not ca,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    key_cert_sign=ca,
                    crl_sign=ca,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
                critical=False,
            )
            .sign(signer, _SHA256)
        )
