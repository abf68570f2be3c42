"""Inline markup: what is marked, what is folded, and what stays as it was given."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.errors import TemplateInvalid
from docgen.render.expressions import CLOSE, OPEN
from docgen.render.inline import NBSP, fold, parse_inline, plain, without_markup

if TYPE_CHECKING:
    from docgen.domain.document import Run

WORDS = st.text(
    alphabet=st.characters(
        categories=("L", "N", "P", "S", "Zs"), exclude_characters="*\u00a0\u1680\u2028\u2029"
    ),
    max_size=60,
)
ANY_VALUE = st.text(
    alphabet=st.characters(
        categories=("L", "M", "N", "P", "S", "Zs"), include_characters="*{}%#<>&\t\n"
    ),
    max_size=60,
)


def _text(runs: tuple[Run, ...]) -> str:
    return "".join(run.text for run in runs)


@given(ANY_VALUE)
def test_a_wrapped_value_is_never_markup(value: str) -> None:
    """A value becomes one run of its own text, white space folded, whatever it holds."""
    runs = parse_inline(f"{OPEN}{value}{CLOSE}", "here")
    assert _text(runs) == re.sub(r"[ \t\r\n]+", " ", value).strip(" ")
    assert not any(run.bold or run.italic for run in runs)


@given(WORDS, WORDS, WORDS)
def test_markup_adds_and_takes_no_words(a: str, b: str, c: str) -> None:
    """The words of a marked text are those of the text without its asterisks."""
    runs = parse_inline(f"{a}**{b}** {c}*x*", "here")
    assert _text(runs).replace(NBSP, " ") == fold(f"{a}{b} {c}x")


@given(st.lists(st.tuples(WORDS, st.booleans()), max_size=6))
def test_runs_are_joined_trimmed_and_never_empty(parts: list[tuple[str, bool]]) -> None:
    """No run is empty, neighbours differ in style, no space is double or at an edge."""
    source = "".join(f"**{text}**" if bold and text.strip() else text for text, bold in parts)
    if "****" in source:
        return
    runs = parse_inline(source, "here")
    assert all(run.text for run in runs)
    assert all((a.bold, a.italic) != (b.bold, b.italic) for a, b in pairwise(runs))
    text = _text(runs)
    assert text == text.strip(" ")
    assert "  " not in text


@given(WORDS)
def test_folding_twice_changes_nothing(text: str) -> None:
    """Folding white space is done once and for all."""
    assert fold(fold(text)) == fold(text)
    assert plain(f"{OPEN}{text}{CLOSE}") == fold(text)
    assert without_markup(f"**{text}**") == fold(text)


@pytest.mark.parametrize("text", ["**a", "a*", "***", "*a**", "a ** b"])
def test_an_open_asterisk_is_refused(text: str) -> None:
    """Markup that is opened must be closed."""
    with pytest.raises(TemplateInvalid, match="never closed"):
        parse_inline(text, "tiny.a")


@pytest.mark.parametrize(
    ("text", "tied"),
    [
        ("see Section 4.2 here", "see Section~4.2 here"),
        ("Sections 1 and 2", "Sections~1 and 2"),
        ("Article 9", "Article~9"),
        ("Exhibit C and", "Exhibit~C and"),
        ("under § 3.20", "under §~3.20"),
        ("45 CFR § 164.504", "45~CFR~§~164.504"),
        ("45 CFR 164.504", "45~CFR~164.504"),
        ("42 CFR Part 3", "42~CFR~Part~3"),
        ("42 U.S.C. 299b-21", "42~U.S.C.~299b-21"),
        ("A Section of words", "A Section of words"),
        ("Part of it", "Part of it"),
        ("Exhibit Cards", "Exhibit Cards"),
    ],
)
def test_a_label_stays_with_its_number(text: str, tied: str) -> None:
    """A space inside a citation does not break; other spaces do."""
    assert _text(parse_inline(text, "here")) == tied.replace("~", NBSP)


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("by {North, Inc.}.", "by North, Inc."),
        ("by **{North, Inc.}**. It", "by North, Inc. It"),
        ("“{North, Inc.}.”", "“North, Inc.”"),
        ("by {North LLC}.", "by North LLC."),
        ("{North, Inc.}, a", "North, Inc., a"),
        ("{North, Inc.} signs.", "North, Inc. signs."),
        ("{a.}{b}.", "a.b."),
        ("by {.}.", "by .."),
        ("{and so on.}..", "and so on..."),
    ],
)
def test_an_abbreviation_at_the_end_ends_the_sentence(source: str, printed: str) -> None:
    """A value that ends in a period gets no second one from the sentence it ends."""
    marked = source.replace("{", OPEN).replace("}", CLOSE)
    assert _text(parse_inline(marked, "here")) == printed


def test_a_value_is_not_tied() -> None:
    """A value is printed as given: its own spaces stay what they are."""
    assert _text(parse_inline(f"{OPEN}Section 4{CLOSE}", "here")) == "Section 4"
