"""Every committed sample does what its folder says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.enrollment import (
    Enrollment,
    Rule,
    Stage,
    canonical_bytes,
    examine_enrollment,
    parse_enrollment,
)
from docgen.domain.enrollment.kinds import specs_of
from docgen.domain.enrollment.vocabulary import EntityRole
from docgen.errors import EnrollmentInvalid, EnrollmentUnreadable
from docgen.services.enrollment_file import read_enrollment
from tests.unit.domain.enrollment.samples import (
    BAD,
    DRAFTS,
    SAMPLES,
    TODAY,
    VALID,
    raw_sample,
    sample_file,
    sample_pso,
    sample_record,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.errors import Problem

WARNINGS = {
    "no-npi-territory": [
        ("facilities[0].address.state", "val.state"),
        ("legal_entities[0].notice.address.state", "val.state"),
        ("legal_entities[0].principal_address.state", "val.state"),
    ],
    "policy-on-file": [("facilities[0]", "val.roles_min"), ("legal_entities[0].ein", "val.ein")],
}


def _shape(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(one.path, one.rule) for one in problems]


def _expected(name: str) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((SAMPLES / "bad" / name / "expected.json").read_text())
    return expected


@pytest.mark.parametrize("name", VALID)
def test_a_valid_sample_is_complete_for_both_packets(name: str) -> None:
    """A valid sample passes the last step with exactly the warnings its case is about."""
    path = sample_file(name)
    raw = read_enrollment(path.read_bytes(), suffix=path.suffix)
    checked = parse_enrollment(raw, today=TODAY, stage=Stage.PSES, pso=sample_pso())
    assert _shape(checked.warnings) == WARNINGS.get(name, [])
    assert checked.missing == ()


@pytest.mark.parametrize("name", VALID)
def test_a_sample_survives_writing_and_reading(name: str) -> None:
    """Writing a record as JSON and parsing that gives an equal record and the same bytes."""
    record = sample_record(name)
    again = parse_enrollment(
        json.loads(json.dumps(record.to_json())), today=TODAY, stage=Stage.PSES
    ).record
    assert again == record
    assert canonical_bytes(again) == canonical_bytes(record)


def test_samples_cover_every_file_format() -> None:
    """The valid samples come as JSON, YAML and TOML."""
    assert {sample_file(name).suffix for name in VALID} == {".json", ".yaml", ".toml"}


def test_the_network_sample_is_large() -> None:
    """The network sample has at least fourteen facilities and several entities that join."""
    record = sample_record("network-joinder")
    assert len(record.facilities) >= 14
    assert sum(one.role is EntityRole.JOINING_PARTY for one in record.legal_entities) >= 3


def test_valid_samples_use_every_field_of_the_record() -> None:
    """Each field of the record, however deep, is filled in by some sample."""
    filled: set[str] = set()
    for name in VALID:
        filled |= set(_filled(sample_record(name), Enrollment.__name__))
    unused = set(_declared(Enrollment)) - filled
    assert unused == {
        # one word only so far
        "Address.country",
        "Enrollment.schema_version",
        "Practice.specialty",
        # assigned by the service, or known only later
        "Enrollment.record_id",
        "Enrollment.version",
        "LegalEntity.effective_to",
        "Portal.access_issued_at",
    }


def _declared(record: type[Any]) -> Iterator[str]:
    for name, spec in specs_of(record).items():
        yield f"{record.__name__}.{name}"
        inner = getattr(getattr(spec, "item", spec), "record", None)
        if inner is not None:
            yield from _declared(inner)


def _filled(value: object, owner: str) -> Iterator[str]:
    for name, spec in specs_of(type(value)).items():
        held = getattr(value, name)
        if held != spec.blank:
            yield f"{owner}.{name}"
        for one in held if isinstance(held, tuple) else (held,):
            if hasattr(type(one), "__dataclass_fields__"):
                yield from _filled(one, type(one).__name__)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_sample_is_refused_for_exactly_its_reasons(name: str) -> None:
    """A bad input yields all its problems at once, in order, and its warnings apart."""
    expected, path = _expected(name), sample_file(name, kind="bad")
    if "unreadable" in expected:
        with pytest.raises(EnrollmentUnreadable) as unreadable:
            read_enrollment(path.read_bytes(), suffix=path.suffix)
        shape = [(one["path"], one["rule"]) for one in expected["problems"]]
        assert _shape(unreadable.value.problems) == shape
        assert str(unreadable.value) == expected["unreadable"]
        return
    raw = read_enrollment(path.read_bytes(), suffix=path.suffix)
    stage, pso = Stage(expected["stage"]), sample_pso()
    with pytest.raises(EnrollmentInvalid) as invalid:
        parse_enrollment(raw, today=TODAY, stage=stage, pso=pso)
    found = examine_enrollment(raw, today=TODAY, stage=stage, pso=pso)
    assert invalid.value.problems == found.problems
    assert _shape(found.problems) == [(one["path"], one["rule"]) for one in expected["problems"]]
    assert _shape(found.warnings) == [(one["path"], one["rule"]) for one in expected["warnings"]]


def test_bad_samples_cover_every_rule() -> None:
    """Each rule id is met by at least one bad input, and there are at least thirty of them."""
    met: set[str] = set()
    for name in BAD:
        expected = _expected(name)
        for one in (*expected.get("problems", ()), *expected.get("warnings", ())):
            met.add(one["rule"])
    # Which characters can be printed the fonts say: tests/unit/services/test_enroll_service.py.
    assert {rule.value for rule in Rule} - met == {Rule.GLYPH}
    assert len(BAD) >= 30


@pytest.mark.parametrize("name", BAD)
def test_messages_are_sentences_that_repeat_no_value(name: str) -> None:
    """A message names the field and what to do, and never a person's or an entity's data."""
    expected, path = _expected(name), sample_file(name, kind="bad")
    if "unreadable" in expected:
        assert expected["unreadable"].endswith(".")
        return
    raw = read_enrollment(path.read_bytes(), suffix=path.suffix)
    found = examine_enrollment(raw, today=TODAY, stage=Stage.PSES, pso=sample_pso())
    typed = set(_typed(raw))
    for one in (*found.problems, *found.warnings):
        assert one.message[0].isupper()
        assert one.message.endswith(".")
        assert ": " in one.message
        assert not [value for value in typed if value in one.message]


_PERSONAL = frozenset(
    [
        *("given_name", "middle_name", "family_name", "title", "email", "phone", "line1"),
        *("legal_name", "name", "display_name", "ein", "npi", "description", "public_records_law"),
    ]
)


def _typed(value: object, key: str = "") -> Iterator[str]:
    match value:
        case dict():
            for name, one in value.items():
                yield from _typed(one, str(name))
        case list():
            for one in value:
                yield from _typed(one, key)
        case str() if key in _PERSONAL and len(value) > 3:
            yield value
        case _:
            return


def test_two_signers_with_one_address_are_doubted() -> None:
    """A link and a code that two people read prove neither; the sample itself is the control."""
    raw: Any = raw_sample("network-joinder")
    first, second, *_ = dict.fromkeys(one["contact_id"] for one in raw["signatories"])
    by_id = {one["contact_id"]: one for one in raw["contacts"]}
    doubted = f"contacts[{raw['contacts'].index(by_id[second])}].email"
    before = parse_enrollment(raw, today=TODAY, stage=Stage.SUBMIT).warnings
    by_id[second]["email"] = str(by_id[first]["email"]).upper()
    after = parse_enrollment(raw, today=TODAY, stage=Stage.SUBMIT).warnings
    assert [one.path for one in after if one not in before] == [doubted]


def test_the_first_form_alone_can_be_submitted() -> None:
    """Practice, facilities, key contacts and who signs are enough; the rest is listed by step."""
    raw = raw_sample("first-form", kind="drafts")
    checked = parse_enrollment(raw, today=TODAY, stage=Stage.SUBMIT)
    assert checked.warnings == ()
    assert [(one.path, one.needed_for) for one in checked.missing] == [
        ("contacts[0].title", Stage.SIGN),
        ("contacts[1].phone", Stage.SIGN),
        ("facilities[0].operated_by_entity_id", Stage.SIGN),
        ("facilities[0].type", Stage.SIGN),
        ("information_accuracy_attestation", Stage.SIGN),
        ("legal_entities", Stage.SIGN),
        ("participation_guide", Stage.SIGN),
        ("practice.contracting_model", Stage.SIGN),
        ("signatories", Stage.SIGN),
        ("us_based_attestation", Stage.SIGN),
        ("contacts", Stage.PSES),
        ("contacts", Stage.PSES),
        ("reviewers", Stage.PSES),
        ("workflow", Stage.PSES),
    ]
    assert checked.missing[0].message == (
        "Contact 1, title: fill this in; it is needed before the agreements are prepared for "
        "signature."
    )


@pytest.mark.parametrize("name", DRAFTS)
def test_a_draft_is_kept_whatever_it_lacks(name: str) -> None:
    """A draft is accepted, and what it lacks for later steps is a problem at those steps."""
    raw = raw_sample(name, kind="drafts")
    draft = parse_enrollment(raw, today=TODAY, stage=Stage.DRAFT)
    with pytest.raises(EnrollmentInvalid) as invalid:
        parse_enrollment(raw, today=TODAY, stage=Stage.PSES)
    lacking = {(one.path, one.rule, one.message) for one in draft.missing}
    refused = {(one.path, one.rule, one.message) for one in invalid.value.problems}
    assert lacking == refused


def test_a_draft_still_refuses_what_is_wrong() -> None:
    """A draft may be incomplete, but not wrong."""
    raw = raw_sample("first-form", kind="drafts") | {"execution": "fax"}
    with pytest.raises(EnrollmentInvalid) as invalid:
        parse_enrollment(raw, today=TODAY, stage=Stage.DRAFT)
    assert _shape(invalid.value.problems) == [("execution", "val.choice")]


def test_a_record_over_one_mebibyte_is_refused() -> None:
    """Many long but lawful lists together may still exceed the size of a record."""
    raw = raw_sample("network-joinder")
    sites = [f"{'s' * 55}-{number:03}" for number in range(200)]
    contacts = raw["contacts"]
    assert isinstance(contacts, list)
    raw["contacts"] = contacts + [
        contacts[0] | {"contact_id": f"extra-{number}", "facility_ids": sites}
        for number in range(90)
    ]
    found = examine_enrollment(raw, today=TODAY, stage=Stage.DRAFT)
    assert ("record", "val.limits") in _shape(found.problems)
    control = examine_enrollment(raw_sample("network-joinder"), today=TODAY, stage=Stage.DRAFT)
    assert control.problems == ()


@pytest.mark.parametrize("name", ["government-federal", "government-county", "freestanding-pllc"])
def test_a_public_body_that_may_indemnify_is_stopped_or_asked(name: str) -> None:
    """A federal agency cannot sign so (31 U.S.C. 1341); a county is warned; nobody else is asked."""
    raw: Any = raw_sample(name)
    for entity in raw["legal_entities"]:
        entity.get("government_terms", {}).pop("no_indemnity", None)
    found = examine_enrollment(raw, today=TODAY, stage=Stage.SIGN, pso=sample_pso())
    at = "legal_entities[0].government_terms.no_indemnity"
    refused = [one.rule for one in found.problems if one.path == at]
    doubts = [one.rule for one in found.warnings if one.path == at]
    federal, county = name == "government-federal", name == "government-county"
    assert refused == (["val.entity_state"] if federal else [])
    assert doubts == (["val.entity_state"] if county else [])
