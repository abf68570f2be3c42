"""What a person may type: names and titles on one line, reasons on several."""

from __future__ import annotations

import unicodedata

from docgen.domain.enrollment.person import SIGNED_LINE_MOST
from docgen.domain.enrollment.text import clean_line, clean_name
from docgen.errors import EnrollmentInvalid, Refused

LONGEST_NAME = SIGNED_LINE_MOST  # so that what the enrollment filled in is never refused
_LINE_ENDS = "\n\r\t"
_UNKEPT = {"Cc", "Cs"}  # controls and halves of characters: no text to a database


def name_given(text: str, what: str) -> str:
    """Give a typed name or signature in its normal form.

    Raises:
        Refused: it is missing, too long, or holds a character that has no place in a name.
    """
    return _line(text, what, letters=True)


def line_given(text: str, what: str) -> str:
    """Give a typed line in its normal form, or refuse it like `name_given`."""
    return _line(text, what, letters=False)


def _line(text: str, what: str, *, letters: bool) -> str:
    if not text.strip() or len(text) > LONGEST_NAME:
        raise Refused(f"Please give your {what}, in at most {LONGEST_NAME} characters.")
    try:
        return clean_name(text) if letters else clean_line(text)
    except EnrollmentInvalid as error:
        advice = error.problems[0].message
        raise Refused(f"Your {what} cannot be used as it is: {advice}.") from error


def prose_given(text: str, what: str, *, longest: int) -> str:
    """Give typed prose without characters that cannot be kept or shown.

    Raises:
        Refused: it is too long.
    """
    if len(text) > longest:
        raise Refused(f"Please keep {what} to at most {longest} characters.")
    composed = unicodedata.normalize("NFC", text).strip()
    return "".join(
        char for char in composed if char in _LINE_ENDS or unicodedata.category(char) not in _UNKEPT
    )
