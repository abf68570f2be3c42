"""Gather the evidence of an executed packet and close the log over it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from docgen.domain.evidence import (
    COLLECTED,
    EvidencedDocument,
    Execution,
    ExpectedSignature,
    Statement,
)
from docgen.domain.plan import Source
from docgen.errors import EvidenceError, NotFound
from docgen.render.completion import completion_page
from docgen.render.manifest import template_files
from docgen.render.start_here import start_here
from docgen.services.bundle import (
    BundleParts,
    DocumentFiles,
    TemplateSource,
    build_bundle,
    collected_details,
    prove,
)
from docgen.services.ceremony.disclosure import disclosure_sha256, disclosure_text
from docgen.services.checkpoint import sign_checkpoint
from docgen.services.log_tree import log_tree
from docgen.services.outside import REPORTED, service_records
from docgen.services.paper_evidence import paper_execution, pinned_digests, pinned_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.domain.plan import Plan, PlannedDocument
    from docgen.services.office import Office


def gather(office: Office, packet: Packet, effective_date: str) -> bytes:
    """Build the evidence bundle of a packet whose executed documents are archived.

    The history first records what the bundle holds, then a checkpoint is signed over that history,
    so that the log vouches for the bundle and not only for what happened before it.
    """
    history = office.ledger.history.of(packet.id)
    parts = _parts(office, packet, effective_date, history)
    with office.ledger.transaction():
        office.note(packet.id, COLLECTED, "system", **collected_details(parts))
    checkpoint = sign_checkpoint(office)
    proof = prove(
        office.ledger.history.of(packet.id),
        log_tree(office, checkpoint.size),
        checkpoint,
        str(office.checkpoint_signer.vkey),
    )
    return build_bundle(parts, proof)


def _parts(
    office: Office, packet: Packet, effective_date: str, history: Sequence[Activity]
) -> BundleParts:
    plan = packet.plan
    statement = statement_of(office, packet, effective_date, history)
    paper = paper_execution(office, packet)
    page = completion_page(
        statement,
        plan,
        history,
        attestation=paper.attestation if paper else None,
        development=office.signer.development,
    )
    enrollment = office.ledger.enrollments.get(plan.enrollment_id, plan.enrollment_version)
    return BundleParts(
        statement=statement,
        plan=plan,
        approvals=tuple(office.ledger.packets.approvals(packet.id)),
        enrollment=enrollment.record,
        documents=tuple(_files(office, packet, item) for item in plan.documents),
        templates=tuple(
            TemplateSource(
                slug=item.slug,
                version=item.template_version,
                files=template_files(office.templates, item.slug, item.template_version),
            )
            for item in plan.generated
        ),
        callbacks=tuple(office.ledger.deliveries.of(packet.id)),
        records=service_records(office, history),
        consents=_consents(office, history),
        trust=office.signer.trust(),
        completion_pdf=office.printer.print_page(page, title="Certificate of completion"),
        completion_html=page,
        verifier=office.verifier.read_bytes(),
        start_here=start_here(
            statement,
            plan,
            issuer=office.pso_settings.legal_name,
            development=office.signer.development,
        ),
        issuer=_issuer(office, plan),
        paper=paper,
    )


def _issuer(office: Office, plan: Plan) -> bytes | None:
    """Give what the documents print of the PSO; older packets were generated before it was kept."""
    try:
        return office.archive.open(plan.pso_sha256)
    except NotFound:
        return None


def statement_of(
    office: Office, packet: Packet, effective_date: str, history: Sequence[Activity]
) -> Statement:
    """Write the statement; a signing service that executed nothing is not named."""
    plan = packet.plan
    return Statement(
        packet_id=packet.id,
        kind=plan.kind,
        service=packet.service if packet.electronic else "",
        envelope_id=packet.envelope_id if packet.electronic else "",
        effective_date=effective_date,
        time_zone=office.pso_settings.time_zone,
        engine=plan.engine,
        product=office.rules.product,
        log_time_stamp=True,
        documents=tuple(_evidenced(packet, item, history) for item in plan.documents),
    )


def _consents(office: Office, history: Sequence[Activity]) -> dict[str, bytes]:
    """Give every version of the disclosure that somebody accepted, by version.

    Raises:
        EvidenceError: a text that was accepted cannot be found any more, or shares its version.
    """
    found: dict[str, bytes] = {}
    for activity in history:
        if activity.kind != "signer.consented":
            continue
        version = str(activity.details["disclosure_version"])
        text = _disclosure(office, str(activity.details["disclosure_sha256"]))
        if found.setdefault(version, text) != text:
            raise EvidenceError(
                "Two texts of the electronic records disclosure were accepted under one version, "
                "so no evidence can be built; give each text a version of its own."
            )
    return found


def _disclosure(office: Office, digest: str) -> bytes:
    """Find the text that was accepted: as it was kept then, or today's if it is the same."""
    if digest == disclosure_sha256():
        return disclosure_text().encode()
    try:
        return office.work.open(digest)
    except NotFound as error:
        raise EvidenceError(
            "The electronic records disclosure that a signer accepted is no longer there. Restore "
            "the working files from their back-up, then file the packet again."
        ) from error


