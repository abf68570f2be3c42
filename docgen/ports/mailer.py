"""The mailer: one message to one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

# Bytes of files in one message: many mail systems refuse 10 MB, and base64 adds a third.
MOST_ATTACHED = 7_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAttachment:
    """One file that goes with a message."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One message, written `at`; `key` makes a repeated delivery recognisable as the Message-ID."""

    key: str
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    at: datetime
    attachments: tuple[MailAttachment, ...] = ()


class Mailer(Protocol):
    """Hands messages to a mail system, at least once."""

    key: ClassVar[str]

    def send(self, mail: Mail) -> None:
        """Hand over one message; control characters in headers are refused.

        Raises:
            InputError: a header would hold a line break or control character.
            ServiceUnavailable: the mail system did not take it; try again later.
        """
        ...
