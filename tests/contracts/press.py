"""What every press promises, whichever process does the work."""

from __future__ import annotations

import abc
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from docgen.errors import RenderRefused
from docgen.ports.press import Order
from docgen.render.gate import check
from docgen.render.manifest import load_template
from docgen.resources import contract_templates
from tests.contracts.sample_agreement import agreement, paragraph, record

if TYPE_CHECKING:
    from docgen.domain.document import Document
    from docgen.ports.press import Press

NO_GLYPH = "\U00010330"  # Gothic, which no shipped font has


@cache
def shell() -> bytes:
    """Give the Word shell of a real agreement."""
    return load_template(contract_templates(), "psa", "1.0.0").shell


def order(document: Document) -> Order:
    """Order a document as the first round of review."""
    properties = {"packet": "pkt_1", "document": document.slug, "version": "1.0.0", "round": "1"}
    return Order(document=document, shell=shell(), properties=properties)


class PressContract(abc.ABC):
    """Inherit this and answer `press`; the tests are what callers rely on."""

    @abc.abstractmethod
    def press(self) -> Press:
        """Return the adapter under test."""

    def test_each_order_comes_back_in_every_form(self) -> None:
        """In the order they were given, and each form passes the gate."""
        documents = (agreement(attachment=record()), agreement(articles=2, mark=""))
        made = self.press().press(order(item) for item in documents)
        assert tuple(forms.document for forms in made) == documents
        for forms in made:
            assert forms.typeset.pages > 0
            check(forms.document, docx=forms.docx, html=forms.html, pdf=forms.typeset.pdf)

    def test_the_same_order_gives_the_same_bytes(self) -> None:
        """Whatever was made before."""
        press, first = self.press(), order(agreement(attachment=record()))
        made = press.press([first])
        press.press([order(agreement(articles=1, mark=""))])
        assert press.press([first]) == made

    def test_the_word_file_tells_its_round(self) -> None:
        """What it says of itself is in the file; another round has other bytes, and no other PDF."""
        first = order(agreement())
        second = replace(first, properties={**first.properties, "round": "2"})
        one, two = self.press().press([first, second])
        assert one.docx != two.docx
        assert (one.typeset, one.html) == (two.typeset, two.html)

    def test_nothing_ordered_is_nothing_made(self) -> None:
        """A plan may hold paper alone."""
        assert self.press().press([]) == ()

    def test_one_refusal_refuses_all(self) -> None:
        """A sign no font can show; the next order is made as if nothing had been."""
        press, good = self.press(), order(agreement())
        bad = order(agreement(more=(paragraph(NO_GLYPH),)))
        with pytest.raises(RenderRefused, match="U\\+10330") as refused:
            press.press([good, bad])
        assert NO_GLYPH not in str(refused.value)
        assert len(press.press([good])) == 1
