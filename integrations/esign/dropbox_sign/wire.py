"""Our words and Dropbox Sign's; nothing of theirs passes beyond this module.

A field's corner is in points from the page's upper left, but its width and height always count
80 to the inch.
"""

from __future__ import annotations

import hashlib
import io
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pypdf import PdfReader

from docgen.domain.signing import EnvelopeSnapshot, FieldKind, RecipientSnapshot, Signal
from integrations.vendor.title import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docgen.domain.signing import SigningField
    from docgen.ports.esign import EnvelopeRecipient, EnvelopeRequest

PACKET, OUR_KEY = "packet_id", "docgen_key"
DOCUMENTS, PAGES, RECIPIENTS = "docgen_documents", "docgen_pages", "docgen_recipients"
_COUNT = re.compile(r"[0-9]{1,5}", re.ASCII)
LONGEST_TITLE, LONGEST_MESSAGE = 255, 5000
HOUR, POINTS, UNITS = 3600, 72, 80
SHORTEST_RUN, LONGEST_RUN = timedelta(days=1), timedelta(days=90)
LETTER = (612, 792)  # the page for which positions are documented, in points
KINDS = {
    FieldKind.SIGNATURE: "signature",
    FieldKind.NAME: "text",
    FieldKind.TITLE: "text",
    FieldKind.DATE: "date_signed",
}
LABELS = {FieldKind.NAME: "Full name", FieldKind.TITLE: "Title"}
WAITING, EXPIRED, DECLINED = frozenset({"awaiting_signature"}), "expired", "declined"


def unfit(request: EnvelopeRequest) -> str:
    """Say what Dropbox Sign cannot carry of this request, or nothing.

    The answer continues "The signing service dropbox_sign ... ".
    """
    if not SHORTEST_RUN <= request.expires_at - request.sent_at <= LONGEST_RUN:
        return "lets an envelope run for 1 to 90 days"
    if not all(
        abs(field.page_width - LETTER[0]) <= 1 and abs(field.page_height - LETTER[1]) <= 1
        for document in request.documents
        for field in document.fields
    ):
        return "places fields reliably on US Letter pages alone"
    return ""


def envelope_body(request: EnvelopeRequest, *, test_mode: bool) -> dict[str, object]:
    """Write the request's fields; objects and lists go as JSON in one part each."""
    keys = [item.key for item in request.recipients]
    return {
        "title": shortened(request.title, LONGEST_TITLE),
        "subject": shortened(request.title, LONGEST_TITLE),
        "message": shortened(request.message, LONGEST_MESSAGE),
        "signers": _signers(request),
        "allow_decline": "1",
        "metadata": {
            PACKET: request.packet_id,
            OUR_KEY: request.idempotency_key,
            DOCUMENTS: " ".join(item.slug for item in request.documents),
            PAGES: " ".join(str(_pages(item.pdf)) for item in request.documents),
            RECIPIENTS: " ".join(_kept(request, one) for one in request.recipients),
        },
        "signing_options": {
            "draw": True,
            "type": True,
            "upload": False,
            "phone": False,
            "default_type": "type",
        },
        "form_fields_per_document": [
            _field(field, index, keys.index(field.recipient))
            for index, document in enumerate(request.documents)
            for field in document.fields
        ],
        "expires_at": str(_whole_hour(request)),
        "test_mode": "1" if test_mode else "0",
    }


def _signers(request: EnvelopeRequest) -> list[dict[str, object]]:
    """List the signers; where all sign together no order may be given at all."""
    return [
        {"name": item.name, "email_address": item.email}
        | ({"order": int(place)} if (place := _place(request, item.routing_order)) else {})
        for item in request.recipients
    ]


def _field(field: SigningField, index: int, signer: int) -> dict[str, object]:
    return {
        "document_index": index,
        "api_id": f"d{index}_{field.name}",
        "name": LABELS.get(field.kind, ""),
        "type": KINDS[field.kind],
        "required": True,
        "signer": str(signer),
        "page": field.page,
        "x": round(field.x),
        "y": round(field.y),
        "width": int(field.width * UNITS / POINTS),
        "height": int(field.height * UNITS / POINTS),
    }


