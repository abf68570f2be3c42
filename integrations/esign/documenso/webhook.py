"""Documenso's callbacks: a shared secret in clear, and nothing that vouches for the body.

They carry neither a time that could be trusted nor an id, and every recipient's signing token. So
they are a hint to look again, known by what they say, and kept without what signs for somebody.

https://docs.documenso.com/developers/webhooks
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from docgen.domain.signing import Signal, SigningEvent
from docgen.ports.esign import VerifiedCallback
from integrations.vendor.refusal import disbelieved
from integrations.vendor.report import LARGEST_BODY, report_of, same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.errors import CallbackRejected
    from docgen.ports.esign import RawCallback

KEY = "documenso"
HEADER = "x-documenso-secret"
HEADERS = frozenset({"content-type"})
REMOVED = "removed"
CREDENTIALS = ("token", "secret", "password", "signingurl")  # parts of names that hold some
SHORTEST_TOKEN = 8  # what is shorter signs for nobody, and stands in other words by chance
LONGEST_KIND = 80
SIGNALS = {
    "DOCUMENT_SENT": Signal.SENT,
    "DOCUMENT_OPENED": Signal.VIEWED,
    "DOCUMENT_SIGNED": Signal.SIGNED,
    "DOCUMENT_RECIPIENT_COMPLETED": Signal.SIGNED,
    "DOCUMENT_COMPLETED": Signal.FULLY_EXECUTED,
    "DOCUMENT_REJECTED": Signal.DECLINED,
    "DOCUMENT_CANCELLED": Signal.VOIDED,
    "RECIPIENT_EXPIRED": Signal.EXPIRED,
}


def verify(raw: RawCallback, secrets: Sequence[str]) -> VerifiedCallback:
    """Believe a callback that names one of our secrets; keep it without its credentials.

    A secret that is empty believes nobody: Documenso sends an empty header where it has none. A
    body that is not read cannot be rid of its credentials, so it is refused.

    Raises:
        CallbackRejected: no secret fits, or the body is not a report.
    """
    if len(raw.body) > LARGEST_BODY:
        raise _rejected("its body is too large")
    if not same(raw.headers.get(HEADER, ""), secrets):
        raise _rejected("its secret is not ours")
    told = report_of(raw.body)
    if not told:
        raise _rejected("its body is not a report of Documenso")
    try:
        body = json.dumps(_stripped(told, frozenset(_tokens(told)))).encode()
        name = json.dumps(_name(told)).encode()
    except RecursionError:
        raise _rejected("its body is nested too deeply") from None
    return VerifiedCallback(
        delivery_id=hashlib.sha256(name).hexdigest(), body=body, received_at=raw.received_at
    )


def parse(callback: VerifiedCallback) -> Sequence[SigningEvent]:
    """Translate one believed callback; anything we do not know becomes `UNKNOWN`.

    A report does not say who acted, and its time is made anew with each try.
    """
    told = report_of(callback.body)
    event = told.get("event")
    kind = event[:LONGEST_KIND] if isinstance(event, str) else "unreadable"
    return (
        SigningEvent(
            signal=SIGNALS.get(kind, Signal.UNKNOWN),
            envelope_id=_envelope_id(told),
            recipient="",
            at=callback.received_at,
            event_id=callback.delivery_id,
            reported_as=kind,
        ),
    )


def _payload(told: dict[str, Any]) -> dict[str, Any]:
    payload = told.get("payload")
    return payload if isinstance(payload, dict) else {}


def _envelope_id(told: dict[str, Any]) -> str:
    """Name the envelope; older servers know it by a number alone, which API v2 calls so."""
    payload = _payload(told)
    found, number = payload.get("envelopeId"), payload.get("id")
    if isinstance(found, str):
        return found
    is_number = isinstance(number, int) and not isinstance(number, bool)
    return f"document_{number}" if is_number else ""


def _name(told: dict[str, Any]) -> list[object]:
    """Give what makes a report this one: the same in every try, unlike its time."""
    payload = _payload(told)
    listed = payload.get("recipients")
    people = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    standing = ("id", "readStatus", "signingStatus", "signedAt", "expiresAt")
    return [
        told.get("event"),
        _envelope_id(told),
        payload.get("status"),
        sorted(json.dumps([one.get(name) for name in standing]) for one in people),
    ]


def _tokens(part: object) -> list[str]:
    """List every text that is held under a name for credentials."""
    if isinstance(part, list):
        return [text for item in part for text in _tokens(item)]
    if not isinstance(part, dict):
        return []
    held = (str(value) for name, value in part.items() if _is_credential(name))
    own = [text for text in held if len(text) >= SHORTEST_TOKEN]
    return own + [text for value in part.values() for text in _tokens(value)]


def _stripped(part: object, tokens: frozenset[str]) -> object:
    """Give the report without its credentials, wherever they stand."""
    if isinstance(part, dict):
        return {
            name: REMOVED if _is_credential(name) else _stripped(value, tokens)
            for name, value in part.items()
        }
    if isinstance(part, list):
        return [_stripped(item, tokens) for item in part]
    if isinstance(part, str) and any(token in part for token in tokens):
        return REMOVED
    return part


def _is_credential(name: str) -> bool:
    return any(word in name.lower() for word in CREDENTIALS)


def _rejected(why: str) -> CallbackRejected:
    return disbelieved(KEY, why)
