"""What every sender of callbacks keeps to: any status is given back, no answer is a failure."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING

import pytest

from docgen.domain.webhook import MOST_ANSWER
from docgen.errors import InputError, ServiceRejected, ServiceUnavailable

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from docgen.ports.webhooks import WebhookSender

HEADERS = {"content-type": "application/json", "webhook-id": "dsp_1"}


class WebhookSenderContract(abc.ABC):
    """One suite for all; subclasses give `sender`, `receiver` and `nobody`."""

    @pytest.fixture
    @abc.abstractmethod
    def sender(self) -> WebhookSender:
        """Give a sender."""

    @abc.abstractmethod
    def receiver(
        self, sender: WebhookSender, status: int, answer: bytes = b""
    ) -> AbstractContextManager[tuple[str, list[tuple[dict[str, str], bytes]]]]:
        """Answer with this status; give the address, and headers and bodies received."""

    @abc.abstractmethod
    def nobody(self, sender: WebhookSender) -> str:
        """Give an address where nobody answers."""

    @pytest.mark.parametrize("status", [200, 204, 301, 307, 400, 410, 429, 500, 503])
    def test_any_status_is_given_back(self, sender: WebhookSender, status: int) -> None:
        """Bytes and headers arrive as they are, once: a redirect is not followed."""
        with self.receiver(sender, status) as (url, seen):
            assert sender.send(url, HEADERS, b"\x00{}\xff").status == status
        assert [body for _, body in seen] == [b"\x00{}\xff"]
        assert HEADERS.items() <= seen[0][0].items()

    def test_little_of_an_answer_is_read(self, sender: WebhookSender) -> None:
        """A KiB tells enough; the control comes whole."""
        with self.receiver(sender, 500, b"x" * 100_000) as (url, _):
            assert sender.send(url, HEADERS, b"{}").body == b"x" * MOST_ANSWER
        with self.receiver(sender, 500, b"out of order") as (url, _):
            assert sender.send(url, HEADERS, b"{}").body == b"out of order"

    def test_nobody_there_is_a_failure(self, sender: WebhookSender) -> None:
        """It may be back later."""
        with pytest.raises(ServiceUnavailable):
            sender.send(self.nobody(sender), HEADERS, b"{}")

    @pytest.mark.parametrize(
        "url", ["http://example.org/hook", "ftp://example.org/", "example.org"]
    )
    def test_only_https_is_taken(self, sender: WebhookSender, url: str) -> None:
        """Neither registered nor sent; https is the control."""
        with pytest.raises(InputError):
            sender.check(url)
        with pytest.raises(ServiceRejected):
            sender.send(url, HEADERS, b"{}")
        sender.check("https://example.org/hook")
