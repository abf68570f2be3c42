"""Documents that do not come from the issuer's template: their plan, and their files."""

from __future__ import annotations

import io

from pypdf import PdfWriter

from docgen.domain.canonical import sha256_hex
from docgen.domain.paper import ForeignPaper, Met, OnFile
from docgen.domain.plan import PlannedDocument, Source
from docgen.services.bundle import DocumentFiles

CHECKLIST = (
    'checked_by = "legal_approver"\n'
    '[[requirement]]\nid = "hipaa.uses"\npage = 1\nsection = "2.1"\n'
    '[[requirement]]\nid = "hipaa.breach"\npage = 2\nsection = "3"\n'
)
MET = (
    Met(requirement="hipaa.breach", page=2, section="3"),
    Met(requirement="hipaa.uses", page=1, section="2.1"),
)


def blank_pdf(pages: int) -> bytes:
    """Make a PDF of so many blank pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(612, 792)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _planned(
    source: Source, paper: ForeignPaper | None = None, on_file: OnFile | None = None
) -> PlannedDocument:
    return PlannedDocument(
        slug="baa",
        title="Business Associate Agreement",
        source=source,
        template_version="",
        template_digest="",
        adopted=False,
        reason="It is not ours.",
        panels=(),
        paper=paper,
        on_file=on_file,
    )


def their_paper() -> PlannedDocument:
    """Plan the other side's own BAA, with its checklist."""
    paper = ForeignPaper(
        file_sha256=sha256_hex(blank_pdf(2)),
        pages=2,
        checklist_sha256=sha256_hex(CHECKLIST.encode()),
        checked_by="legal_approver",
        met=MET,
    )
    return _planned(Source.COUNTERPARTY_PAPER, paper=paper)


def kept_on_file(*, copy: bool) -> PlannedDocument:
    """Plan a BAA that is on file, with a copy of it or without."""
    on_file = OnFile(
        title="BAA of 2024",
        dated="2024-05-02",
        kept_at="contracts cabinet",
        attested_by="coordinator",
        attested_at="2026-11-20T09:00:00+00:00",
        file_sha256=sha256_hex(blank_pdf(4)) if copy else "",
        pages=4 if copy else 0,
    )
    return _planned(Source.ALREADY_ON_FILE, on_file=on_file)


def left_out() -> PlannedDocument:
    """Plan a BAA that is not applicable."""
    return _planned(Source.NOT_APPLICABLE)


def files_of(planned: PlannedDocument) -> DocumentFiles:
    """Give the files that the bundle holds of such a document."""
    if planned.paper is not None:
        pinned, checklist = blank_pdf(2), CHECKLIST.encode()
        return DocumentFiles(slug=planned.slug, pinned=pinned, checklist=checklist)
    copied = planned.on_file is not None and planned.on_file.file_sha256
    return DocumentFiles(slug=planned.slug, pinned=blank_pdf(4) if copied else None)
