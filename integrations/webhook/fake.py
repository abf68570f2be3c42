"""A sender for tests: it keeps what was sent and answers as told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from docgen.errors import InputError, ServiceRejected, ServiceUnavailable
from docgen.ports.webhooks import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One post."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(kw_only=True)
class FakeSender:
    """Answers every post with `status`, 0 for none; takes https only."""

    key: ClassVar[str] = "fake"
    status: int = 200
    answer: bytes = b"thank you"
    sent: list[Sent] = field(default_factory=list)

    def check(self, url: str) -> None:
        """Refuse what is not https."""
        if not url.startswith("https://"):
            raise InputError("The address must begin with https://.")

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Keep it, and answer."""
        if not url.startswith("https://"):
            raise ServiceRejected("The address does not begin with https.", service="callback")
        self.sent.append(Sent(url=url, headers=dict(headers), body=body))
        if not self.status:
            raise ServiceUnavailable("No whole answer came.", service="callback")
        return Answer(status=self.status, body=self.answer[:1024])
