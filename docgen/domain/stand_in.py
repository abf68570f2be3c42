"""A stand-in: who signs for the PSO while its named countersigner is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """One appointment, from its first to its last day; people are named by their keys.

    `title` is the stand-in's own, as it stands under their signature.
    """

    id: str
    principal: str
    person: str
    title: str
    first: date
    last: date
    reason: str
    appointed_by: str
    appointed_at: datetime
    ended_by: str = ""
    ended_at: datetime | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether the appointment holds on this day."""
        return self.ended_at is None and self.first <= day <= self.last
