"""The simulators' server: what comes in whole is a request, and nothing else is."""

from __future__ import annotations

import socket
import time

from integrations.simulators.docusign import DocusignSimulator
from tests.integrations.esign.keys import PUBLIC_KEY

REQUEST = b"POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"


def _asked(simulator: DocusignSimulator, body: bytes) -> int:
    """Send a request of ten bytes with this body and hang up; give how many were understood."""
    port = int(simulator.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(REQUEST + body)
        line.shutdown(socket.SHUT_WR)
        while line.recv(4096):
            time.sleep(0)
    return len(simulator.exchanges)


def test_a_request_cut_short_does_nothing() -> None:
    """Who dies while asking has not asked."""
    with DocusignSimulator(public_key=PUBLIC_KEY, secret="s3cret") as simulator:  # noqa: S106
        assert _asked(simulator, b"12345") == 0
        assert _asked(simulator, b"1234567890") == 1
