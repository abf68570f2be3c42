"""Generate a packet: plan it, render every document in every form, pass the gate, store it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.domain.canonical import canonical_json
from docgen.domain.document import Attachment
from docgen.domain.enrollment import Stage
from docgen.domain.enrollment.vocabulary import Execution
from docgen.domain.merge import ExecutedAgreement, contract_fields
from docgen.domain.packet import (
    Packet,
    PacketKind,
    PacketState,
    RenderedDocument,
    Step,
    allowed,
)
from docgen.domain.plan import Source
from docgen.domain.review import mark_of
from docgen.domain.standing import ASKED_FOR_PAPER
from docgen.errors import Refused
from docgen.ports.press import Order
from docgen.render.clauses import Dressing, evaluate
from docgen.render.manifest import load_template
from docgen.services.enroll import read_version
from docgen.services.plan import contracting_parties, make_plan

if TYPE_CHECKING:
    from docgen.domain.document import Document
    from docgen.domain.enrollment import Enrollment
    from docgen.domain.plan import Plan, PlannedDocument
    from docgen.ports.press import Forms
    from docgen.services.office import Office

SAMPLE_MARK = "Sample for review by counsel"
# What a record must hold before the documents of each kind can be made.
STAGES = {PacketKind.CONTRACTING: Stage.SIGN, PacketKind.ONBOARDING: Stage.PSES}


def generate(
    office: Office, enrollment_id: str, kind: PacketKind, actor: str
) -> tuple[Packet, ...]:
    """Generate the packet of this kind for each contracting party of the newest version.

    There is one party, except where separate agreements were asked for. Generating again from the
    same inputs gives the same packets, byte for byte; from others, new ones that take the place of
    those not sent yet, and of the one that ended unsigned before.

    Raises:
        EnrollmentInvalid: the record lacks something this packet needs; each by name.
        Refused: an onboarding packet is asked for before the agreements are fully executed.
        RenderRefused: the gate found the forms of a document to differ.
    """
    version = office.ledger.enrollments.latest(enrollment_id)
    record = read_version(version, STAGES[kind], office.pso_settings)
    packets = []
    for party in contracting_parties(record):
        onboarding = kind is PacketKind.ONBOARDING
        follows = executed_contract(office, enrollment_id, party.entity_id) if onboarding else None
        plan = make_plan(office, version, record, kind, party, follows)
        packet = _known(office, plan)
        packets.append(packet or _generate_one(office, plan, record, follows, actor))
    return tuple(packets)


def _known(office: Office, plan: Plan) -> Packet | None:
    """Find the packet that was made by this plan before."""
    made = office.ledger.packets.of_enrollment(plan.enrollment_id)
    return next((item for item in made if item.id == plan.packet_id), None)


def _generate_one(
    office: Office, plan: Plan, record: Enrollment, follows: Packet | None, actor: str
) -> Packet:
    """Render and store one packet; it takes the place of unsent ones for the same party."""
    forms = render_plan(office, plan, record, follows)
    office.work.put(canonical_json(office.pso_settings.to_json()))
    rendered = tuple(store_forms(office, item) for item in forms)
    packet = Packet(
        id=plan.packet_id,
        state=PacketState.DRAFT,
        plan=plan,
        rendered=rendered,
        created_at=office.clock.now(),
    )
    with office.ledger.transaction():
        office.ledger.enrollments.lock(plan.enrollment_id)
        made = _known(office, plan)
        if made is not None:  # by another process, while we rendered
            return made
        packet = replace(packet, supersedes=_supersede(office, packet, actor))
        office.ledger.packets.add(packet)
        office.note(
            packet.id,
            "packet.generated",
            actor,
            plan_checksum=plan.checksum,
            enrollment_id=plan.enrollment_id,
            enrollment_version=plan.enrollment_version,
            engine=plan.engine,
            files=[{"slug": item.slug, "pdf_sha256": item.pdf_sha256} for item in rendered],
            supersedes=packet.supersedes,
            **({ASKED_FOR_PAPER: True} if record.execution is Execution.WET_INK else {}),
        )
    return packet


def _supersede(office: Office, packet: Packet, actor: str) -> str:
    """Withdraw the unsent packets that this one replaces; give the newest one replaced, or "".

    A packet that ended unsigned before, as when it was voided to be corrected, is replaced too.
    """
    replaced = ""
    for other in office.ledger.packets.of_enrollment(packet.plan.enrollment_id):
        if (other.plan.kind, other.plan.party_id) != (packet.plan.kind, packet.plan.party_id):
            continue
        unsent = allowed(other.state, Step.WITHDRAW)
        replaced = other.id if unsent or other.ended_unsigned else ""
        if not unsent:
            continue
        office.ledger.packets.save(office.ledger.packets.locked(other.id).step(Step.WITHDRAW))
        office.note(other.id, "packet.superseded", actor, superseded_by=packet.id)
    return replaced


def executed_contract(office: Office, enrollment_id: str, party_id: str) -> Packet:
    """Find the fully executed contracting packet an onboarding packet must cite.

    Raises:
        Refused: there is none yet.
    """
    executed = {PacketState.FULLY_EXECUTED, PacketState.ARCHIVED}
    for packet in reversed(office.ledger.packets.of_enrollment(enrollment_id)):
        mine = packet.plan.kind == PacketKind.CONTRACTING and packet.plan.party_id == party_id
        if mine and packet.state in executed:
            return packet
    raise Refused(
        "The policy cites the executed agreements by date, so it is generated after them: "
        "the contracting packet of this enrollment is not fully executed yet."
    )


def render_plan(
    office: Office,
    plan: Plan,
    record: Enrollment,
    follows: Packet | None,
    *,
    review_round: int = 0,
) -> tuple[Forms, ...]:
    """Render every generated document of a plan and pass each through the gate.

    With a round of review, every page is marked as its draft; round 0 is what may be signed.

    Raises:
        RenderRefused: the forms differ; nothing of the packet is used.
    """
    if not plan.generated:
        return ()
    return office.press.press(
        _order(office, plan, item, record, follows, review_round) for item in plan.generated
    )


def _order(
    office: Office,
    plan: Plan,
    planned: PlannedDocument,
    record: Enrollment,
    follows: Packet | None,
    review_round: int,
) -> Order:
    """Put one document of a plan into words, for the press to make its forms."""
    document = _marked(evaluate_planned(office, plan, planned, record, follows), review_round)
    template = load_template(office.templates, planned.slug, planned.template_version)
    properties = {
        "packet": plan.packet_id,
        "document": document.slug,
        "version": document.version,
        "round": str(review_round),
    }
    return Order(document=document, shell=template.shell, properties=properties)


def render_again(office: Office, packet: Packet, *, review_round: int) -> tuple[Forms, ...]:
    """Render a packet's documents once more, as the drafts of a round of review."""
    plan = packet.plan
    version = office.ledger.enrollments.get(plan.enrollment_id, plan.enrollment_version)
    record = read_version(version, STAGES[PacketKind(plan.kind)], office.pso_settings)
    cited = plan.follows_packet_id
    follows = office.ledger.packets.get(cited) if cited else None
    return render_plan(office, plan, record, follows, review_round=review_round)


