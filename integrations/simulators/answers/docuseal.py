"""What DocuSeal says of a submission."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from integrations.simulators.envelope import Ending, Happening
from integrations.simulators.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integrations.simulators.envelope import Envelope, Person

EVENTS = {
    Happening.SENT: "submission.created",
    Happening.VIEWED: "form.viewed",
    Happening.SIGNED: "form.completed",
    Happening.COMPLETED: "submission.completed",
    Happening.DECLINED: "form.declined",
    Happening.VOIDED: "submission.archived",
    Happening.EXPIRED: "submission.expired",
    Happening.NEWS: "submission.something_new",
}


def submission(envelope: Envelope, now: datetime) -> dict[str, Any]:
    """Show a submission without its files."""
    last = envelope.ended_at if envelope.ended is Ending.COMPLETED else None
    return {
        "id": int(envelope.id),
        "name": envelope.title,
        "slug": envelope.notes["slug"],
        "source": "api",
        "submitters_order": "preserved",
        "combined_document_url": None,
        "completed_at": say(last),
        "expire_at": say(envelope.expires_at),
        "created_at": say(envelope.sent_at),
        "updated_at": say(now),
        "archived_at": say(envelope.notes["archived_at"]),
        "submitters": [submitter(envelope, one, now) for one in envelope.people],
        "submission_events": envelope.notes["events"],
        "status": envelope.notes.get("status", _status(envelope, now)),
    }


def _status(envelope: Envelope, now: datetime) -> str:
    if envelope.ended in {Ending.COMPLETED, Ending.DECLINED}:
        return str(envelope.ended)
    over = envelope.expires_at is not None and now >= envelope.expires_at
    return "expired" if over else "pending"


def submitter(envelope: Envelope, one: Person, now: datetime) -> dict[str, Any]:
    """Show a submitter."""
    told = envelope.notes["submitters"][one.id]
    lowest = min((item.order for item in envelope.people if not item.done), default=one.order)
    status = "sent" if one.order <= lowest and not envelope.quiet else "awaiting"
    for at, word in (
        (one.viewed_at, "opened"),
        (one.signed_at, "completed"),
        (one.declined_at, "declined"),
    ):
        status = word if at else status
    return {
        "id": int(one.id),
        "submission_id": int(envelope.id),
        "uuid": f"00000000-0000-4000-8000-{int(one.id):012d}",
        "email": one.email,
        "slug": told["slug"],
        "sent_at": None if status == "awaiting" else say(envelope.sent_at),
        "opened_at": say(one.viewed_at),
        "completed_at": say(one.signed_at),
        "declined_at": say(one.declined_at),
        "created_at": say(envelope.sent_at),
        "updated_at": say(now),
        "name": one.name,
        "phone": None,
        "status": status,
        "external_id": told.get("external_id"),
        "metadata": told.get("metadata", {}),
        "role": told["role"],
        "values": [
            {"field": name, "value": value} for name, value in told.get("values", {}).items()
        ],
    }


def form_event(
    envelope: Envelope,
    one: Person,
    whole: Mapping[str, Any],
    who: Mapping[str, Any],
    address: str,
) -> dict[str, Any]:
    """Tell of one submitter in a callback, beside a few words on the whole submission."""
    return {
        **who,
        "decline_reason": envelope.reason if one.declined_at else None,
        "audit_log_url": whole["audit_log_url"],
        "submission": {
            "id": int(envelope.id),
            "status": whole["status"],
            "url": address,
            "audit_log_url": whole["audit_log_url"],
            "combined_document_url": None,
        },
    }


def say(at: datetime | None) -> str | None:
    """Write a moment as DocuSeal does."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z" if at else None


def refusal(status: int, words: str) -> Refusal:
    """Refuse as DocuSeal does: in words, without a code."""
    return Refusal(status, {"error": words})
