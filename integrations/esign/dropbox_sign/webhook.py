"""Dropbox Sign's callbacks: a hash over time and kind, made with the account's API key.

The hash does not cover the request it tells of, so a callback is nothing but a hint to look, and
all of one second and kind are one family: whoever saw one of them can write the others.
https://developers.hellosign.com/docs/events/walkthrough/
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from docgen.domain.signing import Signal, SigningEvent
from docgen.ports.esign import VerifiedCallback
from integrations.vendor.refusal import disbelieved
from integrations.vendor.report import LARGEST_BODY, report_of, same

if TYPE_CHECKING:
    from collections.abc import Sequence
    from email.message import Message

    from docgen.errors import CallbackRejected
    from docgen.ports.esign import RawCallback

KEY = "dropbox_sign"
# What we did not take is sent again for about three days, with the time of the first try.
TOLERANCE = timedelta(days=4)
HEADERS = frozenset({"content-type"})
ANSWER = b"Hello API Event Received"
DOWNLOADABLE = "signature_request_downloadable"  # said after every signature, not the last alone
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
FIELD, MOST_FIELDS, LONGEST_HEAD = "json", 20, 1000
EPOCH_SECOND = re.compile(r"[0-9]{1,11}")
SIGNALS = {
    "signature_request_sent": Signal.SENT,
    "signature_request_viewed": Signal.VIEWED,
    "signature_request_signed": Signal.SIGNED,
    "signature_request_all_signed": Signal.FULLY_EXECUTED,
    "signature_request_declined": Signal.DECLINED,
    "signature_request_canceled": Signal.VOIDED,
    "signature_request_expired": Signal.EXPIRED,
    "signature_request_invalid": Signal.FAILED,
    "file_error": Signal.FAILED,
}


def verify(raw: RawCallback, secrets: Sequence[str]) -> VerifiedCallback:
    """Believe a callback only when one of our API keys made its hash.

    Raises:
        CallbackRejected: no hash fits, or its time lies too far from ours.
    """
    if len(raw.body) > LARGEST_BODY:
        raise _rejected("its body is too large")
    payload = _payload(raw)
    told = report_of(payload)
    event = told.get("event")
    if not isinstance(event, dict):
        raise _rejected("it tells of nothing")
    moment, kind, given = (event.get(name) for name in ("event_time", "event_type", "event_hash"))
    if not (isinstance(moment, str) and isinstance(kind, str) and isinstance(given, str)):
        raise _rejected("it is not signed")
    # JSON can hold half a character, which has no bytes in UTF-8: it must fail here, not crash.
    message = (moment + kind).encode("utf-8", "backslashreplace")
    expected = [hmac.digest(secret.encode(), message, "sha256").hex() for secret in secrets]
    if not same(given, expected):
        raise _rejected("no hash fits")
    at = _moment(moment)
    if at is None or abs(raw.received_at - at) > TOLERANCE:
        raise _rejected("it is too old, or from the future")
    family = _digest(kind, moment)
    return VerifiedCallback(
        delivery_id=family + _digest(_request_id(told), _signature_id(event)),
        body=payload,
        received_at=raw.received_at,
        family=family,
    )


def parse(callback: VerifiedCallback) -> Sequence[SigningEvent]:
    """Translate one believed callback; anything we do not know becomes `UNKNOWN`."""
    told = report_of(callback.body)
    event = told.get("event")
    found = event.get("event_type") if isinstance(event, dict) else None
    kind = found if isinstance(found, str) else "unreadable"
    moment = event.get("event_time") if isinstance(event, dict) else None
    return (
        SigningEvent(
            signal=_signal(kind, told),
            envelope_id=_request_id(told),
            recipient="",
            at=_moment(moment) or callback.received_at,
            event_id=callback.delivery_id,
            reported_as=kind,
        ),
    )


def _signal(kind: str, told: dict[str, Any]) -> Signal:
    if kind == DOWNLOADABLE:
        request = told.get("signature_request")
        complete = isinstance(request, dict) and request.get("is_complete") is True
        return Signal.FULLY_EXECUTED if complete else Signal.SIGNED
    return SIGNALS.get(kind, Signal.UNKNOWN)


def _payload(raw: RawCallback) -> bytes:
    """Find the JSON: in a multipart field, in a form's field, or as the body itself."""
    kind = raw.headers.get("content-type", "")
    media = kind.partition(";")[0].strip().lower()
    try:
        if media == "multipart/form-data":
            return _form_field(kind, raw.body)
        if media == "application/x-www-form-urlencoded":
            fields = parse_qs(raw.body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
            return fields.get(FIELD, [""])[0].encode()
    except ValueError:
        raise _rejected("its form cannot be read") from None
    return raw.body


def _form_field(kind: str, body: bytes) -> bytes:
    """Take the field out of a multipart form, whose parts have short heads and no parts of theirs.

    Nothing has proved itself yet that is read here. Python's reader of whole letters goes into
    parts of parts and heads without end: a megabyte made for it keeps it busy for a minute.

    Raises:
        ValueError: the form is not written as forms are, or lacks the field.
    """
    boundary = _head(b"Content-Type: " + kind.encode("utf-8", "replace")).get_boundary()
    if not boundary:
        raise ValueError
    between = b"\r\n--" + boundary.encode("utf-8", "replace")
    for part in (b"\r\n" + body).split(between, MOST_FIELDS)[1:]:
        head, _, data = part.partition(b"\r\n\r\n")
        if _head(head.lstrip()).get_param("name", header="content-disposition") == FIELD:
            return data
    raise ValueError


def _head(text: bytes) -> Message:
    if len(text) > LONGEST_HEAD:
        raise ValueError
    return BytesHeaderParser().parsebytes(text)


def _request_id(told: dict[str, Any]) -> str:
    request = told.get("signature_request")
    found = request.get("signature_request_id") if isinstance(request, dict) else None
    return found if isinstance(found, str) and REQUEST_ID.fullmatch(found) else ""


def _signature_id(event: dict[str, Any]) -> str:
    related = event.get("event_metadata")
    found = related.get("related_signature_id") if isinstance(related, dict) else None
    return found if isinstance(found, str) else ""


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _moment(text: object) -> datetime | None:
    if not (isinstance(text, str) and EPOCH_SECOND.fullmatch(text)):
        return None
    return datetime.fromtimestamp(int(text), UTC)


def _rejected(why: str) -> CallbackRejected:
    return disbelieved(KEY, why)
