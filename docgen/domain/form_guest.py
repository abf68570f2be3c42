"""Somebody of a practice who was invited to fill in the practice's own enrollment form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

ASKED_HERSELF = "practice"  # in place of the person who invited


@dataclass(frozen=True, slots=True, kw_only=True)
class FormGuest:
    """One invitation. Links and codes are derived from a secret; their numbers say which is valid.

    `enrollment_id` is empty until a practice that asked for its form itself has proved its address.
    Who asked so gave an address alone; `known_name` is then empty, whatever stands in `name`.
    """

    id: str
    enrollment_id: str
    name: str
    email: str
    asked_by: str
    asked_at: datetime
    link_number: int = 1
    link_until: datetime
    letters: int = 1
    revoked_at: datetime | None = None
    code_number: int = 0
    code_sent_at: datetime | None = None
    code_tries: int = 0
    day_began_at: datetime | None = None
    codes_today: int = 0
    session_sha256: str = ""
    session_until: datetime | None = None
    submitted_at: datetime | None = None

    @property
    def known_name(self) -> str:
        """The person's name, if anybody told it."""
        return "" if self.asked_by == ASKED_HERSELF else self.name

    @property
    def actor(self) -> str:
        """Name the guest in the history, without the address."""
        return f"practice:{self.id}"

    def may_come(self, now: datetime) -> bool:
        """Say whether the link still opens."""
        return self.revoked_at is None and now <= self.link_until
