"""The signer that is opened when it is needed keeps the port's promises, and waits until then."""

from __future__ import annotations

import pytest

from docgen.bootstrap.latent_signer import LatentSigner
from docgen.ports.typesetter import PanelPlace, TypesetPdf
from integrations.sign.fake import FakeSigner
from tests.contracts.signer import SignerContract

pytestmark = pytest.mark.sqlite_only("it reaches no database")


class TestLatentSigner(SignerContract):
    @pytest.fixture
    def signer(self) -> LatentSigner:
        """Give one that opens the fake."""
        return LatentSigner(FakeSigner)

    @pytest.fixture
    def typeset(self) -> TypesetPdf:
        """Give bytes that begin like a PDF."""
        panels = tuple(
            PanelPlace(slot=slot, page=1, x=300.0, y=100.0, width=216.0, height=88.0)
            for slot in ("practice_signatory", "pso_signatory")
        )
        return TypesetPdf(pdf=b"%PDF-1.7\n" + b"0123456789" * 1000, pages=1, panels=panels)


def test_it_is_opened_once_by_the_first_question() -> None:
    """Whoever asks nothing loads nothing."""
    opened: list[FakeSigner] = []

    def open_signer() -> FakeSigner:
        opened.append(FakeSigner())
        return opened[-1]

    signer = LatentSigner(open_signer)
    assert not opened
    assert signer.development
    assert not signer.endings()
    assert len(opened) == 1
