"""The loopback server: reads one request, has it answered, writes the answer."""

from __future__ import annotations

from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar, Protocol
from urllib.parse import parse_qsl, urlsplit

from integrations.simulators.wire import Answered, Asked

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping

LARGEST_REQUEST = 128 * 1024 * 1024
PEOPLE = "/_people"  # the page with the people's buttons
HALF = "x-simulator-half"  # never sent: cuts the answer in half


class Answering(Protocol):
    """What the server asks."""

    stopping: threading.Event

    def now(self) -> datetime:
        """Give the time."""
        ...

    def answer(self, asked: Asked) -> Answered:
        """Answer one request."""
        ...

    def page(self) -> bytes:
        """Give the page with the people's buttons."""
        ...

    def press(self, fields: Mapping[str, str]) -> str:
        """Do what a button says; give where that leads to."""
        ...


class Handler(BaseHTTPRequestHandler):
    """Reads one request, has it answered, writes the answer."""

    simulator: ClassVar[Answering]
    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True  # else each answer waits until its headers are acknowledged

    def _take(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_REQUEST:
            self.send_error(413)
            return
        body = self.rfile.read(length)
        if len(body) < length:  # whoever asked died over it
            self.close_connection = True
            return
        address = urlsplit(self.path)
        if address.path.startswith(PEOPLE):
            self._people(body)
            return
        asked = Asked(
            method=self.command,
            path=address.path,
            query=dict(parse_qsl(address.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            at=self.simulator.now(),
        )
        answered = self.simulator.answer(asked)
        if self.simulator.stopping.is_set():
            self.close_connection = True
            return
        self._write(answered)

    def _people(self, body: bytes) -> None:
        if self.command == "POST":
            leads_to = self.simulator.press(dict(parse_qsl(body.decode())))
            self._write(Answered(status=303, body=b"", headers={"Location": leads_to}))
            return
        page = self.simulator.page()
        self._write(Answered(body=page, headers={"Content-Type": "text/html; charset=utf-8"}))

    def _write(self, answered: Answered) -> None:
        data = answered.data()
        half = HALF in answered.headers
        self.send_response(answered.status)
        kind = "application/pdf" if data[:5] == b"%PDF-" else "application/json"
        length = max(len(data), 2) if half else len(data)
        headers = {"Content-Type": kind, **answered.headers, "Content-Length": str(length)}
        for name, value in headers.items():
            if name != HALF:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if half else data)
        if half:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = _take  # noqa: N815  # names the library asks for

    def log_message(self, *_: object) -> None:
        """Say nothing: callers keep the exchanges."""


class Server(ThreadingHTTPServer):
    """Says nothing when somebody hangs up: that is what some troubles are for."""

    def handle_error(self, *_: object) -> None:
        """Go on with the next request."""


def system_time() -> datetime:
    """Give the time in whole seconds, as most vendors write it."""
    return datetime.now(UTC).replace(microsecond=0)
