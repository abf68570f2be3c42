"""What stands in a callback, read without ever failing, and compared in constant time."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


LARGEST_BODY = 1_000_000  # as much as our endpoint takes in; what services tell us is far less


def report_of(body: bytes) -> dict[str, Any]:
    """Read a body as one JSON object; whatever else it is holds nothing."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def same(given: str, expected: Iterable[str]) -> bool:
    """Say whether a text is one of those expected; an empty one is nobody's secret."""
    text = given.encode("utf-8", "backslashreplace")
    return any(hmac.compare_digest(text, item.encode()) for item in expected if item)
