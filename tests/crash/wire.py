"""What harness and site say to each other: a length, then JSON, over one Unix socket.

With readv and writev alone: these are no calls at which a site is killed, so that what is counted is
the site's own.
"""

from __future__ import annotations

import json
import os
from typing import Any

_HEAD = 4


class Line:
    """One end of the socket."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def say(self, told: object) -> None:
        """Send one message whole.

        Raises:
            OSError: there is nobody at the other end.
        """
        body = json.dumps(told).encode()
        rest = len(body).to_bytes(_HEAD, "big") + body
        while rest:
            rest = rest[os.writev(self._handle, [rest]) :]

    def hear(self) -> Any:
        """Wait for one message; None once there is nobody at the other end."""
        head = self._exactly(_HEAD)
        body = self._exactly(int.from_bytes(head, "big")) if len(head) == _HEAD else b""
        return json.loads(body) if body else None

    def _exactly(self, size: int) -> bytes:
        got = b""
        while len(got) < size:
            room = bytearray(size - len(got))
            try:
                count = os.readv(self._handle, [room])
            except ConnectionError:
                break
            if not count:
                break
            got += room[:count]
        return got
