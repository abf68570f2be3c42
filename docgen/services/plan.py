"""Plan a packet: documents, signers, order, and every departure from standard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.domain.canonical import digest_of
from docgen.domain.document import SignaturePanel
from docgen.domain.enrollment.vocabulary import (
    AuthMethod,
    ContactRole,
    ContractingModel,
    EffectiveDateRule,
    EntityRole,
    PsesKind,
    SignedDocument,
)
from docgen.domain.merge import holder_of, policy_approver
from docgen.domain.packet import PacketKind
from docgen.domain.paper import OnFile
from docgen.domain.plan import (
    PSO_KEY,
    SIGNED_HERE,
    Plan,
    PlannedDeparture,
    PlannedDocument,
    PlannedPanel,
    PlannedRecipient,
    Source,
)
from docgen.domain.pso import departures
from docgen.errors import Refused
from docgen.render.manifest import latest_version, load_template
from docgen.services.signatories import signatories_of
from docgen.services.sources import SLUGS, Choice, choices_for

if TYPE_CHECKING:
    from docgen.domain.enrollment import Enrollment
    from docgen.domain.enrollment.entity import LegalEntity
    from docgen.domain.enrollment.person import Contact
    from docgen.domain.packet import Packet
    from docgen.ports.ledger import EnrollmentVersion
    from docgen.services.office import Office

ID_DIGITS = 26
AUTHORIZED = "Authorized signatory"  # of the party printed right above it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One panel to be signed by one person, before the people are numbered."""

    slug: str
    panel: SignaturePanel
    name: str
    title: str
    organization: str
    email: str
    order: int
    by_telephone: bool = False


def make_plan(
    office: Office,
    version: EnrollmentVersion,
    record: Enrollment,
    kind: PacketKind,
    party: LegalEntity,
    follows: Packet | None,
) -> Plan:
    """Plan one packet for one contracting party.

    The same inputs give the same plan, hence the same packet id.

    Raises:
        Refused: the record asks for something this packet cannot do; the message says what to do.
    """
    choices = _choices(office, version.enrollment_id, record, kind, party)
    signed = [
        slug for slug in SLUGS[kind] if slug not in choices or choices[slug].source in SIGNED_HERE
    ]
    places = (
        _contracting(office, record, party, signed)
        if kind is PacketKind.CONTRACTING
        else _onboarding(record, party)
    )
    recipients, keys = _number(places)
    documents = tuple(
        _planned(office, slug, [item for item in places if item.slug == slug], keys, choices)
        for slug in SLUGS[kind]
    )
    plan = Plan(
        packet_id="",
        kind=kind,
        party_id=party.entity_id,
        generation=0,
        enrollment_id=version.enrollment_id,
        enrollment_version=version.version,
        enrollment_sha256=version.sha256,
        pso_sha256=digest_of(office.pso_settings.to_json()),
        engine=office.typesetter.engine,
        dated=version.at.date().isoformat(),
        practice=version.practice,
        documents=documents,
        recipients=recipients,
        departures=(*_departures(office, record, kind), *_sources_depart(documents, kind)),
        follows_packet_id=follows.id if follows else "",
        effective_from=_effective_from(record, kind),
    )
    return _numbered(office, plan)


def _numbered(office: Office, plan: Plan) -> Plan:
    """Give the plan its packet id; of a packet that ended unsigned, the next generation follows."""
    ended = {
        item.id
        for item in office.ledger.packets.of_enrollment(plan.enrollment_id)
        if item.ended_unsigned
    }
    while True:
        numbered = replace(plan, packet_id=f"pkt_{digest_of(plan.to_json())[:ID_DIGITS]}")
        if numbered.packet_id not in ended:
            return numbered
        plan = replace(plan, generation=plan.generation + 1)


def _effective_from(record: Enrollment, kind: PacketKind) -> str:
    """Give the day on which the parties agreed to begin; a policy begins when it is adopted."""
    terms = record.terms
    fixed = terms.effective_date_rule is EffectiveDateRule.FIXED and kind is PacketKind.CONTRACTING
    return terms.effective_date.isoformat() if fixed and terms.effective_date else ""


