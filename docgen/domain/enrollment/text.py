"""Which characters a name or a line of text may hold, whatever its language."""

from __future__ import annotations

import re
import unicodedata

from docgen.domain.enrollment.findings import Rule
from docgen.errors import EnrollmentInvalid, Problem


def wrong(rule: Rule, sentence: str) -> EnrollmentInvalid:
    """Return the error for one value: the rule it breaks and what to do, never the value."""
    return EnrollmentInvalid((Problem(path="", rule=rule.value, message=sentence),))


TEMPLATE_MARKS = ("{{", "}}", "{%", "%}", "{#", "#}", "[[", "]]")
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_VIRAMA_CLASS = 9
_MARKS_IN_A_ROW = 6

# Scripts whose letters join, where a zero width non-joiner changes how a word is read.
_JOINING = frozenset({"ARABIC", "SYRIAC", "NKO", "MANDAIC", "MONGOLIAN", "ADLAM"})

# Default_Ignorable_Code_Point (Unicode DerivedCoreProperties) beyond category Cf, and the blank
# Braille pattern: characters that print nothing and so can hide inside a name.
_INVISIBLE = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xE0000, 0xE0FFF),
)

# Shapes only; the point is to stop patient data and Social Security numbers at the door. Each holds
# a digit, so that most texts need no closer look.
_DIGIT = re.compile(r"[0-9]")
_PRIVATE = (
    re.compile(r"(?<![0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![\w-])"),
    re.compile(r"\bS\.?S\.?N\b\.?\s*[:#]?\s*[0-9]", re.IGNORECASE),
    re.compile(r"\bM\.?R\.?N\b\.?\s*[:#]?\s*[A-Z]?[0-9]{3}", re.IGNORECASE),
    re.compile(r"\bmedical record (?:number|no\.?)\s*[:#]?\s*[A-Z]?[0-9]", re.IGNORECASE),
    re.compile(r"\b(?:D\.?O\.?B\b\.?|date of birth|born on)\s*[:#]?\s*[0-9]", re.IGNORECASE),
)


def clean_line(text: str) -> str:
    """Return the text in NFC with single spaces, or refuse a character that has no place in it."""
    composed = unicodedata.normalize("NFC", text)
    _refuse_characters(composed)
    if any(mark in composed for mark in TEMPLATE_MARKS):
        raise wrong(
            Rule.NAME, "take out the double braces or brackets; they are reserved for templates"
        )
    return " ".join(composed.split())


def clean_paragraph(text: str) -> str:
    """Return the text as one paragraph: line ends become spaces, the rest as for a line."""
    return clean_line(re.sub(r"[\r\n\t]+", " ", text))


def clean_name(text: str) -> str:
    """Return a clean line that holds at least one letter."""
    line = clean_line(text)
    if line and not any(unicodedata.category(char).startswith("L") for char in line):
        raise wrong(Rule.NAME, "write a name with at least one letter")
    return line


def refuse_private_data(text: str) -> None:
    """Refuse text that looks like a Social Security number or like data about a patient."""
    if not _DIGIT.search(text):
        return
    if any(shape.search(text) for shape in _PRIVATE):
        raise wrong(
            Rule.NO_PHI,
            "take out what looks like a Social Security number, a medical record number or a date "
            "of birth; the enrollment holds none of these",
        )


def _refuse_characters(text: str) -> None:
    if text.isascii() and text.isprintable():
        return
    marks = 0
    for index, char in enumerate(text):
        category = unicodedata.category(char)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks > _MARKS_IN_A_ROW or (marks and not index):
            raise wrong(Rule.NAME, "take out the accents that stand on no letter")
        if category == "Cf" and not _joiner_needed(text, index):
            raise wrong(
                Rule.NAME, "retype it; it holds an invisible character or one that turns the text"
            )
        if category in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}:
            raise wrong(
                Rule.NAME, "retype it on one line; it holds a character that cannot be printed"
            )
        if _invisible(char):
            raise wrong(Rule.NAME, "retype it; it holds an invisible character")


def _invisible(char: str) -> bool:
    point = ord(char)
    return any(first <= point <= last for first, last in _INVISIBLE)


def _joiner_needed(text: str, index: int) -> bool:
    """Allow ZWJ and ZWNJ as RFC 5892 A.1 and A.2: after a virama, or between joining letters."""
    char = text[index]
    if char not in {_ZWNJ, _ZWJ} or not 0 < index < len(text) - 1:
        return False
    if unicodedata.combining(text[index - 1]) == _VIRAMA_CLASS:
        return True
    return char == _ZWNJ and _joins(text[index - 1]) and _joins(text[index + 1])


def _joins(char: str) -> bool:
    return unicodedata.name(char, "").split(" ")[0] in _JOINING
