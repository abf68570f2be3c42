"""Freshness: whether a packet still says what the enrollment, the PSO and the templates say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.canonical import digest_of
from docgen.domain.enrollment import Stage, changed_document_fields
from docgen.domain.packet import PacketKind
from docgen.domain.plan import Source
from docgen.errors import PacketStale
from docgen.render.manifest import load_template
from docgen.services.enroll import read_version
from docgen.services.sources import choices_for

if TYPE_CHECKING:
    from docgen.domain.enrollment import Enrollment
    from docgen.domain.packet import Packet
    from docgen.domain.plan import Plan
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
    now = read_version(latest, Stage.DRAFT)
    reasons += [f"the source of the {slug} changed" for slug in _other_sources(office, plan, now)]
    for document in plan.generated:
        template = load_template(office.templates, document.slug, document.template_version)
        if template.digest != document.template_digest:
            reasons.append(f"the template {document.slug} changed")
    return tuple(reasons)


def _other_sources(office: Office, plan: Plan, record: Enrollment) -> list[str]:
    """List the agreements whose source is not the one planned; a policy's is in the enrollment."""
    if plan.kind != PacketKind.CONTRACTING:
        return []
    now = choices_for(office, plan.enrollment_id, record, plan.party_id)
    planned = {
        item.slug: (item.source, item.paper, item.on_file)
        for item in plan.documents
        if item.source is not Source.GENERATED
    }
    chosen = {slug: (item.source, item.paper, item.on_file) for slug, item in now.items()}
    return sorted(slug for slug in now | planned if chosen.get(slug) != planned.get(slug))


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
