"""Names as people type them find names as they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.search import LONGEST_WORD, MOST_WORDS, fold, searchable, words_of


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Łódź Ośrodek", "lodz osrodek"),
        ("Saint-Étienne (St. Étienne)", "saint etienne st etienne"),
        ("O’Brien & Sons, P.C.", "obrien sons p c"),
        ("STRASSE Straße", "strasse strasse"),
        ("ＷＩＤＥ", "wide"),
        ("smørrebrød", "smorrebrod"),
        ("Ἀσκληπιός", "ασκληπιοσ"),
        ("示例 診所", "示例 診所"),
        ("a\x00b\ud800c\u202ed", "a b c d"),
        ("", ""),
    ],
)
def test_case_accents_and_marks_do_not_matter(written: str, typed: str) -> None:
    """Both sides of a comparison take the same plain form."""
    assert fold(written) == typed


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    """The plain form is its own plain form, and holds nothing a database could trip over."""
    once = fold(text)
    assert fold(once) == once
    assert not set(once) & set("%_\\'\"\x00")


def test_a_number_in_groups_is_found_whole() -> None:
    """An EIN is found with and without its hyphen."""
    words = searchable("12-3456789").split()
    assert {"12", "3456789", "123456789"} == set(words)


def test_what_nobody_types_is_cut_off() -> None:
    """A flood of words or one endless word stays small."""
    assert len(words_of("word " * 500)) == MOST_WORDS
    assert words_of("x" * 900) == ("x" * LONGEST_WORD,)
