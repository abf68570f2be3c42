"""The merge fields are exactly the declared vocabulary, and say what the record says."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from docgen.domain.enrollment import Enrollment, Stage, Terms, parse_enrollment
from docgen.domain.enrollment.vocabulary import (
    ContactRole,
    EntityRole,
    EntityType,
    Execution,
    FacilityStatus,
    HipaaStatus,
)
from docgen.domain.merge import ExecutedAgreement, contract_fields, policy_approver
from docgen.domain.pso import PsoSettings, parse_pso
from docgen.errors import EnrollmentInvalid
from tests.unit.domain.enrollment.samples import (
    TODAY,
    VALID,
    raw_sample,
    sample_pso,
    sample_record,
)

VOCABULARY = {
    "practice": "display_name setting_text dba dba_text",
    "party": (
        "legal_name description principal_address hipaa_status_text authority_text is_government"
    ),
    "notice": (
        "attention title legal_name address email counsel_name counsel_email counsel_address"
    ),
    "pso": (
        "legal_name short_name description parent_name pso_number listed_text "
        "listing_expires_text principal_address email phone website notice_attention "
        "notice_address notice_email state governing_law"
    ),
    "program": "name short_name sponsors_text portal_name council_name guide_name guide_version",
    "terms": (
        "term_text auto_renew renewal_text notice_text cure_text effective_date_text "
        "signature_date_text governing_law breach_notice_text incident_notice_text access_text amendment_text "
        "accounting_text disposition disposition_text special_terms"
    ),
    "flags": (
        "government federal multi_entity joinder other_operators second_pso component_pso "
        "deidentify aggregate "
        "isolated_data other_relationships hybrid ace ohca counsel_notice baa_applies"
    ),
    "government": "sovereign_immunity public_records_law no_indemnity",
    "consent": "electronic_records_version",
    "pses": (
        "administrator_name administrator_title approver_name approver_title submission_text "
        "anonymous triage_role review_target_text report_trigger report_trigger_text "
        "removal_role locations training_text review_cycle_text policy_number kind "
        "existing_title existing_approved_text"
    ),
    "executed": "agreement_date_text agreement_title packet_id",
    "document": "title packet_id version",
}
ROWS = {
    "entities": (
        "legal_name description role_text principal_address relation_text hipaa_status_text "
        "ein_text npi"
    ),
    "joining": (
        "legal_name description role_text principal_address relation_text hipaa_status_text "
        "ein_text npi"
    ),
    "facilities": "name short_name address type_text entity npi status_text data_scope_text",
    "sites": "name short_name address type_text entity npi status_text data_scope_text",
    "contacts": "name title roles_text email phone",
    "other_psos": "name number scope contract_date_text",
    "other_relationships": "kind_text description",
    "committees": "name chair cadence",
    "reviewers": "name title facilities_text can_report_text can_remove_text",
}
# Optional in the vocabulary: empty when the record does not give them.
MAY_BE_EMPTY = frozenset(
    [
        "practice.dba_text",
        *("notice.title", "notice.counsel_name", "notice.counsel_email", "notice.counsel_address"),
        *("terms.governing_law", "pso.governing_law", "terms.renewal_text", "pses.policy_number"),
        *("government.public_records_law", "pses.existing_title", "pses.existing_approved_text"),
    ]
)


def _fields(record: Enrollment, **more: Any) -> dict[str, Any]:
    return contract_fields(
        record, sample_pso(), packet_id="PKT-7", title="Agreement", version="1.0.0", **more
    )


def _sample(name: str, **more: Any) -> dict[str, Any]:
    return _fields(sample_record(name), **more)


@pytest.mark.parametrize("name", VALID)
def test_the_fields_are_exactly_the_vocabulary(name: str) -> None:
    """No field is missing and none is undeclared, in groups and in rows of lists."""
    fields = _sample(name)
    assert set(fields) == {*VOCABULARY, *ROWS, "covered_entities_text"}
    for group, names in VOCABULARY.items():
        assert sorted(fields[group]) == sorted(names.split()), group
    for rows, names in ROWS.items():
        for row in fields[rows]:
            assert sorted(row) == sorted(names.split()), rows


@pytest.mark.parametrize("name", VALID)
def test_the_fields_are_plain_values_ready_to_print(name: str) -> None:
    """Only texts, flags, lists and groups, equal after a trip through JSON, without blanks."""
    executed = ExecutedAgreement(
        agreement_date=date(2026, 11, 23), agreement_title="Agreement", packet_id="PKT-6"
    )
    fields = _sample(name, executed=executed)
    assert json.loads(json.dumps(fields)) == fields
    for group, names in VOCABULARY.items():
        for field in names.split():
            value = fields[group][field]
            assert isinstance(value, str | bool | list)
            if isinstance(value, str) and f"{group}.{field}" not in MAY_BE_EMPTY:
                assert value.strip() == value != ""
            assert "  " not in str(value)
            assert "None" not in str(value)


def test_samples_fill_every_optional_field_somewhere() -> None:
    """Each optional text is printed by some sample, and each flag is both set and unset."""
    all_fields = [_sample(name) for name in VALID]
    for path in MAY_BE_EMPTY - {"pso.governing_law"}:
        group, field = path.split(".")
        assert any(fields[group][field] for fields in all_fields), path
    for flag in VOCABULARY["flags"].split():
        seen = {fields["flags"][flag] for fields in all_fields}
        assert seen == ({True} if flag in {"component_pso", "baa_applies"} else {True, False}), flag
    for rows in ROWS:
        assert any(fields[rows] for fields in all_fields), rows


@pytest.mark.parametrize(
    ("name", "description"),
    [
        (
            "freestanding-pllc",
            "Lakeside Radiation Oncology, PLLC, a Texas professional limited liability company",
        ),
        ("hospital-department", "St. Brigid Medical Center, an Illinois nonprofit corporation"),
        (
            "academic-public-university",
            "Scioto State University, a public university and an agency of the State of Ohio",
        ),
        (
            "government-county",
            "Platte Bend County Hospital Authority, an agency of Platte Bend County, Nebraska",
        ),
        (
            "government-federal",
            ("Bitterroot Federal Medical Center, an agency of the United States Department of "
            "Frontier Health"),
        ),
        ("sole-proprietor", "Abigail R. Thorne, MD, a sole proprietor"),
        (
            "no-npi-territory",
            "Centro de Radioterapia El Faro, Inc., a Puerto Rico corporation",
        ),
        ("separate-agreements", ("Foundry Radiation Partners, LLP, a Pennsylvania limited "
         "liability partnership")),
    ],
)  # fmt: skip
def test_a_party_is_described_by_its_legal_form(name: str, description: str) -> None:
    """The preamble names the entity, its form and its state or government."""
    assert _sample(name)["party"]["description"] == description


@pytest.mark.parametrize(
    ("kind", "state", "text"),
    [
        (EntityType.GOVERNMENT_STATE, "VA", "an agency of the Commonwealth of Virginia"),
        (EntityType.GOVERNMENT_LOCAL, "NE", ("an agency of a political subdivision of the State of "
         "Nebraska")),
        (EntityType.HOSPITAL_DISTRICT, "TX", ("a hospital district and a political subdivision of "
         "the State of Texas")),
        (EntityType.TRIBAL, "NM", "an agency of a federally recognized tribe"),
        (EntityType.GOVERNMENT_FEDERAL, "", "an agency of the United States of America"),
    ],
)  # fmt: skip
def test_public_bodies_are_described_by_their_government(
    kind: EntityType, state: str, text: str
) -> None:
    """Without a named government, the kind of body and its state say whose agency it is."""
    raw: Any = copy.deepcopy(raw_sample("government-county"))
    entity = raw["legal_entities"][0] | {"entity_type": kind.value}
    del entity["agency_of"]
    entity["principal_address"] = entity["principal_address"] | {"state": state or "NE"}
    raw["legal_entities"] = [entity | ({"state_of_formation": state} if state else {})]
    record = parse_enrollment(raw, today=TODAY, stage=Stage.SIGN).record
    assert _fields(record)["party"]["description"].endswith(f", {text}")
    assert _fields(record)["flags"]["government"] is True


def test_joining_entities_are_a_part_of_the_entities() -> None:
    """The joinder lists those who join; the closed facility is not covered."""
    record, fields = sample_record("network-joinder"), _sample("network-joinder")
    joining = [
        one.legal_name for one in record.legal_entities if one.role is EntityRole.JOINING_PARTY
    ]
    assert [one["legal_name"] for one in fields["joining"]] == joining
    assert all(one in fields["entities"] for one in fields["joining"])
    closed = {one.name for one in record.facilities if one.status is FacilityStatus.CLOSED}
    assert len(closed) == 1
    assert closed.isdisjoint(one["name"] for one in fields["facilities"])
    assert len(fields["facilities"]) == len(record.facilities) - 1


def test_covered_entities_leave_out_those_that_are_not() -> None:
    """A holding company that treats no patients is no covered entity."""
    record = sample_record("network-joinder")
    assert any(one.hipaa_status is HipaaStatus.NOT_COVERED for one in record.legal_entities)
    assert _sample("network-joinder")["covered_entities_text"] == (
        "Northline Oncology Network, LLC; Blue Ridge Radiation Associates, P.C.; Piedmont Cancer "
        "Centers, LP; and Lowcountry Radiation Oncology, PA"
    )


def test_separate_agreements_cover_their_own_party_only() -> None:
    """Each party's agreement lists that party's facilities and no other's."""
    first = _sample("separate-agreements")
    second = _sample("separate-agreements", party_id="steelworks")
    assert [one["name"] for one in first["facilities"]] == ["Foundry Radiation Center"]
    assert [one["name"] for one in second["facilities"]] == ["Steelworks Radiation Center"]
    assert second["party"]["legal_name"] == "Steelworks Oncology General Partnership"
    assert second["flags"]["isolated_data"] is True
    assert second["flags"]["multi_entity"] is False


