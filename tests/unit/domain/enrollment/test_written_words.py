"""What people write and what forms show, in both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.enrollment.kinds import Choice, Many, Spec, specs_of
from docgen.domain.enrollment.leaves import leaf_at, rows_of, undotted
from docgen.domain.enrollment.record import Enrollment
from docgen.domain.enrollment.wording import _HINTS, phrase
from docgen.domain.enrollment.written import choices, show, understand

if TYPE_CHECKING:
    from collections.abc import Iterator


def records(record: type) -> Iterator[type]:
    """List a record and every record inside it."""
    yield record
    for spec in specs_of(record).values():
        inner = rows_of(spec) or getattr(spec, "record", None)
        if inner is not None:
            yield from records(inner)


def spec(path: str) -> Spec:
    """Return the kind of one field."""
    leaf = leaf_at(Enrollment, undotted(path))
    assert leaf is not None, path
    return leaf.spec


def test_every_word_of_every_list_has_a_phrase() -> None:
    """A new word cannot be forgotten, and no two words of a list look alike."""
    seen = 0
    for record in records(Enrollment):
        for one in specs_of(record).values():
            kind = one.item if isinstance(one, Many) else one
            if isinstance(kind, Choice):
                phrases = [phrase(option) for option in kind.options]
                assert len({text.casefold() for text in phrases}) == len(phrases)
                seen += len(phrases)
    assert seen > 100


def test_every_hint_stands_at_a_field() -> None:
    """A hint for a field that was renamed is noticed."""
    known = {(one.__name__, name) for one in records(Enrollment) for name in specs_of(one)}
    assert set(_HINTS) <= known


ROUND_TRIPS = [
    ("practice.setting", "academic"),
    ("practice.timezone", "America/Chicago"),
    ("legal_entities.0.state_of_formation", "TX"),
    ("contacts.0.active", False),
    ("us_based_attestation", True),
    ("facilities.0.equipment.linacs", 0),
    ("facilities.0.effective_from", "2014-03-01"),
    ("submitted_at", "2026-11-20T15:30:00Z"),
    ("practice.dba", ["One", "Two, and more"]),
    ("practice.dba", ["One; with a mark"]),
    ("contacts.0.credentials", ["MD", "PhD"]),
    ("terms.special_terms", ["First; with a mark.", "Second."]),
    ("workflow.pswp_locations", ["locked office, Suite 120"]),
]


@pytest.mark.parametrize("on_one_line", [False, True])
@pytest.mark.parametrize(("path", "value"), ROUND_TRIPS)
def test_what_is_shown_is_understood_again(path: str, value: object, on_one_line: bool) -> None:  # noqa: FBT001 - a case
    """Also by the line a list shows for the word."""
    kind = spec(path)
    text = show(kind, value, on_one_line=on_one_line)
    assert understand(kind, text).value == value
    shown = choices(kind).get(text)
    if isinstance(kind, Choice) and shown:
        assert understand(kind, shown).value == value


@given(st.lists(st.text("abc;, .", min_size=1).map(str.strip).filter(bool), min_size=1))
def test_any_list_of_names_survives(names: list[str]) -> None:
    """Marks of separation inside an item do not split it."""
    kind = spec("practice.dba")
    for on_one_line in (False, True):
        assert understand(kind, show(kind, names, on_one_line=on_one_line)).value == names


@pytest.mark.parametrize(
    ("path", "written", "meant"),
    [
        ("contacts.0.active", "No", False),
        ("us_based_attestation", "✓", True),
        ("us_based_attestation", "perhaps", "perhaps"),
        ("facilities.0.volumes.new_patients_per_year", "1,200", 1200),
        ("facilities.0.volumes.new_patients_per_year", "about 5", "about 5"),
        ("facilities.0.volumes.new_patients_per_year", "٣", "٣"),
        ("facilities.0.effective_from", "3/1/2014", "2014-03-01"),
        ("facilities.0.effective_from", "13/40/2014", "13/40/2014"),
        ("submitted_at", "2026-11-20", "2026-11-20T12:00:00Z"),
        ("facilities.0.npi", 2000000028, "2000000028"),
        ("facilities.0.npi", True, "yes"),
        ("practice.setting", " GOVERNMENT ", "government"),
        ("practice.setting", "spaceship", "spaceship"),
        ("schema_version", 1.0, "1.0"),
        ("contacts.0.credentials", "MD, PhD; FASTRO", ["MD", "PhD", "FASTRO"]),
        ("practice.dba", 7, ["7"]),
    ],
)
def test_what_people_write_is_understood_or_left_for_the_rules(
    path: str, written: object, meant: object
) -> None:
    """Nothing is guessed: what is not plainly meant goes on as it stands."""
    assert understand(spec(path), written).value == meant


def test_what_was_done_to_a_value_is_told() -> None:
    """A turned date, an added time and added zeros are pointed out; a plain value is not."""
    assert "month, day, year" in understand(spec("facilities.0.effective_from"), "3/1/2014").note
    assert "noon" in understand(spec("submitted_at"), "2026-11-20").note
    assert "zeros" in understand(spec("facilities.0.address.postal_code"), 2139).note
    assert understand(spec("facilities.0.effective_from"), "2014-03-01").note == ""
