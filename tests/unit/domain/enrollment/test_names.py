"""Names: of people with one name or an ordinal, and of fields somebody misspelled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from docgen.domain.enrollment import Stage, parse_enrollment
from docgen.domain.enrollment.guess import likely_name
from docgen.domain.enrollment.kinds import Text, specs_of
from docgen.domain.enrollment.person import Contact
from docgen.errors import EnrollmentInvalid
from docgen.services.ceremony.words import line_given, name_given
from tests.unit.domain.enrollment.samples import TODAY, raw_sample


def _refused(raw: Any) -> dict[str, str]:
    with pytest.raises(EnrollmentInvalid) as refusal:
        parse_enrollment(raw, stage=Stage.SUBMIT, today=TODAY)
    return {one.path: one.message for one in refusal.value.problems}


@pytest.mark.parametrize("name", ["given_name", "family_name"])
def test_a_missing_name_says_what_a_person_with_one_name_gives(name: str) -> None:
    """Both are asked for, and the sentence tells how a single name is given."""
    raw: Any = raw_sample("freestanding-pllc")
    del raw["contacts"][1][name]
    (message,) = _refused(raw).values()
    assert "a person with a single name gives it as given and as family name" in message


@pytest.mark.parametrize(
    ("given", "middle", "family", "suffix", "printed"),
    [
        ("Suharto", "", "Suharto", "", "Suharto, MD"),
        ("Ali", "Reza", "Ali", "", "Ali Reza Ali, MD"),
        ("Nuala", "", "O’Brien", "III", "Nuala O’Brien III, MD"),
        ("Nuala", "", "O’Brien", "2nd", "Nuala O’Brien 2nd, MD"),
        ("Nuala", "", "O’Brien", "Jr.", "Nuala O’Brien, Jr., MD"),
    ],
)
def test_a_name_is_printed_as_it_is_written(
    given: str, middle: str, family: str, suffix: str, printed: str
) -> None:
    """A single name stands once, an ordinal follows without a comma."""
    person = Contact(given_name=given, middle_name=middle, family_name=family, suffix=suffix)
    assert replace(person, credentials=("MD",)).full_name == printed


def _with_long_name(letters: int) -> dict[str, Any]:
    """Give a sample whose signer's name, each part as long as permitted, has so many letters."""
    raw: Any = raw_sample("freestanding-pllc")
    signs = raw["signatories"][0]["contact_id"]
    (person,) = (one for one in raw["contacts"] if one["contact_id"] == signs)
    person |= {"given_name": "A" * 60, "middle_name": "", "suffix": "", "credentials": ["MD"]}
    person["family_name"] = "B" * (letters - len(f"{person['given_name']} , MD"))
    return dict(raw)


def test_what_the_signing_page_fills_in_is_taken_there() -> None:
    """The longest printed name that a form may be submitted with is as long as a signer may give.

    One letter more is asked to be shortened, while a draft keeps it.
    """
    raw = _with_long_name(120)
    record = parse_enrollment(raw, stage=Stage.PSES, today=TODAY).record
    signs = record.signatories[0].contact_id
    (person,) = (one for one in record.contacts if one.contact_id == signs)
    assert len(person.full_name) == 120
    assert name_given(person.full_name, "full name") == person.full_name
    longest = specs_of(Contact)["title"]
    assert isinstance(longest, Text)
    assert line_given("T" * longest.high, "title")

    raw = _with_long_name(121)
    (message,) = _refused(raw).values()
    assert "shorten the name" in message
    assert "at most 120 characters" in message
    draft = parse_enrollment(raw, stage=Stage.DRAFT, today=TODAY)
    assert "val.limits" in {one.rule for one in draft.missing}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("e-mail", "email"),
        ("First Name", "given_name"),
        ("familyname", "family_name"),
        ("mail", "email"),
        ("rolls", "roles"),
        ("nickname", ""),
        ("zip", ""),
        ("", ""),
        ("given_name" * 5, ""),
        (7, ""),
    ],
)
def test_the_name_that_was_meant(written: object, meant: str) -> None:
    """A slip and a name of other forms lead to ours; what is far from all of them does not."""
    assert likely_name(written, specs_of(Contact)) == meant


def test_a_misspelled_field_is_told_the_name_meant() -> None:
    """The problem names the field of the record; a stranger gets no guess, and no more than 20."""
    raw: Any = raw_sample("freestanding-pllc")
    address = raw["facilities"][0]["address"]
    address["zip"] = address["postal_code"]
    raw["patients"] = []
    messages = _refused(raw)
    assert messages["facilities[0].address.zip"].endswith("perhaps postal_code is meant.")
    assert messages["patients"].endswith("the form has no such field.")
    raw = raw_sample("freestanding-pllc") | {f"contacts{number}": 1 for number in range(30)}
    assert sum("perhaps contacts" in one for one in _refused(raw).values()) == 20
