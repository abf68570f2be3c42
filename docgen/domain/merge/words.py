"""English as contracts print it: numbers in words, articles, lists, dates, addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docgen.domain.enrollment.places import state_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from docgen.domain.enrollment.address import Address

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = [
    "zero",
    "ten",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_TWENTY, _HUNDRED, _THOUSAND, _MOST = 20, 100, 1000, 999_999
# Words whose first sound is not what their first letter says; abbreviations are spelled aloud.
_VOWEL_SOUND = re.compile(r"hour|honest|honou?r|heir", re.IGNORECASE)
_CONSONANT_SOUND = re.compile(r"uni(?!n|m|dent)|us[aeu]|utah|ut[ie]|eu|on(?:e|ce)\b", re.IGNORECASE)


def numbers_in_words(number: int) -> str:
    """Spell a whole number from 0 to 999,999: "thirty-six", "one hundred five"."""
    if not 0 <= number <= _MOST:
        message = "numbers_in_words spells whole numbers from 0 to 999,999"
        raise ValueError(message)
    if number < _TWENTY:
        return _SMALL[number]
    if number < _HUNDRED:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")
    unit, word = (_HUNDRED, "hundred") if number < _THOUSAND else (_THOUSAND, "thousand")
    many, rest = divmod(number, unit)
    return f"{numbers_in_words(many)} {word}" + (f" {numbers_in_words(rest)}" if rest else "")


def spelled(number: int | None, unit: str) -> str:
    """Write "thirty-six (36) months"; the unit is singular for one."""
    if number is None:
        return ""
    return f"{numbers_in_words(number)} ({number}) {unit}" + ("" if number == 1 else "s")


def with_article(phrase: str) -> str:
    """Put "a" or "an" before a phrase, by sound."""
    if not phrase:
        return ""
    spelled_aloud = re.match(r"[A-Z]{2,}\b|[A-Z][.]", phrase)
    if spelled_aloud or _VOWEL_SOUND.match(phrase):
        vowel = phrase[0].lower() in "aefhilmnorsx"
    else:
        vowel = phrase[0].lower() in "aeiou" and not _CONSONANT_SOUND.match(phrase)
    return f"{'an' if vowel else 'a'} {phrase}"


def listed(items: Iterable[str], *, comma: str = ",") -> str:
    """Join with an Oxford comma: "A", "A and B", "A, B, and C"; long items take semicolons."""
    words = [item for item in items if item]
    if len(words) <= 1:
        return "".join(words)
    if len(words) == 2 and comma == ",":  # noqa: PLR2004 - a pair
        return f"{words[0]} and {words[1]}"
    return f"{comma} ".join(words[:-1]) + f"{comma} and {words[-1]}"


def long_date(day: date | None) -> str:
    """Write "November 23, 2026"."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}" if day else ""


def one_line(address: Address) -> str:
    """Write an address on one line: "100 Main Street, Suite 2, Austin, Texas 78701"."""
    place = f"{state_name(address.state).removeprefix('the ')} {address.postal_code}".strip()
    pieces = (address.line1, address.line2, address.city, place)
    return ", ".join(piece for piece in pieces if piece)


def spoken_phone(phone: str, extension: str = "") -> str:
    """Write a US number as "(512) 555-0100", others as they are; then the extension."""
    match = re.fullmatch(r"\+1([0-9]{3})([0-9]{3})([0-9]{4})", phone)
    text = f"({match[1]}) {match[2]}-{match[3]}" if match else phone
    return f"{text}, ext. {extension}" if extension and text else text
