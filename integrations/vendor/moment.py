"""Moments as services write them."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(text: object) -> datetime | None:
    """Read date and time in ISO 8601, in UTC where no zone is said; None for anything else."""
    if not isinstance(text, str) or "T" not in text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
