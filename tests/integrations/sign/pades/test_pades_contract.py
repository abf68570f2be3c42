"""The PAdES signer keeps the port's promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography import x509

from docgen.errors import SignatureInvalid
from tests.contracts.signer import AT, SignerContract

if TYPE_CHECKING:
    from docgen.ports.signer import Signer
    from docgen.ports.typesetter import TypesetPdf
    from integrations.sign.pades.signer import PadesSigner
    from tests.integrations.sign.pades.conftest import House


class TestPadesSigner(SignerContract):
    @pytest.fixture
    def signer(self, house: House) -> PadesSigner:
        """Give our signer."""
        return house.signer

    @pytest.fixture
    def typeset(self, rendered: TypesetPdf) -> TypesetPdf:
        """Give a real document."""
        return rendered

    def test_what_proves_time_stamps_is_not_empty(self, house: House) -> None:
        """The certificates reach the root, and there is a list."""
        proof = house.signer.stamp_evidence(at=AT)
        (root,) = house.signer.trust().timestamp_roots
        known = {x509.load_der_x509_certificate(one) for one in proof.certificates}
        assert x509.load_pem_x509_certificate(root).subject in {one.issuer for one in known}
        assert proof.lists

    @pytest.mark.parametrize("junk", [b"", b"hello", b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF\n"])
    def test_what_is_no_pdf_is_not_certified(self, signer: Signer, junk: bytes) -> None:
        """Junk is refused with our own error at certification."""
        with pytest.raises(SignatureInvalid):
            signer.certify(junk, (), at=AT)
