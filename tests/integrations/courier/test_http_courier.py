"""The courier over HTTP, against a real server on loopback."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from docgen.errors import ServiceRejected, ServiceUnavailable
from integrations.courier.http import HttpCourier

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def receiver(status: int) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """Answer every POST with this status and note it."""
    seen: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Set-Cookie", "a=b")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's name
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/callbacks/embedded", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("status", [200, 202, 204])
def test_bytes_and_headers_arrive_as_given(status: int) -> None:
    """Any 2xx is delivered; the body is not touched, and no cookie is kept for the next."""
    with receiver(status) as (url, seen):
        courier = HttpCourier()
        for _ in range(2):
            courier.post(url, {"webhook-id": "d1"}, b'{"a":"\xc3\xa9"}')
    assert [body for _, body in seen] == [b'{"a":"\xc3\xa9"}'] * 2
    assert all(headers["webhook-id"] == "d1" for headers, _ in seen)
    assert all("cookie" not in headers for headers, _ in seen)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 410])
def test_a_refusal_or_redirect_is_final(status: int) -> None:
    """4xx and redirects are refused at once; a redirect is never followed."""
    with receiver(status) as (url, seen):
        with pytest.raises(ServiceRejected):
            HttpCourier().post(url, {}, b"{}")
        assert len(seen) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 599])
def test_a_failing_receiver_is_tried_again(status: int) -> None:
    """5xx may pass by itself."""
    with receiver(status) as (url, _), pytest.raises(ServiceUnavailable):
        HttpCourier().post(url, {}, b"{}")


def test_nobody_there_is_tried_again() -> None:
    """A refused connection may pass by itself."""
    with pytest.raises(ServiceUnavailable):
        HttpCourier().post("http://127.0.0.1:1/callbacks/embedded", {}, b"{}")


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Callbacks go where they are addressed, whatever HTTP_PROXY says."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with receiver(200) as (url, seen):
        HttpCourier().post(url, {}, b"{}")
    assert len(seen) == 1
