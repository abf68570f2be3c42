"""What Documenso says of an envelope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from integrations.simulators.envelope import Ending, Envelope, Happening
from integrations.simulators.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integrations.simulators.envelope import Mark, Person

KINDS = {"SIGNATURE": "signature", "NAME": "name", "TEXT": "title", "DATE": "date"}
_TYPES = {kind: name for name, kind in KINDS.items()}
_STATUS = {
    Ending.COMPLETED: "COMPLETED",
    Ending.DECLINED: "REJECTED",
    Ending.VOIDED: "CANCELLED",
    Ending.EXPIRED: "PENDING",  # Documenso has no word for it
}

EVENTS = {
    Happening.SENT: "DOCUMENT_SENT",
    Happening.VIEWED: "DOCUMENT_OPENED",
    Happening.SIGNED: "DOCUMENT_SIGNED",
    Happening.COMPLETED: "DOCUMENT_COMPLETED",
    Happening.DECLINED: "DOCUMENT_REJECTED",
    Happening.VOIDED: "DOCUMENT_CANCELLED",
    Happening.EXPIRED: "RECIPIENT_EXPIRED",
    Happening.NEWS: "DOCUMENT_SOMETHING_NEW",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An envelope as it is told of at a moment; a `draft` was created and not distributed."""

    envelope: Envelope
    draft: bool
    now: datetime

    @property
    def status(self) -> str:
        """The envelope's status."""
        if self.draft:
            return "DRAFT"
        if self.envelope.ended is None or (
            self.envelope.ended is Ending.COMPLETED and self.envelope.seal_waits
        ):
            return "PENDING"
        return _STATUS[self.envelope.ended]

    def shown(self, *, whole: bool) -> dict[str, Any]:
        """Show the envelope; `whole` with what a list leaves out."""
        over = self.envelope.ended_at if self.status not in {"DRAFT", "PENDING"} else None
        notes = self.envelope.notes
        shown: dict[str, Any] = {
            "internalVersion": 2,
            "type": "DOCUMENT",
            "status": notes.get("status", self.status),
            "source": "DOCUMENT",
            "visibility": "EVERYONE",
            "templateType": "PRIVATE",
            "id": self.envelope.id,
            "secondaryId": f"document_{notes['number']}",
            "externalId": self.envelope.key or None,
            "createdAt": say(notes["created"]),
            "updatedAt": say(self.now),
            "completedAt": say(over),
            "deletedAt": None,
            "title": self.envelope.title,
            "authOptions": None,
            "formValues": None,
            "publicTitle": "",
            "publicDescription": "",
            "userId": 1,
            "teamId": 1,
            "folderId": None,
            "templateId": None,
            "user": {"id": 1, "name": "Example", "email": "sender@example.org"},
            "team": {"id": 1, "url": "example"},
            "recipients": [self.recipient(one) for one in self.envelope.people],
        }
        if whole:
            meta = notes["meta"]
            shown |= {
                "documentMeta": _meta_shown(meta),
                "directLink": None,
                "envelopeItems": [
                    {
                        "envelopeId": self.envelope.id,
                        "documentDataId": f"data_{number}",
                        "id": item,
                        "title": self.envelope.files[number - 1][0],
                        "order": number,
                    }
                    for number, item in enumerate(notes["items"], start=1)
                ][::-1],
                "fields": [
                    self._field(number, mark)
                    for number, mark in enumerate(self.envelope.marks, start=1)
                ],
            }
        return shown

    def _field(self, number: int, mark: Mark) -> dict[str, Any]:
        wide, tall = self.envelope.notes["sizes"][mark.file][mark.page - 1]
        return {
            "envelopeId": self.envelope.id,
            "envelopeItemId": self.envelope.notes["items"][mark.file],
            "type": _TYPES[mark.kind],
            "id": number,
            "secondaryId": f"field_{number}",
            "recipientId": int(mark.person),
            "page": mark.page,
            # decimal numbers are given as text
            "positionX": f"{mark.x / wide:.4f}",
            "positionY": f"{mark.y / tall:.4f}",
            "width": f"{mark.width / wide:.4f}",
            "height": f"{mark.height / tall:.4f}",
            "customText": "",
            "inserted": self.envelope.person(mark.person).signed_at is not None,
            "fieldMeta": None,
        }

    def recipient(self, one: Person, until: datetime | None = None) -> dict[str, Any]:
        """Show a recipient, signed or not as it stood at a moment."""
        signed = one.signed_at if until is None or not _after(one.signed_at, until) else None
        status = "SIGNED" if signed else "NOT_SIGNED"
        status = "REJECTED" if one.declined_at else status
        invited = not self.draft and (
            one.done or self.envelope.ended is not None or one in self.envelope.turn
        )
        expires = self.envelope.expires_at if invited else None
        if self.envelope.ended is Ending.EXPIRED and not one.done:
            expires = self.envelope.ended_at
        return {
            "envelopeId": self.envelope.id,
            "id": int(one.id),
            "email": one.email,
            "name": one.name,
            "role": "SIGNER",
            "token": self.envelope.notes["tokens"][one.id],
            "readStatus": "OPENED" if one.viewed_at else "NOT_OPENED",
            "signingStatus": status,
            "sendStatus": "SENT" if invited else "NOT_SENT",
            "signingOrder": self.envelope.notes["places"][one.id],
            "documentDeletedAt": None,
            "expired": None,
            "expiresAt": say(expires),
            "expirationNotifiedAt": None,
            # set as well when somebody rejects
            "signedAt": say(signed or one.declined_at),
            "authOptions": None,
            "rejectionReason": self.envelope.reason if one.declined_at else None,
        }

    def reported(self, at: datetime, *, late: bool) -> dict[str, Any]:
        """Tell of the envelope in a callback; `late` as things stood before it was sealed."""
        people = [self.recipient(one, at) for one in self.envelope.people]
        return {
            "id": self.envelope.notes["number"],
            "externalId": self.envelope.key or None,
            "userId": 1,
            "authOptions": None,
            "formValues": None,
            "visibility": "EVERYONE",
            "title": self.envelope.title,
            "status": "PENDING" if late else self.status,
            "documentDataId": "data_1",
            "createdAt": say(self.envelope.notes["created"]),
            "updatedAt": say(at),
            "completedAt": None if late else say(self.envelope.ended_at),
            "deletedAt": None,
            "teamId": 1,
            "templateId": None,
            "source": "DOCUMENT",
            "documentMeta": {"id": "meta_1", "password": None, "signingOrder": "SEQUENTIAL"},
            "recipients": people,
            "Recipient": people,
        }

    def log(self) -> list[dict[str, Any]]:
        """Tell what happened, oldest first."""
        rows: list[tuple[datetime | None, str, dict[str, Any]]] = [
            (self.envelope.notes["created"], "DOCUMENT_CREATED", {"title": self.envelope.title})
        ]
        if not self.draft:
            rows.append((self.envelope.sent_at, "DOCUMENT_SENT", {}))
        for one in self.envelope.people:
            who = {
                "recipientEmail": one.email,
                "recipientName": one.name,
                "recipientId": int(one.id),
                "recipientRole": "SIGNER",
            }
            rows += [
                (one.viewed_at, "DOCUMENT_OPENED", {**who, "accessAuth": []}),
                (one.viewed_at, "DOCUMENT_VIEWED", {**who, "accessAuth": []}),
                (one.signed_at, "DOCUMENT_RECIPIENT_COMPLETED", {**who, "actionAuth": []}),
                (
                    one.declined_at,
                    "DOCUMENT_RECIPIENT_REJECTED",
                    {**who, "reason": self.envelope.reason},
                ),
            ]
        if self.envelope.ended is Ending.VOIDED:
            rows.append(
                (self.envelope.ended_at, "DOCUMENT_CANCELLED", {"reason": self.envelope.reason})
            )
        if self.envelope.ended is Ending.COMPLETED:
            rows.append((self.envelope.ended_at, "DOCUMENT_COMPLETED", {"transactionId": "t"}))
        happened = [(at, kind, data) for at, kind, data in rows if at is not None]
        happened.sort(key=lambda row: row[0])
        return [
            {
                "id": f"log_{number}",
                "createdAt": say(at),
                "envelopeId": self.envelope.id,
                "name": None,
                "email": None,
                "userId": None,
                "userAgent": None,
                "ipAddress": None,
                "type": kind,
                "data": data,
            }
            for number, (at, kind, data) in enumerate(happened, start=1)
        ]


def _meta_shown(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": "meta_1",
        "signingOrder": told.get("signingOrder", "PARALLEL"),
        "distributionMethod": told.get("distributionMethod", "EMAIL"),
        "subject": told.get("subject"),
        "message": told.get("message"),
        "timezone": told.get("timezone", "Etc/UTC"),
        "dateFormat": told.get("dateFormat", "yyyy-MM-dd hh:mm a"),
        "redirectUrl": told.get("redirectUrl"),
        "typedSignatureEnabled": True,
        "uploadSignatureEnabled": True,
        "drawSignatureEnabled": True,
        "allowDictateNextSigner": told.get("allowDictateNextSigner", False),
        "language": told.get("language", "en"),
        "emailSettings": None,
        "emailId": None,
        "emailReplyTo": None,
        "envelopeExpirationPeriod": told.get("envelopeExpirationPeriod"),
    }


def _after(at: datetime | None, until: datetime) -> bool:
    return at is not None and at > until


def say(at: datetime | None) -> str | None:
    """Write a moment as Documenso does."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def refusal(status: int, code: str) -> Refusal:
    """Refuse a request."""
    return Refusal(status, {"message": "The request is not as documented.", "code": code})
