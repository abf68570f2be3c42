"""What the typesetters do to texts before they set them: never a word changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.document import Block, BlockKind
from integrations.typeset.composition import LONG_WORD, compose, loosen, refine, tie
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