def _whole_hour(request: EnvelopeRequest) -> int:
    """Give the end of the hour, since Dropbox Sign rounds down, within what it lets a request run.

    https://developers.hellosign.com/docs/signature-request/expiration/
    """
    wanted = -(-int(request.expires_at.timestamp()) // HOUR)
    return min(wanted, int((request.sent_at + LONGEST_RUN).timestamp()) // HOUR) * HOUR


def _kept(request: EnvelopeRequest, one: EnvelopeRecipient) -> str:
    """Write down who a recipient is, so that their signature is told from the others' later."""
    return f"{one.key}:{_place(request, one.routing_order)}:{_address_mark(one.email)}"


def _place(request: EnvelopeRequest, routing_order: int) -> str:
    """Give the place in the order, counted from 0; "" where all sign together."""
    orders = sorted({item.routing_order for item in request.recipients})
    return str(orders.index(routing_order)) if len(orders) > 1 else ""


def _address_mark(address: str) -> str:
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()[:16]


def _pages(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def metadata(found: Mapping[str, Any]) -> dict[str, str]:
    """Read back what we let Dropbox Sign keep."""
    return {str(name): str(value) for name, value in (found.get("metadata") or {}).items()}


def parts(found: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Give our documents and the page on which each begins in the one file that comes back.

    Nothing where somebody at the service changed what we keep there; then nothing is accepted.
    """
    kept, begin, result = metadata(found), 1, []
    slugs, counts = kept.get(DOCUMENTS, "").split(), kept.get(PAGES, "").split()
    if len(slugs) != len(counts) or not all(_COUNT.fullmatch(count) for count in counts):
        return []
    for slug, count in zip(slugs, counts, strict=True):
        result.append((slug, begin))
        begin += int(count)
    return result


def signatures(found: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give the signatures under our recipient keys, in our order.

    Dropbox Sign promises no order of its list, gives a new id to a signature that passes to another
    person, and keeps nothing of ours with it. So who has the address we sent to is known by it, and
    whoever is left over by the place in the order.
    """
    kept = [part.split(":") for part in metadata(found).get(RECIPIENTS, "").split()]
    whole = [(key, place, mark) for key, place, mark in (it for it in kept if len(it) == PARTS)]
    left = list(found.get("signatures") or [])
    matched: dict[str, Mapping[str, Any]] = {}
    for fits in FITTING:
        for key, place, mark in whole:
            one = next((it for it in left if fits(it, place, mark)), None)
            if one is not None and key not in matched:
                matched[key] = one
                left.remove(one)
    return {key: matched[key] for key, _, _ in whole if key in matched}


def _has_place(one: Mapping[str, Any], place: str) -> bool:
    order = one.get("order")
    return place == ("" if order is None else str(order))


def _has_address(one: Mapping[str, Any], mark: str) -> bool:
    return _address_mark(str(one.get("signer_email_address") or "")) == mark


PARTS = 3
# From the surest to the least sure way to tell whose signature it is.
FITTING: tuple[Callable[[Mapping[str, Any], str, str], bool], ...] = (
    lambda one, place, mark: _has_address(one, mark) and _has_place(one, place),
    lambda one, _place, mark: _has_address(one, mark),
    lambda one, place, _mark: _has_place(one, place),
    lambda _one, _place, _mark: True,
)


def snapshot_of(found: Mapping[str, Any]) -> EnvelopeSnapshot:
    """Translate a signature request; a status we do not know is no ending."""
    people = signatures(found)
    statuses = {str(one.get("status_code")) for one in people.values()}
    ended, ended_at, reason = None, None, ""
    if found.get("is_complete") is True:
        ended = Signal.FULLY_EXECUTED
        signed = [_moment(one.get("signed_at")) for one in people.values()]
        ended_at = max((at for at in signed if at is not None), default=None)
    elif found.get("is_declined") is True:
        ended = Signal.DECLINED
        reason = next(
            (str(one["decline_reason"]) for one in people.values() if one.get("decline_reason")), ""
        )
    elif EXPIRED in statuses:
        ended, ended_at = Signal.EXPIRED, _moment(found.get("expires_at"))
    elif found.get("has_error") is True:
        ended = Signal.FAILED
    created_at = _moment(found.get("created_at")) or datetime.fromtimestamp(0, UTC)
    return EnvelopeSnapshot(
        envelope_id=str(found["signature_request_id"]),
        idempotency_key=metadata(found).get(OUR_KEY, ""),
        sent_at=created_at,
        recipients=tuple(_recipient(key, one, created_at) for key, one in people.items()),
        ended=ended,
        ended_at=ended_at,
        reason=reason,
    )


def _recipient(key: str, one: Mapping[str, Any], created_at: datetime) -> RecipientSnapshot:
    """Translate a signature; a last look stands for when somebody declined, which is not said."""
    viewed_at, declined = _moment(one.get("last_viewed_at")), one.get("status_code") == DECLINED
    return RecipientSnapshot(
        key=key,
        email=str(one.get("signer_email_address") or ""),
        viewed_at=viewed_at,
        signed_at=None if declined else _moment(one.get("signed_at")),
        declined_at=(viewed_at or created_at) if declined else None,
        bounced_at=created_at if one.get("error") else None,
    )


def voided(request_id: str) -> EnvelopeSnapshot:
    """Say that a request was cancelled; Dropbox Sign tells nothing more of it."""
    return EnvelopeSnapshot(
        envelope_id=request_id,
        idempotency_key="",
        sent_at=datetime.fromtimestamp(0, UTC),
        recipients=(),
        ended=Signal.VOIDED,
    )


def _moment(seconds: object) -> datetime | None:
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds <= 0:
        return None
    return datetime.fromtimestamp(seconds, UTC)
