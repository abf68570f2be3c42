"""Callbacks to other systems: who is told of what, how it is signed, and when it is tried again.

Signatures and the schedule follow Standard Webhooks:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from docgen.domain.canonical import sha256_hex

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIX = "whsec_"
TEST = "callback.test"
OVERLAP = timedelta(hours=24)  # both secrets sign for so long after a change
FAILING_AFTER = 3  # dispatches given up in a row
MOST_ANSWER = 1024  # bytes of an answer that are read and kept

# Kinds of activity whose subject is an enrollment or a packet; none is about a person.
KINDS = (
    "enrollment.stored",
    "form.submitted",
    "task.done",
    "task.reopened",
    "packet.generated",
    "packet.superseded",
    "review.released",
    "review.returned",
    "terms.agreed",
    "plan.approved",
    "packet.on_file",
    "packet.sent",
    "packet.viewed",
    "packet.partly_signed",
    "packet.fully_executed",
    "packet.declined",
    "packet.voided",
    "packet.expired",
    "packet.failed",
    "packet.taken_back",
    "packet.executed",
    "packet.archived",
    "packet.terminated",
    "packet.disposed",
)

# How long after one attempt the next is made.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)


class Standing(StrEnum):
    """How things stand with one dispatch."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address that is told; secrets are kept sealed.

    `previous` signs too until `previous_until`. `given_up` counts dispatches in a row.
    """

    id: str
    name: str
    url: str
    kinds: frozenset[str]
    secret: str
    registered_by: str
    registered_at: datetime
    previous: str = ""
    previous_until: datetime | None = None
    is_on: bool = True
    off_because: str = ""
    given_up: int = 0

    @property
    def is_failing(self) -> bool:
        """True when the last dispatches were all given up."""
        return self.given_up >= FAILING_AFTER

    def wants(self, kind: str) -> bool:
        """Say whether this address is told of such an activity."""
        return self.is_on and kind in self.kinds

    def rotated(self, sealed: str, now: datetime) -> Endpoint:
        """Put a new secret in place; the present one signs beside it for a day."""
        return replace(self, secret=sealed, previous=self.secret, previous_until=now + OVERLAP)

    def sealed_secrets(self, now: datetime) -> tuple[str, ...]:
        """Give the secrets that sign now, the newest first."""
        if self.previous and self.previous_until is not None and now < self.previous_until:
            return (self.secret, self.previous)
        return (self.secret,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try: status 0 means that no answer came; `trouble` then says why."""

    at: datetime
    status: int = 0
    answer: str = ""
    trouble: str = ""

    @property
    def worked(self) -> bool:
        """True for any 2xx answer."""
        return 200 <= self.status < 300  # noqa: PLR2004  # the class of HTTP successes


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One activity told to one address; its id is the same on every try, and so are its bytes."""

    id: str
    endpoint: str
    kind: str
    body: str
    at: datetime
    standing: Standing = Standing.WAITING
    due_at: datetime | None = None
    attempts: tuple[Attempt, ...] = ()

    def tried(self, attempt: Attempt) -> Dispatch:
        """Add a try; a failed one waits for the next, or is the last."""
        tries = (*self.attempts, attempt)
        if attempt.worked:
            return replace(self, attempts=tries, standing=Standing.DELIVERED, due_at=None)
        pause = pause_after(self.id, len(tries))
        if pause is None:
            return replace(self, attempts=tries, standing=Standing.GIVEN_UP, due_at=None)
        return replace(self, attempts=tries, due_at=attempt.at + pause)


def pause_after(dispatch_id: str, tries: int) -> timedelta | None:
    """Give how long to wait after so many failed tries; None after the last.

    Up to a tenth is added, for each dispatch and try its own, so that an address that was away does
    not get everything at one moment.
    """
    if tries > len(PAUSES):
        return None
    spread = int(sha256_hex(f"{dispatch_id}.{tries}".encode())[:8], 16) / 0x1_0000_0000
    return PAUSES[tries - 1] * (1 + spread / 10)


def written_secret(key: bytes) -> str:
    """Write a key as receivers configure it."""
    return PREFIX + base64.b64encode(key).decode("ascii")


def read_secret(text: str) -> bytes:
    """Read a key back.

    Raises:
        ValueError: it is no secret of this form.
    """
    if not text.startswith(PREFIX):
        raise ValueError("a secret begins with whsec_")
    try:
        return base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a secret is base64 after whsec_") from error


def mac_of(key: bytes, message_id: str, moment: str, body: bytes) -> bytes:
    """Authenticate id, time and body with one key."""
    message = b".".join((message_id.encode(), moment.encode(), body))
    return hmac.digest(key, message, "sha256")


def signed_headers(
    keys: Sequence[bytes], message_id: str, at: datetime, body: bytes
) -> dict[str, str]:
    """Give all headers of one callback, with a signature for each key, apart by spaces."""
    moment = str(int(at.timestamp()))
    macs = (base64.b64encode(mac_of(key, message_id, moment, body)) for key in keys)
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{mac.decode('ascii')}" for mac in macs),
    }
