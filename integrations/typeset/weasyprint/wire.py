"""How the printer and its child talk: one line of JSON, then as many bytes as it says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import IO, Any

MOST_LINE = 64 * 1024
MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one page may use: memory beside what is mapped already, time, and time by the clock.

    The clock counts waiting for a busy machine too.
    """

    memory: int = 768 * 1024 * 1024
    seconds: int = 20
    clock_s: float = 60.0


def send(stream: IO[bytes], message: dict[str, Any], data: bytes = b"") -> None:
    """Write one message with its bytes."""
    line = json.dumps({**message, "size": len(data)}, ensure_ascii=True).encode()
    stream.write(line + b"\n" + data)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """Read one message with its bytes; None when the other side has ended.

    Raises:
        ValueError: what came is no such message.
    """
    line = stream.readline(MOST_LINE)
    if not line:
        return None
    message = json.loads(line)
    size = message["size"] if isinstance(message, dict) else -1
    if not isinstance(size, int) or not 0 <= size <= MOST_BYTES:
        raise ValueError
    data = stream.read(size)
    return (message, data) if len(data) == size else None
