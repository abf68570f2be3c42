"""Our words and Acrobat Sign's; nothing of theirs passes beyond this module.

The files of an agreement become one document, whose pages are counted through. Positions are points
from a page's upper left corner.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pypdf import PdfReader

from docgen.domain.signing import EnvelopeSnapshot, FieldKind, RecipientSnapshot, Signal
from integrations.vendor.moment import moment
from integrations.vendor.title import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from docgen.ports.esign import EnvelopeRequest, NewRecipient

LONGEST_NAME = 255
BEING_MADE = frozenset(
    {"AUTHORING", "DRAFT", "PREFILL", "DOCUMENTS_NOT_YET_PROCESSED", "WAITING_FOR_AUTHORING"}
)
AUTHORING = "AUTHORING"
EXECUTED = frozenset({"SIGNED", "APPROVED", "ACCEPTED", "DELIVERED", "FORM_FILLED", "ARCHIVED"})
CANCELLED = frozenset({"CANCELLED", "ABORTED"})
ON_TURN = "WAITING_FOR_MY_SIGNATURE"
WAITING = frozenset({ON_TURN, "NOT_YET_VISIBLE"})
DONE = frozenset({"COMPLETED", "WAITING_FOR_OTHERS"})
SIGNED_EVENTS = frozenset(
    {"ACTION_COMPLETED", "ACTION_COMPLETED_HOSTED", "SIGNED", "ESIGNED", "DIGSIGNED"}
)
VIEWED_EVENTS = frozenset({"EMAIL_VIEWED", "DOCUMENTS_VIEWED"})
FIELDS = {
    FieldKind.SIGNATURE: ("SIGNATURE", "SIGNATURE"),
    FieldKind.NAME: ("TEXT_FIELD", "SIGNER_NAME"),
    FieldKind.TITLE: ("TEXT_FIELD", "SIGNER_TITLE"),
    FieldKind.DATE: ("TEXT_FIELD", "SIGNATURE_DATE"),
}
FREQUENCIES = (
    (1, "DAILY_UNTIL_SIGNED"),
    (2, "EVERY_OTHER_DAY_UNTIL_SIGNED"),
    (3, "EVERY_THIRD_DAY_UNTIL_SIGNED"),
    (5, "EVERY_FIFTH_DAY_UNTIL_SIGNED"),
)
EVENTS = "AGREEMENT_ALL"
SENT = {"state": "IN_PROCESS"}


def envelope_body(request: EnvelopeRequest, uploaded: Sequence[str]) -> dict[str, object]:
    """Write the agreement, to be authored first: its fields are laid by a call of their own."""
    orders = sorted({item.routing_order for item in request.recipients})
    packet = f" ({request.packet_id})"
    body: dict[str, object] = {
        "name": shortened(request.title, LONGEST_NAME - len(packet)) + packet,
        "message": request.message,
        "fileInfos": [{"transientDocumentId": item} for item in uploaded],
        "participantSetsInfo": [
            {
                "name": item.key,
                "order": orders.index(item.routing_order) + 1,
                "role": "SIGNER",
                "memberInfos": [{"email": item.email, "name": item.name}],
            }
            for item in request.recipients
        ],
        "signatureType": "ESIGN",
        "state": AUTHORING,
        "externalId": {"id": request.idempotency_key},
        "expirationTime": request.expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if request.return_url:
        quiet = {"initEmails": "NONE", "inFlightEmails": "NONE"}
        body["emailOption"] = {"sendOptions": quiet}
        body["postSignOption"] = {"redirectUrl": request.return_url, "redirectDelay": 0}
    if request.remind_every is not None:
        days = max(1, request.remind_every.days)
        body["reminderFrequency"] = next(
            (word for most, word in FREQUENCIES if days <= most), "WEEKLY_UNTIL_SIGNED"
        )
    return body


def file_name(slug: str) -> str:
    """Name a file so that its slug can be read back."""
    return f"{slug}.pdf"


def fields(request: EnvelopeRequest, sets: Iterable[Mapping[str, Any]]) -> list[dict[str, object]]:
    """Lay every field on the pages of the joined document."""
    assignees = {str(item["name"]): str(item["id"]) for item in sets}
    laid, before = [], 0
    for index, document in enumerate(request.documents):
        for field in document.fields:
            input_type, content = FIELDS[field.kind]
            laid.append(
                {
                    "name": f"d{index}_{field.name}",
                    "inputType": input_type,
                    "contentType": content,
                    "required": True,
                    "assignee": assignees[field.recipient],
                    "locations": [
                        {
                            "pageNumber": before + field.page,
                            "left": round(field.x, 2),
                            "top": round(field.y, 2),
                            "width": round(field.width, 2),
                            "height": round(field.height, 2),
                        }
                    ],
                }
            )
        before += len(PdfReader(io.BytesIO(document.pdf)).pages)
    return laid


def hook_body(agreement_id: str, url: str) -> dict[str, object]:
    """Ask for callbacks about this agreement alone: one that fails blocks no other."""
    return {
        "name": shortened(f"agreement {agreement_id}", LONGEST_NAME),
        "scope": "RESOURCE",
        "resourceType": "AGREEMENT",
        "resourceId": agreement_id,
        "state": "ACTIVE",
        "webhookSubscriptionEvents": [EVENTS],
        "webhookUrlInfo": {"url": url},
    }


def cancelled(reason: str) -> dict[str, object]:
    """Write the state that ends an agreement; its people are told."""
    info = {"comment": reason, "notifyOthers": True}
    return {"state": "CANCELLED", "agreementCancellationInfo": info}


def replaced(one: Mapping[str, Any], new: NewRecipient) -> dict[str, object]:
    """Write a participant set with another person in it."""
    return {
        "name": one["name"],
        "order": one["order"],
        "role": one["role"],
        "memberInfos": [{"email": new.email, "name": new.name}],
    }


def parts(documents: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Give our documents and the page on which each begins in the joined one."""
    found, begin = [], 1
    for item in documents:
        found.append((str(item["name"]).removesuffix(".pdf"), begin))
        begin += int(item["numPages"])
    return found


