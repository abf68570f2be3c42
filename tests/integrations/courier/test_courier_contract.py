"""The HTTP courier keeps the contract, against a real server on loopback."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from integrations.courier.http import HttpCourier
from tests.contracts.courier import CourierContract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.ports.courier import Courier


class TestHttpCourier(CourierContract):
    @pytest.fixture
    def courier(self) -> Courier:
        return HttpCourier()

    @contextmanager
    def receiver(self, status: int) -> Iterator[tuple[str, list[bytes]]]:
        bodies: list[bytes] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(status)
                self.send_header("Location", self.path)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/callbacks/x", bodies
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def nobody(self) -> str:
        return "http://127.0.0.1:1/callbacks/x"
