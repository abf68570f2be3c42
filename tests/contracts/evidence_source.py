"""What every source of evidence for sealing keeps to, be it an authority or a published list."""

from __future__ import annotations

import abc
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography import x509

if TYPE_CHECKING:
    from integrations.sign.pades.authority import EvidenceSource

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class EvidenceSourceContract(abc.ABC):
    """One suite for all; subclasses give `source`, which exists since before `AT`."""

    @pytest.fixture
    @abc.abstractmethod
    def source(self) -> EvidenceSource:
        """Give a source."""

    def test_its_roots_vouch_for_themselves(self, source: EvidenceSource) -> None:
        """They are PEM, and there is one at least."""
        assert source.roots
        for pem in source.roots:
            root = x509.load_pem_x509_certificate(pem)
            root.verify_directly_issued_by(root)

    def test_its_lists_are_signed_and_current(self, source: EvidenceSource) -> None:
        """Each is some given certificate's, and in force at that moment."""
        evidence = source.evidence(at=AT)
        roots = [x509.load_pem_x509_certificate(pem) for pem in source.roots]
        known = [x509.load_der_x509_certificate(der) for der in evidence.certificates] + roots
        lists = [x509.load_der_x509_crl(der) for der in evidence.crls]
        assert lists
        for one in lists:
            issuers = [item for item in known if item.subject == one.issuer]
            assert one.is_signature_valid(issuers[0].public_key())  # type: ignore[arg-type]  # EC
            assert one.next_update_utc is not None
            assert one.last_update_utc <= AT < one.next_update_utc

    def test_the_same_moment_gives_the_same_evidence(self, source: EvidenceSource) -> None:
        """Asking twice is no difference to what is sealed."""
        one, other = source.evidence(at=AT), source.evidence(at=AT)
        assert one.certificates == other.certificates
        assert len(one.crls) == len(other.crls)
