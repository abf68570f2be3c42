"""Our words and Documenso's; nothing of theirs passes beyond this module.

Positions are percent of the page, from its upper left corner. What Documenso keeps for us is one
text of at most 255 characters, the external id: see `Carrier`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from docgen.domain.signing import EnvelopeSnapshot, FieldKind, RecipientSnapshot, Signal
from integrations.vendor.moment import moment
from integrations.vendor.title import shortened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.domain.signing import SigningField
    from docgen.ports.esign import EnvelopeRecipient, EnvelopeRequest

LONGEST_EXTERNAL_ID, LONGEST_SUBJECT, LONGEST_MESSAGE = 255, 254, 5000
DRAFT, PENDING, COMPLETED, REJECTED, CANCELLED = (
    "DRAFT",
    "PENDING",
    "COMPLETED",
    "REJECTED",
    "CANCELLED",
)
SIGNED, OPENED = "SIGNED", "OPENED"
PARALLEL, SEQUENTIAL = "PARALLEL", "SEQUENTIAL"
WHOLE = 100.0  # percent
FIELDS = {
    FieldKind.SIGNATURE: ("SIGNATURE", "signature"),
    FieldKind.NAME: ("NAME", "name"),
    FieldKind.TITLE: ("TEXT", "text"),  # Documenso has no field of its own for it
    FieldKind.DATE: ("DATE", "date"),
}
_LIST = r"[A-Za-z0-9_-]+(?:,[A-Za-z0-9_-]+)*"
_CARRIER = re.compile(rf"dg1:([0-9a-f]{{64}}):([A-Za-z0-9_-]+):({_LIST}):({_LIST})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """What of ours Documenso keeps: our key, the packet, documents and recipients in their order.

    The n-th slug is the n-th file; the n-th recipient key belongs to whom `signingOrder` n was
    given, also where all sign at once.
    """

    key: str
    packet_id: str
    slugs: tuple[str, ...]
    recipients: tuple[str, ...]

    def text(self) -> str:
        """Write it as an external id."""
        lists = ",".join(self.slugs), ",".join(self.recipients)
        return ":".join(("dg1", self.key, self.packet_id, *lists))


def carrier_of(request: EnvelopeRequest) -> Carrier:
    """Gather what Documenso has to keep for us."""
    return Carrier(
        key=request.idempotency_key,
        packet_id=request.packet_id,
        slugs=tuple(item.slug for item in request.documents),
        recipients=tuple(item.key for item in _in_turn(request)),
    )


def carried(envelope: Mapping[str, Any]) -> Carrier | None:
    """Read back what was kept; None where the envelope is not of our making."""
    text = envelope.get("externalId")
    found = _CARRIER.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    return Carrier(
        key=found[1],
        packet_id=found[2],
        slugs=tuple(found[3].split(",")),
        recipients=tuple(found[4].split(",")),
    )


def unfit(request: EnvelopeRequest) -> str:
    """Say what Documenso cannot carry of this request, or nothing.

    The answer continues "The signing service documenso ... ".
    """
    carrier = carrier_of(request)
    text = carrier.text()
    if len(text) > LONGEST_EXTERNAL_ID or carried({"externalId": text}) != carrier:
        return "has too little room to keep the names of these documents and signers"
    orders = {item.routing_order for item in request.recipients}
    if len(orders) not in {1, len(request.recipients)}:
        return "lets all sign at once or one after the other, not some of them together"
    return ""


def envelope_body(request: EnvelopeRequest) -> dict[str, object]:
    """Write the envelope as Documenso wants it."""
    together = len({item.routing_order for item in request.recipients}) == 1
    return {
        "type": "DOCUMENT",
        "title": shortened(request.title, LONGEST_SUBJECT),
        "externalId": carrier_of(request).text(),
        "recipients": [
            _recipient(request, one, place) for place, one in enumerate(_in_turn(request), start=1)
        ],
        "meta": {
            "subject": shortened(request.title, LONGEST_SUBJECT),
            "message": shortened(request.message, LONGEST_MESSAGE),
            "signingOrder": PARALLEL if together else SEQUENTIAL,
            "allowDictateNextSigner": False,
            "distributionMethod": _distribution(request),
            **({"redirectUrl": request.return_url} if request.return_url else {}),
            "timezone": "Etc/UTC",
            "dateFormat": "yyyy-MM-dd",
            "language": "en",
            "envelopeExpirationPeriod": _days(request.expires_at - request.sent_at),
            "reminderSettings": _reminders(request.remind_every),
        },
    }


def _distribution(request: EnvelopeRequest) -> str:
    """Say who writes to the recipients: Documenso, or nobody there."""
    return "NONE" if request.return_url else "EMAIL"


def files(request: EnvelopeRequest) -> list[tuple[str, bytes]]:
    """Give every file with its name, which signers see."""
    return [(file_name(item.title), item.pdf) for item in request.documents]


def file_name(title: str) -> str:
    """Make a file name of a title, in letters that every form parser reads alike."""
    plain = re.sub(r"[^A-Za-z0-9 ._-]+", "-", title)[:120].strip(" .-")
    return f"{plain or 'document'}.pdf"


def _in_turn(request: EnvelopeRequest) -> list[EnvelopeRecipient]:
    """List the recipients by routing order and, within it, as they were listed."""
    return sorted(request.recipients, key=lambda item: item.routing_order)


def _recipient(request: EnvelopeRequest, one: EnvelopeRecipient, place: int) -> dict[str, object]:
    return {
        "email": one.email,
        "name": one.name,
        "role": "SIGNER",
        "signingOrder": place,
        "fields": [
            _field(field, number, one)
            for number, item in enumerate(request.documents)
            for field in item.fields
            if field.recipient == one.key
        ],
    }


def _field(field: SigningField, number: int, one: EnvelopeRecipient) -> dict[str, object]:
    kind, meta = FIELDS[field.kind]
    x, y, width, height = (round(part, 4) for part in field.share(WHOLE))
    more = {"label": "Title", "text": one.title} if field.kind is FieldKind.TITLE else {}
    return {
        "identifier": number,
        "type": kind,
        "page": field.page,
        "positionX": x,
        "positionY": y,
        "width": width,
        "height": height,
        "fieldMeta": {"type": meta, "required": True, **more},
    }


def _days(period: timedelta) -> dict[str, object]:
    """Say a period in whole days, never less than was meant."""
    return {"unit": "day", "amount": max(1, math.ceil(period / timedelta(days=1)))}


def _reminders(every: timedelta | None) -> dict[str, object]:
    said: dict[str, object] = {"disabled": True} if every is None else _days(every)
    return {"sendAfter": said, "repeatEvery": said}


def recipients(envelope: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give Documenso's recipients under our keys, in the order in which they were sent."""
    carrier = carried(envelope)
    by_order = {one.get("signingOrder"): one for one in envelope.get("recipients") or []}
    keys = carrier.recipients if carrier else ()
    return {key: by_order[place] for place, key in enumerate(keys, start=1) if place in by_order}


