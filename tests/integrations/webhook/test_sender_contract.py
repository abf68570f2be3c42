"""The fake and the real sender keep the same contract, the real one against servers on loopback."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from integrations.webhook.fake import FakeSender
from integrations.webhook.http import HttpSender
from tests.contracts.webhook import WebhookSenderContract
from tests.integrations.webhook.receiving import receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.ports.webhooks import WebhookSender
    from tests.integrations.webhook.receiving import Seen


class TestHttpSender(WebhookSenderContract):
    @pytest.fixture
    def sender(self) -> WebhookSender:
        return HttpSender(loopback=True, resolve=lambda *_: ["93.184.215.14"])

    @contextmanager
    def receiver(
        self, sender: WebhookSender, status: int, answer: bytes = b""
    ) -> Iterator[tuple[str, Seen]]:
        del sender
        with receiver(status, answer) as (port, seen):
            yield f"http://127.0.0.1:{port}/hook", seen

    def nobody(self, sender: WebhookSender) -> str:
        del sender
        return "http://127.0.0.1:1/hook"


class TestFakeSender(WebhookSenderContract):
    @pytest.fixture
    def sender(self) -> WebhookSender:
        return FakeSender()

    @contextmanager
    def receiver(
        self, sender: WebhookSender, status: int, answer: bytes = b""
    ) -> Iterator[tuple[str, Seen]]:
        assert isinstance(sender, FakeSender)
        sender.status, sender.answer = status, answer
        seen: Seen = []
        yield "https://example.org/hook", seen
        seen += [(dict(item.headers), item.body) for item in sender.sent]

    def nobody(self, sender: WebhookSender) -> str:
        assert isinstance(sender, FakeSender)
        sender.status = 0
        return "https://example.org/hook"
