"""Clocks: the system's, and one that stands where a test puts it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock, never going back within one process."""

    def __init__(self) -> None:
        self._last = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """Give the present moment in UTC."""
        self._last = max(self._last, datetime.now(UTC))
        return self._last


class StandingClock:
    """A clock for tests: it moves only when told."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Give the moment it was set to."""
        return self._at

    def advance(self, by: timedelta) -> None:
        """Move on."""
        self._at += by