def test_a_record_without_a_contracting_party_is_refused() -> None:
    """A draft cannot be merged into an agreement, and the message says what to add."""
    draft = parse_enrollment(
        raw_sample("first-form", kind="drafts"), today=TODAY, stage=Stage.SUBMIT
    ).record
    with pytest.raises(EnrollmentInvalid) as invalid:
        _fields(draft)
    assert invalid.value.problems[0].path == "legal_entities"


def test_terms_come_from_the_override_then_the_record_then_the_standard() -> None:
    """The closest agreement wins, term by term."""
    record = sample_record("hospital-department")
    assert record.terms.notice_days == 120
    own = _fields(record)["terms"]
    assert own["notice_text"] == "one hundred twenty (120) days"
    assert own["term_text"] == "thirty-six (36) months"
    agreed = _fields(record, terms_override=Terms(notice_days=60, auto_renew=False))
    assert agreed["terms"]["notice_text"] == "sixty (60) days"
    assert agreed["terms"]["auto_renew"] is False
    assert agreed["terms"]["renewal_text"] == ""
    assert agreed["terms"]["term_text"] == "thirty-six (36) months"


def test_a_no_in_the_record_wins_over_a_yes_in_the_standard() -> None:
    """A term answered with false is answered, not left open."""
    pso = sample_pso()
    assert pso.standard_terms.allow_deidentification is True
    assert _sample("academic-public-university")["flags"]["deidentify"] is False
    assert _sample("freestanding-pllc")["flags"]["deidentify"] is True


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "freestanding-pllc",
            (
                "the date of the last signature on this Agreement: for an electronic signature, the "
                "date of its time stamp in the America/Chicago time zone; for a signature by hand, "
                "the date written beside it"
            ),
        ),
        (
            "sole-proprietor",
            "the date of the last signature on this Agreement, as written beside that signature",
        ),
        (
            "network-joinder",
            (
                "January 1, 2027 or, if later, the date of the last signature needed to bind PSO "
                "and Practice: for an electronic signature, the date of its time stamp in the "
                "America/Chicago time zone; for a signature by hand, the date written beside it"
            ),
        ),
    ],
)
def test_the_effective_date_follows_the_way_of_signing(name: str, text: str) -> None:
    """A time stamp, a written date, or the date the parties fixed."""
    assert _sample(name)["terms"]["effective_date_text"] == text


