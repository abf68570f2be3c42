"""DocuSign Connect: HMAC over the raw body, one header for each of the account's keys.

https://developers.docusign.com/platform/webhooks/connect/hmac/
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from docgen.domain.signing import Signal, SigningEvent
from docgen.ports.esign import VerifiedCallback
from integrations.vendor.moment import moment
from integrations.vendor.refusal import disbelieved
from integrations.vendor.report import LARGEST_BODY, report_of, same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.errors import CallbackRejected
    from docgen.ports.esign import RawCallback

KEY = "docusign"
# An answer that was lost is tried again once a day, at most ten times, with the same body; a
# narrower window would refuse a true report. Replayed within it, it only has us look again.
TOLERANCE = timedelta(days=11)
HEADER = re.compile(r"x-docusign-signature-[1-9][0-9]{0,2}")
HEADERS = frozenset(
    {"content-type", *(f"x-docusign-signature-{number}" for number in range(1, 11))}
)
SIGNALS = {
    "envelope-sent": Signal.SENT,
    "envelope-delivered": Signal.VIEWED,
    "recipient-delivered": Signal.VIEWED,
    "recipient-completed": Signal.SIGNED,
    "envelope-completed": Signal.FULLY_EXECUTED,
    "envelope-declined": Signal.DECLINED,
    "recipient-declined": Signal.DECLINED,
    "envelope-voided": Signal.VOIDED,
}


def verify(raw: RawCallback, secrets: Sequence[str]) -> VerifiedCallback:
    """Believe a callback only when one of our keys made one of its signatures.

    Raises:
        CallbackRejected: no signature fits, or its time lies too far from ours.
    """
    if len(raw.body) > LARGEST_BODY:
        raise _rejected("its body is too large")
    given = [value for name, value in raw.headers.items() if HEADER.fullmatch(name)]
    expected = [
        base64.b64encode(hmac.digest(secret.encode(), raw.body, "sha256")).decode()
        for secret in secrets
    ]
    if not any(same(text, expected) for text in given):
        raise _rejected("no signature fits")
    told = report_of(raw.body)
    at = moment(told.get("generatedDateTime"))
    if at is None:
        raise _rejected("it does not say when it was made")
    if abs(raw.received_at - at) > TOLERANCE:
        raise _rejected("it is too old, or from the future")
    name = [told.get("event"), _envelope_id(told), told.get("generatedDateTime")]
    return VerifiedCallback(
        delivery_id=hashlib.sha256(json.dumps(name).encode()).hexdigest(),
        body=raw.body,
        received_at=raw.received_at,
    )


def parse(callback: VerifiedCallback) -> Sequence[SigningEvent]:
    """Translate one believed callback; anything we do not know becomes `UNKNOWN`."""
    told = report_of(callback.body)
    event = told.get("event")
    kind = event if isinstance(event, str) else "unreadable"
    return (
        SigningEvent(
            signal=SIGNALS.get(kind, Signal.UNKNOWN),
            envelope_id=_envelope_id(told),
            recipient="",
            at=moment(told.get("generatedDateTime")) or callback.received_at,
            event_id=callback.delivery_id,
            reported_as=kind,
        ),
    )


def _envelope_id(told: dict[str, Any]) -> str:
    data = told.get("data")
    found = data.get("envelopeId") if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""


def _rejected(why: str) -> CallbackRejected:
    return disbelieved(KEY, why)
