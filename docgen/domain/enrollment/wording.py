"""What forms say beside the record's own labels: a phrase for each word, a hint where one helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment import vocabulary as v
from docgen.domain.enrollment.address import Country

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

_PHRASES: Mapping[type[StrEnum], Mapping[str, str]] = {
    v.SchemaVersion: {"1.0": "1.0"},
    v.Source: {
        "web": "Web form", "email_form": "Form by e-mail", "import": "Import", "api": "API",
    },
    v.Execution: {"electronic": "Electronically", "wet_ink": "On paper"},
    v.Specialty: {"radiation_oncology": "Radiation oncology"},
    v.Setting: {
        "academic": "Academic center",
        "hospital_based": "Hospital-based",
        "community_freestanding": "Community, freestanding",
        "multi_site_network": "Network of several sites",
        "government": "Government",
        "other": "Other",
    },
    v.ContractingModel: {
        "single_entity": "One legal entity signs for itself",
        "system_master": "A parent or system signs for its entities",
        "joinder": "One entity signs, others join it",
        "separate_agreements": "Each entity signs its own agreement",
    },
    v.RelationshipKind: {
        "contractual": "Contractual",
        "financial": "Financial",
        "reporting": "Reporting",
        "management": "Management",
    },
    v.EntityType: {
        "corporation": "Corporation",
        "nonprofit_corporation": "Nonprofit corporation",
        "professional_corporation": "Professional corporation (P.C.)",
        "professional_association": "Professional association (P.A.)",
        "llc": "Limited liability company (LLC)",
        "pllc": "Professional limited liability company (PLLC)",
        "lp": "Limited partnership (LP)",
        "llp": "Limited liability partnership (LLP)",
        "general_partnership": "General partnership",
        "sole_proprietorship": "Sole proprietorship",
        "government_federal": "Federal government",
        "government_state": "State government",
        "government_local": "Local government",
        "public_university": "Public university",
        "tribal": "Tribal body",
        "hospital_district": "Hospital district",
        "other": "Other",
    },
    v.EntityRole: {
        "contracting_party": "Contracting party",
        "parent": "Parent of the contracting party",
        "affiliate": "Affiliate",
        "joining_party": "Joining party",
    },
    v.Ownership: {
        "owned": "Owned by the contracting party",
        "owns": "Owns the contracting party",
        "common_control": "Under common control",
        "managed": "Managed by the contracting party",
        "none": "None",
    },
    v.HipaaStatus: {
        "covered_entity": "Covered entity",
        "hybrid_component": "Health care component of a hybrid entity",
        "ace_member": "Member of an affiliated covered entity",
        "ohca_participant": "Participant in an organized health care arrangement",
        "not_covered": "Not a covered entity",
    },
    v.AuthorityBasis: {"own": "Its own", "parent_on_behalf": "Its parent signs on its behalf"},
    v.FacilityType: {
        "hospital_outpatient": "Hospital outpatient department",
        "freestanding_center": "Freestanding center",
        "academic_center": "Academic center",
        "satellite": "Satellite",
        "proton_center": "Proton center",
        "mobile": "Mobile unit",
        "other": "Other",
    },
    v.FacilityStatus: {"active": "Open", "planned": "Planned", "closed": "Closed"},
    v.DataScope: {
        "aggregate": "Seen together with the other facilities",
        "isolated": "Kept apart from the other facilities",
    },
    v.Accreditation: {
        "apex": "ASTRO APEx", "acr": "ACR", "acro": "ACRO", "none": "None", "other": "Other",
    },
    v.ContactRole: {
        "primary": "Primary contact",
        "contracting": "Contracting contact",
        "signatory": "Signs the agreements",
        "legal_notice": "Receives legal notices",
        "hipaa_privacy": "HIPAA privacy officer",
        "hipaa_security": "HIPAA security officer",
        "pses_administrator": "PSES administrator",
        "medical_director": "Medical director",
        "lead_physicist": "Lead physicist",
        "lead_therapist": "Lead therapist",
        "lead_dosimetrist": "Lead dosimetrist",
        "lead_nurse": "Lead nurse",
        "practice_administrator": "Practice administrator",
        "quality_risk": "Quality or risk manager",
        "it_portal": "IT contact for the RO-ILS Portal",
        "reviewer": "RO-ILS Reviewer",
        "policy_approver": "Approves the PSES policy",
    },
    v.SignedDocument: {
        "psa": "PSO agreement (PSA)",
        "baa": "Business associate agreement (BAA)",
        "pses": "PSES policy",
        "amendment": "Amendment",
        "joinder": "Joinder",
    },
    v.SignerBasis: {
        "officer": "Officer",
        "manager": "Manager or managing member",
        "partner": "Partner",
        "owner": "Owner",
        "delegation": "Authority given in writing",
        "board_resolution": "Board resolution",
    },
    v.AuthMethod: {
        "email_otp": "Code by e-mail",
        "sms_otp": "Code by text message",
        "access_code": "Code by telephone",
        "id_verification": "Identity document",
        "embedded_sso": "The practice's own sign-in",
    },
    v.PsesKind: {
        "policy": "A new policy",
        "addendum": "An addendum to our policy",
        "existing": "Our policy on file stands",
    },
    v.SubmissionModel: {
        "named": "With their names", "anonymous_allowed": "Also without a name",
    },
    v.ReportTrigger: {
        "reviewer_release": "When a Reviewer releases it",
        "auto_on_close": "When the review is closed",
    },
    v.EffectiveDateRule: {
        "last_signature": "Date of the last signature", "fixed": "A fixed date",
    },
    v.Disposition: {
        "transfer": "Transfer to another PSO", "return": "Return", "destroy": "Destroy",
    },
    Country: {"US": "United States"},
}  # fmt: skip

# By record and field, so that a facility's NPI and an entity's NPI may say different things.
_HINTS: Mapping[tuple[str, str], str] = {
    ("Practice", "display_name"): "as patients and staff know it",
    ("Practice", "dba"): "one a line",
    ("Practice", "website"): "starts with https://",
    ("Practice", "replaces_agreement_id"): "only if an earlier agreement ends",
    ("LegalEntity", "legal_name"): "exactly as formed, with Inc., LLC or the like",
    ("LegalEntity", "state_of_formation"): "unless public",
    ("LegalEntity", "agency_of"): "public bodies only",
    ("LegalEntity", "ein"): "12-3456789; never a Social Security number",
    ("LegalEntity", "npi"): "type 2, if any",
    ("LegalEntity", "hipaa_reason"): "only if it is not a covered entity",
    ("LegalEntity", "ace_or_hybrid_name"): "if part of one",
    ("LegalEntity", "authority_document"): "only if the parent signs",
    ("LegalEntity", "parent_entity_id"): "if it has one",
    ("Notice", "attention"): "who opens formal notices",
    ("GovernmentTerms", "public_records_law"): "public bodies: name the law",
    ("Facility", "name"): "as it stands over the door",
    ("Facility", "short_name"): "up to 40 letters, for lists",
    ("Facility", "npi"): "ten digits, if any",
    ("Facility", "ccn"): "if any",
    ("Facility", "effective_from"): "year-month-day",
    ("Facility", "effective_to"): "year-month-day, if known",
    ("Facility", "data_scope"): "apart needs an agreement of its own",
    ("Address", "line1"): "street and number",
    ("Address", "postal_code"): "five or nine digits",
    ("Contact", "credentials"): "MD, PhD",
    ("Contact", "email"): "a mailbox of this person alone",
    ("Contact", "phone"): "with area code",
    ("Authority", "attested_at"): "year-month-day",
    ("Authority", "document_ref"): "if the authority stands in one",
    ("Attestation", "at"): "year-month-day",
    ("GuideReview", "version"): "on its cover",
    ("GuideReview", "reviewed_at"): "year-month-day",
    ("OtherPso", "pso_number"): "if listed",
    ("OtherPso", "contract_date"): "year-month-day",
    ("Reviewer", "training_completed_at"): "year-month-day",
    ("ExistingPolicy", "approved_on"): "year-month-day",
    ("ExistingPolicy", "attested_at"): "year-month-day",
    ("Workflow", "triage_role"): "a position, not a name",
    ("Workflow", "removal_authority_role"): "a position, not a name",
    ("Workflow", "pswp_locations"): "one a line",
    ("Committee", "cadence"): "every month",
    ("Terms", "governing_law"): "a state, or the word silent",
    ("Terms", "special_terms"): "one a line",
    ("Systems", "tps"): "with semicolons between",
    ("ConsentRecord", "accepted_at"): "year-month-day",
    ("Enrollment", "submitted_at"): "year-month-day",
}


def phrase(word: StrEnum) -> str:
    """Return what a form shows for a word of the record."""
    return _PHRASES[type(word)][word.value]


def hint(record: type[object], field: str) -> str:
    """Return the few words that help to fill in a field, or nothing."""
    return _HINTS.get((record.__name__, field), "")