def _marked(document: Document, review_round: int) -> Document:
    """Mark a draft; a template nobody adopted keeps its own mark beside it."""
    if not review_round:
        return document
    marks = [mark_of(review_round), *([document.mark] if document.mark else [])]
    return replace(document, mark=" · ".join(marks))


def evaluate_planned(
    office: Office,
    plan: Plan,
    planned: PlannedDocument,
    record: Enrollment,
    follows: Packet | None,
) -> Document:
    """Evaluate one document of a plan: its words in order, not yet in any form."""
    template = load_template(office.templates, planned.slug, planned.template_version)
    fields = contract_fields(
        record,
        office.pso_settings,
        packet_id=plan.packet_id,
        title=planned.title,
        version=planned.template_version,
        executed=_executed(office, follows),
        party_id=plan.party_id,
        baa_applies=not any(
            item.slug == "baa" and item.source is Source.NOT_APPLICABLE
            for one in (plan, *([follows.plan] if follows else []))
            for item in one.documents
        ),
    )
    used = {name: fields[name] for name in template.fields}
    return evaluate(
        template,
        used,
        panels=[item.panel for item in planned.panels],
        dressing=Dressing(
            control_line=f"{plan.packet_id} · plan {plan.short_checksum}",
            mark="" if planned.adopted else SAMPLE_MARK,
            author=office.pso_settings.legal_name,
            dated=plan.dated,
            attachment=Attachment(
                name="printed-fields.json",
                description="The fields printed in this document. Not part of the agreement.",
                media_type="application/json",
                data=canonical_json(used),
            ),
        ),
    )


def _executed(office: Office, follows: Packet | None) -> ExecutedAgreement | None:
    """Say which agreement a policy cites; its date is in the PSO's time zone."""
    if follows is None or follows.executed_at is None:
        return None
    psa = next(item for item in follows.plan.documents if item.slug == "psa")
    return ExecutedAgreement(
        agreement_date=office.pso_settings.day_of(follows.executed_at),
        agreement_title=psa.title,
        packet_id=follows.id,
    )


def store_forms(office: Office, forms: Forms) -> RenderedDocument:
    """Store one document's forms among the working files."""
    return RenderedDocument(
        slug=forms.document.slug,
        pdf_sha256=office.work.put(forms.typeset.pdf).sha256,
        docx_sha256=office.work.put(forms.docx).sha256,
        html_sha256=office.work.put(forms.html).sha256,
        pages=forms.typeset.pages,
        places=forms.typeset.panels,
    )
