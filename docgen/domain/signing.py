"""What signing services tell us, in our words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

OWN_SIGNER = "embedded"  # our own signer's key among the signing services
# Outside services by the names of their makers; another one's is told as the settings name it.
_NAMES = {
    "adobe_sign": "Adobe Sign",
    "documenso": "Documenso",
    "docuseal": "DocuSeal",
    "docusign": "DocuSign",
    "dropbox_sign": "Dropbox Sign",
}


def service_name(key: str) -> str:
    """Name an outside signing service as people know it."""
    return _NAMES.get(key, key)


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


class FieldKind(StrEnum):
    """What a signer fills into one row of a signature panel."""

    SIGNATURE = "signature"
    NAME = "name"
    TITLE = "title"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningField:
    """One field to fill at signing, where the typesetter put its row.

    `page` counts from 1; the rest is in PDF points, x and y of the field's upper left corner from
    the page's upper left corner. `slot` names the panel, `recipient` who fills it.
    """

    kind: FieldKind
    slot: str
    recipient: str
    page: int
    x: float
    y: float
    width: float
    height: float
    page_width: float
    page_height: float

    @property
    def name(self) -> str:
        """Name the field, the same in every sending of the same document."""
        return f"{self.slot}_{self.kind}"

    def share(self, whole: float = 1.0) -> tuple[float, float, float, float]:
        """Give x, y, width and height as shares of the page, a whole page being `whole`."""
        return (
            self.x / self.page_width * whole,
            self.y / self.page_height * whole,
            self.width / self.page_width * whole,
            self.height / self.page_height * whole,
        )


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
    """Where one recipient stands at the service; `email` is where it writes to them, if told.

    `bounced_at` is when its letter to them came back or, where the service does not say, when it
    was sent.
    """

    key: str
    email: str = ""
    viewed_at: datetime | None = None
    signed_at: datetime | None = None
    declined_at: datetime | None = None
    bounced_at: datetime | None = None


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

    @property
    def kept_reason(self) -> str:
        """The reason as every database can keep it, whatever the service let somebody write."""
        return _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", self.reason[:_LONGEST_KEPT])


def is_id(text: str) -> bool:
    """Say whether a text looks like the id of an envelope; nothing else is looked for anywhere."""
    return _ID.fullmatch(text) is not None


_LONGEST_KEPT = 2_000
_ID = re.compile(r"[!-~]{1,128}")
_UNKEPT = re.compile("[\x00\ud800-\udfff]")  # neither is text to a database
