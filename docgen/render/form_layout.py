"""What stands where on the enrollment form; labels, hints and lists come from the record itself."""

from __future__ import annotations

from dataclasses import dataclass

ENTITIES, FACILITIES, CONTACTS = 2, 4, 6
ROWS = {
    "legal_entities": ENTITIES,
    "facilities": FACILITIES,
    "contacts": CONTACTS,
    "signatories": 2,
    "reviewers": 4,
    "practice.existing_pso_relationships": 2,
    "practice.other_relationships": 2,
    "workflow.committees": 2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One field: how many of twelve columns it takes and how many lines it shows.

    Without a path it is a heading among the fields.
    """

    path: str
    span: int
    lines: int = 1
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Fields under one small heading; with `rows`, once for each numbered row of a list."""

    cells: tuple[Cell, ...]
    heading: str = ""
    rows: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A numbered part of the form."""

    title: str
    intro: str
    groups: tuple[Group, ...]
    on_new_page: bool = True


def _cells(text: str) -> tuple[Cell, ...]:
    """Read lines of `path span [lines] [| label]` and `# heading`."""
    found = []
    for line in text.strip().splitlines():
        if line.strip().startswith("#"):
            found.append(Cell(path="", span=12, label=line.strip(" #")))
            continue
        declared, _, label = line.partition("|")
        path, span, *lines = declared.split()
        found.append(
            Cell(
                path=path, span=int(span), lines=int(lines[0]) if lines else 1, label=label.strip()
            )
        )
    return tuple(found)


def _address(part: str, street: str = "Street address") -> str:
    return f"""
        {part}.line1 7 | {street}
        {part}.line2 5 | Suite, floor, building
        {part}.city 5
        {part}.state 4
        {part}.postal_code 3
    """


SECTIONS = (
    Section(
        title="The practice",
        intro="The practice that takes part, whatever its legal form. Its legal name comes next.",
        on_new_page=False,
        groups=(
            Group(
                cells=_cells("""
                    practice.display_name 8
                    practice.setting 4
                    practice.dba 6 2
                    practice.referral_source 6 2
                    practice.website 7
                    practice.timezone 5
                    practice.contracting_model 7 | How the practice wants to contract
                    practice.replaces_agreement_id 5
                """)
            ),
            Group(
                heading="Participation Guide",
                cells=_cells("""
                    participation_guide.reviewed_by 5
                    participation_guide.version 3
                    participation_guide.reviewed_at 4
                """),
            ),
            Group(
                heading="Who hands in this form",
                cells=_cells("""
                    submitted_by 5
                    submitted_at 3 | Date
                    execution 4
                """),
            ),
        ),
    ),
    Section(
        title="Legal entities",
        intro=(
            "Who is bound by the PSO agreement (PSA) and the business associate agreement (BAA). "
            "Most practices have one."
        ),
        groups=(
            Group(
                rows="legal_entities",
                more=f"More than {ENTITIES} legal entities? Use the spreadsheet.",
                cells=_cells(f"""
                    legal_name 8
                    ein 4
                    entity_type 6
                    state_of_formation 3
                    npi 3
                    role 6
                    hipaa_status 6
                    # Principal address
                    {_address("principal_address").strip()}
                    # Formal notices
                    notice.attention 5 | Person or office
                    notice.title 3 | Title
                    notice.email 4
                    {_address("notice.address", "Street address or PO box").strip()}
                    # Copy of each notice to counsel, if you wish
                    notice.cc_counsel.name 6
                    notice.cc_counsel.email 6
                    {_address("notice.cc_counsel.address").strip()}
                    # Only where it applies
                    hipaa_reason 6
                    ace_or_hybrid_name 6 | Affiliated covered or hybrid entity
                    parent_entity_id 4
                    ownership_relation 4
                    authority_basis 4 | Whose authority binds it
                    authority_document 6
                    agency_of 6
                    government_terms.public_records_law 6
                    government_terms.sovereign_immunity 3
                    government_terms.no_indemnity 3 | It cannot indemnify
                """),
            ),
        ),
    ),
    Section(
        title="Facilities",
        intro="Every place where the practice treats patients and that is to take part.",
        groups=(
            Group(
                rows="facilities",
                more=f"More than {FACILITIES} facilities? Use the spreadsheet.",
                cells=_cells(f"""
                    name 8
                    short_name 4
                    {_address("address").strip()}
                    operated_by_entity_id 4 | Operated by
                    type 4
                    phone 4
                    npi 3
                    ccn 3 | CMS number (CCN)
                    status 3
                    effective_from 3
                    data_scope 6 | The facility’s data are
                    volumes.new_patients_per_year 3
                    effective_to 3
                    accreditation 12
                    # Equipment and systems, if you wish: how many of each
                    equipment.linacs 2 | Linacs
                    equipment.mr_linacs 2 | MR linacs
                    equipment.gamma_knife 2 | Gamma units
                    equipment.cyberknife 2 | Robotic units
                    equipment.proton_rooms 2 | Proton rooms
                    equipment.superficial 2 | Superficial
                    equipment.hdr_units 2 | HDR units
                    equipment.ct_simulators 2 | CT simulators
                    equipment.mr_simulators 2 | MR simulators
                    equipment.ldr_program 2
                    systems.ois 6
                    systems.tps 6
                """),
            ),
        ),
    ),
    Section(
        title="Key contacts",
        intro=(
            "One person may do several things. At least one is the primary contact, one signs, and "
            "each has a mailbox of their own."
        ),
        groups=(
            Group(
                rows="contacts",
                more=f"More than {CONTACTS} people? Use the spreadsheet.",
                cells=_cells("""
                    given_name 3
                    middle_name 2
                    family_name 4
                    suffix 1
                    credentials 2
                    title 7
                    employer_entity_id 5
                    email 5
                    phone 3
                    phone_ext 2
                    active 2 | Still with us
                    roles 12 | Does what
                    facility_ids 12 | Works at
                """),
            ),
        ),
    ),
    Section(
        title="Who signs",
        intro=(
            "The official who may bind each legal entity (42 CFR 3.20). That person gets the "
            "documents by e-mail; nothing is signed on this form."
        ),
        groups=(
            Group(
                rows="signatories",
                more="More people who sign? Use the spreadsheet.",
                cells=_cells("""
                    contact_id 6 | Who signs
                    authority.basis 6 | Why this person may sign
                    signs 12
                    for_entity_ids 12 | Signs for
                    authority.document_ref 6 | Document that gives the authority
                    authority.attested 3 | I may bind these entities
                    authority.attested_at 3 | Date
                """),
            ),
            Group(
                heading="Statements",
                cells=_cells("""
                    us_based_attestation 4 | Based in the United States
                    information_accuracy_attestation.by 5 | This information is accurate, says
                    information_accuracy_attestation.at 3 | Date
                """),
            ),
            Group(
                heading="Other patient safety organizations",
                rows="practice.existing_pso_relationships",
                cells=_cells("""
                    pso_name 6
                    pso_number 2
                    contract_date 4
                    scope 12
                """),
            ),
            Group(
                heading="Other ties to this PSO, for its disclosure statement (42 CFR 3.102)",
                rows="practice.other_relationships",
                cells=_cells("""
                    kind 4
                    description 8
                """),
            ),
        ),
    ),
    Section(
        title="Onboarding",
        intro=(
            "You may leave this part empty now. It is needed before the policy of your patient "
            "safety evaluation system (PSES) is prepared."
        ),
        groups=(
            Group(
                heading="",
                rows="reviewers",
                cells=_cells("""
                    contact_id 5 | RO-ILS Reviewer
                    training_completed_at 3 | Training done
                    can_report_to_pso 2 | May report
                    can_remove_from_pses 2 | May remove
                    facility_ids 12 | For
                """),
            ),
            Group(
                heading="How the practice works",
                cells=_cells("""
                    workflow.submission_model 4
                    workflow.report_trigger 5
                    workflow.review_target_days 3
                    workflow.triage_role 6
                    workflow.removal_authority_role 6 | Position that may take information out
                    workflow.pswp_locations 6 2 | Where safety work product is kept
                    workflow.training_cadence_months 3
                    workflow.policy_review_months 3
                """),
            ),
            Group(
                rows="workflow.committees",
                cells=_cells("""
                    name 5
                    chair_contact_id 4
                    cadence 3 | How often
                """),
            ),
            Group(
                heading="The PSES policy",
                cells=(
                    *_cells("""
                        pses.kind 5
                        pses.policy_number 3
                        pses.existing.approved_on 4
                        pses.existing.title 6 | Title of the policy on file
                        pses.existing.attested_by 3
                        pses.existing.attested_at 3 | Date
                    """),
                    Cell(
                        path="portal.customizations",
                        span=12,
                        lines=2,
                        label="What should be special in your RO-ILS Portal",
                    ),
                ),
            ),
        ),
    ),
)