def items(envelope: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give each of our documents' slugs with the id of its file; nothing where they differ."""
    carrier = carried(envelope)
    listed = sorted(envelope.get("envelopeItems") or [], key=lambda item: int(item["order"]))
    slugs = carrier.slugs if carrier else ()
    if len(slugs) != len(listed):
        return []
    return [(slug, str(item["id"])) for slug, item in zip(slugs, listed, strict=True)]


def as_asked(envelope: Mapping[str, Any], request: EnvelopeRequest) -> bool:
    """True for a draft that is whole and that nobody has changed at Documenso."""
    people = recipients(envelope)
    wanted = {item.key: item.email.lower() for item in request.recipients}
    return (
        {key: str(one.get("email")).lower() for key, one in people.items()} == wanted
        and len(envelope.get("recipients") or []) == len(wanted)
        and len(items(envelope)) == len(request.documents)
        and len(envelope.get("fields") or []) == sum(len(it.fields) for it in request.documents)
        and (envelope.get("documentMeta") or {}).get("distributionMethod") == _distribution(request)
    )


def on_turn(envelope: Mapping[str, Any]) -> list[str]:
    """Name whose turn it is, by our keys."""
    waiting = [
        key for key, one in recipients(envelope).items() if one.get("signingStatus") == "NOT_SIGNED"
    ]
    meta = envelope.get("documentMeta") or {}
    return waiting if meta.get("signingOrder") == PARALLEL else waiting[:1]


def signed_by_all(envelope: Mapping[str, Any]) -> bool:
    """True once nobody has to sign any more, whatever the status says."""
    people = envelope.get("recipients") or []
    return bool(people) and all(one.get("signingStatus") == SIGNED for one in people)


def snapshot_of(
    envelope: Mapping[str, Any], log: Sequence[Mapping[str, Any]], now: datetime
) -> EnvelopeSnapshot:
    """Translate an envelope and its audit log; a status we do not know is no ending.

    Documenso has no status for "expired", and says when something happened in its log alone. Signed
    by all and still pending is not yet sealed, which is no ending either.
    """
    carrier, people = carried(envelope), recipients(envelope)
    ended, ended_at, reason = _ending(envelope, log, now)
    sent = _first(log, "DOCUMENT_SENT") or {}
    return EnvelopeSnapshot(
        envelope_id=str(envelope["id"]),
        idempotency_key=carrier.key if carrier else "",
        sent_at=moment(sent.get("createdAt"))
        or moment(envelope.get("createdAt"))
        or datetime.fromtimestamp(0, UTC),
        recipients=tuple(_standing(key, one, log) for key, one in people.items()),
        ended=ended,
        ended_at=ended_at,
        reason=reason,
    )


def _standing(
    key: str, one: Mapping[str, Any], log: Sequence[Mapping[str, Any]]
) -> RecipientSnapshot:
    """Tell where a recipient stands; `signedAt` is set when somebody rejects, too."""
    opened = _first(log, "DOCUMENT_OPENED", one) or _first(log, "DOCUMENT_VIEWED", one) or {}
    answered, status = moment(one.get("signedAt")), one.get("signingStatus")
    return RecipientSnapshot(
        key=key,
        email=str(one.get("email") or ""),
        viewed_at=moment(opened.get("createdAt")) if one.get("readStatus") == OPENED else None,
        signed_at=answered if status == SIGNED else None,
        declined_at=answered if status == REJECTED else None,
    )


def _ending(
    envelope: Mapping[str, Any], log: Sequence[Mapping[str, Any]], now: datetime
) -> tuple[Signal | None, datetime | None, str]:
    """Say how and when the envelope ended, and the reason a person gave."""
    status, listed = envelope.get("status"), envelope.get("recipients") or []
    at = moment(envelope.get("completedAt"))
    if status == COMPLETED:
        return Signal.FULLY_EXECUTED, at, ""
    if status == CANCELLED:
        entry = _first(log, "DOCUMENT_CANCELLED") or {}
        reason = str((entry.get("data") or {}).get("reason") or "")
        return Signal.VOIDED, moment(entry.get("createdAt")) or at, reason
    rejected = next((one for one in listed if one.get("signingStatus") == REJECTED), None)
    if status == REJECTED or (status == PENDING and rejected is not None):
        one = rejected or {}
        return (
            Signal.DECLINED,
            moment(one.get("signedAt")) or at,
            str(one.get("rejectionReason") or ""),
        )
    if status == PENDING:
        ends = [
            moment(one.get("expiresAt")) for one in listed if one.get("signingStatus") != SIGNED
        ]
        over = [end for end in ends if end is not None and end <= now]
        if over:
            return Signal.EXPIRED, min(over), ""
    return None, None, ""


def _first(
    log: Sequence[Mapping[str, Any]], kind: str, of: Mapping[str, Any] | None = None
) -> Mapping[str, Any] | None:
    """Find the first entry of a kind, about one recipient where one is given."""
    for entry in log:
        if entry.get("type") != kind:
            continue
        if of is None or (entry.get("data") or {}).get("recipientId") == of.get("id"):
            return entry
    return None
