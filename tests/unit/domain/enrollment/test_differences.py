"""Two versions of an enrollment, compared for people."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from docgen.domain.enrollment import Enrollment, Stage, parse_enrollment
from docgen.domain.enrollment.differences import Difference, differences
from tests.unit.domain.enrollment.samples import TODAY, VALID, raw_sample, sample_record

NAME = "hospital-department"


def changed(change: Any) -> tuple[Difference, ...]:
    """Change a copy of the sample; give how it differs."""
    raw: Any = copy.deepcopy(raw_sample(NAME))
    change(raw)
    new: Enrollment = parse_enrollment(raw, today=TODAY, stage=Stage.DRAFT).record
    return differences(sample_record(NAME), new)


@pytest.mark.parametrize("name", VALID)
def test_equal_versions_do_not_differ(name: str) -> None:
    """A version compared with itself shows nothing."""
    assert differences(sample_record(name), sample_record(name)) == ()


def test_a_field_shows_its_label_and_both_values() -> None:
    """Words of the record show as the form shows them; yes and no are words."""

    def change(raw: Any) -> None:
        raw["practice"]["display_name"] = "Another Name"
        raw["practice"]["setting"] = "government"
        raw["us_based_attestation"] = False

    before = sample_record(NAME).practice.display_name
    found = {item.label: (item.before, item.after) for item in changed(change)}
    assert found["Practice, practice name"] == (before, "Another Name")
    assert found["Practice, setting"] == ("Hospital-based", "Government")
    attested = "Attestation that the practice is based in the United States"
    assert found[attested] == ("Yes", "No")
    assert len(found) == 3


def test_an_item_that_came_or_went_is_one_difference() -> None:
    """A new facility in front is named; the others do not look changed, nor moved."""

    def change(raw: Any) -> None:
        site = copy.deepcopy(raw["facilities"][0])
        raw["facilities"].insert(0, site | {"facility_id": "new-site", "name": "New Site"})

    assert changed(change) == (
        Difference(path="facilities[new-site]", label="Facility", before="", after="New Site"),
    )


def test_a_field_of_an_item_says_of_which() -> None:
    """A person's changed title is shown with the person's name; ids of others show as names."""

    def change(raw: Any) -> None:
        raw["contacts"][0]["title"] = "Another Title"
        raw["facilities"][0]["operated_by_entity_id"] = ""

    record = sample_record(NAME)
    found = changed(change)
    labels = {item.label: item for item in found}
    person = labels[f"Contact “{record.contacts[0].full_name}”, title"]
    assert (person.before, person.after) == (record.contacts[0].title, "Another Title")
    site = record.facilities[0]
    place = labels[f"Facility “{site.name}”, operating entity"]
    entity = next(
        item for item in record.legal_entities if item.entity_id == site.operated_by_entity_id
    )
    assert (place.before, place.after) == (entity.legal_name, "")


def test_another_order_is_a_difference() -> None:
    """The same items in another order show once, as the order."""

    def change(raw: Any) -> None:
        raw["contacts"].reverse()

    (found,) = changed(change)
    assert found.label == "Key contacts, order"
    assert found.before.split("; ") == found.after.split("; ")[::-1]
