"""Paper: what was signed by hand, the other side's own documents, and what is on file already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from docgen.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOriginal:
    """What was signed on paper: the scan by digest, and what a named person attests.

    `signed_on` is the last handwritten date. `documents` are the slugs it covers; empty means all
    that are signed in the packet.
    """

    scan_sha256: str
    pages: int
    signed_on: date
    received_on: date
    original_at: str
    attested_by: str
    statement: str
    at: datetime
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """Where in the other side's document one requirement of law is met."""

    requirement: str
    page: int
    section: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignPaper:
    """The other side's own document, pinned by digest, and the checklist that a person filled."""

    file_sha256: str
    pages: int
    checklist_sha256: str
    checked_by: str
    met: tuple[Met, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnFile:
    """A document executed before and elsewhere, referred to; dates and times are ISO 8601.

    `file_sha256` pins a copy of it where one was taken in; "" where there is none.
    """

    title: str
    dated: str
    kept_at: str
    attested_by: str
    attested_at: str
    file_sha256: str = ""
    pages: int = 0


def noon_of(day: date, zone: str) -> datetime:
    """Give the moment that stands for a handwritten date, which has no time: noon in this zone."""
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def attesting_words(
    *, pages: int, signed_on: date, received_on: date, original_at: str, titles: tuple[str, ...]
) -> str:
    """Write what the person attests, in the words that go into the evidence."""
    return (
        f"I attest that the scan of {pages} {'page' if pages == 1 else 'pages'} shows the whole "
        f"paper original of: {'; '.join(titles)}. It was signed by hand; the last handwritten date "
        f"is {signed_on.isoformat()}. The original was received on {received_on.isoformat()} and "
        f"is kept at: {original_at}."
    )


def refuse_dates(signed_on: date, received_on: date, *, made_on: date, today: date) -> None:
    """Check that the dates on and of the paper can be.

    Raises:
        InputError: the message says which date cannot be.
    """
    if signed_on < made_on:
        raise InputError(
            f"The handwritten date is before {made_on.isoformat()}, when the documents were made; "
            "look at the paper again."
        )
    if received_on < signed_on:
        raise InputError("The paper arrived before its handwritten date; look at both dates again.")
    if received_on > today:
        raise InputError("The day of arrival is in the future; give the day the paper arrived.")
