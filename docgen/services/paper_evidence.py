"""What is in the evidence bundle of a packet that was signed on paper."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docgen.domain.evidence import Attestation, EvidencedDocument, Execution, Statement
from docgen.errors import EvidenceError
from docgen.render.manifest import template_files
from docgen.services.bundle import BundleParts, DocumentFiles, PaperExecution, TemplateSource
from docgen.services.ceremony.disclosure import VERSION, disclosure_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet, RenderedDocument
    from docgen.domain.paper import PaperOriginal
    from docgen.domain.plan import PlannedDocument
    from docgen.services.office import Office

TITLE = "Record of signing on paper"
_STYLE = (
    "@page{size:letter;margin:22mm 20mm}"
    'html{font-family:"Docgen Serif",serif;font-size:10pt;line-height:1.4;color:#1b1f24}'
    "h1{font-size:18pt;margin:0 0 4mm}h2{font-size:12pt;margin:7mm 0 2mm}"
    "dt{font-weight:bold}dd{margin:0 0 1.5mm;overflow-wrap:anywhere}"
)


def paper_parts(
    office: Office, packet: Packet, effective_date: str, history: Sequence[Activity]
) -> BundleParts:
    """Gather everything there is; nothing in it claims an electronic signature.

    Raises:
        EvidenceError: the packet was not signed on paper.
    """
    paper = packet.paper
    if paper is None:
        raise EvidenceError("This packet was not signed on paper; its evidence is electronic.")
    plan = packet.plan
    statement = _statement(office, packet, effective_date)
    attestation = _attestation(office, packet, paper)
    page = _page(packet, attestation, development=office.signer.development)
    consented = any(item.kind == "signer.consented" for item in history)
    enrollment = office.ledger.enrollments.get(plan.enrollment_id, plan.enrollment_version)
    return BundleParts(
        statement=statement,
        plan=plan,
        approvals=tuple(office.ledger.packets.approvals(packet.id)),
        enrollment=enrollment.record,
        documents=tuple(_files(office, item) for item in packet.rendered),
        templates=tuple(
            TemplateSource(
                slug=item.slug,
                version=item.template_version,
                files=template_files(office.templates, item.slug, item.template_version),
            )
            for item in plan.generated
        ),
        callbacks=tuple(office.ledger.deliveries.of(packet.id)),
        consents={VERSION: disclosure_text().encode()} if consented else {},
        trust=office.signer.trust(),
        completion_pdf=office.printer.print_page(page, title=TITLE),
        completion_html=page,
        verifier=office.verifier.read_bytes(),
        paper=PaperExecution(scan=office.archive.open(paper.scan_sha256), attestation=attestation),
    )


def _statement(office: Office, packet: Packet, effective_date: str) -> Statement:
    """Write the statement; no signing service executed anything, so none is named."""
    return Statement(
        packet_id=packet.id,
        kind=packet.plan.kind,
        service="",
        envelope_id="",
        effective_date=effective_date,
        engine=packet.plan.engine,
        product=office.rules.product,
        log_time_stamp=True,
        documents=tuple(
            _evidenced(planned, rendered)
            for planned, rendered in zip(packet.plan.generated, packet.rendered, strict=True)
        ),
    )


def _evidenced(planned: PlannedDocument, rendered: RenderedDocument) -> EvidencedDocument:
    return EvidencedDocument(
        slug=planned.slug,
        title=planned.title,
        execution=Execution.WET_INK,
        template_version=planned.template_version,
        template_digest=planned.template_digest,
        rendered_sha256=rendered.pdf_sha256,
        sent_sha256="",
        signed_sha256="",
        docx_sha256=rendered.docx_sha256,
        html_sha256=rendered.html_sha256,
        signatures=(),
    )


def _attestation(office: Office, packet: Packet, paper: PaperOriginal) -> Attestation:
    person = office.ledger.people.get(paper.attested_by)
    return Attestation(
        packet_id=packet.id,
        documents=tuple(item.slug for item in packet.plan.generated),
        scan_sha256=paper.scan_sha256,
        attested_by=f"{person.name} ({paper.attested_by})",
        statement=paper.statement,
        at=paper.at,
        pages=paper.pages,
        signed_on=paper.signed_on.isoformat(),
        received_on=paper.received_on.isoformat(),
        original_at=paper.original_at,
    )


def _files(office: Office, rendered: RenderedDocument) -> DocumentFiles:
    return DocumentFiles(
        slug=rendered.slug,
        rendered=office.archive.open(rendered.pdf_sha256),
        sent=None,
        signed=None,
        docx=office.archive.open(rendered.docx_sha256),
        html=office.archive.open(rendered.html_sha256),
    )


def _page(packet: Packet, attestation: Attestation, *, development: bool) -> bytes:
    """Write the record for people: one page, which refers to nothing outside itself."""
    titles = "; ".join(item.title for item in packet.plan.to_sign)
    rows = [
        ("Practice", packet.plan.practice),
        ("Packet", f"{packet.id}, plan {packet.plan.short_checksum}"),
        ("Documents", titles),
        ("Effective date", f"{attestation.signed_on} (the last handwritten date)"),
        ("Received", attestation.received_on),
        ("Scan", f"{attestation.pages} pages, SHA-256 {attestation.scan_sha256}"),
        ("The original is kept at", attestation.original_at),
        ("Attested by", f"{attestation.attested_by}, {attestation.at:%Y-%m-%d %H:%M} UTC"),
        ("Attested in these words", attestation.statement),
    ]
    listed = "\n".join(f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>" for name, words in rows)
    warning = "Made with development keys: it shows how a record looks and binds nobody."
    head = f"<p>{warning}</p>\n" if development else ""
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{TITLE}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n<main>\n<h1>{TITLE}</h1>\n{head}"
        f"<p>These documents were signed by hand. A person attests to the paper; no electronic "
        f"signature proves it.</p>\n<dl>\n{listed}\n</dl>\n</main>\n</body>\n</html>\n"
    ).encode()
