"""What DocuSign says of an envelope."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from integrations.simulators.envelope import Ending, Happening
from integrations.simulators.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integrations.simulators.envelope import Envelope, Person

EVENTS = {
    Happening.SENT: "envelope-sent",
    Happening.VIEWED: "recipient-delivered",
    Happening.SIGNED: "recipient-completed",
    Happening.COMPLETED: "envelope-completed",
    Happening.DECLINED: "envelope-declined",
    Happening.VOIDED: "envelope-voided",
    Happening.EXPIRED: "envelope-voided",
    Happening.BOUNCED: "recipient-autoresponded",
    Happening.NEWS: "envelope-something-new",
}
_STATUS = {
    Ending.COMPLETED: "completed",
    Ending.DECLINED: "declined",
    Ending.VOIDED: "voided",
    Ending.EXPIRED: "voided",
}


def shown(envelope: Envelope) -> dict[str, Any]:
    """Show an envelope."""
    status = "sent"
    if any(item.viewed_at for item in envelope.people):
        status = "delivered"
    if envelope.ended is not None:
        status = _STATUS[envelope.ended]
    fields = [
        {"fieldId": str(number), "name": name, "value": value, "show": "false"}
        for number, (name, value) in enumerate(envelope.notes["fields"].items(), start=1)
    ]
    shown: dict[str, Any] = {
        "envelopeId": envelope.id,
        "status": envelope.notes.get("status", status),
        "emailSubject": envelope.title,
        "sentDateTime": say(envelope.sent_at),
        "customFields": {"textCustomFields": fields, "listCustomFields": []},
        "recipients": {"signers": [_signer(envelope, one) for one in envelope.people]},
    }
    if envelope.ended is not None and envelope.ended_at is not None:
        shown[f"{_STATUS[envelope.ended]}DateTime"] = say(envelope.ended_at)
    if envelope.ended is Ending.VOIDED:
        shown["voidedReason"] = envelope.reason
    if envelope.ended is Ending.EXPIRED:
        shown["voidedReason"] = "Envelope has expired."
    return shown


def _signer(envelope: Envelope, one: Person) -> dict[str, Any]:
    status = "sent" if one in envelope.turn else "created"
    if one.email in envelope.notes.get("bounced", {}):
        status = "autoresponded"
    for at, word in (
        (one.viewed_at, "delivered"),
        (one.signed_at, "completed"),
        (one.declined_at, "declined"),
    ):
        status = word if at else status
    shown: dict[str, Any] = {
        "recipientId": one.id,
        "routingOrder": str(one.order),
        "name": one.name,
        "email": one.email,
        "customFields": [one.key],
        "status": status,
    }
    if captive := envelope.notes["captive"].get(one.id):
        shown["clientUserId"] = captive
    for name, at in (
        ("deliveredDateTime", one.viewed_at),
        ("signedDateTime", one.signed_at),
        ("declinedDateTime", one.declined_at),
    ):
        if at is not None:
            shown[name] = say(at)
    if one.declined_at is not None:
        shown["declinedReason"] = envelope.reason
    return shown


def say(at: datetime) -> str:
    """Write a moment as DocuSign does."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def refusal(
    status: int,
    code: str,
    *,
    at: str = "errorCode",
    headers: Mapping[str, str] | None = None,
) -> Refusal:
    """Refuse as DocuSign does; its authentication names the code by another word."""
    return Refusal(status, {at: code, "message": "Not as documented."}, headers)
