"""Values are literal in print: what a hostile or odd value holds stands in all three forms as it is."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from lxml import html as lxml_html

from docgen.errors import DocgenError
from docgen.render.docx import render_docx
from docgen.render.gate import check
from docgen.render.html import reading_view
from tests.documents.rendered import docx_part, made, typeset
from tests.unit.render.making import filled, real

if TYPE_CHECKING:
    from docgen.domain.document import Document

VALUES = [
    "{{7*7}}",
    "{% if x %}",
    "{# gone #}",
    "${7*7}",
    "**x**",
    "*y* and **z",
    "#evil[x]",
    '#import "a": b',
    "$x^2$",
    "@ref <label>",
    "= heading",
    "- item + item / term: x",
    "// comment",
    "/* comment */",
    "`raw` and ```raw```",
    "\\u{1F600} \\ \\n",
    "<b>bold</b>",
    "<script>alert(1)</script>",
    "<!-- gone -->",
    "]]> </w:t></w:r><w:r><w:t>x",
    "&amp; &lt; &#65; &",
    "Nord & Süd <School>",
    'O\'Brien "Bill" Müller-Łukasz',
    "100 % of A/B \\ C | D ~ E ^ F _ G",
    "it--self---dash ... '70s",
]
LONG = "Überlang" * 40


def _document(value: str) -> Document:
    return filled(
        """
        preamble: [{id: tiny.a, text: "Begin **{{ name }}** then {{ name }} end."}]
        exhibits: [{id: tiny.b, heading: B, blocks: [{table: {caption: C, rows: rows, columns: [
          {heading: A, value: "{{ row }}", width: "3"}, {heading: B, value: b}]}}]}]
        """,
        {"name": value, "rows": [value, "plain"]},
    )


def _pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return [page.get_textpage().get_text_range() for page in document]


def _pdf_words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    return " ".join(" ".join(pages).split())


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_printed_as_it_stands(value: str) -> None:
    """Prose and table cells hold the value, character by character, in DOCX, HTML and PDF."""
    document = _document(value)
    pdf = typeset(document)
    docx = render_docx(document, real("psa").shell, properties={"packet": value})
    html = reading_view(document)
    check(document, docx=docx, html=html, pdf=pdf)
    sentence = f"Begin {value} then {value} end."
    assert sentence in "".join(run.text for block in document.blocks for run in block.runs)
    assert sentence in "".join(_docx_words(docx))
    page = lxml_html.fromstring(html.decode())
    assert sentence in page.get_element_by_id("tiny.a").text_content()
    assert page.findall(".//td")[0].text_content() == value
    assert "".join(sentence.split()) in "".join(_pdf_words(pdf).split())


def _docx_words(docx: bytes) -> list[str]:
    from lxml import etree

    root = etree.fromstring(docx_part(docx).encode())
    return [element.text or "" for element in root.iter("{*}t")]


@pytest.mark.parametrize("value", ["a\x00b", "a\x0bb", "a\ud800b", "a\ufffeb", "a\x1bb"])
def test_what_cannot_be_printed_is_refused_not_shortened(value: str) -> None:
    """A value with a control character or half a character ends in a refusal, never in fewer words."""
    with pytest.raises(DocgenError):
        _document(value)


def test_an_addendum_prints_the_policy_it_belongs_to() -> None:
    """The title and date of the hospital's own policy stand in the addendum, in every form."""
    clause = next(
        block
        for block in made("hospital-department", "pses").document.blocks
        if block.id == "pses.foundation.host"
    )
    words = "".join(run.text for run in clause.runs)
    title = "Patient Safety Evaluation System Policy of St. Brigid Medical Center"
    assert f"under the title “{title}” (approved on September 17, 2024; the “Host Policy”)" in words
    assert "under whatever title" not in words


def test_a_word_longer_than_a_line_goes_on_over_the_page() -> None:
    """Wherever the page ends within it, the three forms still hold the same words."""
    parted = 0
    for lead in range(58, 63):
        document = filled(
            'preamble: [{id: tiny.a, text: "{{ lead }}"}, {id: tiny.b, text: "To {{ name }} now."}]',
            {"lead": "Words of a line that is as long as a line. " * 2 * lead, "name": LONG},
        )
        pdf = typeset(document)
        check(
            document,
            docx=render_docx(document, real("psa").shell, properties={"packet": "P"}),
            html=reading_view(document),
            pdf=pdf,
        )
        parted += any("\u200b\r\npacket" in page for page in _pages(pdf))
    assert parted, "no page ended within the word"
