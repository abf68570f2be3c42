"""A limit that does not say how long it lasts is waited for as its vendor's limits last."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from docgen.errors import ServiceUnavailable
from integrations.esign.docusign.client import WORDS
from integrations.simulators.kit import Simulator
from integrations.simulators.wire import Asked, Refusal, Route
from integrations.vendor.session import ServiceSession, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integrations.simulators.kit import Callback
    from integrations.simulators.wire import Answered, Letter


class _Limited(Simulator):
    """Answers everything with a limit, and with a header or without."""

    name: ClassVar[str] = "limited"
    title: ClassVar[str] = "Limited"

    def __init__(
        self,
        headers: dict[str, str],
        *,
        status: int = 429,
        code: str = "",
        told: dict[str, object] | None = None,
        **rest: Any,
    ) -> None:
        super().__init__(**rest)
        self.headers = headers
        self.status = status
        self.body = {"errorCode": code, **(told or {})}

    def routes(self) -> Sequence[Route]:
        return (Route(method="GET", pattern="/.*", act=self.limit),)

    def limit(self, asked: Asked) -> Answered:
        raise self.throttled()

    def account(self) -> tuple[dict[str, str], dict[str, str]]:
        raise AssertionError

    def refuse_stranger(self, asked: Asked) -> None:
        """Everybody may ask."""

    def letter(self, callback: Callback) -> Letter:
        raise AssertionError

    def throttled(self) -> Refusal:
        return Refusal(self.status, self.body, self.headers)

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


@pytest.mark.parametrize(
    ("told", "waits"),
    [
        (30, 30.0),
        ("30", 30.0),
        (0, 0.0),
        (999_999, 21_600.0),
        (1_000_000, 60.0),
        (10**300, 60.0),
        (-1, 60.0),
        (1.5, 60.0),
        (True, 60.0),
        ("soon", 60.0),
        ("٣", 60.0),
        (None, 60.0),
        ([30], 60.0),
        ({"seconds": 30}, 60.0),
    ],
)
def test_a_wait_in_the_body_is_bounded_as_in_the_header(told: object, waits: float) -> None:
    """Whole seconds up to six hours; anything else says nothing."""
    words = Words(code_at=("errorCode",), wait_at=("limits", "retryAfter"))
    assert waited({}, words, told={"limits": {"retryAfter": told}}) == waits
    if type(told) in {int, str} and str(told).isascii():
        assert waited({"Retry-After": str(told)}, words) == waits


@pytest.mark.parametrize(
    ("headers", "at", "status", "waits"),
    [
        ({"Retry-After": "7"}, ("retryAfter",), 429, 7.0),
        ({"Retry-After": "soon"}, ("retryAfter",), 429, 30.0),
        ({"X-End": str(int(datetime(2026, 11, 23, 0, 20, tzinfo=UTC).timestamp()))}, (), 429, 1200),
        ({}, (), 429, 60.0),
        ({}, ("retryAfter",), 503, None),
    ],
)
def test_the_body_is_asked_where_the_vendor_says_it_there(
    headers: dict[str, str], at: tuple[str, ...], status: int, waits: float | None
) -> None:
    """Of a limit alone, and after the header; the control: who says it elsewhere is read there."""
    words = Words(code_at=("errorCode",), wait_at=at, reset="x-end")
    assert waited(headers, words, status=status, told={"retryAfter": 30}) == waits


def waited(headers: dict[str, str], words: Words, **answered: Any) -> float | None:
    """Ask once, or where nothing is said of a wait thrice; give the wait that was understood."""
    with _Limited(headers, **answered) as simulator:
        session = ServiceSession("limited", words, lambda: NOW, pause=lambda _: None)
        with pytest.raises(ServiceUnavailable) as refused:
            session.ask("GET", f"{simulator.url}/", {})
    return refused.value.retry_after_s


NOW = datetime(2026, 11, 23, tzinfo=UTC)
ACCOUNT, ENVELOPE = "HOURLY_APIINVOCATION_LIMIT_EXCEEDED", "Hourly_Envelope_Polling_Limit_Exceeded"


@pytest.mark.parametrize(("code", "asked"), [(ACCOUNT, 1), (ENVELOPE, 2)])
def test_a_limit_by_its_code_alone_has_its_end_read_too(code: str, asked: int) -> None:
    """DocuSign may say it by 400; what is limited for one envelope holds up no other."""
    reset = {"X-RateLimit-Reset": str(int(NOW.timestamp()) + 1200)}
    with _Limited(reset, status=400, code=code) as simulator:
        session = ServiceSession("limited", WORDS, lambda: NOW)
        for number in ("e1", "e2"):
            with pytest.raises(ServiceUnavailable) as refused:
                session.ask("GET", f"{simulator.url}/envelopes/{number}", {})
            assert refused.value.retry_after_s == 1200.0
        assert len(simulator.exchanges) == asked


def test_other_requests_are_made_meanwhile() -> None:
    """Limits are counted for each kind of request; the control: the same kind waits."""
    with _Limited({"Retry-After": "30"}) as simulator:
        session = ServiceSession("limited", Words(code_at=()), lambda: NOW)
        for path in (
            "agreements/1",
            "agreements/2",
            "agreements/2/members",
            "agreements/1/members",
        ):
            with pytest.raises(ServiceUnavailable):
                session.ask("GET", f"{simulator.url}/{path}", {})
        paths = [item.asked.path for item in simulator.exchanges]
        assert paths == ["/agreements/1", "/agreements/2/members"]