def _evidenced(
    packet: Packet, planned: PlannedDocument, history: Sequence[Activity]
) -> EvidencedDocument:
    pinned, checklist = pinned_digests(planned)
    rendered = next((item for item in packet.rendered if item.slug == planned.slug), None)
    executed = next((item for item in packet.executed if item.slug == planned.slug), None)
    return EvidencedDocument(
        slug=planned.slug,
        title=planned.title,
        source=planned.source.value,
        execution=packet.execution_of(planned.slug),
        template_version=planned.template_version,
        template_digest=planned.template_digest,
        rendered_sha256=rendered.pdf_sha256 if rendered else "",
        sent_sha256=executed.sent_sha256 if executed else "",
        signed_sha256=executed.signed_sha256 if executed else "",
        first_page=executed.first_page if executed else 1,
        docx_sha256=rendered.docx_sha256 if rendered else "",
        html_sha256=rendered.html_sha256 if rendered else "",
        pinned_sha256=pinned,
        checklist_sha256=checklist,
        signatures=_signatures(packet, planned, history),
    )


def _signatures(
    packet: Packet, planned: PlannedDocument, history: Sequence[Activity]
) -> tuple[ExpectedSignature, ...]:
    """List the signatures that the signed file must hold; none where it was signed on paper."""
    if packet.execution_of(planned.slug) is not Execution.ELECTRONIC:
        return ()
    acts = {item.actor: item for item in history if item.kind == "signer.signed"}
    acts |= {
        f"signer:{item.details['recipient']}": item for item in history if item.kind == REPORTED
    }
    return tuple(
        _signature(
            field=item.panel.slot,
            signer=item.recipient,
            organization=packet.plan.recipient(item.recipient).organization,
            meaning=item.panel.meaning,
            act=_act(acts, item.recipient),
        )
        for item in planned.panels
    )


def _act(acts: Mapping[str, Activity], recipient: str) -> Activity:
    """Find the act of signing.

    Raises:
        EvidenceError: the history holds none, so nothing may claim that this person signed.
    """
    act = acts.get(f"signer:{recipient}")
    if act is None:
        raise EvidenceError(
            "The history holds no act of signing for one of the signers, so no evidence can be "
            "built; look at the envelope at the signing service."
        )
    return act


def _signature(
    *, field: str, signer: str, organization: str, meaning: str, act: Activity
) -> ExpectedSignature:
    details = cast("Mapping[str, str]", act.details)
    return ExpectedSignature(
        field=field,
        signer=signer,
        act_id=details["act_id"],
        name=details["name"],
        title=details["title"],
        organization=organization,
        meaning=meaning,
        at=datetime.fromisoformat(details["signed_at"]),
    )


def _files(office: Office, packet: Packet, planned: PlannedDocument) -> DocumentFiles:
    if planned.source is not Source.GENERATED:
        return pinned_files(office, planned)
    rendered = next(item for item in packet.rendered if item.slug == planned.slug)
    executed = next((item for item in packet.executed if item.slug == planned.slug), None)
    return DocumentFiles(
        slug=planned.slug,
        rendered=office.archive.open(rendered.pdf_sha256),
        sent=office.archive.open(executed.sent_sha256) if executed else None,
        signed=office.archive.open(executed.signed_sha256) if executed else None,
        docx=office.archive.open(rendered.docx_sha256),
        html=office.archive.open(rendered.html_sha256),
    )
