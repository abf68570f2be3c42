"""Counts of what clients try, wherever a site keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime, timedelta


class FloodCounts(Protocol):
    """Remembers how often something was tried since when; a count ends with its period."""

    def tries(self, client: str, what: str, *, now: datetime, period: timedelta) -> int:
        """Give how often the client tried this in the period that is running, or 0."""
        ...

    def add(self, client: str, what: str, *, now: datetime, period: timedelta) -> None:
        """Count one more; the first one begins a new period."""
        ...

    def forget(self, before: datetime) -> None:
        """Forget the counts that began before this."""
        ...
