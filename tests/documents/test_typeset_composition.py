"""What the typesetters do to texts before they set them: never a word changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.document import Block, BlockKind, Column, Table
from integrations.typeset.composition import (
    FORM_ROWS,
    FORM_WORDS,
    LONG_WORD,
    SHORT_LEAD,
    compose,
    loosen,
    refine,
    tie,
)
from tests.contracts.sample_agreement import agreement, clause, item, prose

INVISIBLE = "\u200b\u2060\u2067\u2069"


def _bare(text: str) -> str:
    return "".join(character for character in text if character not in INVISIBLE)


@pytest.mark.parametrize(
    "reference",
    [
        "Section 4.2",
        "Sections 4.2",
        "Article 9",
        "Exhibit C",
        "45 CFR § 164.504(e)(1)",
        "42 U.S.C. § 299b-22",
        "42 CFR Part 3",
        "§§ 3.20",
    ],
)
def test_a_reference_holds_together(reference: str) -> None:
    """Every space inside a reference is followed by a joiner."""
    tied = tie(f"as {reference} says")
    assert tied.startswith("as ")
    assert tied.endswith(" says")
    inside = tied[3:-5]
    assert inside.count(" ") == inside.count(" \u2060") == reference.count(" ")


@pytest.mark.parametrize(
    "pair",
    [
        *("thirty (30)", "(312) 555-0100", "Illinois 60601", "Suite 1400", "Box 44", "Floor 3"),
        *("New York 12207", "West Virginia 26501"),
    ],
)
def test_a_figure_stays_with_what_it_counts(pair: str) -> None:
    """No space inside such a pair can break; the words around it can."""
    tied = tie(f"within {pair} days")
    assert tied == f"within {pair} days".replace(pair, pair.replace(" ", " \u2060"))


def test_the_end_of_an_address_stands_on_no_line_of_its_own() -> None:
    """An address for mail may break at its signs, but not before its last label."""
    assert loosen("ruth.lindqvist@thirty.example.org;") == (
        "ruth.\u200blindqvist@\u200bthirty.\u200bexample.org;"
    )


def test_other_figures_may_part() -> None:
    """The controls: a year, a day, a citation's letter in brackets."""
    for text in ("on March 14, 2028 or", "page 3 of 12", "the party (as amended)", "Agreement 1"):
        assert tie(text) == text


def test_plain_words_are_left_alone() -> None:
    """Ordinary prose gets nothing inserted."""
    text = "The Section is part of the Agreement (see the note)."
    assert refine(text) is text


@given(st.text(max_size=200))
def test_refining_changes_no_word(text: str) -> None:
    """Whatever the text, taking the invisible signs away gives it back."""
    assert _bare(refine(text)) == _bare(text)


@given(st.text(alphabet=st.characters(categories=("L", "N", "P")), min_size=1, max_size=400))
def test_no_word_stays_longer_than_a_line(word: str) -> None:
    """After loosening no unbreakable piece is longer than the limit."""
    assert max(map(len, loosen(word).split("\u200b"))) <= LONG_WORD


def test_a_right_to_left_passage_is_isolated_whole() -> None:
    """A name of two Arabic words stands in one isolate, its Latin neighbours outside."""
    assert tie("Dr. محمد علي 12") == "Dr. \u2067محمد علي\u2069 12"


def test_text_hangs_where_its_kind_belongs() -> None:
    """Intro text keeps to an article's column, closing words to the margin, items step inward."""
    blocks = (
        Block(kind=BlockKind.PARAGRAPH, runs=prose("preamble")),
        Block(kind=BlockKind.ARTICLE, number="1.", heading="Terms"),
        Block(kind=BlockKind.PARAGRAPH, runs=prose("intro")),
        clause("1.1", "Use", "text"),
        item("(a)", 1, "first"),
        item("(i)", 2, "second"),
        Block(kind=BlockKind.CONTINUATION, runs=prose("tail")),
        Block(kind=BlockKind.PARAGRAPH, runs=prose("closing")),
        item("(a)", 1, "of the closing"),
    )
    assert [placed.inset for placed in compose(blocks)] == [0, 0, 1, 0, 1, 2, 1, 0, 0]