def test_a_fixed_date_on_paper_yields_to_a_later_handwritten_one() -> None:
    """Where the parties fixed a day and sign by hand, a later signature's date is the written one."""
    record = replace(sample_record("network-joinder"), execution=Execution.WET_INK)
    assert _fields(record)["terms"]["effective_date_text"] == (
        "January 1, 2027 or, if later, the date of the last signature needed to bind PSO and "
        "Practice, as written beside that signature"
    )


def test_reviewers_are_listed_with_their_open_facilities() -> None:
    """Somebody who reviews everywhere is said to; others are listed by the short names."""
    rows = {one["name"]: one for one in _sample("network-joinder")["reviewers"]}
    assert rows["Sofía Álvarez"]["facilities_text"] == "all facilities"
    assert rows["June Carraway, MD"]["facilities_text"] == "Charleston, Summerville, and Beaufort"
    assert rows["Sofía Álvarez"]["can_remove_text"] == "yes"
    assert rows["June Carraway, MD"]["can_remove_text"] == "no"


def test_contacts_without_a_listed_role_are_not_printed() -> None:
    """People who left, and people no document names, are not listed."""
    names = [one["name"] for one in _sample("network-joinder")["contacts"]]
    assert "Carl Jensen" not in names
    assert "Beth Yoder, PhD" not in names
    assert "Sofía Álvarez" in names


