"""Numbers and references: counted in printed order, by what is shown, and never wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.document import BlockKind, Document
from docgen.errors import TemplateInvalid
from docgen.render.inline import NBSP
from docgen.render.numbering import alphabetic, item_number, roman
from tests.unit.render.making import filled

SOURCE = """
preamble:
  - id: tiny.refs
    text: >-
      {{ ref("tiny.recital.b") }}; {{ ref("tiny.one") }}; {{ ref("tiny.one.b") }};
      {{ ref("tiny.item") }}; {{ ref("tiny.deep") }}; {{ ref("tiny.exhibit") }};
      {{ ref("tiny.exhibit.clause") }}; {{ ref("tiny.exhibit.item") }}
recitals:
  - {id: tiny.recital.a, text: A., when: flag}
  - {id: tiny.recital.b, text: B.}
articles:
  - {id: tiny.zero, heading: Zero, when: flag, clauses: [{id: tiny.zero.a, text: a}]}
  - id: tiny.one
    heading: One
    clauses:
      - {id: tiny.one.a, text: a, when: flag}
      - id: tiny.one.b
        text: b
        items:
          - {text: first, when: flag}
          - id: tiny.item
            text: second
            items:
              - {text: third}
              - {text: fourth, items: [{id: tiny.deep, text: fifth}]}
exhibits:
  - {id: tiny.gone, heading: Gone, when: flag, blocks: [{text: x}]}
  - id: tiny.exhibit
    heading: Kept
    blocks:
      - {text: Intro, items: [{id: tiny.exhibit.item, text: x}]}
      - {id: tiny.exhibit.clause, heading: Clause, text: y}
"""


def _numbers(document: Document) -> list[str]:
    return [block.number for block in document.blocks if block.number]


def _references(document: Document) -> list[str]:
    text = "".join(run.text for run in document.blocks[1].runs)
    return text.replace(NBSP, " ").split("; ")


def test_everything_shown_is_counted() -> None:
    """With every part shown, numbers run on and references name them."""
    document = filled(SOURCE, {"flag": True})
    assert _numbers(document) == [
        *("A.", "B.", "1.", "1.1", "2.", "2.1", "2.2", "(a)", "(b)", "(i)", "(ii)", "(A)"),
        *("Exhibit\u00a0A", "Exhibit\u00a0B", "(a)", "B.1"),
    ]
    assert _references(document) == [
        *("Recital B", "Article 2", "Section 2.2", "Section 2.2(b)", "Section 2.2(b)(ii)(A)"),
        *("Exhibit B", "Section B.1", "paragraph (a) of Exhibit B"),
    ]


def test_what_is_left_out_takes_no_number() -> None:
    """With a part left out, what follows moves up and every reference moves with it."""
    document = filled(SOURCE, {"flag": False})
    assert _numbers(document) == [
        *("A.", "1.", "1.1", "(a)", "(i)", "(ii)", "(A)", "Exhibit\u00a0A", "(a)", "A.1"),
    ]
    assert _references(document) == [
        *("Recital A", "Article 1", "Section 1.1", "Section 1.1(a)", "Section 1.1(a)(ii)(A)"),
        *("Exhibit A", "Section A.1", "paragraph (a) of Exhibit A"),
    ]


def test_a_reference_to_what_is_left_out_is_refused() -> None:
    """A reference must not lead to a clause that is not printed; a guarded one need not."""
    source = """
    preamble: [{id: tiny.a, text: 'See {{ ref("tiny.one") }}.'}]
    articles: [{id: tiny.one, heading: One, when: flag}]
    """
    with pytest.raises(TemplateInvalid, match=r"tiny\.one, which is left out"):
        filled(source, {"flag": False})
    assert "Article" in str(filled(source, {"flag": True}).blocks[1].runs)
    guarded = source.replace("See {{", "See{% if flag %} {{").replace("}}.", "}}{% endif %}.")
    assert filled(guarded, {"flag": False}).blocks[1].runs[0].text == "See."


def test_a_reference_to_a_paragraph_without_a_number_is_refused() -> None:
    """What has no number cannot be referred to."""
    source = """
    preamble:
      - {id: tiny.a, text: 'See {{ ref("tiny.b") }}.'}
      - {id: tiny.b, text: Words.}
    """
    with pytest.raises(TemplateInvalid, match="has no number"):
        filled(source)


@given(st.integers(min_value=1, max_value=5000))
def test_letters_count_like_columns(number: int) -> None:
    """Letters read back as the number they stand for, so no two numbers share them."""
    value = 0
    for letter in alphabetic(number):
        value = value * 26 + ord(letter) - ord("A") + 1
    assert value == number


@given(st.integers(min_value=1, max_value=89))
def test_roman_numerals_read_back(number: int) -> None:
    """Roman numerals read back as the number they stand for."""
    values = {"i": 1, "v": 5, "x": 10, "l": 50}
    digits = [values[letter] for letter in roman(number)]
    total = sum(
        -digit if digit < max(digits[place:]) else digit for place, digit in enumerate(digits)
    )
    assert total == number


@given(st.integers(1, 89), st.integers(1, 89), st.integers(1, 3))
def test_no_two_items_of_a_list_share_a_number(one: int, other: int, level: int) -> None:
    """Within a level, different positions have different numbers."""
    assert (item_number(one, level) == item_number(other, level)) == (one == other)


def test_kinds_follow_the_source() -> None:
    """Each part of the source is printed as its own kind of block, title first."""
    kinds = [block.kind for block in filled(SOURCE, {"flag": True}).blocks]
    assert kinds[0] is BlockKind.TITLE
    assert kinds.count(BlockKind.RECITAL) == 2
    assert kinds.count(BlockKind.ARTICLE) == 2
    assert kinds.count(BlockKind.EXHIBIT) == 2
    assert BlockKind.SIGNATURES not in kinds
