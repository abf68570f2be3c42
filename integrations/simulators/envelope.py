"""An envelope at a simulated service, in words that all vendors share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Ending(StrEnum):
    """How an envelope ended."""

    COMPLETED = "completed"
    DECLINED = "declined"
    VOIDED = "voided"
    EXPIRED = "expired"


class Happening(StrEnum):
    """What a service tells its callers about."""

    SENT = "sent"
    VIEWED = "viewed"
    SIGNED = "signed"
    COMPLETED = "completed"
    DECLINED = "declined"
    VOIDED = "voided"
    EXPIRED = "expired"
    BOUNCED = "bounced"
    NEWS = "news"  # something the vendor added since


@dataclass(slots=True, kw_only=True)
class Person:
    """One recipient; `key` is whatever the caller let the vendor keep for them."""

    id: str
    key: str
    name: str
    email: str
    order: int
    title: str = ""
    viewed_at: datetime | None = None
    signed_at: datetime | None = None
    declined_at: datetime | None = None
    reminded: int = 0

    @property
    def done(self) -> bool:
        """True once signed or declined."""
        return self.signed_at is not None or self.declined_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One field: `kind` is signature, name, title or date; points from the page's upper left.

    `file` and `page` count from 0 and 1. A width or height of 0 means that the vendor places the
    field by its corner alone.
    """

    kind: str
    person: str  # the person's id
    file: int
    page: int
    x: float
    y: float
    width: float = 0.0
    height: float = 0.0


@dataclass(slots=True, kw_only=True)
class Envelope:
    """One envelope. `seal_waits` is how many more downloads are refused: sealing takes its time.

    `remind_every` is None where the service reminds nobody by itself. `quiet` is an envelope to
    which the service invites nobody; `return_url` is where it leads people back to.
    """

    id: str
    title: str
    message: str
    packet_id: str
    key: str
    people: list[Person]
    files: list[tuple[str, bytes]]
    marks: list[Mark]
    sent_at: datetime
    expires_at: datetime | None = None
    remind_every: timedelta | None = None
    quiet: bool = False
    return_url: str = ""
    ended: Ending | None = None
    ended_at: datetime | None = None
    reason: str = ""
    sealed: list[bytes] = field(default_factory=list)
    seal_waits: int = 0
    notes: dict[str, Any] = field(default_factory=dict)  # what one vendor alone keeps

    def person(self, word: str) -> Person:
        """Find a person by id, key or address."""
        return next(it for it in self.people if word in {it.id, it.key, it.email})

    @property
    def turn(self) -> list[Person]:
        """Whose turn it is."""
        if self.ended is not None:
            return []
        waiting = [item for item in self.people if not item.done]
        lowest = min((item.order for item in waiting), default=0)
        return [item for item in waiting if item.order == lowest]
