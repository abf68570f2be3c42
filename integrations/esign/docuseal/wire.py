"""Our words and DocuSeal's; nothing of theirs passes beyond this module.

Positions are shares of the page from its upper left corner: so are they in every answer. That the
cloud takes them in this unit is not written down by the vendor; the live suite looks.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from docgen.domain.signing import EnvelopeSnapshot, FieldKind, RecipientSnapshot, Signal
from integrations.vendor.moment import moment
from integrations.vendor.title import shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.signing import SigningField
    from docgen.ports.esign import (
        EnvelopeDocument,
        EnvelopeRecipient,
        EnvelopeRequest,
        NewRecipient,
    )

PACKET, DOCUMENTS = "packet_id", "docgen_documents"
ORDER = "docgen_order"  # only of a submission that we invite to
LONGEST_SUBJECT = 100
ENDINGS = {
    "completed": Signal.FULLY_EXECUTED,
    "declined": Signal.DECLINED,
    "expired": Signal.EXPIRED,
}
TYPES = {
    FieldKind.SIGNATURE: "signature",
    FieldKind.NAME: "text",
    FieldKind.TITLE: "text",
    FieldKind.DATE: "date",
}
LABELS = {
    FieldKind.SIGNATURE: "Signature",
    FieldKind.NAME: "Name",
    FieldKind.TITLE: "Title",
    FieldKind.DATE: "Date",
}
DECLINED, BOUNCED = "decline_form", "bounce_email"
NOT_YET, WAITING = "awaiting", frozenset({"awaiting", "sent", "opened"})
LINK = "{{submitter.link}}"


def envelope_body(request: EnvelopeRequest) -> dict[str, object]:
    """Write the submission as DocuSeal wants it, each file by itself, in the order of signing."""
    orders = sorted({one.routing_order for one in request.recipients})
    return {
        "name": shortened(request.title, LONGEST_SUBJECT),
        "send_email": not request.return_url,
        "order": "preserved",
        "expire_at": request.expires_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        "documents": [_document(item) for item in request.documents],
        "submitters": [
            _submitter(request, number, one, orders.index(one.routing_order))
            for number, one in enumerate(request.recipients, start=1)
        ],
        # A message without a body is refused, and a body without the link invites nobody.
        "message": {
            "subject": _plain(shortened(request.title, LONGEST_SUBJECT)),
            "body": f"{_plain(request.message)}\n\n{LINK}".strip(),
        },
        **({"completed_redirect_url": request.return_url} if request.return_url else {}),
        "merge_documents": False,
        "remove_tags": False,  # nothing on our pages is DocuSeal's to take away
    }


def external_id(key: str, number: int) -> str:
    """Name a submitter by our key; the first is found without knowing who signs."""
    return f"{key}:{number}"


def _plain(text: str) -> str:
    """Keep DocuSeal from filling in what only looks like one of its variables."""
    return text.replace("{{", "{ {")


def _document(item: EnvelopeDocument) -> dict[str, object]:
    return {
        "name": item.title,
        "file": base64.b64encode(item.pdf).decode(),
        "fields": [_field(item, field) for field in item.fields],
    }


def _field(item: EnvelopeDocument, field: SigningField) -> dict[str, object]:
    x, y, width, height = (round(part, 6) for part in field.share())
    return {
        "name": _field_name(item, field),
        "title": f"{item.title}: {LABELS[field.kind]}",
        "type": TYPES[field.kind],
        "role": field.recipient,
        "required": True,
        "areas": [{"x": x, "y": y, "w": width, "h": height, "page": field.page}],
    }


def _field_name(item: EnvelopeDocument, field: SigningField) -> str:
    """Name a field once in the whole submission; its kind stands last."""
    return f"{item.slug}_{field.name}"


def _submitter(
    request: EnvelopeRequest, number: int, one: EnvelopeRecipient, order: int
) -> dict[str, object]:
    return {
        "role": one.key,
        "name": one.name,
        "email": one.email,
        "order": order,
        "external_id": external_id(request.idempotency_key, number),
        "metadata": {
            PACKET: request.packet_id,
            DOCUMENTS: " ".join(item.slug for item in request.documents),
        }
        | ({ORDER: str(order)} if request.return_url else {}),
        "values": _values(request, one),
    }


def _values(request: EnvelopeRequest, one: EnvelopeRecipient) -> dict[str, str]:
    """Fill in what is known of the signer, who can correct it."""
    known = {FieldKind.NAME: one.name, FieldKind.TITLE: one.title}
    return {
        _field_name(item, field): known[field.kind]
        for item in request.documents
        for field in item.fields
        if field.recipient == one.key and known.get(field.kind)
    }


def refilled(submitter: Mapping[str, Any], new: NewRecipient) -> dict[str, str]:
    """Say what takes the place of what was filled in of the person who signed before."""
    known = {FieldKind.NAME: new.name, FieldKind.TITLE: new.title}
    names = [str(item.get("field")) for item in submitter.get("values") or []]
    return {
        name: text for name in names for kind, text in known.items() if name.endswith(f"_{kind}")
    }


def slugs(submission: Mapping[str, Any]) -> list[str]:
    """Give our documents in the order in which they were sent."""
    for one in submitters(submission).values():
        return str((one.get("metadata") or {}).get(DOCUMENTS, "")).split()
    return []


def submitters(submission: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give DocuSeal's submitters under our recipient keys, in our order."""
    ours = [one for one in submission.get("submitters") or [] if _carried(one)[0]]
    return {str(one["role"]): one for one in sorted(ours, key=lambda one: _carried(one)[1])}


