"""The fake signer keeps the port's promises."""

from __future__ import annotations

import pytest

from docgen.ports.typesetter import TypesetPdf
from integrations.sign.fake import FakeSigner
from tests.contracts.signer import SignerContract, chain, like_a_pdf


class TestFakeSigner(SignerContract):
    @pytest.fixture
    def signer(self) -> FakeSigner:
        """Give the fake."""
        return FakeSigner()

    @pytest.fixture
    def typeset(self) -> TypesetPdf:
        """Give bytes that begin like a PDF."""
        return like_a_pdf()

    def test_same_input_same_bytes(self, signer: FakeSigner, typeset: TypesetPdf) -> None:
        """Two runs give the same files."""
        assert chain(signer, typeset) == chain(FakeSigner(), typeset)
