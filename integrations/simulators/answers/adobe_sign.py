"""What Adobe Acrobat Sign says of an envelope."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from integrations.simulators.envelope import Ending, Happening
from integrations.simulators.wire import Refusal

if TYPE_CHECKING:
    from integrations.simulators.envelope import Envelope, Person

EVENTS = {
    Happening.SENT: "AGREEMENT_ACTION_REQUESTED",
    Happening.VIEWED: "AGREEMENT_EMAIL_VIEWED",
    Happening.SIGNED: "AGREEMENT_ACTION_COMPLETED",
    Happening.COMPLETED: "AGREEMENT_WORKFLOW_COMPLETED",
    Happening.DECLINED: "AGREEMENT_REJECTED",
    Happening.VOIDED: "AGREEMENT_RECALLED",
    Happening.EXPIRED: "AGREEMENT_EXPIRED",
    Happening.BOUNCED: "AGREEMENT_EMAIL_BOUNCED",
    Happening.NEWS: "AGREEMENT_SOMETHING_NEW",
}
_STATUS = {
    Ending.COMPLETED: "SIGNED",
    Ending.DECLINED: "CANCELLED",
    Ending.VOIDED: "CANCELLED",
    Ending.EXPIRED: "EXPIRED",
}
LISTED = {"AUTHORING": "WAITING_FOR_AUTHORING"}  # a list says it in other words


def standing(envelope: Envelope) -> str:
    """Give an agreement's status."""
    if envelope.ended is not None:
        return _STATUS[envelope.ended]
    return "AUTHORING" if envelope.notes["state"] == "AUTHORING" else "OUT_FOR_SIGNATURE"


def members(envelope: Envelope) -> list[dict[str, Any]]:
    """Show the participant sets."""
    return [
        {
            "id": one.id,
            "name": one.key,
            "order": one.order,
            "role": "SIGNER",
            "status": _standing(envelope, one),
            "memberInfos": [
                *_replaced(envelope, one),
                {"id": f"M-{one.id}", "email": one.email, "name": one.name, "status": "ACTIVE"},
            ],
        }
        for one in envelope.people
    ]


def _standing(envelope: Envelope, one: Person) -> str:
    if one.signed_at:
        return "COMPLETED" if envelope.ended is Ending.COMPLETED else "WAITING_FOR_OTHERS"
    if envelope.ended is Ending.EXPIRED:
        return "EXPIRED"
    if envelope.ended is not None:
        return "CANCELLED"
    return "WAITING_FOR_MY_SIGNATURE" if one in envelope.turn else "NOT_YET_VISIBLE"


def _replaced(envelope: Envelope, one: Person) -> list[dict[str, str]]:
    """Give the people who held a participant set before."""
    emails = envelope.notes.get("replaced", {}).get(one.id, [])
    return [{"id": "M-old", "email": email, "status": "REPLACED"} for email in emails]


def history(envelope: Envelope) -> list[dict[str, str]]:
    """Tell what happened."""
    events: list[dict[str, str]] = [{"type": "CREATED", "date": say(envelope.sent_at)}]
    for one in envelope.people:
        for at, kind in ((one.viewed_at, "EMAIL_VIEWED"), (one.signed_at, "ACTION_COMPLETED")):
            if at is not None:
                events.append({"type": kind, "date": say(at), "participantEmail": one.email})
        bounced = envelope.notes.get("bounced", {}).get(one.email)
        if bounced is not None:
            events.append(
                {"type": "EMAIL_BOUNCED", "date": say(bounced), "participantEmail": one.email}
            )
        if one.declined_at is not None:
            events.append(
                {
                    "type": "REJECTED",
                    "date": say(one.declined_at),
                    "participantEmail": one.email,
                    "comment": envelope.reason,
                }
            )
    if envelope.ended is Ending.VOIDED and envelope.ended_at is not None:
        date = say(envelope.ended_at)
        events.append({"type": "RECALLED", "date": date, "comment": envelope.reason})
    return events


def say(at: datetime) -> str:
    """Write a moment as Adobe does."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def refusal(status: int, code: str) -> Refusal:
    """Refuse as Adobe does."""
    return Refusal(status, {"code": code, "message": "Not as documented."})
