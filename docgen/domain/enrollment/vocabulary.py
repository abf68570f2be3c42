"""The words a record chooses from."""

from __future__ import annotations

from enum import StrEnum


class SchemaVersion(StrEnum):
    """The versions of the record this product reads."""

    V1 = "1.0"


class Source(StrEnum):
    """How the enrollment came in."""

    WEB = "web"
    EMAIL_FORM = "email_form"
    IMPORT = "import"
    API = "api"


class Execution(StrEnum):
    """How the agreements are signed."""

    ELECTRONIC = "electronic"
    WET_INK = "wet_ink"


class Specialty(StrEnum):
    """What the practice does; the program takes one specialty."""

    RADIATION_ONCOLOGY = "radiation_oncology"


class Setting(StrEnum):
    """What kind of practice enrolls."""

    ACADEMIC = "academic"
    HOSPITAL_BASED = "hospital_based"
    COMMUNITY_FREESTANDING = "community_freestanding"
    MULTI_SITE_NETWORK = "multi_site_network"
    GOVERNMENT = "government"
    OTHER = "other"


class ContractingModel(StrEnum):
    """Who signs for whom."""

    SINGLE_ENTITY = "single_entity"
    SYSTEM_MASTER = "system_master"
    JOINDER = "joinder"
    SEPARATE_AGREEMENTS = "separate_agreements"


class RelationshipKind(StrEnum):
    """What else ties the practice to the PSO (42 CFR 3.102(d)(2))."""

    CONTRACTUAL = "contractual"
    FINANCIAL = "financial"
    REPORTING = "reporting"
    MANAGEMENT = "management"


class EntityType(StrEnum):
    """The legal form of an entity."""

    CORPORATION = "corporation"
    NONPROFIT_CORPORATION = "nonprofit_corporation"
    PROFESSIONAL_CORPORATION = "professional_corporation"
    PROFESSIONAL_ASSOCIATION = "professional_association"
    LLC = "llc"
    PLLC = "pllc"
    LP = "lp"
    LLP = "llp"
    GENERAL_PARTNERSHIP = "general_partnership"
    SOLE_PROPRIETORSHIP = "sole_proprietorship"
    GOVERNMENT_FEDERAL = "government_federal"
    GOVERNMENT_STATE = "government_state"
    GOVERNMENT_LOCAL = "government_local"
    PUBLIC_UNIVERSITY = "public_university"
    TRIBAL = "tribal"
    HOSPITAL_DISTRICT = "hospital_district"
    OTHER = "other"


class EntityRole(StrEnum):
    """What an entity is to the agreement."""

    CONTRACTING_PARTY = "contracting_party"
    PARENT = "parent"
    AFFILIATE = "affiliate"
    JOINING_PARTY = "joining_party"


class Ownership(StrEnum):
    """How an entity relates to the contracting party."""

    OWNED = "owned"
    OWNS = "owns"
    COMMON_CONTROL = "common_control"
    MANAGED = "managed"
    NONE = "none"


class HipaaStatus(StrEnum):
    """What an entity is under HIPAA."""

    COVERED_ENTITY = "covered_entity"
    HYBRID_COMPONENT = "hybrid_component"
    ACE_MEMBER = "ace_member"
    OHCA_PARTICIPANT = "ohca_participant"
    NOT_COVERED = "not_covered"


class AuthorityBasis(StrEnum):
    """On whose authority an entity is bound."""

    OWN = "own"
    PARENT_ON_BEHALF = "parent_on_behalf"


class FacilityType(StrEnum):
    """What kind of site treats patients."""

    HOSPITAL_OUTPATIENT = "hospital_outpatient"
    FREESTANDING_CENTER = "freestanding_center"
    ACADEMIC_CENTER = "academic_center"
    SATELLITE = "satellite"
    PROTON_CENTER = "proton_center"
    MOBILE = "mobile"
    OTHER = "other"


class FacilityStatus(StrEnum):
    """Whether a site is open."""

    ACTIVE = "active"
    PLANNED = "planned"
    CLOSED = "closed"


class DataScope(StrEnum):
    """Whether a site's data are seen together with those of the others."""

    AGGREGATE = "aggregate"
    ISOLATED = "isolated"


class Accreditation(StrEnum):
    """Accreditation programs a site may hold."""

    APEX = "apex"
    ACR = "acr"
    ACRO = "acro"
    NONE = "none"
    OTHER = "other"


class ContactRole(StrEnum):
    """What a contact does for the enrollment."""

    PRIMARY = "primary"
    CONTRACTING = "contracting"
    SIGNATORY = "signatory"
    LEGAL_NOTICE = "legal_notice"
    HIPAA_PRIVACY = "hipaa_privacy"
    HIPAA_SECURITY = "hipaa_security"
    PSES_ADMINISTRATOR = "pses_administrator"
    MEDICAL_DIRECTOR = "medical_director"
    LEAD_PHYSICIST = "lead_physicist"
    LEAD_THERAPIST = "lead_therapist"
    LEAD_DOSIMETRIST = "lead_dosimetrist"
    LEAD_NURSE = "lead_nurse"
    PRACTICE_ADMINISTRATOR = "practice_administrator"
    QUALITY_RISK = "quality_risk"
    IT_PORTAL = "it_portal"
    REVIEWER = "reviewer"
    POLICY_APPROVER = "policy_approver"


class SignedDocument(StrEnum):
    """What a signatory signs."""

    PSA = "psa"
    BAA = "baa"
    PSES = "pses"
    AMENDMENT = "amendment"
    JOINDER = "joinder"


class SignerBasis(StrEnum):
    """Why a person may bind an entity."""

    OFFICER = "officer"
    MANAGER = "manager"
    PARTNER = "partner"
    OWNER = "owner"
    DELEGATION = "delegation"
    BOARD_RESOLUTION = "board_resolution"


class AuthMethod(StrEnum):
    """How a signatory proves who they are."""

    EMAIL_OTP = "email_otp"
    SMS_OTP = "sms_otp"
    ACCESS_CODE = "access_code"
    ID_VERIFICATION = "id_verification"
    EMBEDDED_SSO = "embedded_sso"


class PsesKind(StrEnum):
    """What the onboarding packet does about the policy."""

    POLICY = "policy"  # a policy of its own is generated and adopted
    ADDENDUM = "addendum"  # added to a policy the practice already has
    EXISTING = "existing"  # a policy is on file, attested by the practice


class SubmissionModel(StrEnum):
    """Whether submitters give their names."""

    NAMED = "named"
    ANONYMOUS_ALLOWED = "anonymous_allowed"


class ReportTrigger(StrEnum):
    """What makes information count as reported to the PSO."""

    REVIEWER_RELEASE = "reviewer_release"
    AUTO_ON_CLOSE = "auto_on_close"


class EffectiveDateRule(StrEnum):
    """How the effective date is found."""

    LAST_SIGNATURE = "last_signature"
    FIXED = "fixed"


class Disposition(StrEnum):
    """What happens to patient safety work product at the end."""

    TRANSFER = "transfer"
    RETURN = "return"
    DESTROY = "destroy"
