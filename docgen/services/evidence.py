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
from docgen.errors import EvidenceError
from docgen.render.completion import completion_page
from docgen.render.manifest import template_files
from docgen.services.bundle import (
    BundleParts,
    DocumentFiles,
    TemplateSource,
    build_bundle,
    collected_details,
    prove,
)
from docgen.services.ceremony.disclosure import VERSION, disclosure_text
from docgen.services.checkpoint import sign_checkpoint
from docgen.services.paper_evidence import paper_parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.domain.history import Activity
    from docgen.domain.packet import ExecutedDocument, Packet, RenderedDocument
    from docgen.domain.plan import PlannedDocument
    from docgen.services.office import Office


def gather(office: Office, packet: Packet, effective_date: str) -> bytes:
    """Build the evidence bundle of a packet whose executed documents are archived.

    The history first records what the bundle holds, then a checkpoint is signed over that history,
    so that the log vouches for the bundle and not only for what happened before it.
    """
    history = office.ledger.history.of(packet.id)
    make = _parts if packet.paper is None else paper_parts
    parts = make(office, packet, effective_date, history)
    with office.ledger.transaction():
        office.note(packet.id, COLLECTED, "system", **collected_details(parts))
    checkpoint = sign_checkpoint(office)
    proof = prove(
        office.ledger.history.of(packet.id),
        office.ledger.history.leaf_hashes(),
        checkpoint,
        str(office.checkpoint_signer.vkey),
    )
    return build_bundle(parts, proof)


def _parts(
    office: Office, packet: Packet, effective_date: str, history: Sequence[Activity]
) -> BundleParts:
    plan = packet.plan
    statement = Statement(
        packet_id=packet.id,
        kind=plan.kind,
        service=packet.service,
        envelope_id=packet.envelope_id,
        effective_date=effective_date,
        engine=plan.engine,
        product=office.rules.product,
        log_time_stamp=True,
        documents=tuple(
            _evidenced(planned, rendered, executed, packet, history)
            for planned, rendered, executed in zip(
                plan.generated, packet.rendered, packet.executed, strict=True
            )
        ),
    )
    page = completion_page(statement, plan, history, development=office.signer.development)
    enrollment = office.ledger.enrollments.get(plan.enrollment_id, plan.enrollment_version)
    return BundleParts(
        statement=statement,
        plan=plan,
        approvals=tuple(office.ledger.packets.approvals(packet.id)),
        enrollment=enrollment.record,
        documents=tuple(
            _files(office, rendered, executed)
            for rendered, executed in zip(packet.rendered, packet.executed, strict=True)
        ),
        templates=tuple(
            TemplateSource(
                slug=item.slug,
                version=item.template_version,
                files=template_files(office.templates, item.slug, item.template_version),
            )
            for item in plan.generated
        ),
        callbacks=tuple(office.ledger.deliveries.of(packet.id)),
        consents={VERSION: disclosure_text().encode()},
        trust=office.signer.trust(),
        completion_pdf=office.printer.print_page(page, title="Certificate of completion"),
        completion_html=page,
        verifier=office.verifier.read_bytes(),
    )


def _evidenced(
    planned: PlannedDocument,
    rendered: RenderedDocument,
    executed: ExecutedDocument,
    packet: Packet,
    history: Sequence[Activity],
) -> EvidencedDocument:
    acts = {item.actor: item for item in history if item.kind == "signer.signed"}
    return EvidencedDocument(
        slug=planned.slug,
        title=planned.title,
        execution=Execution.ELECTRONIC,
        template_version=planned.template_version,
        template_digest=planned.template_digest,
        rendered_sha256=rendered.pdf_sha256,
        sent_sha256=executed.sent_sha256,
        signed_sha256=executed.signed_sha256,
        docx_sha256=rendered.docx_sha256,
        html_sha256=rendered.html_sha256,
        signatures=tuple(
            _signature(
                field=item.panel.slot,
                signer=item.recipient,
                organization=packet.plan.recipient(item.recipient).organization,
                meaning=item.panel.meaning,
                act=_act(acts, item.recipient),
            )
            for item in planned.panels
        ),
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


def _files(office: Office, rendered: RenderedDocument, executed: ExecutedDocument) -> DocumentFiles:
    return DocumentFiles(
        slug=rendered.slug,
        rendered=office.archive.open(rendered.pdf_sha256),
        sent=office.archive.open(executed.sent_sha256),
        signed=office.archive.open(executed.signed_sha256),
        docx=office.archive.open(rendered.docx_sha256),
        html=office.archive.open(rendered.html_sha256),
    )
