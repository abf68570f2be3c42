"""What the API remembers: its tokens, and what it answered to which request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.api_token import ApiToken

KEPT = timedelta(days=2)
LEASE = timedelta(minutes=10)  # a claim that was neither settled nor released died with its process


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered to one request, to be given again."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request that changes something: whose token, which key, and a digest of all of it."""

    token_id: str
    key: str
    sha256: str
    at: datetime


class ApiTokens(Protocol):
    """Tokens of the API, found by their digest."""

    def add(self, token: ApiToken) -> None:
        """Store a new token."""
        ...

    def by_digest(self, sha256: str) -> ApiToken | None:
        """Find a token by its digest."""
        ...

    def get(self, token_id: str) -> ApiToken:
        """Read a token, or raise `NotFound`."""
        ...

    def list(self, person: str = "") -> Sequence[ApiToken]:
        """List one person's tokens, or everybody's, the newest first."""
        ...

    def revoke(self, token_id: str, at: datetime) -> bool:
        """End a token; False when it was ended before."""
        ...

    def used(self, token_id: str, on: date) -> None:
        """Note the day on which a token was last used."""
        ...


class ApiAnswers(Protocol):
    """What was answered to requests with an idempotency key, kept for two days."""

    def claim(self, asked: Asked) -> Answer | None:
        """Take a key for a request, or give what was answered to the very same request before.

        Raises:
            KeyReused: the key came with another request before.
            StillRunning: the same request is being carried out.
        """
        ...

    def settle(self, asked: Asked, answer: Answer) -> None:
        """Keep the answer, in the transaction of the act itself.

        Raises:
            StillRunning: the claim ran out meanwhile and another request took it.
        """
        ...

    def release(self, asked: Asked) -> None:
        """Give the key back, because nothing was done."""
        ...