def _departures(
    office: Office, record: Enrollment, kind: PacketKind
) -> tuple[PlannedDeparture, ...]:
    """Name the departures that need a legal approver; the policy is the practice's own."""
    if kind is PacketKind.ONBOARDING:
        return ()
    return tuple(
        PlannedDeparture(code=item.code, sentence=item.sentence)
        for item in departures(record, office.pso_settings)
        if item.needs_approval
    )


def _choices(
    office: Office, enrollment_id: str, record: Enrollment, kind: PacketKind, party: LegalEntity
) -> dict[str, Choice]:
    """Give the documents that are not generated: as chosen, not called for, or a policy on file.

    Raises:
        Refused: none of the agreements would be left to generate.
    """
    if kind is PacketKind.ONBOARDING:
        existing = record.pses.kind is PsesKind.EXISTING
        return {"pses": _policy_on_file(record)} if existing else {}
    choices = choices_for(office, enrollment_id, record, party.entity_id)
    if set(SLUGS[kind]) <= set(choices):
        raise Refused(
            "None of the agreements would be generated, so there is no packet to make. Let at "
            "least one come from our template: `docgen paper generate ENROLLMENT --document SLUG`."
        )
    return choices


def _policy_on_file(record: Enrollment) -> Choice:
    """Refer to the policy as the form attests it."""
    existing = record.pses.existing
    person = next(item for item in record.contacts if item.contact_id == existing.attested_by)
    return Choice(
        source=Source.ALREADY_ON_FILE,
        reason="The practice attests a policy that it has on file.",
        on_file=OnFile(
            title=existing.title,
            dated=existing.approved_on.isoformat() if existing.approved_on else "",
            kept_at="the practice",
            attested_by=person.full_name,
            attested_at=existing.attested_at.isoformat() if existing.attested_at else "",
        ),
    )


_DEPARTING = {
    Source.COUNTERPARTY_PAPER: "is the practice's own paper, not the PSO's template",
    Source.ALREADY_ON_FILE: "is not signed here but was executed before and is on file",
    Source.NOT_APPLICABLE: "is left out",
}


def _sources_depart(
    documents: tuple[PlannedDocument, ...], kind: PacketKind
) -> tuple[PlannedDeparture, ...]:
    """Name the agreements that do not come from the PSO's template."""
    if kind is PacketKind.ONBOARDING:
        return ()
    return tuple(
        PlannedDeparture(
            code=f"source.{item.slug}",
            sentence=f"The {item.title} {_DEPARTING[item.source]}: {item.reason}",
        )
        for item in documents
        if item.source in _DEPARTING
    )


def _planned(
    office: Office,
    slug: str,
    places: list[_Place],
    keys: dict[str, str],
    choices: dict[str, Choice],
) -> PlannedDocument:
    """Plan one document, from our template or from elsewhere."""
    planned = _document(office, slug, places, keys)
    choice = choices.get(slug)
    if choice is None:
        return planned
    return replace(
        planned,
        title=choice.on_file.title if choice.on_file else planned.title,
        source=choice.source,
        template_version="",
        template_digest="",
        adopted=False,
        reason=choice.reason,
        paper=choice.paper,
        on_file=choice.on_file,
    )


def _document(
    office: Office, slug: str, places: list[_Place], keys: dict[str, str]
) -> PlannedDocument:
    template = load_template(office.templates, slug, latest_version(office.templates, slug))
    return PlannedDocument(
        slug=slug,
        title=template.title,
        source=Source.GENERATED,
        template_version=template.version,
        template_digest=template.digest,
        adopted=office.ledger.people.adoption(template.digest) is not None,
        reason="",
        panels=tuple(PlannedPanel(recipient=keys[item.email], panel=item.panel) for item in places),
    )


def _number(places: list[_Place]) -> tuple[tuple[PlannedRecipient, ...], dict[str, str]]:
    """Make one recipient of each person, however many panels they sign; lower orders first."""
    recipients: dict[str, PlannedRecipient] = {}
    for item in sorted(places, key=lambda place: place.order):
        if item.email in recipients:
            continue
        count = len(recipients) + 1
        recipients[item.email] = PlannedRecipient(
            key=PSO_KEY if item.panel.slot == PSO_KEY else f"practice_{count}",
            name=item.name,
            title=item.title,
            organization=item.organization,
            email=item.email,
            routing_order=count,
            by_telephone=any(one.by_telephone for one in places if one.email == item.email),
        )
    return tuple(recipients.values()), {mail: one.key for mail, one in recipients.items()}


