"""Where and by whom: facilities, contacts, Reviewers and committees as documents list them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment.changes import PRINTED_ROLES, is_printed
from docgen.domain.enrollment.vocabulary import (
    ContactRole,
    FacilityStatus,
    SubmissionModel,
)
from docgen.domain.merge.phrases import (
    CONTACT_ROLE,
    DATA_SCOPE,
    FACILITY_TYPE,
    REPORT_TRIGGER,
    SUBMISSION,
    said,
)
from docgen.domain.merge.words import listed, long_date, one_line, spelled, spoken_phone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docgen.domain.enrollment.entity import LegalEntity
    from docgen.domain.enrollment.facility import Facility
    from docgen.domain.enrollment.person import Contact
    from docgen.domain.enrollment.record import Enrollment


def covered_facilities(
    record: Enrollment, entities: tuple[LegalEntity, ...]
) -> tuple[Facility, ...]:
    """Return the facilities of these entities that are not closed."""
    ids = {one.entity_id for one in entities}
    return tuple(
        one
        for one in record.facilities
        if one.status is not FacilityStatus.CLOSED and one.operated_by_entity_id in ids
    )


def facility_rows(record: Enrollment, facilities: Iterable[Facility]) -> list[dict[str, object]]:
    """Return the merge list `facilities`."""
    names = {one.entity_id: one.legal_name for one in record.legal_entities}
    return [
        {
            "name": one.name,
            "short_name": one.short_name or one.name,
            "address": one_line(one.address),
            "type_text": said(FACILITY_TYPE, one.type),
            "entity": names.get(one.operated_by_entity_id, ""),
            "npi": one.npi,
            "status_text": _status(one),
            "data_scope_text": said(DATA_SCOPE, one.data_scope),
        }
        for one in facilities
    ]


def _status(facility: Facility) -> str:
    if facility.status is FacilityStatus.PLANNED:
        opening = long_date(facility.effective_from)
        return f"planned, opening {opening}" if opening else "planned"
    closing = long_date(facility.effective_to)
    return f"active until {closing}" if closing else "active"


def contact_rows(record: Enrollment) -> list[dict[str, object]]:
    """Return the merge list `contacts`: people with a role the documents name."""
    return [
        {
            "name": one.full_name,
            "title": one.title,
            "roles_text": listed(
                said(CONTACT_ROLE, role) for role in one.roles if role in PRINTED_ROLES
            ),
            "email": one.email,
            "phone": spoken_phone(one.phone, one.phone_ext),
        }
        for one in record.contacts
        if is_printed(one)
    ]


def holder_of(record: Enrollment, role: ContactRole) -> Contact | None:
    """Return the first contact still there who holds the role, or None."""
    return next((one for one in record.contacts if one.active and role in one.roles), None)


def policy_approver(record: Enrollment) -> Contact | None:
    """Return who approves and adopts the policy: the approver, or else the medical director."""
    return holder_of(record, ContactRole.POLICY_APPROVER) or holder_of(
        record, ContactRole.MEDICAL_DIRECTOR
    )


def reviewer_rows(record: Enrollment) -> list[dict[str, object]]:
    """Return the merge list `reviewers`."""
    people = {one.contact_id: one for one in record.contacts}
    open_sites = [one for one in record.facilities if one.status is not FacilityStatus.CLOSED]
    labels = {one.facility_id: one.short_name or one.name for one in open_sites}
    rows: list[dict[str, object]] = []
    for one in record.reviewers:
        person = people.get(one.contact_id)
        sites = [labels[site] for site in dict.fromkeys(one.facility_ids) if site in labels]
        if person is None or not sites:
            continue
        every = len(sites) == len(labels) > 1
        rows.append(
            {
                "name": person.full_name,
                "title": person.title,
                "facilities_text": "all facilities" if every else listed(sites),
                "can_report_text": "yes" if one.can_report_to_pso else "no",
                "can_remove_text": "yes" if one.can_remove_from_pses else "no",
            }
        )
    return rows


def committee_rows(record: Enrollment) -> list[dict[str, object]]:
    """Return the merge list `committees`."""
    names = {one.contact_id: one.full_name for one in record.contacts}
    return [
        {"name": one.name, "chair": names.get(one.chair_contact_id, ""), "cadence": one.cadence}
        for one in record.workflow.committees
    ]


def pses_fields(record: Enrollment) -> dict[str, object]:
    """Return the merge fields of `pses`."""
    flow = record.workflow
    administrator = holder_of(record, ContactRole.PSES_ADMINISTRATOR)
    approver = policy_approver(record)
    existing = record.pses.existing
    return {
        "administrator_name": administrator.full_name if administrator else "",
        "administrator_title": administrator.title if administrator else "",
        "approver_name": approver.full_name if approver else "",
        "approver_title": approver.title if approver else "",
        "submission_text": said(SUBMISSION, flow.submission_model),
        "anonymous": flow.submission_model is SubmissionModel.ANONYMOUS_ALLOWED,
        "triage_role": flow.triage_role,
        "review_target_text": spelled(flow.review_target_days, "day"),
        "report_trigger": str(flow.report_trigger or ""),
        "report_trigger_text": said(REPORT_TRIGGER, flow.report_trigger),
        "removal_role": flow.removal_authority_role,
        "locations": list(flow.pswp_locations),
        "training_text": _every(flow.training_cadence_months),
        "review_cycle_text": _every(flow.policy_review_months),
        "policy_number": record.pses.policy_number,
        "kind": str(record.pses.kind),
        "existing_title": existing.title,
        "existing_approved_text": long_date(existing.approved_on),
    }


def _every(months: int | None) -> str:
    if months == 1:
        return "every month"
    return f"every {spelled(months, 'month')}" if months else ""
