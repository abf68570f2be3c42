"""The look of the pages, as far as a measure can tell it: edges, keeps and reading order."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise

import pypdfium2
import pytest

from docgen.domain.document import Block, BlockKind, Column, SignaturePanel, Table
from docgen.errors import ConfigurationError
from docgen.resources import fonts_dir
from integrations.typeset.typst.typesetter import TypstTypesetter
from tests.contracts.pdf_reading import findings, printed_text, words
from tests.contracts.sample_agreement import agreement, clause, prose
from tests.documents.rendered import SLUGS, pdf_of

LEFT, RIGHT, COLUMN = 74.0, 538.0, 30.0


@cache
def _typesetter() -> TypstTypesetter:
    return TypstTypesetter(fonts_dir())


def _lines(pdf: bytes) -> list[list[str]]:
    """Return the lines of each page, without header and footer."""
    return [
        [words(line) for line in sheet.get_textpage().get_text_range().splitlines()][1:-1]
        for sheet in pypdfium2.PdfDocument(pdf)
    ]


def test_numbers_hang_and_text_shares_one_edge() -> None:
    """Clause numbers stand at the margin, the text of their lines at the column's edge."""
    pdf = _typesetter().typeset(agreement()).pdf
    reader = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    text = reader.get_text_range()
    number = reader.get_charbox(text.index("1.1 "))
    heading = reader.get_charbox(text.index("Matter 1."))
    second_line = reader.get_charbox(text.index("\n", text.index("Matter 1.")) + 1)
    assert number[0] == pytest.approx(LEFT, abs=1.5)
    assert heading[0] == pytest.approx(LEFT + COLUMN, abs=1.5)
    assert second_line[0] == pytest.approx(LEFT + COLUMN, abs=1.5)


def test_no_heading_ends_a_page() -> None:
    """Wherever pages break, a heading has text of its own below it."""
    for lead in range(10, 22):
        more = (
            *(Block(kind=BlockKind.PARAGRAPH, runs=prose(f"Lead {n}.")) for n in range(lead)),
            Block(kind=BlockKind.ARTICLE, number="9.", heading="Heading"),
            clause("9.1", "Matter", "Text."),
            Block(kind=BlockKind.PARAGRAPH, runs=prose("More.")),
        )
        pages = _lines(_typesetter().typeset(agreement(articles=1, clauses=1, more=more)).pdf)
        assert all(lines[-1] != "9. Heading" for lines in pages)


def test_no_line_stands_alone_on_a_page() -> None:
    """A paragraph divided by a page leaves at least two lines on either side."""
    long = " ".join(f"word{number}" for number in range(60))
    for lead in range(12):
        more = (
            *(Block(kind=BlockKind.PARAGRAPH, runs=prose(f"Lead {n}.")) for n in range(lead)),
            *(clause(f"9.{n}", "Matter", f"begin{n} {long} end{n}") for n in range(20)),
        )
        pages = _lines(_typesetter().typeset(agreement(articles=1, clauses=1, more=more)).pdf)
        for before, after in pairwise(pages):
            assert not before[-1].startswith("9."), "an orphan"
            assert not (" end" in after[0] and "begin" not in after[0]), "a widow"


def test_wide_numbers_never_touch_their_text() -> None:
    """A number too wide for its column pushes the text, it does not overprint it."""
    blocks = tuple(
        Block(kind=BlockKind.ITEM, number=number, level=2, runs=prose("Quill"))
        for number in ("(i)", "(viii)", "(xviii)", "(xxxviii)")
    )
    pdf = _typesetter().typeset(agreement(articles=1, clauses=1, more=blocks)).pdf
    text = printed_text(pdf)
    for block in blocks:
        assert f"{block.number} Quill" in text


def test_a_policy_without_articles_is_accessible() -> None:
    """Subheadings alone make a valid outline."""
    document = agreement(articles=1)
    blocks = (
        document.blocks[0],
        Block(kind=BlockKind.SUBHEADING, heading="Purpose"),
        Block(kind=BlockKind.PARAGRAPH, runs=prose("Text.")),
    )
    pdf = _typesetter().typeset(dataclasses.replace(document, blocks=blocks)).pdf
    assert findings(pdf, "ua1") == []


@pytest.mark.parametrize("count", [2, 3, 5, 7])
def test_no_signature_stands_alone(count: int) -> None:
    """The words that are signed stand over the first panel, and the last two panels together."""
    panels = tuple(
        SignaturePanel(slot=f"s{n}", party=f"Party {n}", capacity="Official", meaning="Agrees")
        for n in range(count)
    )
    for lead in range(0, 60, 6):
        more = (
            *(Block(kind=BlockKind.PARAGRAPH, runs=prose(f"Lead {n}.")) for n in range(lead)),
            Block(kind=BlockKind.PARAGRAPH, runs=prose("The officials have signed.")),
            Block(kind=BlockKind.SIGNATURES, panels=panels),
        )
        document = agreement(articles=1, clauses=1, more=more)
        kept = tuple(
            block
            for block in document.blocks
            if block.kind is not BlockKind.SIGNATURES or block.panels == panels
        )
        made = _typesetter().typeset(dataclasses.replace(document, blocks=kept))
        pages = [place.page for place in made.panels]
        text = pypdfium2.PdfDocument(made.pdf)[pages[0] - 1].get_textpage().get_text_range()
        assert "The officials have signed." in words(text)
        assert pages[-1] == pages[-2]


