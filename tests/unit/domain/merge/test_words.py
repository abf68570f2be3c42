"""English as contracts print it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.enrollment.address import Address
from docgen.domain.merge.words import (
    listed,
    long_date,
    numbers_in_words,
    one_line,
    spelled,
    spoken_phone,
    with_article,
)

if TYPE_CHECKING:
    from datetime import date

ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORDS = {word: value for value, word in enumerate(ONES)} | {
    word: 10 * value for value, word in enumerate(TENS, 2)
}


def _value(text: str) -> int:
    total = current = 0
    for word in text.replace("-", " ").split():
        if word == "hundred":
            current *= 100
        elif word == "thousand":
            total, current = current * 1000, 0
        else:
            current += WORDS[word]
    return total + current


@given(st.integers(0, 999_999))
def test_numbers_in_words_read_back(number: int) -> None:
    """Reading the words gives the number again."""
    assert _value(numbers_in_words(number)) == number


@pytest.mark.parametrize("number", [-1, 1_000_000])
def test_numbers_out_of_range_are_refused(number: int) -> None:
    """No wrong words are ever printed for a number the function does not spell."""
    with pytest.raises(ValueError, match="from 0 to 999,999"):
        numbers_in_words(number)


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (36, "month", "thirty-six (36) months"),
        (1, "day", "one (1) day"),
        (120, "day", "one hundred twenty (120) days"),
        (10, "calendar day", "ten (10) calendar days"),
        (None, "day", ""),
    ],
)
def test_periods_are_spelled_with_their_figure(number: int | None, unit: str, text: str) -> None:
    """A period is printed in words and figures, singular for one."""
    assert spelled(number, unit) == text


@pytest.mark.parametrize(
    ("phrase", "article"),
    [
        ("Texas corporation", "a"),
        ("Illinois corporation", "an"),
        ("Ohio corporation", "an"),
        ("Utah corporation", "a"),
        ("LLC", "an"),
        ("hospital district", "a"),
        ("honest broker", "an"),
        ("university", "a"),
        ("one-time fee", "a"),
        ("European entity", "a"),
        ("agency", "an"),
        ("Union County agency", "a"),
        ("unincorporated association", "an"),
        ("MRI center", "an"),
        ("U.S. agency", "a"),
        ("PSO", "a"),
        ("Louisiana corporation", "a"),
        ("Rhode Island corporation", "a"),
        ("New Mexico corporation", "a"),
    ],
)
def test_articles_follow_the_sound(phrase: str, article: str) -> None:
    """The article before a phrase is chosen by how it is said."""
    assert with_article(phrase) == f"{article} {phrase}"


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B, and C"),
        (["A", "", "C"], "A and C"),
    ],
)
def test_lists_take_the_oxford_comma(items: list[str], text: str) -> None:
    """Three and more take a comma before the last."""
    assert listed(items) == text


def test_long_items_take_semicolons() -> None:
    """Names that hold commas are kept apart by semicolons."""
    assert listed(["A, Inc.", "B, LLC", "C, LP"], comma=";") == "A, Inc.; B, LLC; and C, LP"


@given(st.dates())
def test_dates_are_written_out(day: date) -> None:
    """Month in words, day without a leading zero, year."""
    assert long_date(day) == f"{day:%B} {day.day}, {day.year}"


def test_no_date_is_no_text() -> None:
    """A date that is not given prints nothing."""
    assert long_date(None) == ""


def test_an_address_stands_on_one_line() -> None:
    """Lines, city, the state's name and the ZIP code; what is not given is left out."""
    full = Address(line1="1 A Way", line2="Suite 2", city="Austin", state="TX", postal_code="78701")
    assert one_line(full) == "1 A Way, Suite 2, Austin, Texas 78701"
    capital = Address(line1="1 A Way", city="Washington", state="DC", postal_code="20001")
    assert one_line(capital) == "1 A Way, Washington, District of Columbia 20001"
    assert one_line(Address()) == ""


@pytest.mark.parametrize(
    ("phone", "extension", "text"),
    [
        ("+15125550100", "", "(512) 555-0100"),
        ("+15125550100", "7", "(512) 555-0100, ext. 7"),
        ("+442079460000", "", "+442079460000"),
        ("", "7", ""),
    ],
)
def test_phone_numbers_are_written_as_usual(phone: str, extension: str, text: str) -> None:
    """Numbers in the United States get their parentheses."""
    assert spoken_phone(phone, extension) == text