def test_the_executed_agreement_is_cited_once_there_is_one() -> None:
    """The policy cites the agreement's date, title and packet; before that they are empty."""
    executed = ExecutedAgreement(
        agreement_date=date(2026, 12, 1), agreement_title="Provider Agreement", packet_id="PKT-3"
    )
    assert _sample("freestanding-pllc")["executed"] == {
        "agreement_date_text": "",
        "agreement_title": "",
        "packet_id": "",
    }
    assert _sample("freestanding-pllc", executed=executed)["executed"] == {
        "agreement_date_text": "December 1, 2026",
        "agreement_title": "Provider Agreement",
        "packet_id": "PKT-3",
    }


def test_the_baa_applies_unless_the_plan_leaves_it_out() -> None:
    """The flag is the packet's, not the record's; nothing else of the fields follows it."""
    fields, without = _sample("freestanding-pllc"), _sample("freestanding-pllc", baa_applies=False)
    assert fields["flags"]["baa_applies"] is True
    assert without["flags"] == fields["flags"] | {"baa_applies": False}
    assert without | {"flags": fields["flags"]} == fields


def test_the_practice_s_guide_version_is_the_one_reviewed() -> None:
    """The agreement cites the version the practice reviewed, not a later one."""
    raw = sample_pso().to_json()
    program = raw["program"]
    assert isinstance(program, dict)
    newer: PsoSettings = parse_pso(raw | {"program": program | {"guide_version": "2027.2"}})
    fields: Any = contract_fields(
        sample_record("freestanding-pllc"), newer, packet_id="P", title="T", version="1"
    )
    assert fields["program"]["guide_version"] == "2026.1"


def test_the_approver_of_the_policy_is_the_medical_director_where_none_is_named() -> None:
    """One rule for the plan and for print: the policy approver, or else the medical director."""
    record = sample_record("names-many-scripts")
    director = next(one for one in record.contacts if ContactRole.POLICY_APPROVER in one.roles)
    unnamed = replace(
        record,
        contacts=tuple(
            replace(one, roles=(ContactRole.MEDICAL_DIRECTOR,)) if one is director else one
            for one in record.contacts
        ),
    )
    for given in (record, unnamed):
        assert policy_approver(given) == next(
            one for one in given.contacts if one.contact_id == director.contact_id
        )
        assert _fields(given)["pses"]["approver_name"] == director.full_name
    nobody = replace(record, contacts=tuple(one for one in record.contacts if one is not director))
    assert policy_approver(nobody) is None
    assert _fields(nobody)["pses"]["approver_name"] == ""


@pytest.mark.parametrize(
    ("months", "text"), [(1, "every month"), (12, "every twelve (12) months"), (None, "")]
)
def test_a_cycle_is_said_as_people_say_it(months: int | None, text: str) -> None:
    """Nothing happens "every one (1) month"."""
    record = sample_record("freestanding-pllc")
    workflow = replace(record.workflow, training_cadence_months=months, policy_review_months=months)
    pses = _fields(replace(record, workflow=workflow))["pses"]
    assert (pses["training_text"], pses["review_cycle_text"]) == (text, text)


def test_an_addendum_names_the_policy_it_belongs_to() -> None:
    """The existing policy's title and date reach the merge data, for an addendum too."""
    pses = _sample("hospital-department")["pses"]
    assert pses["kind"] == "addendum"
    assert pses["existing_title"].endswith("Policy of St. Brigid Medical Center")
    assert pses["existing_approved_text"] == "September 17, 2024"


def test_a_facility_run_by_another_entity_is_flagged() -> None:
    """The table names the operators only where one differs from the party."""
    assert _sample("network-joinder")["flags"]["other_operators"] is True
    assert _sample("freestanding-pllc")["flags"]["other_operators"] is False


@pytest.mark.parametrize("kind", [EntityType.GOVERNMENT_FEDERAL, EntityType.GOVERNMENT_LOCAL])
def test_a_federal_agency_gets_no_indemnity_whatever_its_form_says(kind: EntityType) -> None:
    """Neither indemnity nor a waiver of immunity is its to give; any other body says it itself."""
    raw: Any = copy.deepcopy(raw_sample("government-county"))
    entity = raw["legal_entities"][0] | {"entity_type": kind.value}
    entity["government_terms"] = {"public_records_law": "the Freedom of Information Act"}
    raw["legal_entities"] = [entity]
    record = parse_enrollment(raw, today=TODAY, stage=Stage.DRAFT).record
    fields = _fields(record)["government"]
    federal = kind is EntityType.GOVERNMENT_FEDERAL
    assert (fields["no_indemnity"], fields["sovereign_immunity"]) == (federal, federal)
