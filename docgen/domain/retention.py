"""How long a packet must be kept: six years from its creation or its end, whichever is later.

45 CFR 164.316(b)(2)(i) and 164.530(j)(2). While it is in effect there is no date at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from docgen.domain.packet import IN_EFFECT, PacketState

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from docgen.domain.packet import Packet

YEARS = 6
HELD, RELEASED = "hold.placed", "hold.lifted"  # a legal hold, by a person
# A lock that rolls is set for so much longer than it must reach, and renewed after half of it.
LOCK_SLACK = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Whether a packet is in effect, and until when it must be kept; None while it may not end."""

    in_effect: bool
    retain_until: date | None


def retention_of(packet: Packet, zone: ZoneInfo) -> Retention:
    """Say whether a packet is in effect, and until when it must be kept.

    What is still on its way has no date either: it may yet take effect.
    """
    ended = packet.ended_unsigned or packet.state is PacketState.TERMINATED
    created = packet.created_at.astimezone(zone).date()
    until = retain_until(created, in_effect=not ended, last_in_effect=packet.terminated_on)
    return Retention(in_effect=packet.state in IN_EFFECT, retain_until=until)


def retain_until(created: date, *, in_effect: bool, last_in_effect: date | None) -> date | None:
    """Give the first day on which the packet may go, or None while it is in effect.

    `last_in_effect` is None for what never took effect.
    """
    if in_effect:
        return None
    return years_later(max(created, last_in_effect or created), YEARS)


def years_later(day: date, years: int) -> date:
    """Give the same day so many years later; after 29 February, 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
