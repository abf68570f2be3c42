"""A limit that does not say how long it lasts is waited for as its vendor's limits last."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from docgen.errors import ServiceUnavailable
from integrations.simulators.kit import Simulator
from integrations.simulators.wire import Asked, Refusal, Route
from integrations.vendor.session import ServiceSession, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integrations.simulators.kit import Callback
    from integrations.simulators.wire import Answered, Letter


class _Limited(Simulator):
    """Answers everything with 429, and with a header or without."""

    name: ClassVar[str] = "limited"
    title: ClassVar[str] = "Limited"

    def __init__(self, headers: dict[str, str], **rest: Any) -> None:
        super().__init__(**rest)
        self.headers = headers

    def routes(self) -> Sequence[Route]:
        return (Route(method="GET", pattern="/", act=self.limit),)

    def limit(self, asked: Asked) -> Answered:
        raise self.throttled()

    def account(self) -> tuple[dict[str, str], dict[str, str]]:
        raise AssertionError

    def refuse_stranger(self, asked: Asked) -> None:
        """Everybody may ask."""

    def letter(self, callback: Callback) -> Letter:
        raise AssertionError

    def throttled(self) -> Refusal:
        return Refusal(429, {}, self.headers)

    def unknown(self, what: str) -> Refusal:
        return Refusal(404, {})

    def malformed(self) -> Refusal:
        raise AssertionError


@pytest.mark.parametrize(
    ("headers", "words", "waits"),
    [
        ({}, Words(code_at=()), 60.0),
        ({}, Words(code_at=(), unsaid_wait_s=3600.0), 3600.0),
        ({"Retry-After": "7"}, Words(code_at=(), unsaid_wait_s=3600.0), 7.0),
    ],
)
def test_the_wait_is_the_servers_or_else_the_vendors(
    headers: dict[str, str], words: Words, waits: float
) -> None:
    """Retry-After wins; without it the vendor's usual limit counts."""
    with _Limited(headers) as simulator:
        session = ServiceSession("limited", words, lambda: datetime(2026, 11, 23, tzinfo=UTC))
        with pytest.raises(ServiceUnavailable) as refused:
            session.ask("GET", f"{simulator.url}/", {})
    assert refused.value.retry_after_s == waits
