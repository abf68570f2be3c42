"""The first page of an evidence bundle: what it is, what it proves, how to check it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.evidence import Execution
from docgen.render.completion import how_executed, page_template

if TYPE_CHECKING:
    from docgen.domain.evidence import EvidencedDocument, Statement
    from docgen.domain.plan import Plan


def start_here(statement: Statement, plan: Plan, *, issuer: str, development: bool) -> bytes:
    """Write the page; it refers to nothing but files of the same bundle."""
    page = page_template("start_here.html").render(
        statement=statement,
        plan=plan,
        issuer=issuer,
        development=development,
        documents=[(item, how_executed(item), _file(item)) for item in statement.documents],
    )
    return page.encode()


def _file(document: EvidencedDocument) -> str:
    """Name the file a reader wants to see, or ""."""
    if document.execution is Execution.ELECTRONIC:
        return f"documents/{document.slug}/signed.pdf"
    if document.pinned_sha256:
        return f"documents/{document.slug}/pinned.pdf"
    return f"documents/{document.slug}/rendered.pdf" if document.rendered_sha256 else ""
