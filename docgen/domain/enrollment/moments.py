"""Dates and moments as they are written in a record."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from docgen.domain.enrollment.findings import Rule
from docgen.domain.enrollment.text import wrong

_EARLIEST, _LATEST = 1850, 2200
_DAY = "write the date as year-month-day, such as 2026-11-23"
_INSTANT = "write the date and time with its offset, such as 2026-11-23T15:04:05Z"


def parse_day(raw: object) -> date:
    """Return a calendar date from YYYY-MM-DD or from a date value."""
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return _plausible(raw)
    if not isinstance(raw, str):
        raise wrong(Rule.TYPE, _DAY)
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", raw.strip()):
        raise wrong(Rule.DATES, _DAY)
    try:
        return _plausible(date.fromisoformat(raw.strip()))
    except ValueError:
        raise wrong(Rule.DATES, "give a date that exists; " + _DAY) from None


def parse_instant(raw: object) -> datetime:
    """Return a moment in UTC, to the second, from text or from a value that knows its offset."""
    moment = raw if isinstance(raw, datetime) else _instant_from(raw)
    if moment.tzinfo is None:
        raise wrong(Rule.DATES, _INSTANT)
    _plausible(moment.date())
    return moment.astimezone(UTC).replace(microsecond=0)


def write_instant(moment: datetime) -> str:
    """Return YYYY-MM-DDThh:mm:ssZ."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _instant_from(raw: object) -> datetime:
    if not isinstance(raw, str):
        raise wrong(Rule.TYPE, _INSTANT)
    shape = (
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}"
        r"(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
    )
    if not re.fullmatch(shape, raw.strip()):
        raise wrong(Rule.DATES, _INSTANT)
    text = re.sub(r"\.[0-9]+", "", raw.strip()).replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise wrong(Rule.DATES, "give a date and time that exist") from None


def _plausible(day: date) -> date:
    if not _EARLIEST <= day.year <= _LATEST:
        raise wrong(Rule.DATES, f"give a year from {_EARLIEST} to {_LATEST}")
    return day
