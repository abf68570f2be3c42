"""What is in the evidence bundle of what was signed on paper, and of paper that is not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.evidence import Attestation
from docgen.services.bundle import DocumentFiles, PaperExecution

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.domain.plan import PlannedDocument
    from docgen.services.office import Office


def paper_execution(office: Office, packet: Packet) -> PaperExecution | None:
    """Give the scan and the attestation; None where nothing was signed on paper."""
    paper = packet.paper
    if paper is None:
        return None
    return PaperExecution(
        scan=office.archive.open(paper.scan_sha256),
        attestation=Attestation(
            packet_id=packet.id,
            documents=tuple(
                item.slug for item in packet.plan.to_sign if item.slug in packet.on_paper
            ),
            scan_sha256=paper.scan_sha256,
            pages=paper.pages,
            signed_on=paper.signed_on.isoformat(),
            received_on=paper.received_on.isoformat(),
            original_at=paper.original_at,
            attested_by=f"user:{paper.attested_by}",
            name=office.ledger.people.get(paper.attested_by).name,
            statement=paper.statement,
            at=paper.at,
        ),
    )


def pinned_digests(planned: PlannedDocument) -> tuple[str, str]:
    """Give the digests of the pinned file and of its checklist; "" for what there is not."""
    if planned.paper is not None:
        return planned.paper.file_sha256, planned.paper.checklist_sha256
    return (planned.on_file.file_sha256 if planned.on_file else ""), ""


def pinned_files(office: Office, planned: PlannedDocument) -> DocumentFiles:
    """Give the files of a document that is not ours."""
    pinned, checklist = pinned_digests(planned)
    return DocumentFiles(
        slug=planned.slug,
        pinned=office.archive.open(pinned) if pinned else None,
        checklist=office.archive.open(checklist) if checklist else None,
    )