def contracting_parties(record: Enrollment) -> list[LegalEntity]:
    """List who contracts: one party, or each of several where agreements are separate."""
    return [item for item in record.legal_entities if item.role is EntityRole.CONTRACTING_PARTY]


def _contracting(
    office: Office, record: Enrollment, party: LegalEntity, signed: list[str]
) -> list[_Place]:
    """The practice's entities sign each agreement signed here; the PSO countersigns last.

    Whoever the form names signs: two officers of one entity have a panel each.
    """
    joining = [item for item in record.legal_entities if item.role is EntityRole.JOINING_PARTY]
    separate = record.practice.contracting_model is ContractingModel.SEPARATE_AGREEMENTS
    parties = [party, *([] if separate else joining)]
    places = []
    for slug, document in (("psa", SignedDocument.PSA), ("baa", SignedDocument.BAA)):
        if slug not in signed:
            continue
        signers = [
            (entity, person)
            for entity in parties
            for person in signatories_of(record, entity, document)
        ]
        for number, (entity, person) in enumerate(signers, start=1):
            by_telephone = _by_telephone(record, person)
            places.append(_practice_place(slug, number, entity, person, by_telephone=by_telephone))
        places.append(_pso_place(office, slug, len(signers) + 1))
    return places


def _by_telephone(record: Enrollment, person: Contact) -> bool:
    """Say whether the form asks that this person's code is read out, not mailed."""
    return any(
        item.auth_method is AuthMethod.ACCESS_CODE
        for item in record.signatories
        if item.contact_id == person.contact_id
    )


def _practice_place(
    slug: str, number: int, entity: LegalEntity, person: Contact, *, by_telephone: bool
) -> _Place:
    joins = entity.role is EntityRole.JOINING_PARTY
    return _Place(
        slug=slug,
        panel=SignaturePanel(
            slot=f"practice_{number}",
            party=entity.legal_name,
            capacity=AUTHORIZED,
            meaning=(
                "Joins this agreement and is bound by it"
                if joins
                else "Agrees to be bound by this agreement"
            ),
        ),
        name=person.full_name,
        title=person.title,
        organization=entity.legal_name,
        email=person.email,
        order=number,
        by_telephone=by_telephone,
    )


def _pso_place(office: Office, slug: str, order: int) -> _Place:
    pso = office.pso_settings
    return _Place(
        slug=slug,
        panel=SignaturePanel(
            slot=PSO_KEY,
            party=pso.legal_name,
            capacity=AUTHORIZED,
            meaning="Countersigns and agrees to be bound by this agreement",
        ),
        name=pso.signatory.name or pso.signatory.title,
        title=pso.signatory.title,
        organization=pso.legal_name,
        email=pso.signatory.email,
        order=order,
    )


def _onboarding(record: Enrollment, party: LegalEntity) -> list[_Place]:
    """The PSES administrator may prepare; the approver approves and adopts; nobody countersigns."""
    if record.pses.kind is PsesKind.EXISTING:
        return []
    administrator = holder_of(record, ContactRole.PSES_ADMINISTRATOR)
    approver = policy_approver(record)
    if approver is None:
        raise Refused(
            "Nobody is named to approve and adopt the policy. Give one contact the role "
            "policy_approver (or medical_director)."
        )
    steps = [(approver, "approver", "Approves and adopts this policy")]
    if administrator is not None and administrator.email != approver.email:
        steps.insert(0, (administrator, "administrator", "Prepared this policy"))
    return [
        _Place(
            slug="pses",
            panel=SignaturePanel(
                slot=slot, party=party.legal_name, capacity=_CAPACITIES[slot], meaning=meaning
            ),
            name=person.full_name,
            title=person.title,
            organization=party.legal_name,
            email=person.email,
            order=order,
            by_telephone=_by_telephone(record, person),
        )
        for order, (person, slot, meaning) in enumerate(steps, start=1)
    ]


_CAPACITIES = {"administrator": "PSES Administrator", "approver": "Policy approver"}
