"""The equality gate (correction 8): each planted fault is refused, the untouched forms pass."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen.domain.document import Block, BlockKind, Document, Run
from docgen.errors import RenderRefused
from docgen.render.gate import check, check_pdf
from docgen.render.pdf_reading import read_plain_pdf
from docgen.resources import fonts_dir
from integrations.typeset.weasyprint.typesetter import WeasyprintTypesetter
from tests.documents.gatekeeper import NAME, SLUG, refusal
from tests.documents.rendered import (
    CASES,
    made,
    pdf_of,
    typeset,
)


@pytest.mark.parametrize(("name", "slug"), CASES)
def test_untouched_forms_pass(name: str, slug: str) -> None:
    """The control: every document of every sample passes in all three forms."""
    good = made(name, slug)
    check(good.document, docx=good.docx, html=good.html, pdf=pdf_of(name, slug))


@pytest.mark.parametrize(("name", "slug"), [("names-many-scripts", "psa"), (NAME, SLUG)])
def test_the_other_typesetter_passes_too(name: str, slug: str) -> None:
    """The control for WeasyPrint, whose signature panels stand side by side."""
    good = made(name, slug)
    pdf = WeasyprintTypesetter(fonts_dir()).typeset(good.document).pdf
    check(good.document, docx=good.docx, html=good.html, pdf=pdf)


# -- the document changed before it is typeset or rendered ---------------------------------------


def _document() -> Document:
    return made(NAME, SLUG).document


def _with(block: Block, changed: Block | None) -> Document:
    blocks = [changed if item is block else item for item in _document().blocks]
    return replace(_document(), blocks=tuple(item for item in blocks if item is not None))


def _block(kind: BlockKind, pattern: str = "") -> Block:
    """Find a block of a kind whose words match."""
    return next(
        block
        for block in _document().blocks
        if block.kind is kind and re.search(pattern, "".join(run.text for run in block.runs))
    )


def _reworded(block: Block, pattern: str, other: str) -> Document:
    for index, run in enumerate(block.runs):
        changed = re.sub(pattern, other, run.text, count=1)
        if changed != run.text:
            runs = (*block.runs[:index], replace(run, text=changed), *block.runs[index + 1 :])
            return _with(block, replace(block, runs=runs))
    raise AssertionError("the planted fault changed nothing")


def _faulty() -> dict[str, tuple[Document, str]]:
    """Documents with one fault each, and the block the gate must name."""
    clause = _block(BlockKind.CLAUSE, r"\(\d+\)")
    item = _block(BlockKind.ITEM, r"\w+ \w+ \w+")
    words = _block(BlockKind.CLAUSE, r" shall ")
    table = next(block for block in _document().blocks if block.table and len(block.table.rows) > 1)
    assert table.table is not None
    rows = table.table.rows
    swapped = replace(table, table=replace(table.table, rows=(rows[1], rows[0], *rows[2:])))
    more = replace(table, table=replace(table.table, rows=(*rows, rows[-1])))
    last = _document().blocks[-1]
    signatures = next(block for block in _document().blocks if block.panels)
    panels = signatures.panels
    traded = (
        replace(panels[0], party=panels[1].party),
        replace(panels[1], party=panels[0].party),
    )
    added = replace(
        _document(),
        blocks=(*_document().blocks, Block(kind=BlockKind.PARAGRAPH, runs=(Run(text="Or not."),))),
    )
    return {
        "a paragraph dropped": (_with(words, None), words.id),
        "a digit changed": (_reworded(clause, r"\((\d)(\d*)\)", r"(9\2)"), clause.id),
        "a word changed": (_reworded(words, " shall ", " may "), words.id),
        "a word dropped": (_reworded(words, " shall ", " "), words.id),
        "a word doubled": (_reworded(words, " shall ", " shall shall "), words.id),
        "words run together": (_reworded(words, " shall ", " shall"), words.id),
        "a word parted": (_reworded(words, " shall ", " sh all "), words.id),
        "a hyphen put in": (_reworded(words, " shall ", " sh-all "), words.id),
        "a number shifted": (_with(words, replace(words, number="9.9")), words.id),
        "a heading changed": (_with(words, replace(words, heading="Other")), words.id),
        "an item's letter shifted": (_with(item, replace(item, number="(z)")), item.id or "item"),
        "table rows swapped": (_with(table, swapped), table.id),
        "a table row added": (_with(table, more), ""),
        "words added at the end": (added, "holds more"),
        "the last block dropped": (_with(last, None), last.id),
        "a case changed": (_reworded(words, " shall ", " SHALL "), words.id),
        "signature parties traded": (
            _with(signatures, replace(signatures, panels=traded)),
            signatures.id or "signatures",
        ),
        "a control line changed": (replace(_document(), control_line="other"), "footer"),
        "a mark dropped": (replace(_document(), mark=""), "header"),
    }


FAULTS = sorted(_faulty())


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_pdf_isrefusal(fault: str) -> None:
    """A PDF typeset from a document with one fault is refused, naming the block."""
    changed, named = _faulty()[fault]
    message = refusal(pdf=typeset(changed))
    assert named in message
    assert "PDF" in message


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_word_file_isrefusal(fault: str) -> None:
    """A DOCX file made from a document with one fault is refused, naming the block."""
    from docgen.render.docx import render_docx

    changed, named = _faulty()[fault]
    message = refusal(docx=render_docx(changed, made(NAME, SLUG).template.shell, properties={}))
    assert named in message
    assert "DOCX" in message


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_reading_view_isrefusal(fault: str) -> None:
    """A page made from a document with one fault is refused, naming the block."""
    from docgen.render.html import reading_view

    changed, named = _faulty()[fault]
    message = refusal(html=reading_view(changed))
    assert named in message
    assert "HTML" in message


def test_words_beside_right_to_left_letters_keep_their_order() -> None:
    """In a paragraph with an Arabic name the other words are still compared in order."""
    from docgen.render.docx import render_docx
    from docgen.render.html import reading_view

    block = _block(BlockKind.CLAUSE)

    def saying(text: str) -> Document:
        return _with(block, replace(block, runs=(Run(text=text),)))

    right = saying("The Privacy Officer, محمد علي, reports to the board of Practice.")
    wrong = saying("The Privacy Officer, محمد علي, to the board reports of Practice.")
    docx, html = (
        render_docx(right, made(NAME, SLUG).template.shell, properties={}),
        reading_view(right),
    )
    check(right, docx=docx, html=html, pdf=typeset(right))
    with pytest.raises(RenderRefused, match=f"PDF form differs .* at {block.id}"):
        check(right, docx=docx, html=html, pdf=typeset(wrong))


@pytest.mark.parametrize(
    "name",
    ["مركز الأورام (Alder) 12", "Alder (مركز) 3", "مركز [الأورام] «x» <y>", "شركة A.B.C. 5%"],
)
def test_brackets_beside_right_to_left_letters_are_read(name: str) -> None:
    """A name of both directions with brackets and numbers passes; another number in it does not."""
    block = _block(BlockKind.CLAUSE)

    def saying(text: str) -> Document:
        return _with(block, replace(block, runs=(Run(text=text),)))

    right = saying(f"Practice, {name}, has 2 sites.")
    check_pdf(right, typeset(right))
    for wrong in (
        f"Practice, {name}, has 3 sites.",
        f"Practice, {name.replace('(', '')}, has 4 sites.",
    ):
        with pytest.raises(RenderRefused, match=f"PDF form differs .* at {block.id}"):
            check_pdf(right, typeset(saying(wrong)))


@pytest.mark.parametrize(
    ("pattern", "is_fine"),
    [(r"\((\d)(\d+)\)", False), (r"\((\d+)(\))", True), (r"(wit)(hin)", True)],
)
def test_no_line_of_prose_parts_a_number(
    monkeypatch: pytest.MonkeyPatch, pattern: str, *, is_fine: bool
) -> None:
    """“(3” at a line's end and “0)” on the next reads as two numbers; the controls part none."""
    good = made(NAME, SLUG)
    pages = list(read_plain_pdf(pdf_of(NAME, SLUG), good.document.attachment))
    at = next(number for number, page in enumerate(pages) if re.search(pattern, page))
    pages[at] = re.sub(
        pattern, lambda found: found[0].replace(found[2], f"\n{found[2]}"), pages[at], count=1
    )
    monkeypatch.setattr("docgen.render.gate.read_plain_pdf", lambda *_, **__: pages)
    with nullcontext() if is_fine else pytest.raises(RenderRefused, match="PDF form differs"):
        check_pdf(good.document, b"")


def test_a_refusal_quotes_nothing() -> None:
    """What the gate says names form and block; it holds no word of the agreement."""
    secret = _reworded(_block(BlockKind.CLAUSE, " shall "), " shall ", " Xylophonist ")
    assert "Xylophonist" not in refusal(pdf=typeset(secret))


# -- files that no parser can read ---------------------------------------------------------------

GARBAGE = [b"", b"\x00" * 64, b"PK\x03\x04" + b"\xff" * 40, b"%PDF-1.7\n%%EOF", b"\xff\xfe<html>"]


@pytest.mark.parametrize("form", ["docx", "html", "pdf"])
@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_isrefusal(form: str, garbage: bytes) -> None:
    """A file that no parser can read is refused in a sentence, not with a parser's own error."""
    assert refusal(**{form: garbage})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["docx", "html", "pdf"]), st.data())
def test_a_damaged_file_is_refused_or_says_the_same(form: str, data: st.DataObject) -> None:
    """Wherever a file is cut or overwritten, it is refused, or still holds the very same words."""
    good = {"docx": made(NAME, SLUG).docx, "html": made(NAME, SLUG).html, "pdf": pdf_of(NAME, SLUG)}
    whole = good[form]
    at = data.draw(st.integers(0, len(whole) - 1))
    noise = data.draw(st.binary(min_size=1, max_size=8))
    cut = data.draw(st.booleans())
    damaged = whole[:at] + noise + (b"" if cut else whole[at + len(noise) :])
    try:
        check(_document(), **{**good, form: damaged})
    except RenderRefused as refused:
        said = str(refused)
    else:
        said = "the same words."
    assert said.endswith(".")
