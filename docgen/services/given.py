"""What our own people type: one clean line, or a reason, or a sentence that says why not."""

from __future__ import annotations

from docgen.domain.enrollment.text import clean_line, clean_name, refuse_private_data
from docgen.errors import EnrollmentInvalid, InputError
from docgen.services.ceremony.words import prose_given

LONGEST_LINE = 200
LONGEST_REASON = 2_000  # characters of prose that says why


def line_of(text: str, what: str, *, name: bool = False, longest: int = LONGEST_LINE) -> str:
    """Give one typed line in its normal form; `name` asks for at least one letter.

    Raises:
        InputError: it is missing, too long, or holds what has no place there.
    """
    if not text.strip() or len(text) > longest:
        raise InputError(f"Give {what} in one line of at most {longest} characters.")
    try:
        refuse_private_data(text)
        return clean_name(text) if name else clean_line(text)
    except EnrollmentInvalid as error:
        said = f"{what[:1].upper()}{what[1:]}"
        raise InputError(f"{said} cannot be used: {error.problems[0].message}.") from error


def reason_of(text: str, *, kept: str = "it stays in the packet's history") -> str:
    """Give why somebody does something, without characters that cannot be kept or shown.

    `kept` tells whoever gave none what becomes of it.

    Raises:
        InputError: it is missing or too long.
    """
    if len(text) > LONGEST_REASON:
        raise InputError(f"Give a reason of at most {LONGEST_REASON} characters.")
    given = prose_given(text, "the reason", longest=LONGEST_REASON)
    if not given:
        raise InputError(f"Give a reason; {kept}.")
    return given
