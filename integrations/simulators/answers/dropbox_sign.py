"""What Dropbox Sign says of an envelope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from integrations.simulators.envelope import Ending, Happening
from integrations.simulators.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integrations.simulators.envelope import Envelope, Person

EVENTS = {
    Happening.SENT: ("signature_request_sent",),
    Happening.VIEWED: ("signature_request_viewed",),
    Happening.SIGNED: ("signature_request_signed",),
    Happening.COMPLETED: ("signature_request_all_signed",),
    Happening.DECLINED: ("signature_request_declined",),
    Happening.VOIDED: ("signature_request_canceled",),
    Happening.EXPIRED: ("signature_request_expired",),
    Happening.BOUNCED: ("signature_request_email_bounce",),
    Happening.NEWS: ("signature_request_something_new",),
}
_BOUNDARY = "simulated-boundary"


def shown(envelope: Envelope) -> dict[str, Any]:
    """Show a request."""
    known = "status" not in envelope.notes
    return {
        "signature_request_id": envelope.id,
        "test_mode": True,
        "title": envelope.title,
        "subject": envelope.title,
        "message": envelope.message,
        "metadata": envelope.notes["metadata"],
        "created_at": int(envelope.sent_at.timestamp()),
        "expires_at": int(envelope.expires_at.timestamp()) if envelope.expires_at else None,
        "is_complete": known and envelope.ended is Ending.COMPLETED,
        "is_declined": known and envelope.ended is Ending.DECLINED,
        "has_error": "error" in envelope.notes,
        "cc_email_addresses": [],
        "signing_redirect_url": None,
        "signing_url": None,
        "final_copy_uri": None,
        # No order is promised; here the last comes first.
        "signatures": [_signature(envelope, one) for one in envelope.people[::-1]],
    }


def _signature(envelope: Envelope, one: Person) -> dict[str, Any]:
    status = "awaiting_signature"
    if one.signed_at:
        status = "signed"
    elif one.declined_at:
        status = "declined"
    elif envelope.ended is Ending.EXPIRED:
        status = "expired"
    status = envelope.notes.get("status", status)
    shown: dict[str, Any] = {
        "signature_id": one.id,
        "signer_email_address": one.email,
        "signer_name": one.name,
        "signer_role": None,
        "order": one.order if envelope.notes["ordered"] else None,
        "status_code": status,
        "decline_reason": envelope.reason if one.declined_at else None,
        "last_viewed_at": None,
        "signed_at": None,
        "last_reminded_at": None,
        "has_pin": False,
        "error": "Undeliverable." if one.email in envelope.notes.get("bounced", {}) else None,
    }
    for name, at in (
        ("last_viewed_at", one.viewed_at),
        ("signed_at", one.signed_at),
        ("last_reminded_at", envelope.notes.get(f"reminded {one.id}")),
    ):
        if at is not None:
            shown[name] = int(at.timestamp())
    return shown


def wrapped(payload: str, form: str) -> dict[str, Any]:
    """Put the payload into one of the three forms in which it comes."""
    if form == "json":
        return {"headers": {"Content-Type": "application/json"}, "body": payload.encode()}
    if form == "urlencoded":
        kind = "application/x-www-form-urlencoded"
        return {"headers": {"Content-Type": kind}, "body": urlencode({"json": payload}).encode()}
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="json"\r\n\r\n'
    body = f"{head}{payload}\r\n--{_BOUNDARY}--\r\n".encode()
    kind = f"multipart/form-data; boundary={_BOUNDARY}"
    return {"headers": {"Content-Type": kind}, "body": body}


def refusal(status: int, name: str, headers: Mapping[str, str] | None = None) -> Refusal:
    """Refuse as Dropbox Sign does."""
    told = {"error": {"error_msg": "Not as documented.", "error_name": name}}
    return Refusal(status, told, headers)
