"""The fake signer keeps the port's promises."""

from __future__ import annotations

import pytest

from docgen.ports.typesetter import PanelPlace, TypesetPdf
from integrations.sign.fake import FakeSigner
from tests.contracts.signer import SignerContract, chain


def _place(slot: str) -> PanelPlace:
    return PanelPlace(slot=slot, page=1, x=300.0, y=100.0, width=216.0, height=88.0)


class TestFakeSigner(SignerContract):
    @pytest.fixture
    def signer(self) -> FakeSigner:
        """Give the fake."""
        return FakeSigner()

    @pytest.fixture
    def typeset(self) -> TypesetPdf:
        """Give bytes that begin like a PDF."""
        panels = (_place("practice_signatory"), _place("pso_signatory"))
        return TypesetPdf(pdf=b"%PDF-1.7\n" + b"0123456789" * 1000, pages=1, panels=panels)

    def test_same_input_same_bytes(self, signer: FakeSigner, typeset: TypesetPdf) -> None:
        """Two runs give the same files."""
        assert chain(signer, typeset) == chain(FakeSigner(), typeset)
