"""Callbacks of the own signer: Standard Webhooks signatures, then our words.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docgen.domain.signing import Signal, SigningEvent
from docgen.domain.webhook import mac_of
from docgen.errors import CallbackRejected
from docgen.ports.esign import RawCallback, VerifiedCallback

if TYPE_CHECKING:
    from collections.abc import Sequence

TOLERANCE_S = 300
LARGEST_BODY = 20_000
HEADERS = frozenset({"webhook-id", "webhook-timestamp", "webhook-signature", "content-type"})

SIGNALS = {
    "envelope.sent": Signal.SENT,
    "envelope.viewed": Signal.VIEWED,
    "envelope.signed": Signal.SIGNED,
    "envelope.fully_executed": Signal.FULLY_EXECUTED,
    "envelope.declined": Signal.DECLINED,
    "envelope.voided": Signal.VOIDED,
    "envelope.expired": Signal.EXPIRED,
    "envelope.failed": Signal.FAILED,
}


def verify(raw: RawCallback, secrets: Sequence[bytes]) -> VerifiedCallback:
    """Believe a callback only when one current secret signed its id, time and body.

    Raises:
        CallbackRejected: a header is missing or malformed, the time is off by more than five
        minutes
            either way, or no secret fits.
    """
    if len(raw.body) > LARGEST_BODY:
        raise _rejected("its body is too large")
    delivery_id = raw.headers.get("webhook-id", "")
    moment = raw.headers.get("webhook-timestamp", "")
    given = raw.headers.get("webhook-signature", "")
    if not (delivery_id.isascii() and delivery_id and given):
        raise _rejected("a signature header is missing")
    if not (moment.isascii() and moment.isdigit() and len(moment) <= len("9999999999")):
        raise _rejected("its time header is malformed")
    age = raw.received_at.timestamp() - int(moment)
    if abs(age) > TOLERANCE_S:
        raise _rejected("it is too old, or from the future")
    expected = [mac_of(secret, delivery_id, moment, raw.body) for secret in secrets]
    if not any(
        hmac.compare_digest(mac, wanted) for mac in _signatures(given) for wanted in expected
    ):
        raise _rejected("no signature fits")
    return VerifiedCallback(delivery_id=delivery_id, body=raw.body, received_at=raw.received_at)


def _signatures(header: str) -> list[bytes]:
    """Read every well-formed `v1` signature of the header; the rest is ignored."""
    found = []
    for part in header.split(" "):
        version, _, text = part.partition(",")
        if version != "v1":
            continue
        try:
            found.append(base64.b64decode(text.encode("ascii", "strict"), validate=True))
        except (binascii.Error, UnicodeEncodeError):
            continue
    return found


def parse(callback: VerifiedCallback) -> Sequence[SigningEvent]:
    """Translate one believed callback; anything we do not know becomes `UNKNOWN`."""
    try:
        body = json.loads(callback.body)
        fields = {name: str(body[name]) for name in ("id", "type", "envelope_id")}
        at = datetime.fromisoformat(str(body["at"])).astimezone(UTC)
        recipient = str(body.get("recipient", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        fields = {"id": callback.delivery_id, "type": "unreadable", "envelope_id": ""}
        at, recipient = callback.received_at, ""
    return (
        SigningEvent(
            signal=SIGNALS.get(fields["type"], Signal.UNKNOWN),
            envelope_id=fields["envelope_id"],
            recipient=recipient,
            at=at,
            event_id=fields["id"],
            reported_as=fields["type"],
        ),
    )


def _rejected(why: str) -> CallbackRejected:
    return CallbackRejected(f"The callback was not believed: {why}.", service="embedded")
