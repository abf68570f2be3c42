"""Counts of what clients try, wherever a site keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often something was tried in the period that began then."""

    tries: int
    began_at: datetime


class FloodCounts(Protocol):
    """Remembers how often something was tried since when; a count ends with its period."""

    def tries(self, client: str, what: str, *, now: datetime, period: timedelta) -> int:
        """Give how often the client tried this in the period that is running, or 0."""
        ...

    def add(self, client: str, what: str, *, now: datetime, period: timedelta) -> Count:
        """Count one more, and give the count with it; the first one begins a new period."""
        ...

    def forget(self, before: datetime) -> None:
        """Forget the counts that began before this."""
        ...