def on_turn(submission: Mapping[str, Any], one: Mapping[str, Any]) -> bool:
    """Say whether it is the turn of a submitter who has still to sign.

    DocuSeal's status follows its letters; where it writes none, everybody stays "awaiting".
    """
    if not invited_by_us(one):
        return bool(one["status"] != NOT_YET)
    waiting = [it for it in submitters(submission).values() if it["status"] in WAITING]
    return _order(one) == min(_order(item) for item in waiting)


def invited_by_us(one: Mapping[str, Any]) -> bool:
    """Say whether it is left to us to write to a submitter."""
    return ORDER in (one.get("metadata") or {})


def _order(one: Mapping[str, Any]) -> int:
    return int((one.get("metadata") or {})[ORDER])


def _carried(one: Mapping[str, Any]) -> tuple[str, int]:
    """Read back our key and number, which are nothing for somebody whom we did not send."""
    key, _, number = str(one.get("external_id") or "").rpartition(":")
    return (key, int(number)) if key and number.isascii() and number.isdecimal() else ("", 0)


def snapshot_of(submission: Mapping[str, Any]) -> EnvelopeSnapshot:
    """Translate a submission; a status we do not know is no ending."""
    people, status = submitters(submission), str(submission.get("status", ""))
    archived = moment(submission.get("archived_at"))
    expires = moment(submission.get("expire_at"))
    ended = ENDINGS.get(status)
    # Archiving withdraws what is still open and leaves the status as it was; the time for signing
    # then runs out all the same.
    if archived and (ended is None or (ended is Signal.EXPIRED and expires and archived < expires)):
        ended = Signal.VOIDED
    declined = [at for one in people.values() if (at := moment(one.get("declined_at")))]
    when = {
        Signal.FULLY_EXECUTED: moment(submission.get("completed_at")),
        Signal.DECLINED: max(declined, default=None),
        Signal.EXPIRED: expires,
        Signal.VOIDED: archived,
    }
    keys = [_carried(one)[0] for one in people.values()]
    return EnvelopeSnapshot(
        envelope_id=str(submission["id"]),
        idempotency_key=keys[0] if keys else "",
        sent_at=moment(submission.get("created_at")) or datetime.fromtimestamp(0, UTC),
        recipients=tuple(
            RecipientSnapshot(
                key=key,
                email=str(one.get("email") or ""),
                viewed_at=moment(one.get("opened_at")),
                signed_at=moment(one.get("completed_at")),
                declined_at=moment(one.get("declined_at")),
                bounced_at=_bounced_at(submission, one),
            )
            for key, one in people.items()
        ),
        ended=ended,
        ended_at=when[ended] if ended else None,
        reason=_reason(submission) if ended is Signal.DECLINED else "",
    )


def _bounced_at(submission: Mapping[str, Any], one: Mapping[str, Any]) -> datetime | None:
    """Read when a letter to a submitter last came back; DocuSeal notes it and reports it not."""
    came_back = (
        moment(item.get("event_timestamp"))
        for item in submission.get("submission_events") or []
        if item.get("event_type") == BOUNCED and item.get("submitter_id") == one.get("id")
    )
    return max((at for at in came_back if at is not None), default=None)


def _reason(submission: Mapping[str, Any]) -> str:
    """Read why somebody declined; DocuSeal keeps no reason for archiving."""
    for one in submission.get("submission_events") or []:
        if one.get("event_type") == DECLINED:
            return str((one.get("data") or {}).get("reason") or "")
    return ""
