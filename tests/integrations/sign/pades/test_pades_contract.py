"""The PAdES signer keeps the port's promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.errors import SignatureInvalid
from tests.contracts.signer import AT, SignerContract

if TYPE_CHECKING:
    from docgen.ports.signer import Signer
    from docgen.ports.typesetter import TypesetPdf
    from integrations.sign.pades import PadesSigner
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

    @pytest.mark.parametrize("junk", [b"", b"hello", b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF\n"])
    def test_what_is_no_pdf_is_not_certified(self, signer: Signer, junk: bytes) -> None:
        """Junk is refused with our own error at certification."""
        with pytest.raises(SignatureInvalid):
            signer.certify(junk, (), at=AT)
