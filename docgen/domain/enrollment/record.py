"""The enrollment record: parsed once, then trusted; a version never changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from docgen.domain.enrollment import forms
from docgen.domain.enrollment.entity import LegalEntity
from docgen.domain.enrollment.facility import Facility
from docgen.domain.enrollment.fields import (
    a_line,
    a_name,
    choice,
    choice_or,
    count,
    count_or,
    day,
    flag,
    formed,
    instant,
    line,
    maybe,
    named,
    part,
    parts,
    prose,
    reference,
    texts,
)
from docgen.domain.enrollment.kinds import write_record
from docgen.domain.enrollment.person import Contact, Reviewer, Signatory
from docgen.domain.enrollment.stages import Stage
from docgen.domain.enrollment.vocabulary import (
    ContractingModel,
    Disposition,
    EffectiveDateRule,
    Execution,
    PsesKind,
    RelationshipKind,
    ReportTrigger,
    SchemaVersion,
    Setting,
    Source,
    Specialty,
    SubmissionModel,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPso:
    """Another PSO the practice has contracted with."""

    pso_name: str = named("name of the other PSO", high=150, need=Stage.SIGN)
    pso_number: str = formed("PSO number", forms.PSO_NUMBER)
    scope: str = line("what it receives", high=300, need=Stage.PSES)
    contract_date: date | None = day("contract date")


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRelationship:
    """What else ties the practice to the PSO, for its disclosure statement (42 CFR 3.102(d)(2))."""

    kind: RelationshipKind | None = choice(RelationshipKind, "kind", need=Stage.SIGN)
    description: str = prose("description", need=Stage.SIGN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """The practice that enrolls."""

    display_name: str = named("practice name", low=2, high=150, need=Stage.SUBMIT)
    dba: tuple[str, ...] = texts("other names", "Other name", a_name("name"), high=20)
    setting: Setting | None = choice(Setting, "setting", need=Stage.SUBMIT)
    specialty: Specialty = choice_or(Specialty.RADIATION_ONCOLOGY, "specialty", printed=False)
    website: str = formed("website", forms.URL, printed=False)
    timezone: str = formed("time zone", forms.TIMEZONE, printed=False)
    contracting_model: ContractingModel | None = choice(
        ContractingModel, "contracting model", need=Stage.SIGN
    )
    existing_pso_relationships: tuple[OtherPso, ...] = parts(
        OtherPso, "other PSOs", "Other PSO", high=10
    )
    other_relationships: tuple[OtherRelationship, ...] = parts(
        OtherRelationship, "other relationships with the PSO", "Other relationship", high=20
    )
    replaces_agreement_id: str = formed("agreement it replaces", forms.SLUG, printed=False)
    referral_source: str = line("how the practice heard of the program", high=200, printed=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideReview:
    """Who reviewed which version of the Participation Guide, and when."""

    version: str = formed("version of the guide", forms.VERSION, need=Stage.SIGN)
    reviewed_by: str = reference(
        "person who reviewed it", forms.SLUG, "contact", need=Stage.SIGN, printed=False
    )
    reviewed_at: date | None = day("date of the review", need=Stage.SIGN, printed=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """Who said so, and when."""

    by: str = reference("person", forms.SLUG, "contact", need=Stage.SIGN)
    at: datetime | None = instant("time", need=Stage.SIGN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingPolicy:
    """A PSES policy the practice already has on file."""

    title: str = line("title of the policy", high=200, need=Stage.PSES)
    approved_on: date | None = day("date it was approved", need=Stage.PSES)
    attested_by: str = reference("person who attests it", forms.SLUG, "contact", need=Stage.PSES)
    attested_at: datetime | None = instant("time of the attestation", need=Stage.PSES)


@dataclass(frozen=True, slots=True, kw_only=True)
class PsesPlan:
    """What the onboarding packet does about the policy."""

    kind: PsesKind = choice_or(PsesKind.POLICY, "kind of document")
    policy_number: str = line("policy number", high=40)
    existing: ExistingPolicy = part(ExistingPolicy, "policy on file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Committee:
    """A committee that works inside the PSES."""

    name: str = named("name", high=120, need=Stage.PSES)
    chair_contact_id: str = reference("chair", forms.SLUG, "contact", need=Stage.PSES)
    cadence: str = line("how often it meets", high=80, need=Stage.PSES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """How the practice works inside its PSES."""

    submission_model: SubmissionModel | None = choice(
        SubmissionModel, "how staff submit", need=Stage.PSES
    )
    triage_role: str = line("position that triages", need=Stage.PSES)
    review_target_days: int | None = count("days to review", low=1, high=90, need=Stage.PSES)
    report_trigger: ReportTrigger | None = choice(
        ReportTrigger, "what counts as reporting", need=Stage.PSES
    )
    committees: tuple[Committee, ...] = parts(Committee, "committees", "Committee", high=20)
    removal_authority_role: str = line("position that may remove", need=Stage.PSES)
    pswp_locations: tuple[str, ...] = texts(
        "places where it is kept", "Place", a_line("place"), high=20, need=Stage.PSES
    )
    training_cadence_months: int | None = count(
        "months between trainings", low=1, high=24, need=Stage.PSES
    )
    policy_review_months: int | None = count(
        "months between policy reviews", low=1, high=24, need=Stage.PSES
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """What the practice wants in its instance of the Portal."""

    practice_code: str = formed("practice code", forms.VERSION, printed=False)
    customizations: str = prose("customizations", printed=False)
    access_issued_at: datetime | None = instant("access issued", printed=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Terms the parties agreed; what is not given follows the PSO's standard."""

    psa_term_months: int | None = count("term in months", low=12, high=60)
    auto_renew: bool | None = maybe("renews by itself")
    renewal_months: int | None = count("months of each renewal", low=1, high=60)
    notice_days: int | None = count("days of notice", low=30, high=180)
    cure_days: int | None = count("days to cure", low=5, high=90)
    effective_date_rule: EffectiveDateRule | None = choice(
        EffectiveDateRule, "how the effective date is found"
    )
    effective_date: date | None = day("effective date")
    governing_law: str = formed("governing law", forms.LAW)
    baa_breach_notice_days: int | None = count("days to give notice of a breach", low=1, high=60)
    baa_incident_notice_days: int | None = count(
        "days to report a security incident", low=1, high=60
    )
    baa_access_turnaround_days: int | None = count("days to give access", low=1, high=30)
    baa_amendment_turnaround_days: int | None = count("days to amend records", low=1, high=60)
    baa_accounting_turnaround_days: int | None = count("days to give an accounting", low=1, high=60)
    disposition_on_termination: Disposition | None = choice(Disposition, "disposition at the end")
    allow_deidentification: bool | None = maybe("de-identification allowed")
    allow_data_aggregation: bool | None = maybe("data aggregation allowed")
    special_terms: tuple[str, ...] = texts(
        "special terms", "Special term", a_line("special term", high=1500), high=20
    )
    practice_counsel_review: bool = flag("practice's counsel reviews", printed=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """The electronic records disclosure somebody accepted for the practice."""

    version: str = formed("version of the disclosure", forms.VERSION, need=Stage.SIGN)
    accepted_at: datetime | None = instant("time of acceptance", need=Stage.SIGN, printed=False)
    by: str = reference(
        "person who accepted it", forms.SLUG, "contact", need=Stage.SIGN, printed=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Consents:
    """Consents given for the practice."""

    electronic_records: ConsentRecord = part(ConsentRecord, "electronic records")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrollment:
    """Everything a practice tells the program, as one frozen version."""

    schema_version: SchemaVersion = choice_or(SchemaVersion.V1, "schema version", printed=False)
    record_id: str = formed("record id", forms.UUID, printed=False)
    version: int = count_or(1, "version", low=1, high=1_000_000, printed=False)
    source: Source = choice_or(Source.IMPORT, "source", printed=False)
    submitted_at: datetime | None = instant("time of submission", printed=False)
    submitted_by: str = reference("person who submitted", forms.SLUG, "contact", printed=False)
    us_based_attestation: bool = flag(
        "attestation that the practice is based in the United States",
        need=Stage.SIGN,
        printed=False,
    )
    information_accuracy_attestation: Attestation = part(
        Attestation,
        "attestation that the information is accurate",
        need=Stage.SIGN,
        printed=False,
    )
    participation_guide: GuideReview = part(
        GuideReview, "review of the Participation Guide", need=Stage.SIGN
    )
    execution: Execution = choice_or(Execution.ELECTRONIC, "way of signing")
    practice: Practice = part(Practice, "practice", need=Stage.SUBMIT)
    legal_entities: tuple[LegalEntity, ...] = parts(
        LegalEntity, "legal entities", "Legal entity", high=50, need=Stage.SIGN
    )
    facilities: tuple[Facility, ...] = parts(
        Facility, "facilities", "Facility", high=200, need=Stage.SUBMIT
    )
    contacts: tuple[Contact, ...] = parts(
        Contact, "key contacts", "Contact", high=100, need=Stage.SUBMIT
    )
    signatories: tuple[Signatory, ...] = parts(
        Signatory, "signatories", "Signatory", high=100, need=Stage.SIGN
    )
    reviewers: tuple[Reviewer, ...] = parts(
        Reviewer, "Reviewers", "Reviewer", high=200, need=Stage.PSES
    )
    pses: PsesPlan = part(PsesPlan, "PSES policy")
    workflow: Workflow = part(Workflow, "workflow", need=Stage.PSES)
    portal: Portal = part(Portal, "Portal", printed=False)
    terms: Terms = part(Terms, "terms")
    consents: Consents = part(Consents, "consents")

    def to_json(self) -> dict[str, object]:
        """Return the record as plain JSON values; reading them back gives an equal record."""
        return write_record(self)
