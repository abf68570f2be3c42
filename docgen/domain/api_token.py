"""A token of the API: in whose name a program asks, in which roles, and until when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from docgen.domain.person import Person, Role

PREFIX = "docgen_"
SHOWN = len(PREFIX) + 6  # as much of a token as is kept, to recognize it by
LONGEST_LIFE = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """One token as it is kept: by its digest, never itself.

    `person` is whose rights it has, never more than `roles` of them; `begins` is how it begins.
    """

    id: str
    person: str
    name: str
    roles: frozenset[Role]
    begins: str
    sha256: str
    issued_by: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    last_used_on: date | None = None

    def is_valid(self, now: datetime) -> bool:
        """Say whether it opens anything now."""
        return self.revoked_at is None and now < self.expires_at

    @property
    def is_own(self) -> bool:
        """True when the person issued it themselves, so that nobody else ever saw it."""
        return self.issued_by == self.person

    def bearer(self, person: Person) -> Person:
        """Give the person with the roles they still hold and lent to this token."""
        return replace(person, roles=person.roles & self.roles)