def test_headings_rank_without_gaps() -> None:
    """Subheadings come first in rank where no article or exhibit stands above them."""
    subheading = Block(kind=BlockKind.SUBHEADING, heading="Purpose")
    exhibit = Block(kind=BlockKind.EXHIBIT, number="Exhibit A", heading="List")
    assert [placed.depth for placed in compose((subheading, exhibit, subheading))] == [1, 1, 2]


def test_what_introduces_stays_with_what_it_introduces() -> None:
    """The words before panels and tables are kept with them, other text is free."""
    kept = {
        placed.block.id: placed.keep
        for placed in compose(agreement().blocks)
        if placed.block.id in {"sample.closing", "sample.parties", "sample.exhibit.a.list"}
    }
    assert kept == {
        "sample.closing": True,
        "sample.parties": False,
        "sample.exhibit.a.list": True,
    }


def _exhibit(words: int, *rows: tuple[str, ...]) -> tuple[Block, ...]:
    """Give an exhibit with so many letters of text and a table of these rows."""
    columns = tuple(Column(heading=name, width=1) for name in ("Item", "Entry"))
    return (
        Block(kind=BlockKind.EXHIBIT, number="Exhibit F", heading="Form"),
        clause("F.1", "Attestation", "I agree that:"),
        item("(a)", 1, "x" * words),
        Block(kind=BlockKind.TABLE, table=Table(caption="Record", columns=columns, rows=rows)),
    )


def _kept(blocks: tuple[Block, ...]) -> list[bool]:
    return [placed.keep for placed in compose(blocks)]


FORM = (("Name", ""), ("Signature", ""))


def test_a_form_stays_with_the_words_it_is_signed_for() -> None:
    """From the heading down to the form all stands on one page."""
    assert _kept(_exhibit(40, *FORM)) == [True, True, True, False]
    after = (*_exhibit(40, *FORM), Block(kind=BlockKind.EXHIBIT, number="Exhibit G", heading="H"))
    assert _kept(after)[:4] == [True, True, True, False]


@pytest.mark.parametrize(
    "blocks",
    [
        _exhibit(40, ("Name", "Ada")),
        _exhibit(40, ("", ""), ("", "")),
        _exhibit(40, *(("Name", ""),) * (FORM_ROWS + 1)),
        _exhibit(FORM_WORDS + 1, *FORM),
        (*_exhibit(40, *FORM), Block(kind=BlockKind.PARAGRAPH, runs=prose("More."))),
    ],
)
def test_other_exhibits_may_be_divided(blocks: tuple[Block, ...]) -> None:
    """A filled table, a log, a long form, long words or text after it: the item may part."""
    assert _kept(blocks)[2] is False


def test_a_short_lead_stays_with_its_first_item() -> None:
    """Four lines and a colon do not end a page; a longer clause, or one without items, may."""
    items = (item("(a)", 1, "first"), item("(b)", 1, "second"))
    short, long = clause("1.1", "Duties", "Practice shall:"), clause("1.1", "D", "x" * SHORT_LEAD)
    policies = clause("1.1", "Security", "Safeguards and their policies, " * 8 + "provide for:")
    assert _kept((short, *items)) == _kept((policies, *items)) == [True, False, False]
    assert _kept((long, *items)) == [False, False, False]
    assert _kept((short, clause("1.2", "Other", "Text."))) == [False, False]


@pytest.mark.parametrize(
    "last",
    [
        clause("9.9", "Matter", "The last words."),
        item("(b)", 1, "the last words."),
        Block(kind=BlockKind.CONTINUATION, runs=prose("The last words.")),
    ],
)
def test_the_last_clause_goes_with_the_signatures(last: Block) -> None:
    """What stands right before the closing words is kept with them, what precedes it is not."""
    closing, panels = (
        block for block in agreement().blocks if block.id == "sample.closing" or block.panels
    )
    before = clause("9.8", "Matter", "Other words. " * SHORT_LEAD)
    assert _kept((before, last, closing, panels)) == [False, True, True, False]
    assert _kept((before, last, closing)) == [False, False, False]


def test_the_words_over_the_signatures_are_set_off() -> None:
    """Only the text right above the panels is."""
    marks = {placed.block.id: placed.closing for placed in compose(agreement().blocks)}
    assert [name for name, closing in marks.items() if closing] == ["sample.closing"]
