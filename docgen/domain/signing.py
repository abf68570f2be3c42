"""What signing services tell us, in our words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Signal(StrEnum):
    """One thing that happened to an envelope, as a signing service reports it."""

    SENT = "sent"  # the service accepted the envelope and invited the first recipient
    VIEWED = "viewed"  # a recipient opened the documents
    SIGNED = "signed"  # a recipient signed everything asked of them
    FULLY_EXECUTED = "fully_executed"  # everybody signed and the service sealed the documents
    DECLINED = "declined"  # a recipient refused, with a reason
    VOIDED = "voided"  # the sender withdrew the envelope
    EXPIRED = "expired"  # the time for signing ran out
    FAILED = "failed"  # the service cannot finish the envelope
    UNKNOWN = "unknown"  # the service said something we do not know; kept, never acted on


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningEvent:
    """One believed report. `recipient` is our recipient key, or "" when the report names nobody."""

    signal: Signal
    envelope_id: str
    recipient: str
    at: datetime
    event_id: str
    reported_as: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientSnapshot:
    """Where one recipient stands at the service."""

    key: str
    viewed_at: datetime | None = None
    signed_at: datetime | None = None
    declined_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeSnapshot:
    """The envelope as re-read from the service: the truth a callback only hints at.

    `reason` is the decline or void reason in the person's own words; it is shown to the coordinator
    and kept in the history, never in a log line.
    """

    envelope_id: str
    idempotency_key: str
    sent_at: datetime
    recipients: tuple[RecipientSnapshot, ...]
    ended: Signal | None = None
    ended_at: datetime | None = None
    reason: str = ""
