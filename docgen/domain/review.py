"""Rounds of review: which drafts went out, and what came back to each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCopy:
    """One document's marked draft in both forms, by digest."""

    slug: str
    version: str
    pdf_sha256: str
    docx_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedFile:
    """One redline that came back; `sender` is whom it came from, as the coordinator says.

    `proposals` counts its changes and comments; None where it came before they were counted.
    """

    slug: str
    sha256: str
    size: int
    sender: str
    taken_in_by: str
    at: datetime
    proposals: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of review; numbers go on when a packet replaces another."""

    number: int
    released_by: str
    released_at: datetime
    copies: tuple[DraftCopy, ...]
    returned: tuple[ReturnedFile, ...] = ()

    def copy(self, slug: str) -> DraftCopy | None:
        """Find this round's draft of one document."""
        return next((item for item in self.copies if item.slug == slug), None)

    def holds(self, sha256: str) -> bool:
        """Say whether this very file came back in this round already."""
        return any(item.sha256 == sha256 for item in self.returned)

    def with_returned(self, file: ReturnedFile) -> Round:
        """Give the round with one more returned file."""
        return replace(self, returned=(*self.returned, file))


def mark_of(number: int) -> str:
    """Write the line that stands on every page of a round's drafts."""
    return f"Draft for review, round {number}"
