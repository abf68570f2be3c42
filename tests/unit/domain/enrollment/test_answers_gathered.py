"""Answers become a record: rows close up, ids are made, references found, drafts kept."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.enrollment.answers import Answer, Gathered, find_leaf, gather, slug_of
from docgen.domain.enrollment.identifiers import parse_slug
from docgen.domain.enrollment.leaves import undotted
from docgen.domain.enrollment.overlay import Over, overlay


def gathered(known: dict[str, Any] | None = None, **answers: object) -> Gathered:
    """Gather answers given by name, with two underscores for a dot."""
    named = [(name.replace("__", "."), raw) for name, raw in answers.items()]
    return gather(
        [Answer(path=undotted(name), raw=raw, where=name) for name, raw in named], known or {}
    )


def test_rows_close_up_and_keep_their_places() -> None:
    """The third row of the form becomes the first facility; its place is still the third row's."""
    found = gathered(facilities__2__name="West", facilities__2__npi="1", facilities__0__name=" ")
    assert found.values == {"facilities": [{"facility_id": "west", "name": "West", "npi": "1"}]}
    assert found.places["facilities[0].npi"] == "facilities.2.npi"


def test_an_empty_field_has_a_place_too() -> None:
    """So that what is missing can be pointed at."""
    found = gathered(facilities__1__name="West", facilities__1__address__city="")
    assert found.places["facilities[0].address.city"] == "facilities.1.address.city"


def test_two_of_one_name_get_two_ids() -> None:
    """And an id that is given is never made again."""
    found = gathered(
        facilities__0__name="Main", facilities__1__name="Main", facilities__2__facility_id="main-2",
        facilities__2__name="Other",
    )  # fmt: skip
    ids = [one["facility_id"] for one in found.values["facilities"]]
    assert ids == ["main", "main-3", "main-2"]


def test_a_name_two_rows_have_means_neither() -> None:
    """Whoever refers to it must write the id; the rules say so."""
    found = gathered(
        legal_entities__0__legal_name="Twin, Inc.",
        legal_entities__1__legal_name="Twin, Inc.",
        facilities__0__operated_by_entity_id="Twin, Inc.",
    )
    assert found.values["facilities"][0]["operated_by_entity_id"] == "Twin, Inc."


def test_a_name_known_in_the_draft_is_that_row() -> None:
    """Once; a second row of that name is a new one."""
    known = {"facilities": [{"facility_id": "f1", "name": "Main"}]}
    found = gathered(known, facilities__0__name="main", facilities__1__name="Main")
    assert [one["facility_id"] for one in found.values["facilities"]] == ["f1", "main"]


def test_rows_are_meant_by_number_by_name_and_by_id() -> None:
    """Numbers are those of the form, before the empty rows went."""
    found = gathered(
        contacts__3__given_name="Ada",
        contacts__3__family_name="Example",
        submitted_by="#4",
        participation_guide__reviewed_by="ada  EXAMPLE",
        information_accuracy_attestation__by="ada-example",
    )
    said = found.values
    assert said["submitted_by"] == "ada-example"
    assert said["participation_guide"]["reviewed_by"] == "ada-example"
    assert said["information_accuracy_attestation"]["by"] == "ada-example"
    assert found.problems == ()


def test_an_empty_row_that_is_meant_is_a_problem() -> None:
    """Nothing is put in its place."""
    found = gathered(submitted_by="#2", reviewers__0__facility_ids__0=True)
    assert [(one.path, one.rule) for one in found.problems] == [
        ("submitted_by", "val.refs"),
        ("reviewers[0].facility_ids", "val.refs"),
    ]


def test_ticks_make_a_list() -> None:
    """Words and rows; what is not ticked is not there."""
    found = gathered(
        contacts__0__given_name="Ada",
        contacts__0__roles__primary="x",
        contacts__0__roles__signatory="yes",
        contacts__0__roles__reviewer="no",
        facilities__0__name="Main",
        contacts__0__facility_ids__0=True,
    )
    (contact,) = found.values["contacts"]
    assert contact["roles"] == ["primary", "signatory"]
    assert contact["facility_ids"] == ["main"]


def test_fields_nobody_declared_are_not_found() -> None:
    """Neither by a wrong name, nor by a word out of no list, nor inside a value."""
    for name in ("x", "practice", "practice.x", "contacts.0.roles.boss", "practice.setting.0", ""):
        assert find_leaf(undotted(name)) is None, name
    assert gathered(practice__x="1").values == {}


@given(st.text(max_size=60), st.sets(st.sampled_from(["main", "main-2", "row"])))
def test_every_id_that_is_made_is_an_id(text: str, taken: set[str]) -> None:
    """Whatever the name is written in."""
    slug = slug_of(text, taken, "row")
    assert parse_slug(slug) == slug
    assert slug not in taken


BASE: dict[str, Any] = {
    "practice": {"display_name": "One", "setting": "academic"},
    "facilities": [
        {"facility_id": "a", "name": "A", "npi": "1"},
        {"facility_id": "b", "name": "B"},
    ],
    "terms": {"notice_days": 60},
}
NAMES = frozenset({("facilities", "facility_id"), ("facilities", "name"), ("practice", "setting")})


def test_a_whole_form_replaces_what_it_asks_for_and_nothing_else() -> None:
    """An emptied field is emptied, a row left out goes, the rest of a row stays."""
    new = {"facilities": [{"facility_id": "a", "name": "New"}]}
    values, moved = overlay(BASE, new, Over(covered=NAMES, adding=False))
    assert values == {
        "practice": {"display_name": "One"},
        "facilities": [{"facility_id": "a", "name": "New", "npi": "1"}],
        "terms": {"notice_days": 60},
    }
    assert moved["facilities"] == [0]


def test_rows_that_are_added_take_nothing_away() -> None:
    """Known rows change, new ones come last, and each new row's place is told."""
    new = {"facilities": [{"facility_id": "c", "name": "C"}, {"facility_id": "b", "name": "Bee"}]}
    values, moved = overlay(BASE, new, Over(covered=NAMES, adding=True))
    assert [one["name"] for one in values["facilities"]] == ["A", "Bee", "C"]
    assert values["practice"]["setting"] == "academic"
    assert moved["facilities"] == [2, 1]


def test_two_rows_of_one_id_stay_two() -> None:
    """The rules of the record say what is wrong with that; nothing disappears on the way."""
    twice = {
        "signatories": [
            {"contact_id": "a", "signs": ["psa"]},
            {"contact_id": "a", "signs": ["baa"]},
        ]
    }
    covered = frozenset({("signatories", "contact_id"), ("signatories", "signs")})
    values, _ = overlay(twice, twice, Over(covered=covered, adding=False))
    assert values == twice
