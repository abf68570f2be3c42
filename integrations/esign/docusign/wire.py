"""Our words and DocuSign's; nothing of theirs passes beyond this module.

Positions are points from a page's upper left corner, as whole numbers, in text.
"""

from __future__ import annotations

import base64
import math
import textwrap
from datetime import UTC, datetime, timedelta
from itertools import count, takewhile
from typing import TYPE_CHECKING, Any
from uuid import UUID

from docgen.domain.signing import EnvelopeSnapshot, FieldKind, RecipientSnapshot, Signal
from integrations.vendor.moment import moment
from integrations.vendor.title import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docgen.domain.signing import SigningField
    from docgen.ports.esign import EnvelopeRecipient, EnvelopeRequest, NewRecipient

PACKET, OUR_KEY, DOCUMENTS = "packet_id", "docgen_key", "docgen_documents"
LONGEST_SUBJECT, LONGEST_MESSAGE, LONGEST_VALUE = 100, 10_000, 100
EXPIRED = "envelope has expired"  # how a void that was an expiry begins
ON_TURN = frozenset({"sent", "delivered"})
# Whose invitation came back has not signed: it is they whose address is mended.
BOUNCED = "autoresponded"
WAITING = ON_TURN | {"created", BOUNCED}
ENDINGS = {
    "completed": Signal.FULLY_EXECUTED,
    "declined": Signal.DECLINED,
    "voided": Signal.VOIDED,
    "deleted": Signal.VOIDED,
}
TABS = {
    FieldKind.SIGNATURE: "signHereTabs",
    FieldKind.NAME: "fullNameTabs",
    FieldKind.TITLE: "titleTabs",
    FieldKind.DATE: "dateSignedTabs",
}
# Where DocuSign draws is a little off where it is told to; it advises these shifts itself.
SHIFTS = {FieldKind.SIGNATURE: (1, -7)}
USUAL_SHIFT = (-3, -2)
EVENTS = (
    "envelope-sent",
    "envelope-delivered",
    "envelope-completed",
    "envelope-declined",
    "envelope-voided",
    "recipient-delivered",
    "recipient-completed",
    "recipient-declined",
    "recipient-autoresponded",
)


def envelope_body(request: EnvelopeRequest, callback_url: str) -> dict[str, object]:
    """Write the envelope as DocuSign wants it; every number and truth value is text there."""
    return {
        "status": "sent",
        "emailSubject": shortened(request.title, LONGEST_SUBJECT),
        "emailBlurb": shortened(request.message, LONGEST_MESSAGE),
        "transactionId": transaction_id(request.idempotency_key),
        "documents": [
            {
                "documentId": str(number),
                "name": item.title,
                "fileExtension": "pdf",
                "documentBase64": base64.b64encode(item.pdf).decode(),
            }
            for number, item in enumerate(request.documents, start=1)
        ],
        "recipients": {
            "signers": [
                _signer(request, number, one)
                for number, one in enumerate(request.recipients, start=1)
            ]
        },
        "customFields": {
            "textCustomFields": [
                _custom(PACKET, request.packet_id),
                _custom(OUR_KEY, request.idempotency_key),
                *_kept_slugs(item.slug for item in request.documents),
            ]
        },
        "notification": _notification(request),
        "eventNotification": {
            "url": callback_url,
            "requireAcknowledgment": "true",
            "loggingEnabled": "true",
            "includeHMAC": "true",
            "deliveryMode": "SIM",
            "eventData": {
                "version": "restv2.1",
                "format": "json",
                "includeData": ["recipients", "custom_fields"],
            },
            "events": list(EVENTS),
        },
    }


def transaction_id(key: str) -> str:
    """Give the id under which DocuSign finds an envelope for seven days."""
    return str(UUID(key[:32]))


def _kept_slugs(slugs: Iterable[str]) -> list[dict[str, str]]:
    """Name our documents in their order, in as many fields as that takes."""
    lines = textwrap.wrap(" ".join(slugs), LONGEST_VALUE, break_on_hyphens=False)
    return [_custom(_numbered(number), line) for number, line in enumerate(lines, start=1)]


def _numbered(number: int) -> str:
    return DOCUMENTS if number == 1 else f"{DOCUMENTS}_{number}"


def _custom(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value, "show": "false", "required": "false"}


def _signer(request: EnvelopeRequest, number: int, one: EnvelopeRecipient) -> dict[str, object]:
    # Who carries a user id of ours gets no letter from DocuSign.
    captive = {"clientUserId": one.key} if request.return_url else {}
    tabs: dict[str, list[dict[str, str]]] = {}
    for document_id, document in enumerate(request.documents, start=1):
        for field in document.fields:
            if field.recipient == one.key:
                tabs.setdefault(TABS[field.kind], []).append(_tab(field, str(document_id)))
    return {
        "recipientId": str(number),
        "routingOrder": str(one.routing_order),
        "name": one.name,
        "email": one.email,
        "customFields": [one.key],
        "tabs": tabs,
        **captive,
    }


