"""Which changes make a generated document stale."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from docgen.domain.enrollment import Stage, changed_document_fields, parse_enrollment
from tests.unit.domain.enrollment.samples import TODAY, raw_sample, sample_record

NAME = "network-joinder"


def _changed(*steps: str | int, to: object) -> tuple[str, ...]:
    raw: Any = copy.deepcopy(raw_sample(NAME))
    holder = raw
    for step in steps[:-1]:
        holder = holder[step]
    holder[steps[-1]] = to
    new = parse_enrollment(raw, today=TODAY, stage=Stage.PSES).record
    return changed_document_fields(sample_record(NAME), new)


@pytest.mark.parametrize(
    ("steps", "to", "paths"),
    [
        (("practice", "display_name"), "New Name", ("practice.display_name",)),
        (("facilities", 0, "name"), "New Name", ("facilities[midtown].name",)),
        (
            ("facilities", 1, "address", "line1"),
            "1 New Way",
            ("facilities[decatur].address.line1",),
        ),
        (
            ("legal_entities", 0, "notice", "email"),
            "new@example.org",
            ("legal_entities[northline].notice.email",),
        ),
        (("contacts", 1, "title"), "President", ("contacts[marcus-bell].title",)),
        (("terms", "cure_days"), 30, ("terms.cure_days",)),
        (("workflow", "triage_role"), "therapist", ("workflow.triage_role",)),
        (("workflow", "committees", 0, "cadence"), "daily", ("workflow.committees[0].cadence",)),
        (
            ("signatories", 0, "authority", "basis"),
            "manager",
            ("signatories[0].authority.basis",),
        ),
        (("reviewers", 1, "can_remove_from_pses"), True, ("reviewers[1].can_remove_from_pses",)),
        (("participation_guide", "version"), "2027.1", ("participation_guide.version",)),
        (("execution",), "wet_ink", ("execution",)),
        (
            ("consents", "electronic_records", "version"),
            "2027-01",
            ("consents.electronic_records.version",),
        ),
    ],
)
def test_a_printed_change_is_named_by_its_path(
    steps: tuple[str | int, ...], to: object, paths: tuple[str, ...]
) -> None:
    """Each printed field that differs is named, list items by their id."""
    assert _changed(*steps, to=to) == paths


@pytest.mark.parametrize(
    ("steps", "to"),
    [
        (("facilities", 0, "equipment", "linacs"), 9),
        (("facilities", 0, "volumes", "new_patients_per_year"), 9),
        (("facilities", 0, "staffing"), [{"role": "therapist", "people": 3}]),
        (("facilities", 0, "phone"), "+14045550199"),
        (("contacts", 8, "title"), "Retired"),  # a contact no document lists
        (("contacts", 8, "email"), "other@example.org"),
        (("contacts", 0, "notification_optout"), True),
        (("signatories", 0, "auth_method"), "sms_otp"),
        (("reviewers", 0, "training_completed_at"), "2026-11-01"),
        (("practice", "website"), "https://other.example.org"),
        (("portal", "practice_code"), "NON-02"),
        (("version",), 2),
        (("source",), "api"),
    ],
)
def test_equipment_volumes_and_unlisted_contacts_do_not_count(
    steps: tuple[str | int, ...], to: object
) -> None:
    """What no document prints makes none stale."""
    assert _changed(*steps, to=to) == ()


def test_a_new_facility_does_not_make_the_others_look_changed() -> None:
    """Adding a site in front names the list and the new site only."""
    raw: Any = copy.deepcopy(raw_sample(NAME))
    new_site = copy.deepcopy(raw["facilities"][0]) | {
        "facility_id": "new-site",
        "name": "New Site",
        "short_name": "New",
    }
    raw["facilities"].insert(0, new_site)
    raw["reviewers"][0]["facility_ids"].append("new-site")
    new = parse_enrollment(raw, today=TODAY, stage=Stage.PSES).record
    paths = changed_document_fields(sample_record(NAME), new)
    assert "facilities" in paths
    assert "facilities[new-site].name" in paths
    assert not [one for one in paths if one.startswith("facilities[midtown]")]


def test_a_new_order_is_a_change() -> None:
    """Documents list items in the record's order, so another order is another document."""
    raw: Any = copy.deepcopy(raw_sample(NAME))
    raw["facilities"].reverse()
    new = parse_enrollment(raw, today=TODAY, stage=Stage.PSES).record
    assert changed_document_fields(sample_record(NAME), new) == ("facilities",)
