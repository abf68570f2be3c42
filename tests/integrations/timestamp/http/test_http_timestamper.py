"""RFC 3161 over HTTP against a real server on loopback."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from docgen.errors import ConfigurationError, ServiceUnavailable
from integrations.system.clock import StandingClock
from integrations.timestamp.fake import FakeTimeStamper
from integrations.timestamp.http import HttpTimeStamper
from tests.contracts.timestamper import NOW, TimeStamperContract, request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Answer = tuple[int, dict[str, str], bytes]
REPLY = {"Content-Type": "application/timestamp-reply"}


def honest(asked: bytes) -> Answer:
    """Answer as an authority does: a token, or a rejection with status 200."""
    try:
        return 200, REPLY, FakeTimeStamper(StandingClock(NOW)).respond(asked)
    except ServiceUnavailable:
        return 200, REPLY, bytes.fromhex("30053003020102")  # status 2: rejection


@contextmanager
def serving(answer: Callable[[bytes], Answer], seen: list[dict[str, str]]) -> Iterator[str]:
    """Serve on loopback and note each request's headers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append({name.lower(): value for name, value in self.headers.items()})
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, body = answer(asked)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's name
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/tsa"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class TestHttpTimeStamper(TimeStamperContract):
    @pytest.fixture
    def stamper(self) -> Iterator[HttpTimeStamper]:
        """Give a stamper that asks an honest authority."""
        with serving(honest, []) as url:
            yield HttpTimeStamper(url)

    @pytest.fixture
    def root(self) -> bytes:
        """Give the honest authority's certificate."""
        return FakeTimeStamper(StandingClock(NOW)).root

    def test_it_vouches_for_nothing_itself(self, stamper: HttpTimeStamper) -> None:
        """It is no development authority, whatever stands behind the address."""
        assert stamper.development is False


def test_the_request_is_posted_as_the_standard_says() -> None:
    """Media types are those of RFC 3161 section 3.4, and no proxy or cookie of ours goes along."""
    seen: list[dict[str, str]] = []
    with serving(honest, seen) as url:
        HttpTimeStamper(url).respond(request())
    assert seen[0]["content-type"] == "application/timestamp-query"
    assert seen[0]["accept"] == "application/timestamp-reply"
    assert "cookie" not in seen[0]
    assert "authorization" not in seen[0]


@pytest.mark.parametrize(
    "answer",
    [
        (500, REPLY, b""),
        (404, REPLY, honest(request())[2]),
        (302, {**REPLY, "Location": "http://127.0.0.1:1/"}, b""),
        (200, {"Content-Type": "text/html"}, honest(request())[2]),
        (200, REPLY, b""),
        (200, REPLY, b"<html>down for maintenance</html>"),
        (200, REPLY, honest(request())[2][:-1]),
        (200, REPLY, honest(request())[2] + b"x"),
        (200, REPLY, bytes.fromhex("30053003020103")),  # waiting
        (200, REPLY, bytes.fromhex("30053003020100")),  # granted, without a token
        (200, REPLY, bytes(100_000)),
    ],
)
def test_anything_but_a_granted_token_is_unavailable(answer: Answer) -> None:
    """Failures of any kind become one error that quotes nothing of the answer."""
    with (
        serving(lambda _: answer, []) as url,
        pytest.raises(ServiceUnavailable) as refusal,
    ):
        HttpTimeStamper(url).respond(request())
    assert "maintenance" not in str(refusal.value)


def test_the_wait_that_an_authority_asks_for_is_passed_on() -> None:
    """`Retry-After` in seconds reaches whoever tries again."""
    headers = {**REPLY, "Retry-After": "90"}
    with (
        serving(lambda _: (503, headers, b""), []) as url,
        pytest.raises(ServiceUnavailable) as refusal,
    ):
        HttpTimeStamper(url).respond(request())
    assert refusal.value.retry_after_s == 90


def test_nobody_there_is_unavailable() -> None:
    """A closed port may be open again later."""
    with serving(honest, []) as url:
        pass
    with pytest.raises(ServiceUnavailable, match="nothing answers there"):
        HttpTimeStamper(url, timeout_s=2).respond(request())


@pytest.mark.parametrize(
    "url", ["", "tsa.example.org", "ftp://tsa.example.org", "file:///x", "http://"]
)
def test_only_web_addresses_are_taken(url: str) -> None:
    """Anything else is a setting to correct."""
    with pytest.raises(ConfigurationError):
        HttpTimeStamper(url)
