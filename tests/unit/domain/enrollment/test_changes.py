"""Which changes make a generated document stale."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.enrollment import (
    Enrollment,
    Stage,
    changed_document_fields,
    parse_enrollment,
)
from docgen.domain.enrollment.kinds import Choice, Count, Day, Flag, Instant, Spec, Text
from docgen.domain.enrollment.rules.context import Leaf, leaves
from docgen.domain.merge import contract_fields
from docgen.errors import EnrollmentInvalid
from tests.unit.domain.enrollment.samples import (
    TODAY,
    raw_sample,
    sample_pso,
    sample_record,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

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


TEXTS = (
    *("Another Name", "other@example.org", "2000000994", "12-3456780", "CA", "94105", "P9998"),
    *("+15125550198", "https://other.example.org", "America/Boise", "123456", "another-id", "7.7"),
)


def _others(leaf: Leaf, record: Enrollment) -> Iterator[object]:
    """Return other values of the same kind, the likeliest to be lawful first."""
    spec, value = leaf.spec, leaf.value
    match spec:
        case Choice():
            yield from (one.value for one in spec.options if one is not value)
        case Flag():
            yield not value
        case Count() if isinstance(value, int):
            yield from (value + 1, value - 1)
        case Day() | Instant() if isinstance(value, date):
            moved = (value + timedelta(days=step) for step in (-1, 1, 400))
            yield from (spec.write(one) for one in moved)
        case Text() if spec.refers_to and value:
            lists = {
                "entity": [one.entity_id for one in record.legal_entities],
                "facility": [one.facility_id for one in record.facilities],
                "contact": [one.contact_id for one in record.contacts],
            }
            yield from (one for one in lists[spec.refers_to] if one != value)
        case Text() if value:
            yield from (one for one in TEXTS if _fits(spec, one) and one != value)


def _fits(spec: Spec, text: str) -> bool:
    try:
        return isinstance(spec, Text) and spec.parse(text) == text
    except EnrollmentInvalid:
        return False


def _with(record: Enrollment, leaf: Leaf, value: object) -> Enrollment | None:
    raw: Any = record.to_json()
    holder = raw
    for step in leaf.steps[:-1]:
        holder = holder[step] if isinstance(step, int) else holder.setdefault(step, {})
    holder[leaf.steps[-1]] = value
    try:
        return parse_enrollment(raw, today=TODAY, stage=Stage.PSES).record
    except EnrollmentInvalid:
        return None


def _printed(record: Enrollment) -> dict[str, object]:
    return contract_fields(record, sample_pso(), packet_id="P", title="T", version="1.0.0")


@pytest.mark.parametrize(
    "name", ["hospital-department", "academic-public-university", "second-pso", "sole-proprietor"]
)
def test_no_printed_change_goes_unnoticed(name: str) -> None:
    """Change any one value to another lawful one: whatever then prints differently is named."""
    record = sample_record(name)
    before = _printed(record)
    tried = printed = 0
    for leaf in leaves(record):
        if leaf.value in (None, "") or hasattr(leaf.value, "__dataclass_fields__"):
            continue
        for value in _others(leaf, record):
            new = _with(record, leaf, value)
            if new is None or new == record:
                continue
            tried += 1
            if _printed(new) != before:
                printed += 1
                assert changed_document_fields(record, new), leaf.steps
            break
    assert tried > 60
    assert printed > 35
