"""Above the form's overview: packets that ended unsigned, and generating what takes their place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from docgen.domain.enrollment.differences import Difference
from docgen.domain.packet import PacketKind
from docgen.services.replaced import ended_unreplaced
from docgen.services.versions import what_changed
from docgen.web.desk.parts import Badge
from docgen.web.desk.wording import kind_words

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One packet that ended unsigned, and what the form says differently since it was made."""

    words: str
    kind: str
    url: str
    badge: Badge
    changes: tuple[Difference, ...]


def endings(office: Office, enrollment_id: str) -> list[Ending]:
    """List the packets of an enrollment that nothing has taken the place of yet."""
    newest = office.ledger.enrollments.latest(enrollment_id).version
    return [_ending(office, packet, newest) for packet in ended_unreplaced(office, enrollment_id)]


def _ending(office: Office, packet: Packet, newest: int) -> Ending:
    plan = packet.plan
    return Ending(
        words=kind_words(PacketKind(plan.kind)),
        kind=plan.kind,
        url=reverse("desk:packet", args=[packet.id]),
        badge=Badge.of(packet.state),
        changes=what_changed(office, plan.enrollment_id, plan.enrollment_version, newest),
    )
