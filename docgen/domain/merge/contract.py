"""The whole merge vocabulary for the agreements and the policy, from one record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from docgen.domain.enrollment.kinds import is_blank
from docgen.domain.enrollment.vocabulary import (
    DataScope,
    EntityRole,
    HipaaStatus,
)
from docgen.domain.merge.parties import (
    contracting_party,
    covered_entities_text,
    entity_fields,
    government_fields,
    legal_form,
    notice_fields,
    party_fields,
    relevant_entities,
)
from docgen.domain.merge.phrases import RELATIONSHIP, SETTING, governing_law, said
from docgen.domain.merge.sites import (
    committee_rows,
    contact_rows,
    covered_facilities,
    facility_rows,
    pses_fields,
    reviewer_rows,
)
from docgen.domain.merge.terms import agreed_terms, terms_fields
from docgen.domain.merge.words import listed, long_date, one_line, spoken_phone

if TYPE_CHECKING:
    from docgen.domain.enrollment.entity import LegalEntity
    from docgen.domain.enrollment.facility import Facility
    from docgen.domain.enrollment.record import Enrollment, Terms
    from docgen.domain.pso import PsoSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutedAgreement:
    """The fully executed agreement a policy refers to."""

    agreement_date: date
    agreement_title: str
    packet_id: str


def contract_fields(  # noqa: PLR0913 - one packet is these things
    record: Enrollment,
    pso: PsoSettings,
    *,
    packet_id: str,
    title: str,
    version: str,
    executed: ExecutedAgreement | None = None,
    terms_override: Terms | None = None,
    party_id: str = "",
    baa_applies: bool = True,
) -> dict[str, object]:
    """Return every merge field of every document, as texts, flags and lists ready to print.

    The record is complete for its step. With separate agreements, `party_id` says whose agreement
    this is; other parties' entities and facilities are left out. Without `baa_applies` they
    presume no BAA. Raise EnrollmentInvalid if the record names no contracting party.
    """
    party = contracting_party(record, party_id)
    entities = relevant_entities(record, party)
    facilities = covered_facilities(record, entities)
    terms = agreed_terms(record.terms, pso, terms_override)
    rows = facility_rows(record, facilities)
    return _party_groups(record, party, entities) | {
        "pso": pso_fields(pso),
        "program": _program(record, pso),
        "terms": terms_fields(terms, pso, record.execution),
        "flags": _flags(record, entities, facilities, pso, terms) | {"baa_applies": baa_applies},
        "facilities": rows,
        "sites": [dict(row) for row in rows],
        "contacts": contact_rows(record),
        "consent": {
            "electronic_records_version": record.consents.electronic_records.version
            or pso.electronic_records.version
        },
        "pses": pses_fields(record),
        "committees": committee_rows(record),
        "reviewers": reviewer_rows(record),
        "executed": _executed(executed),
        "document": {"title": title, "packet_id": packet_id, "version": version},
    }


def _party_groups(
    record: Enrollment, party: LegalEntity, entities: tuple[LegalEntity, ...]
) -> dict[str, object]:
    practice = record.practice
    joining = [one for one in entities if one.role is EntityRole.JOINING_PARTY]
    return {
        "practice": {
            "display_name": practice.display_name,
            "setting_text": said(SETTING, practice.setting),
            "dba": list(practice.dba),
            "dba_text": listed(practice.dba),
        },
        "party": party_fields(party, record),
        "entities": [entity_fields(one, record) for one in entities],
        "joining": [entity_fields(one, record) for one in joining],
        "covered_entities_text": covered_entities_text(entities),
        "notice": notice_fields(party),
        "government": government_fields(entities),
        "other_psos": [
            {
                "name": one.pso_name,
                "number": one.pso_number,
                "scope": one.scope,
                "contract_date_text": long_date(one.contract_date),
            }
            for one in practice.existing_pso_relationships
        ],
        "other_relationships": [
            {"kind_text": said(RELATIONSHIP, one.kind), "description": one.description}
            for one in practice.other_relationships
        ],
    }


def pso_fields(pso: PsoSettings) -> dict[str, object]:
    """Return the merge fields of `pso`."""
    form = legal_form(pso.entity_type, pso.state_of_formation)
    division = f"acting through its division {pso.division_name}" if pso.division_name else ""
    law = pso.standard_terms.governing_law
    notices_to = pso.principal_address if is_blank(pso.notice.address) else pso.notice.address
    return {
        "legal_name": pso.legal_name,
        "short_name": pso.short_name,
        "description": ", ".join(piece for piece in (pso.legal_name, form, division) if piece),
        "parent_name": pso.parent_name,
        "pso_number": pso.pso_number,
        "listed_text": long_date(pso.listed_on),
        "listing_expires_text": long_date(pso.listing_expires_on),
        "principal_address": one_line(pso.principal_address),
        "email": pso.email,
        "phone": spoken_phone(pso.phone),
        "website": pso.website,
        "notice_attention": pso.notice.attention,
        "notice_address": one_line(notices_to),
        "notice_email": pso.notice.email or pso.email,
        "state": legal_state(pso),
        "governing_law": governing_law(law),
    }


def legal_state(pso: PsoSettings) -> str:
    """Return the name of the state under whose law the PSO was formed."""
    return governing_law(pso.state_of_formation)


def _program(record: Enrollment, pso: PsoSettings) -> dict[str, object]:
    program = pso.program
    return {
        "name": program.name,
        "short_name": program.short_name,
        "sponsors_text": program.sponsors,
        "portal_name": program.portal_name,
        "council_name": program.council_name,
        "guide_name": program.guide_name,
        "guide_version": record.participation_guide.version or program.guide_version,
    }


def _flags(
    record: Enrollment,
    entities: tuple[LegalEntity, ...],
    facilities: tuple[Facility, ...],
    pso: PsoSettings,
    terms: Terms,
) -> dict[str, object]:
    statuses = {one.hipaa_status for one in entities}
    bound = [one for one in entities if one.role is not EntityRole.PARENT]
    return {
        "government": any(one.is_government for one in bound),
        "federal": any(one.is_federal for one in bound),
        "multi_entity": len(entities) > 1,
        "joinder": any(one.role is EntityRole.JOINING_PARTY for one in entities),
        "other_operators": any(
            one.operated_by_entity_id != entities[0].entity_id for one in facilities
        ),
        "second_pso": bool(record.practice.existing_pso_relationships),
        "component_pso": bool(pso.parent_name),
        "deidentify": bool(terms.allow_deidentification),
        "aggregate": bool(terms.allow_data_aggregation),
        "isolated_data": any(one.data_scope is DataScope.ISOLATED for one in facilities),
        "other_relationships": bool(record.practice.other_relationships),
        "hybrid": HipaaStatus.HYBRID_COMPONENT in statuses,
        "ace": HipaaStatus.ACE_MEMBER in statuses,
        "ohca": HipaaStatus.OHCA_PARTICIPANT in statuses,
        "counsel_notice": bool(entities[0].notice.cc_counsel.name),
    }


def _executed(executed: ExecutedAgreement | None) -> dict[str, object]:
    return {
        "agreement_date_text": long_date(executed.agreement_date) if executed else "",
        "agreement_title": executed.agreement_title if executed else "",
        "packet_id": executed.packet_id if executed else "",
    }
