"""Delivery reports, read from mail that anybody may have written."""

from __future__ import annotations

import re
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

LARGEST = 2_000_000
_MOST_PARTS = 50
_MESSAGE_ID = re.compile(r"<([A-Za-z0-9._:-]{1,200})@[A-Za-z0-9.-]{1,255}>", re.ASCII)
_STATUS = re.compile(r"5\.\d{1,3}\.\d{1,3}", re.ASCII)


def failed_letter(raw: bytes) -> tuple[str, str] | None:
    """Give the returned letter's key and the status, or None for anything but a final failure.

    A report (RFC 6522) holds a machine-readable part (RFC 3464) that says which delivery failed,
    and the returned letter or its headers, whose Message-ID is ours.
    """
    if len(raw) > LARGEST:
        return None
    try:
        return _read(BytesParser(policy=policy.compat32).parsebytes(raw))
    except (ValueError, LookupError, AttributeError, RecursionError):  # the parser's own failures
        return None


def _read(report: Message) -> tuple[str, str] | None:
    if report.get_content_type() != "multipart/report":
        return None
    status, key = "", ""
    for part in _parts(report):
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            status = status or _failure(part)
        elif kind in {"message/rfc822", "message/rfc822-headers", "text/rfc822-headers"}:
            key = key or _key(part)
    return (key, status) if key and status else None


def _parts(report: Message) -> Iterator[Message]:
    parts = report.get_payload()
    if isinstance(parts, list):
        yield from cast("list[Message]", parts[:_MOST_PARTS])


def _failure(part: Message) -> str:
    """Give the status of the first recipient whose delivery failed for good."""
    blocks = part.get_payload()
    for block in cast("list[Message]", blocks[:_MOST_PARTS]) if isinstance(blocks, list) else ():
        action = str(block.get("Action", "")).split(maxsplit=1)[:1]
        found = _STATUS.search(str(block.get("Status", "")))
        if [word.lower() for word in action] == ["failed"] and found:
            return found.group()
    return ""


def _key(part: Message) -> str:
    payload = part.get_payload()
    if isinstance(payload, list):
        letters = cast("list[Message]", payload)
        written = str(letters[0].get("Message-ID", "")) if letters else ""
    else:
        headers = BytesParser(policy=policy.compat32).parsebytes(
            str(payload).encode("ascii", "replace"), headersonly=True
        )
        written = str(headers.get("Message-ID", ""))
    found = _MESSAGE_ID.search(written)
    return found.group(1) if found else ""
