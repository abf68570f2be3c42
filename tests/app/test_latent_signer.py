"""The signer that is opened when it is needed keeps the port's promises, and waits until then."""

from __future__ import annotations

import pytest

from docgen.bootstrap.latent_signer import LatentSigner
from docgen.ports.typesetter import TypesetPdf
from integrations.sign.fake import FakeSigner
from tests.contracts.signer import SignerContract, like_a_pdf

pytestmark = pytest.mark.sqlite_only("it reaches no database")


class TestLatentSigner(SignerContract):
    @pytest.fixture
    def signer(self) -> LatentSigner:
        """Give one that opens the fake."""
        return LatentSigner(FakeSigner)

    @pytest.fixture
    def typeset(self) -> TypesetPdf:
        """Give bytes that begin like a PDF."""
        return like_a_pdf()


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