def corrected(signer: Mapping[str, Any], new: NewRecipient) -> dict[str, str]:
    """Put another person in a signer's place; whoever we invited is still invited by us."""
    kept = {name: str(signer[name]) for name in ("recipientId", "clientUserId") if signer.get(name)}
    return kept | {"name": new.name, "email": new.email}


def view_body(signer: Mapping[str, Any], return_url: str) -> dict[str, str]:
    """Ask for the page of one signer, whom we identified by a code mailed to their address."""
    return {
        "returnUrl": return_url,
        "authenticationMethod": "Email",
        "recipientId": str(signer["recipientId"]),
        "clientUserId": str(signer["clientUserId"]),
        "userName": str(signer["name"]),
        "email": str(signer["email"]),
    }


def _tab(field: SigningField, document_id: str) -> dict[str, str]:
    right, down = SHIFTS.get(field.kind, USUAL_SHIFT)
    return {
        "documentId": document_id,
        "pageNumber": str(field.page),
        "xPosition": str(max(0, round(field.x) + right)),
        "yPosition": str(max(0, round(field.y) + down)),
        "tabLabel": field.name,
    } | ({"required": "true"} if field.kind is FieldKind.TITLE else {})


def _notification(request: EnvelopeRequest) -> dict[str, object]:
    days = max(1, math.ceil((request.expires_at - request.sent_at) / timedelta(days=1)))
    every = request.remind_every
    remind = str(max(1, every.days)) if every else "0"
    return {
        "useAccountDefaults": "false",
        "reminders": {
            "reminderEnabled": "true" if every else "false",
            "reminderDelay": remind,
            "reminderFrequency": remind,
        },
        "expirations": {
            "expireEnabled": "true",
            "expireAfter": str(days),
            "expireWarn": str(min(3, days - 1)),
        },
    }


def custom_fields(envelope: Mapping[str, Any]) -> dict[str, str]:
    """Read back what we let DocuSign keep."""
    listed = (envelope.get("customFields") or {}).get("textCustomFields") or []
    return {str(item.get("name")): str(item.get("value")) for item in listed}


def slugs(envelope: Mapping[str, Any]) -> list[str]:
    """Give our documents in the order in which they were sent."""
    kept = custom_fields(envelope)
    lines = takewhile(bool, (kept.get(_numbered(number), "") for number in count(1)))
    return " ".join(lines).split()


def signers(envelope: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give DocuSign's signers under our recipient keys, in order."""
    found = (envelope.get("recipients") or {}).get("signers") or []
    return {str(one["customFields"][0]): one for one in found if one.get("customFields")}


def snapshot_of(envelope: Mapping[str, Any]) -> EnvelopeSnapshot:
    """Translate an envelope; a status we do not know is no ending."""
    status, people = str(envelope.get("status", "")).lower(), signers(envelope)
    reason = str(envelope.get("voidedReason") or "")
    ended = ENDINGS.get(status)
    if ended is Signal.VOIDED and reason.lower().startswith(EXPIRED):
        ended, reason = Signal.EXPIRED, ""
    if ended is Signal.DECLINED:
        reason = next(
            (str(one["declinedReason"]) for one in people.values() if one.get("declinedReason")), ""
        )
    when = {"completed": "completedDateTime", "declined": "declinedDateTime"}
    sent_at = moment(envelope.get("sentDateTime")) or datetime.fromtimestamp(0, UTC)
    return EnvelopeSnapshot(
        envelope_id=str(envelope["envelopeId"]),
        idempotency_key=custom_fields(envelope).get(OUR_KEY, ""),
        sent_at=sent_at,
        recipients=tuple(_recipient(key, one, sent_at) for key, one in people.items()),
        ended=ended,
        ended_at=moment(envelope.get(when.get(status, "voidedDateTime"))) if ended else None,
        reason=reason if ended in {Signal.DECLINED, Signal.VOIDED} else "",
    )


def _recipient(key: str, one: Mapping[str, Any], sent_at: datetime) -> RecipientSnapshot:
    """Translate a signer; when a letter came back is not said, but when it was sent."""
    bounced = one.get("status") == BOUNCED
    return RecipientSnapshot(
        key=key,
        email=str(one.get("email") or ""),
        viewed_at=moment(one.get("deliveredDateTime")),
        signed_at=moment(one.get("signedDateTime")),
        declined_at=moment(one.get("declinedDateTime")),
        bounced_at=(moment(one.get("sentDateTime")) or sent_at) if bounced else None,
    )
