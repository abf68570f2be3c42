"""What every certificate authority the signer can use keeps to."""

from __future__ import annotations

import abc
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from docgen.errors import SignatureInvalid
from integrations.sign.pades.authority import Holder

if TYPE_CHECKING:
    from integrations.sign.pades.authority import Authority

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOLDER = Holder(
    name="Ada Example",
    organization="Example Clinic",
    act_id="act-1",
    email="ada@example.org",
    title="Chief Executive",
)


class AuthorityContract(abc.ABC):
    """One suite for all; subclasses give `authority`, which exists since before `AT`."""

    @pytest.fixture
    @abc.abstractmethod
    def authority(self) -> Authority:
        """Give an authority."""

    def test_a_certificate_names_its_holder_and_act(self, authority: Authority) -> None:
        """Person, organization and act stand in the subject, and it is good at that moment."""
        certificate = x509.load_der_x509_certificate(authority.issue(HOLDER, at=AT).certificate)
        subject = certificate.subject.rfc4514_string()
        assert all(word in subject for word in ("Ada Example", "Example Clinic", "act-1"))
        assert certificate.not_valid_before_utc <= AT <= certificate.not_valid_after_utc

    @pytest.mark.parametrize(
        ("title", "stated"),
        [
            ("Chief Executive", ["Chief Executive"]),
            ("", []),
            ("Leiterin für Strahlentherapie", ["Leiterin für Strahlentherapie"]),
            ("é" * 60, ["é" * 30 + "…"]),
        ],
    )
    def test_a_certificate_states_the_title(
        self, authority: Authority, title: str, stated: list[str]
    ) -> None:
        """As X.520 title, cut to the 64 bytes it may have; a service has none."""
        holder = replace(HOLDER, title=title)
        certificate = x509.load_der_x509_certificate(authority.issue(holder, at=AT).certificate)
        found = certificate.subject.get_attributes_for_oid(NameOID.TITLE)
        assert [item.value for item in found] == stated

    def test_each_act_has_a_key_of_its_own(self, authority: Authority) -> None:
        """Two acts of one person share neither key nor serial number."""
        one, other = (
            x509.load_der_x509_certificate(authority.issue(HOLDER, at=AT).certificate)
            for _ in range(2)
        )
        assert one.serial_number != other.serial_number
        assert one.public_key() != other.public_key()

    def test_a_certificate_leads_to_a_root(self, authority: Authority) -> None:
        """Through the chain it gives, every link signed by the next."""
        issued = authority.issue(HOLDER, at=AT)
        links = [x509.load_der_x509_certificate(der) for der in (issued.certificate, *issued.chain)]
        roots = [x509.load_pem_x509_certificate(pem) for pem in authority.roots]
        for link, issuer in zip(links, [*links[1:], roots[0]], strict=True):
            link.verify_directly_issued_by(issuer)

    def test_the_service_s_own_certificate_leads_there_too(self, authority: Authority) -> None:
        """The seal's, whether it is made for one step or kept for all."""
        own = authority.own(HOLDER, at=AT)
        links = [x509.load_der_x509_certificate(der) for der in (own.certificate, *own.chain)]
        roots = [x509.load_pem_x509_certificate(pem) for pem in authority.roots]
        for link, issuer in zip(links, [*links[1:], roots[0]], strict=True):
            link.verify_directly_issued_by(issuer)
        public = links[0].public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        public.verify(own.sign(b"a step"), b"a step", ec.ECDSA(hashes.SHA256()))

    def test_it_says_what_ends_and_what_to_do(self, authority: Authority) -> None:
        """The issuing certificate is among it, and every one comes with a remedy."""
        assert "the issuing certificate" in {one.what for one in authority.endings}
        assert all(one.remedy and one.ends > AT for one in authority.endings)

    def test_its_keys_can_be_tried(self, authority: Authority) -> None:
        """Nothing is raised while they are there."""
        authority.rehearse()

    def test_its_evidence_is_current(self, authority: Authority) -> None:
        """The revocation lists are those of that moment, and good for years without a network."""
        lists = [x509.load_der_x509_crl(der) for der in authority.evidence(at=AT).crls]
        assert lists
        for one in lists:
            assert one.last_update_utc <= AT
            assert one.next_update_utc is not None
            assert one.next_update_utc.year > AT.year + 5

    @pytest.mark.parametrize("name", ["", "\N{SPACE}", "Ada\nExample"])
    def test_who_cannot_be_named_gets_none(self, authority: Authority, name: str) -> None:
        """An empty, blank or broken name is refused."""
        holder = Holder(name=name, organization="Example Clinic", act_id="act-1")
        with pytest.raises(SignatureInvalid):
            authority.issue(holder, at=AT)