def key_of(agreement: Mapping[str, Any]) -> str:
    """Read back our key."""
    return str((agreement.get("externalId") or {}).get("id") or "")


def active(one: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the person who holds a participant set now."""
    members: list[Mapping[str, Any]] = list(one.get("memberInfos") or [{}])
    return next((item for item in members if item.get("status") != "REPLACED"), members[0])


def snapshot_of(
    agreement: Mapping[str, Any],
    sets: Sequence[Mapping[str, Any]],
    events: Sequence[Mapping[str, Any]],
) -> EnvelopeSnapshot:
    """Translate an agreement; how a cancelled one ended stands in its events alone."""
    status = str(agreement.get("status", ""))
    ended, reason = None, ""
    if status in EXECUTED:
        ended = Signal.FULLY_EXECUTED
    elif status == "EXPIRED":
        ended = Signal.EXPIRED
    elif status in CANCELLED:
        ended, reason = _cancelled(events)
    return EnvelopeSnapshot(
        envelope_id=str(agreement["id"]),
        idempotency_key=key_of(agreement),
        sent_at=moment(agreement.get("createdDate")) or datetime.fromtimestamp(0, UTC),
        recipients=tuple(_recipient(one, events) for one in sets),
        ended=ended,
        reason=reason,
    )


def _cancelled(events: Sequence[Mapping[str, Any]]) -> tuple[Signal, str]:
    for kind, signal in (
        ("REJECTED", Signal.DECLINED),
        ("AUTO_CANCELLED_CONVERSION_PROBLEM", Signal.FAILED),
        ("RECALLED", Signal.VOIDED),
    ):
        for item in events:
            if item.get("type") == kind:
                return signal, str(item.get("comment") or "")
    return Signal.VOIDED, ""


def _recipient(one: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> RecipientSnapshot:
    email = _email(active(one).get("email"))

    def last(kinds: frozenset[str]) -> datetime | None:
        times = [
            moment(item.get("date"))
            for item in events
            if item.get("type") in kinds and _email(item.get("participantEmail")) == email
        ]
        return next((at for at in reversed(times) if at is not None), None)

    done = one.get("status") in DONE
    return RecipientSnapshot(
        key=str(one.get("name", "")),
        email=email,
        viewed_at=last(VIEWED_EVENTS),
        signed_at=last(SIGNED_EVENTS) if done else None,
        declined_at=last(frozenset({"REJECTED"})),
        bounced_at=last(frozenset({"EMAIL_BOUNCED"})),
    )


def _email(text: object) -> str:
    return str(text or "").casefold()
