"""The first page of a disclosure set: what it is, what it leaves out, what proves what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.render.completion import page_template

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docgen.domain.evidence import Statement
    from docgen.domain.plan import Plan


def disclosure_page(
    statement: Statement,
    plan: Plan,
    files: Sequence[dict[str, str]],
    *,
    issuer: str,
    bundle_sha256: str,
    made_at: datetime,
    development: bool,
) -> bytes:
    """Write the page; it refers to nothing but files of the same set."""
    page = page_template("disclosure.html").render(
        plan=plan,
        packet_id=statement.packet_id,
        effective_date=statement.effective_date,
        time_zone=statement.time_zone,
        files=files,
        issuer=issuer,
        bundle_sha256=bundle_sha256,
        made=made_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        development=development,
    )
    return page.encode()