def _table(rows: int) -> Block:
    columns = tuple(Column(heading=name, width=1) for name in ("Name", "Entry"))
    cells = tuple((f"row{number} " + "word " * 12, "Entry") for number in range(rows))
    return Block(kind=BlockKind.TABLE, table=Table(caption="List", columns=columns, rows=cells))


def _form(rows: int, label: str) -> Block:
    columns = tuple(Column(heading=name, width=1) for name in ("Item", "Information"))
    cells = tuple((label and f"{label}{number}", "") for number in range(rows))
    return Block(kind=BlockKind.TABLE, table=Table(caption="Form", columns=columns, rows=cells))


def _with_table(lead: int, table: Block) -> list[list[str]]:
    """Set so many paragraphs and a table; give the lines of the pages."""
    more = (
        *(Block(kind=BlockKind.PARAGRAPH, runs=prose(f"Lead {n}.")) for n in range(lead)),
        table,
    )
    document = agreement(articles=1, clauses=1)
    blocks = (*document.blocks[:1], *more)
    return _lines(_typesetter().typeset(dataclasses.replace(document, blocks=blocks)).pdf)


def test_a_table_does_not_leave_one_row_behind_its_header() -> None:
    """Wherever it begins, at least two rows stand below the header before a page divides it."""
    divided = 0
    for lead in range(16, 38):
        pages = _with_table(lead, _table(20))
        first = next(lines for lines in pages if any(line.startswith("row0") for line in lines))
        rows = [line for line in first if line.startswith("row")]
        assert len(rows) >= 2, lead
        divided += first is not pages[-1]
    assert divided


def test_a_short_table_is_not_divided() -> None:
    """Five rows stand on one page, wherever they come to stand."""
    for lead in range(16, 38):
        where = [
            lines for lines in _with_table(lead, _table(5)) if any("row" in line for line in lines)
        ]
        assert len(where) == 1, lead


@pytest.mark.parametrize(
    ("rows", "label", "divided"), [(20, "row", False), (30, "row", True), (20, "", True)]
)
def test_a_form_of_half_a_page_is_not_divided(rows: int, label: str, *, divided: bool) -> None:
    """Who fills in or copies it needs one page; a long form, or a log of blank rows, may part."""
    heads = {
        sum("Item Information" in lines for lines in _with_table(lead, _form(rows, label)))
        for lead in range(8, 38, 3)
    }
    assert heads == ({1, 2} if divided else {1})


def test_the_room_a_table_asks_for_is_not_left_empty() -> None:
    """A table of many rows begins as closely below its caption as a short one."""
    gaps = []
    for rows in (3, 20):
        document = agreement(articles=1, clauses=1)
        blocks = (*document.blocks[:1], _table(rows))
        pdf = _typesetter().typeset(dataclasses.replace(document, blocks=blocks)).pdf
        reader = pypdfium2.PdfDocument(pdf)[0].get_textpage()
        text = reader.get_text_range()
        caption, heading = text.index("List"), text.index("Name")
        gaps.append(reader.get_charbox(caption)[1] - reader.get_charbox(heading)[3])
    assert gaps[0] == pytest.approx(gaps[1], abs=0.1)


def test_an_exhibit_runs_on() -> None:
    """An exhibit begins below what went before it, where there is room."""
    more = (
        Block(kind=BlockKind.PARAGRAPH, runs=prose("Before.")),
        Block(kind=BlockKind.EXHIBIT, number="Exhibit Z", heading="Tail"),
        Block(kind=BlockKind.PARAGRAPH, runs=prose("After.")),
    )
    blocks = (*agreement(articles=1, clauses=1).blocks[:1], *more)
    document = dataclasses.replace(agreement(), blocks=blocks)
    assert len(_lines(_typesetter().typeset(document).pdf)) == 1


def test_a_network_s_set_is_neither_thin_nor_long() -> None:
    """Complete agreements for many sites, short enough for people who sign them."""
    pages = {slug: len(pypdfium2.PdfDocument(pdf_of("network-joinder", slug))) for slug in SLUGS}
    least = {"psa": 10, "baa": 7, "pses": 9}
    assert all(pages[slug] >= least[slug] for slug in SLUGS)
    assert 28 <= sum(pages.values()) <= 44


def test_a_facility_that_will_open_takes_few_lines() -> None:
    """Its type and the day it opens stand on three lines, as its name and address do."""
    lines = [line for page in _lines(pdf_of("network-joinder", "psa")) for line in page]
    assert "planned, opening" in lines
    assert "February 1, 2027" in lines


def test_threads_do_not_mix_documents() -> None:
    """Documents typeset at once in many threads are each what they are alone."""
    documents = [agreement(articles=2, mark=f"Draft {number}") for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(_typesetter().typeset, documents))
    assert together == [_typesetter().typeset(document) for document in documents]


def test_the_engine_is_named_exactly() -> None:
    """Engine, style and fonts are named so that another of either has another name."""
    name, version, *rest = _typesetter().engine.split()
    assert (name, rest[0], rest[2]) == ("typst", "style", "fonts")
    assert version.count(".") == 2


def test_a_missing_font_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An installation without its fonts says so before anything is typeset."""
    with pytest.raises(ConfigurationError, match="DocgenSerif"):
        TypstTypesetter(tmp_path_factory.mktemp("empty"))
