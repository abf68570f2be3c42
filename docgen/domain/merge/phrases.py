"""The printed words for each choice of the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment.places import state_name
from docgen.domain.enrollment.vocabulary import (
    ContactRole,
    DataScope,
    Disposition,
    EntityRole,
    EntityType,
    FacilityType,
    HipaaStatus,
    Ownership,
    RelationshipKind,
    ReportTrigger,
    Setting,
    SubmissionModel,
)
from docgen.domain.merge.words import spelled

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

SETTING: Mapping[StrEnum, str] = {
    Setting.ACADEMIC: "academic practice",
    Setting.HOSPITAL_BASED: "hospital-based practice",
    Setting.COMMUNITY_FREESTANDING: "freestanding community practice",
    Setting.MULTI_SITE_NETWORK: "multi-site network",
    Setting.GOVERNMENT: "government practice",
    Setting.OTHER: "radiation oncology practice",
}
ENTITY_TYPE: Mapping[StrEnum, str] = {
    EntityType.CORPORATION: "corporation",
    EntityType.NONPROFIT_CORPORATION: "nonprofit corporation",
    EntityType.PROFESSIONAL_CORPORATION: "professional corporation",
    EntityType.PROFESSIONAL_ASSOCIATION: "professional association",
    EntityType.LLC: "limited liability company",
    EntityType.PLLC: "professional limited liability company",
    EntityType.LP: "limited partnership",
    EntityType.LLP: "limited liability partnership",
    EntityType.GENERAL_PARTNERSHIP: "general partnership",
    EntityType.OTHER: "legal entity",
}
ENTITY_ROLE: Mapping[StrEnum, str] = {
    EntityRole.CONTRACTING_PARTY: "Contracting party",
    EntityRole.PARENT: "Parent",
    EntityRole.AFFILIATE: "Affiliate",
    EntityRole.JOINING_PARTY: "Joining party",
}
OWNERSHIP: Mapping[StrEnum, str] = {
    Ownership.OWNED: "owned by Practice",
    Ownership.OWNS: "owns Practice",
    Ownership.COMMON_CONTROL: "under common control with Practice",
    Ownership.MANAGED: "managed by Practice",
    Ownership.NONE: "no common ownership with Practice",
}
HIPAA_STATUS: Mapping[StrEnum, str] = {
    HipaaStatus.COVERED_ENTITY: "covered entity",
    HipaaStatus.HYBRID_COMPONENT: "health care component of a hybrid entity",
    HipaaStatus.ACE_MEMBER: "member of an affiliated covered entity",
    HipaaStatus.OHCA_PARTICIPANT: "covered entity in an organized health care arrangement",
    HipaaStatus.NOT_COVERED: "not a covered entity",
}
FACILITY_TYPE: Mapping[StrEnum, str] = {
    FacilityType.HOSPITAL_OUTPATIENT: "hospital outpatient department",
    FacilityType.FREESTANDING_CENTER: "freestanding center",
    FacilityType.ACADEMIC_CENTER: "academic center",
    FacilityType.SATELLITE: "satellite",
    FacilityType.PROTON_CENTER: "proton center",
    FacilityType.MOBILE: "mobile unit",
    FacilityType.OTHER: "other treatment site",
}
DATA_SCOPE: Mapping[StrEnum, str] = {
    DataScope.AGGREGATE: "aggregate",
    DataScope.ISOLATED: "isolated",
}
RELATIONSHIP: Mapping[StrEnum, str] = {
    RelationshipKind.CONTRACTUAL: "contractual relationship",
    RelationshipKind.FINANCIAL: "financial relationship",
    RelationshipKind.REPORTING: "reporting relationship",
    RelationshipKind.MANAGEMENT: "management relationship",
}
CONTACT_ROLE: Mapping[StrEnum, str] = {
    ContactRole.PRIMARY: "primary contact",
    ContactRole.CONTRACTING: "contracting contact",
    ContactRole.SIGNATORY: "signatory",
    ContactRole.LEGAL_NOTICE: "legal notices",
    ContactRole.HIPAA_PRIVACY: "HIPAA privacy officer",
    ContactRole.HIPAA_SECURITY: "HIPAA security officer",
    ContactRole.PSES_ADMINISTRATOR: "PSES administrator",
    ContactRole.MEDICAL_DIRECTOR: "medical director",
    ContactRole.LEAD_PHYSICIST: "lead physicist",
    ContactRole.LEAD_THERAPIST: "lead radiation therapist",
    ContactRole.LEAD_DOSIMETRIST: "lead dosimetrist",
    ContactRole.LEAD_NURSE: "lead nurse",
    ContactRole.PRACTICE_ADMINISTRATOR: "practice administrator",
    ContactRole.QUALITY_RISK: "quality and risk",
    ContactRole.IT_PORTAL: "Portal support",
    ContactRole.REVIEWER: "Reviewer",
    ContactRole.POLICY_APPROVER: "policy approver",
}
SUBMISSION: Mapping[StrEnum, str] = {
    SubmissionModel.NAMED: "are made under the Submitter’s name",
    SubmissionModel.ANONYMOUS_ALLOWED: "may be made anonymously",
}
REPORT_TRIGGER: Mapping[StrEnum, str] = {
    ReportTrigger.REVIEWER_RELEASE: "a Reviewer has released it to the PSO",
    ReportTrigger.AUTO_ON_CLOSE: "the internal review of it has been closed",
}
DISPOSITION: Mapping[StrEnum, str] = {
    Disposition.TRANSFER: "transfer it to the patient safety organization that Practice names",
    Disposition.RETURN: "return it to Practice",
    Disposition.DESTROY: "destroy it and certify the destruction to Practice",
}
UNITS = {
    "psa_term_months": "month",
    "renewal_months": "month",
    "notice_days": "day",
    "cure_days": "day",
    "baa_breach_notice_days": "calendar day",
    "baa_incident_notice_days": "calendar day",
    "baa_access_turnaround_days": "day",
    "baa_amendment_turnaround_days": "day",
    "baa_accounting_turnaround_days": "day",
}


def said(table: Mapping[StrEnum, str], word: StrEnum | None) -> str:
    """Return the printed words for a choice, and nothing for no choice."""
    return table.get(word, "") if word is not None else ""


def governing_law(code: str) -> str:
    """Return the state's name, or nothing when the agreement is silent."""
    return "" if code == "silent" else state_name(code)


def term_phrase(name: str, value: object) -> str:
    """Write the value of a term the way a sentence about it needs it."""
    if isinstance(value, bool):
        return "“yes”" if value else "“no”"
    if isinstance(value, int):
        return spelled(value, UNITS[name])
    if name == "governing_law":
        return governing_law(str(value)) or "left open"
    return f"“{value}”"
