"""Names in any language are kept; characters that hide or turn text are refused."""

from __future__ import annotations

import unicodedata

import pytest

from docgen.domain.enrollment.scripts import looks_confusable, skeleton
from docgen.domain.enrollment.text import (
    clean_line,
    clean_name,
    clean_paragraph,
    refuse_private_data,
)
from docgen.errors import EnrollmentInvalid

KEPT = [
    "María-José O’Neill",
    "Brändström",
    "Nguyễn Thị Huệ",
    "Алексей Иванов",
    "Ελένη Παπαδοπούλου",
    "王秀兰",
    "山田 太郎",
    "김민준",
    "ليلى المنصوري",
    "דוד כהן",
    "अनन्या शर्मा",
    "மீனாட்சி",
    "สมชาย",
    "D'Angelo & Sons, Inc.",
    "№ 7",
    "3-D Center",
]
JOINERS = [
    "نمی\u200cخواهم",  # Persian: ZWNJ between joining letters
    "क्\u200dष",  # Devanagari: ZWJ after a virama
    "क्\u200cष",  # Devanagari: ZWNJ after a virama
]
REFUSED = [
    "a\u0000b",  # NUL
    "a\u001bb",  # escape
    "a\u0085b",  # next line
    "a\nb",
    "a\u200bb",  # zero width space
    "a\u200db",  # ZWJ between Latin letters
    "a\u200cb",  # ZWNJ between Latin letters
    "می\u200c",  # ZWNJ at the end
    "\u200cمی",  # ZWNJ at the start
    "می\u200dخ",  # ZWJ between Arabic letters, where none is needed
    "a\u202eb",  # right-to-left override
    "a\u2066b",  # isolate
    "a\u200fb",  # right-to-left mark
    "a\u061cb",  # Arabic letter mark
    "a\ufeffb",  # byte order mark inside
    "a\u00adb",  # soft hyphen
    "a\u2060b",  # word joiner
    "a\u115fb",  # Hangul filler
    "a\u3164b",
    "a\u2800b",  # blank Braille pattern
    "a\ufe0fb",  # variation selector
    "a\U000e0041b",  # tag character
    "a\u2028b",  # line separator
    "a\ue000b",  # private use
    "a\ufffeb",  # noncharacter
    "a\U0010fffeb",
    "a\ud800b",  # lone surrogate
    "a" + "\u0301" * 8,  # piled-up accents
    "\u0301a",  # accent on nothing
]


def _rule(call: object, text: str) -> str:
    assert callable(call)
    with pytest.raises(EnrollmentInvalid) as invalid:
        call(text)
    (problem,) = invalid.value.problems
    return problem.rule


@pytest.mark.parametrize("text", KEPT)
def test_names_of_all_languages_are_kept_as_they_are(text: str) -> None:
    """A name in any script, with diacritics and apostrophes, is returned unchanged."""
    assert clean_line(text) == text


@pytest.mark.parametrize("text", JOINERS)
def test_joiners_are_kept_where_the_script_needs_them(text: str) -> None:
    """ZWJ and ZWNJ stay where they change how a word of that script is written."""
    assert clean_line(text) == text


@pytest.mark.parametrize("text", REFUSED, ids=[f"{ord(max(one)):x}" for one in REFUSED])
def test_characters_that_hide_or_turn_text_are_refused(text: str) -> None:
    """Control, bidirectional, invisible, unassigned and piled-up characters are refused."""
    assert _rule(clean_line, text) == "val.name"


@pytest.mark.parametrize(
    "text", ["{{ x }}", "a }} b", "{% if x %}", "%}", "{# x #}", "#}", "[[sig:a]]", "a ]] b"]
)
def test_template_syntax_is_refused(text: str) -> None:
    """What a template engine or an anchor search would act on never enters a record."""
    assert _rule(clean_line, text) == "val.name"


def test_single_braces_and_brackets_are_kept() -> None:
    """A lone brace or bracket means nothing to a template and stays."""
    assert clean_line("Room {3} [east]") == "Room {3} [east]"


def test_a_decomposed_name_is_normalised_and_not_refused() -> None:
    """NFD input gives the same text as NFC input."""
    decomposed = unicodedata.normalize("NFD", "Zoë Brändström")
    assert decomposed != "Zoë Brändström"
    assert clean_name(decomposed) == "Zoë Brändström"


def test_spaces_of_every_kind_become_one_space() -> None:
    """No-break, ideographic and repeated spaces do not make two names differ."""
    assert clean_line("  Lake\u00a0side \u3000 Center ") == "Lake side Center"


def test_a_paragraph_folds_its_lines() -> None:
    """Free text may be typed over several lines; a name may not."""
    assert clean_paragraph("one\r\ntwo\n\n three\n") == "one two three"


@pytest.mark.parametrize("text", ["12345", "...", "— –", "№ 7"[2:]])
def test_a_name_holds_a_letter(text: str) -> None:
    """Digits and punctuation alone are no name."""
    assert _rule(clean_name, text) == "val.name"


@pytest.mark.parametrize(
    "text",
    [
        "number 000-00-0000 on file",
        "SSN: 000000000",
        "s.s.n. 0",
        "MRN 0000000",
        "mrn:A0001",
        "medical record number A1",
        "DOB 01/01/1900",
        "date of birth: 1900",
        "born on 1 January",
    ],
)
def test_what_looks_like_patient_data_is_refused(text: str) -> None:
    """Shapes of Social Security numbers, record numbers and birth dates are stopped."""
    assert _rule(refuse_private_data, text) == "val.no_phi"


@pytest.mark.parametrize(
    "text",
    ["Suite 100-20-3000A", "call 512-555-0100", "EIN 12-3456789", "Dobson Street 12", "mrn office"],
)
def test_ordinary_text_is_not_taken_for_patient_data(text: str) -> None:
    """Suites, phone numbers and names that merely resemble those words pass."""
    refuse_private_data(text)
    assert clean_line(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "L\u0430keside",  # Cyrillic a
        "Lakeside \u041e\u0420",  # Cyrillic letters that all look Latin, beside Latin
        "\u03a1\u03a1 Center",  # Greek letters that all look Latin, beside Latin
        "Иvanov",
        "Αlpha",  # Greek capital alpha
    ],
)
def test_mixed_alphabets_are_doubted(text: str) -> None:
    """A word of two alphabets, or one that imitates Latin beside Latin, calls for a look."""
    assert looks_confusable(text)


@pytest.mark.parametrize(
    "text",
    [
        *KEPT,
        "Brändström, Παπαδοπούλου & Łęcki",
        "Иванов Oncology",
        "上海 Clinic",
        "東京センター",
        "СОСНА",
    ],
)
def test_honest_names_are_not_doubted(text: str) -> None:
    """Whole words of different alphabets, and East Asian scripts together, are ordinary."""
    assert not looks_confusable(text)


def test_names_that_print_alike_share_a_skeleton() -> None:
    """Latin, Cyrillic and full-width forms of one name compare equal; other names do not."""
    assert skeleton("OP Center") == skeleton("\u041e\u0420 center") == skeleton("ＯＰ Center")
    assert skeleton("OP Center") != skeleton("OQ Center")
