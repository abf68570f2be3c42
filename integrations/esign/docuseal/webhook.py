"""DocuSeal's callbacks: a time and an HMAC over time and raw body, or a fixed secret header.

https://www.docuseal.com/docs/webhooks
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
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

KEY = "docuseal"
TOLERANCE = timedelta(seconds=300)  # every try is signed anew, so late ones are no older
HEADER = "x-docuseal-signature"
HEADERS = frozenset({"content-type", HEADER})
SIGNATURE = re.compile(r"([0-9]{1,11})\.([0-9a-f]{64})")
SIGNALS = {
    "submission.created": Signal.SENT,
    "form.viewed": Signal.VIEWED,
    "form.started": Signal.VIEWED,
    "form.completed": Signal.SIGNED,
    "form.declined": Signal.DECLINED,
    "submission.completed": Signal.FULLY_EXECUTED,
    "submission.expired": Signal.EXPIRED,
    "submission.archived": Signal.VOIDED,
}
# A slug is a signing link, and an address of a file opens it; what people filled in is in the
# signed documents. None of it belongs into the history.
LEFT_OUT = frozenset({"slug", "embed_src", "values"})
REMOVED = "removed"


def verify(raw: RawCallback, secrets: Sequence[str], header: str = "") -> VerifiedCallback:
    """Believe a callback only when one of our secrets made its signature.

    A server older than May 2026 signs nothing; its callbacks are believed by the fixed secret in
    `header`, where the settings name one. A signature that is there must fit in any case. The kept
    body holds no signing link and no address of a file.

    Raises:
        CallbackRejected: no secret fits, its time lies too far from ours, or it is no report.
    """
    if len(raw.body) > LARGEST_BODY:
        raise _rejected("its body is too large")
    if HEADER in raw.headers:
        _check_signature(raw, secrets)
    elif not header or not same(raw.headers.get(header.lower(), ""), secrets):
        raise _rejected("it carries no signature" if not header else "its secret header is wrong")
    told = report_of(raw.body)
    kept = _kept(raw.body, told)
    if not kept:
        raise _rejected("it is not written as documented")
    name = [told.get("event_type"), _data(told).get("id"), told.get("timestamp")]
    return VerifiedCallback(
        delivery_id=hashlib.sha256(json.dumps(name).encode()).hexdigest(),
        body=kept,
        received_at=raw.received_at,
    )


def parse(callback: VerifiedCallback) -> Sequence[SigningEvent]:
    """Translate one believed callback; anything we do not know becomes `UNKNOWN`."""
    told = report_of(callback.body)
    event, data = told.get("event_type"), _data(told)
    kind = event if isinstance(event, str) else "unreadable"
    of_person = kind.startswith("form.")
    role = data.get("role") if of_person else ""
    return (
        SigningEvent(
            signal=SIGNALS.get(kind, Signal.UNKNOWN),
            envelope_id=_id(data.get("submission_id" if of_person else "id")),
            recipient=role if isinstance(role, str) else "",
            at=moment(told.get("timestamp")) or callback.received_at,
            event_id=callback.delivery_id,
            reported_as=kind,
        ),
    )


def _check_signature(raw: RawCallback, secrets: Sequence[str]) -> None:
    found = SIGNATURE.fullmatch(raw.headers[HEADER])
    if not found:
        raise _rejected("its signature is not written as documented")
    signed = found[1].encode() + b"." + raw.body
    # The secret is its whole text, `whsec_` included; it is no base64.
    macs = [hmac.new(secret.encode(), signed, "sha256").hexdigest() for secret in secrets]
    if not same(found[2], macs):
        raise _rejected("no signature fits")
    if abs(raw.received_at - datetime.fromtimestamp(int(found[1]), UTC)) > TOLERANCE:
        raise _rejected("it is too old, or from the future")


def _kept(body: bytes, told: dict[str, Any]) -> bytes:
    """Give the body without what opens something, or nothing where it cannot be looked through."""
    if not told:
        return b""
    try:
        cleaned = _cleaned(told)
        return body if cleaned == told else json.dumps(cleaned).encode()
    except RecursionError:
        return b""


def _cleaned(told: Any) -> Any:
    """Take out whatever opens something."""
    if isinstance(told, dict):
        return {
            name: REMOVED if name in LEFT_OUT and item is not None else _cleaned(item)
            for name, item in told.items()
        }
    if isinstance(told, list):
        return [_cleaned(item) for item in told]
    return REMOVED if isinstance(told, str) and "://" in told else told


def _data(told: dict[str, Any]) -> dict[str, Any]:
    data = told.get("data")
    return data if isinstance(data, dict) else {}


def _id(found: object) -> str:
    """Read a number, or the text of one."""
    return str(found) if isinstance(found, int | str) and not isinstance(found, bool) else ""


def _rejected(why: str) -> CallbackRejected:
    return disbelieved(KEY, why)
