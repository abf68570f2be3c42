"""Freshness: whether a packet still says what the enrollment, the PSO and the templates say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.canonical import digest_of
from docgen.domain.enrollment import Stage, changed_document_fields
from docgen.errors import PacketStale
from docgen.render.manifest import load_template
from docgen.services.enroll import read_version

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office


def reasons_stale(office: Office, packet: Packet) -> tuple[str, ...]:
    """Name everything that moved on since the packet was generated; empty when it is fresh."""
    plan = packet.plan
    reasons = []
    latest = office.ledger.enrollments.latest(plan.enrollment_id)
    if latest.version != plan.enrollment_version:
        before = office.ledger.enrollments.get(plan.enrollment_id, plan.enrollment_version)
        changed = changed_document_fields(
            read_version(before, Stage.DRAFT), read_version(latest, Stage.DRAFT)
        )
        reasons += [f"the enrollment's {path} changed" for path in changed]
    if digest_of(office.pso_settings.to_json()) != plan.pso_sha256:
        reasons.append("the PSO's settings changed")
    for document in plan.generated:
        template = load_template(office.templates, document.slug, document.template_version)
        if template.digest != document.template_digest:
            reasons.append(f"the template {document.slug} changed")
    return tuple(reasons)


def refuse_stale(office: Office, packet: Packet) -> None:
    """Check that the packet is fresh.

    Raises:
        PacketStale: the message says what moved on.
    """
    reasons = reasons_stale(office, packet)
    if reasons:
        raise PacketStale(
            f"The packet no longer matches: {'; '.join(reasons)}. Generate it again, look at what "
            "changed, and approve the new plan."
        )
