"""Documenso API v2 with envelopes, and its callbacks, simulated.

Only what is documented is answered; every other route, field or type is a fault.
"""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from pypdf import PdfReader

from integrations.simulators.envelope import Ending, Envelope, Happening, Mark, Person
from integrations.simulators.kit import Simulator
from integrations.simulators.seal import report
from integrations.simulators.wire import Answered, Asked, Letter, Refusal, Route

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from integrations.simulators.kit import Callback

API_TOKEN = "api_s3cret_documenso"  # noqa: S105  # the simulator's own
_SECRET = "s3cret-documenso-hook"  # noqa: S105  # the simulator's own
_BASE = "/api/v2/envelope"
_KINDS = {"SIGNATURE": "signature", "NAME": "name", "TEXT": "title", "DATE": "date"}
_TYPES = {kind: name for name, kind in _KINDS.items()}
_STATUS = {
    Ending.COMPLETED: "COMPLETED",
    Ending.DECLINED: "REJECTED",
    Ending.VOIDED: "CANCELLED",
    Ending.EXPIRED: "PENDING",  # Documenso has no word for it
}
_EVENTS = {
    Happening.SENT: "DOCUMENT_SENT",
    Happening.VIEWED: "DOCUMENT_OPENED",
    Happening.SIGNED: "DOCUMENT_SIGNED",
    Happening.COMPLETED: "DOCUMENT_COMPLETED",
    Happening.DECLINED: "DOCUMENT_REJECTED",
    Happening.VOIDED: "DOCUMENT_CANCELLED",
    Happening.EXPIRED: "RECIPIENT_EXPIRED",
    Happening.NEWS: "DOCUMENT_SOMETHING_NEW",
}
_MOST_FILES, _LARGEST_FILE = 5, 50_000_000
_LONGEST_TITLE, _LONGEST_SUBJECT, _LONGEST_MESSAGE, _MOST_PER_PAGE = 255, 254, 5000, 100
_WHOLE = 100.0001
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}

# What may stand in a request: names to types; a mark of exclamation where it must.
_NUMBER = (int, float)
_SHAPES: dict[str, dict[str, Any]] = {
    "payload": {
        "type!": str,
        "title!": str,
        "externalId": str,
        "recipients": list,
        "meta": dict,
    },
    "recipient": {
        "email!": str,
        "name!": str,
        "role!": str,
        "signingOrder": _NUMBER,
        "fields": list,
    },
    "field": {
        "identifier": (str, int),
        "type!": str,
        "page!": _NUMBER,
        "positionX!": _NUMBER,
        "positionY!": _NUMBER,
        "width!": _NUMBER,
        "height!": _NUMBER,
        "fieldMeta": dict,
    },
    "fieldMeta": {
        "type!": str,
        "label": str,
        "placeholder": str,
        "required": bool,
        "readOnly": bool,
        "fontSize": _NUMBER,
        "text": str,
        "textAlign": str,
    },
    "meta": {
        "subject": str,
        "message": str,
        "signingOrder": str,
        "allowDictateNextSigner": bool,
        "distributionMethod": str,
        "timezone": str,
        "dateFormat": str,
        "language": str,
        "redirectUrl": str,
        "envelopeExpirationPeriod": dict,
        "reminderSettings": dict,
    },
    "period": {"unit!": str, "amount!": int},
    "reminderSettings": {"sendAfter!": dict, "repeatEvery!": dict},
    "distribute": {"envelopeId!": str, "meta": dict},
    "redistribute": {"envelopeId!": str, "recipients!": list},
    "cancel": {"envelopeId!": str, "reason": str},
}
_LIST_QUERY = {
    "query",
    "page",
    "perPage",
    "type",
    "status",
    "hasExpiredRecipients",
    "folderId",
    "orderByColumn",
    "orderByDirection",
}
_LOG_QUERY = {"page", "perPage", "orderByColumn", "orderByDirection"}


class DocumensoSimulator(Simulator):
    """One team with one API token and one webhook.

    `drafts` are envelopes that were created and not distributed. `older` answers callbacks as
    servers before `envelopeId` did. A page of a list holds `most_per_page` at most.
    """

    name: ClassVar[str] = "documenso"
    title: ClassVar[str] = "Documenso"

    def __init__(self, *, token: str = API_TOKEN, secret: str = _SECRET, **rest: Any) -> None:
        super().__init__(**rest)
        self.token = token
        self.secret = secret
        self.drafts: dict[str, Envelope] = {}
        self.older = False
        self.unsigned = False  # completed by hand in the database: the file stays as it was
        self.most_per_page = _MOST_PER_PAGE
        self._numbers = 1000

    def routes(self) -> Sequence[Route]:
        """List the documented operations."""
        one = rf"{_BASE}/([^/]+)"
        return (
            Route(method="POST", pattern=f"{_BASE}/create", act=self.create),
            Route(method="POST", pattern=f"{_BASE}/distribute", act=self.distribute),
            Route(method="POST", pattern=f"{_BASE}/redistribute", act=self.redistribute),
            Route(method="POST", pattern=f"{_BASE}/cancel", act=self.cancel),
            Route(method="GET", pattern=_BASE, act=self.search),
            Route(method="GET", pattern=rf"{_BASE}/item/([^/]+)/download", act=self.item),
            Route(method="GET", pattern=one, act=self.show),
            Route(method="GET", pattern=f"{one}/audit-log", act=self.audit_log),
            Route(method="GET", pattern=f"{one}/audit-log/download", act=self.audit_log_file),
            Route(method="GET", pattern=f"{one}/certificate/download", act=self.certificate),
        )

    def account(self) -> tuple[dict[str, str], dict[str, str]]:
        """Give the settings of this account."""
        return {"address": self.url}, {"api_token": self.token, "callback_secret": self.secret}

    def refuse_stranger(self, asked: Asked) -> None:
        """Refuse whoever does not hold the team's token; the word Bearer may be left out."""
        if asked.headers.get("authorization", "").removeprefix("Bearer ") != self.token:
            raise _refusal(401, "UNAUTHORIZED")

    # Sending -------------------------------------------------------------------------------------

    def create(self, asked: Asked) -> Answered:
        """Create a draft."""
        fields, parts = asked.form()
        if set(fields) != {"payload"} or any(name != "files" for name, _, _ in parts):
            self.fault("the form has other parts than payload and files")
            raise _refusal(400, "BAD_REQUEST")
        told = json.loads(fields["payload"])
        self._fits(told, "payload")
        files = [(name, data) for _, name, data in parts]
        if not 1 <= len(files) <= _MOST_FILES or any(len(it) > _LARGEST_FILE for _, it in files):
            raise _refusal(400, "ENVELOPE_ITEM_LIMIT_EXCEEDED")
        if told["type"] != "DOCUMENT" or not 1 <= len(told["title"]) <= _LONGEST_TITLE:
            raise _refusal(400, "BAD_REQUEST")
        if len(told.get("externalId", "")) > _LONGEST_TITLE:
            raise _refusal(400, "BAD_REQUEST")
        meta = self._meta(told.get("meta", {}))
        external = told.get("externalId", "")
        envelope = Envelope(
            id=self.fresh("envelope_"),
            title=told["title"],
            message=meta.get("message", ""),
            packet_id=[*external.split(":"), "", ""][2],
            key=external,
            people=[],
            files=files,
            marks=[],
            sent_at=self.now(),
            notes={
                "meta": meta,
                "number": self._number(),
                "created": self.now(),
                "items": [self.fresh("envelope_item_") for _ in files],
                "sizes": [_sizes(data) for _, data in files],
                "tokens": {},
                "places": {},
            },
        )
        for recipient in told.get("recipients", []):
            self._add(envelope, recipient, together=meta.get("signingOrder") != "SEQUENTIAL")
        self.drafts[envelope.id] = envelope
        return Answered(body={"id": envelope.id})

    def _meta(self, told: dict[str, Any]) -> dict[str, Any]:
        self._fits(told, "meta")
        periods = []
        if "reminderSettings" in told:
            self._fits(told["reminderSettings"], "reminderSettings")
            periods += list(told["reminderSettings"].values())
        if "envelopeExpirationPeriod" in told:
            periods.append(told["envelopeExpirationPeriod"])
        for period in periods:
            if period == {"disabled": True}:
                continue
            self._fits(period, "period")
            if period["unit"] not in _DAYS or period["amount"] < 1:
                raise _refusal(400, "BAD_REQUEST")
        sound = (
            len(told.get("subject", "")) <= _LONGEST_SUBJECT
            and len(told.get("message", "")) <= _LONGEST_MESSAGE
            and told.get("signingOrder", "PARALLEL") in {"PARALLEL", "SEQUENTIAL"}
            and told.get("distributionMethod", "EMAIL") in {"EMAIL", "NONE"}
            and told.get("dateFormat", "yyyy-MM-dd") == "yyyy-MM-dd"
        )
        if not sound:
            self.fault("the settings of an envelope are not as documented")
            raise _refusal(400, "BAD_REQUEST")
        return told

    def _add(self, envelope: Envelope, told: dict[str, Any], *, together: bool) -> None:
        self._fits(told, "recipient")
        if told["role"] != "SIGNER" or "@" not in told["email"]:
            raise _refusal(400, "BAD_REQUEST")
        place = told.get("signingOrder", 1)
        person = Person(
            id=str(self._number()),
            key="",
            name=told["name"],
            email=told["email"],
            order=1 if together else place,
        )
        envelope.people.append(person)
        envelope.notes["tokens"][person.id] = f"s3cret{self.fresh()}"
        envelope.notes["places"][person.id] = place
        for field in told.get("fields", []):
            envelope.marks.append(self._mark(envelope, person, field))

    def _mark(self, envelope: Envelope, person: Person, told: dict[str, Any]) -> Mark:
        self._fits(told, "field")
        meta = told.get("fieldMeta", {"type": told["type"].lower()})
        self._fits(meta, "fieldMeta")
        number = told.get("identifier", 0)
        sound = (
            told["type"] in _KINDS
            and meta["type"] == told["type"].lower()
            and isinstance(number, int)
            and 0 <= number < len(envelope.files)
            and told["width"] > 0
            and told["height"] > 0
            and 0 <= told["positionX"] <= told["positionX"] + told["width"] <= _WHOLE
            and 0 <= told["positionY"] <= told["positionY"] + told["height"] <= _WHOLE
        )
        if not sound:
            self.fault("a field is not as documented, or lies beyond its page")
            raise _refusal(400, "BAD_REQUEST")
        sizes = envelope.notes["sizes"][number]
        if not 1 <= told["page"] <= len(sizes):
            raise _refusal(400, "BAD_REQUEST")
        wide, tall = sizes[int(told["page"]) - 1]
        if told["type"] == "TEXT":
            person.title = meta.get("text", "")
        return Mark(
            kind=_KINDS[told["type"]],
            person=person.id,
            file=number,
            page=int(told["page"]),
            x=told["positionX"] * wide,
            y=told["positionY"] * tall,
            width=told["width"] * wide,
            height=told["height"] * tall,
        )

    def distribute(self, asked: Asked) -> Answered:
        """Send a draft; sending again what is out writes to nobody twice."""
        told = asked.json()
        self._fits(told, "distribute")
        envelope = self._any(told["envelopeId"])
        if envelope.ended not in {None, Ending.EXPIRED}:
            raise _refusal(400, "INVALID_REQUEST")
        signing = {mark.person for mark in envelope.marks if mark.kind == "signature"}
        if any(person.id not in signing for person in envelope.people):
            raise _refusal(400, "MISSING_SIGNATURE_FIELD")
        if envelope.id in self.drafts:
            self.envelopes[envelope.id] = self.drafts.pop(envelope.id)
            envelope.sent_at = self.now()
            period = envelope.notes["meta"].get("envelopeExpirationPeriod", {})
            if period != {"disabled": True}:
                days = _DAYS[period.get("unit", "month")] * period.get("amount", 3)
                envelope.expires_at = self.now() + timedelta(days=days)
            self.tell(envelope, Happening.SENT)
        return self._sent(envelope)

    def redistribute(self, asked: Asked) -> Answered:
        """Write to recipients again; that renews their time for signing."""
        told = asked.json()
        self._fits(told, "redistribute")
        envelope = self.envelope(told["envelopeId"])
        ids = told["recipients"]
        if not ids or not all(type(item) is int for item in ids):
            self.fault("recipients are named by other things than numbers")
            raise _refusal(400, "BAD_REQUEST")
        people = {person.id: person for person in envelope.people}
        if envelope.ended is not None or any(str(item) not in people for item in ids):
            raise _refusal(400, "INVALID_REQUEST")
        for number in ids:
            people[str(number)].reminded += 1
        return self._sent(envelope)

    def _sent(self, envelope: Envelope) -> Answered:
        listed = [
            {
                "id": int(person.id),
                "name": person.name,
                "email": person.email,
                "token": envelope.notes["tokens"][person.id],
                "role": "SIGNER",
                "signingOrder": envelope.notes["places"][person.id],
                "signingUrl": f"{self.url}/sign/{envelope.notes['tokens'][person.id]}",
            }
            for person in envelope.people
        ]
        return Answered(body={"success": True, "id": envelope.id, "recipients": listed})

    def cancel(self, asked: Asked) -> Answered:
        """Cancel what is pending; a second time is refused."""
        told = asked.json()
        self._fits(told, "cancel")
        envelope = self._any(told["envelopeId"])
        if envelope.id in self.drafts or self._status(envelope) != "PENDING":
            raise _refusal(400, "INVALID_REQUEST")
        envelope.reason = told.get("reason", "")
        self.end(envelope, Ending.VOIDED)
        return Answered(body={"success": True})

    # Reading -------------------------------------------------------------------------------------

    def search(self, asked: Asked) -> Answered:
        """Search by letters in title, external id and recipients, whatever their case."""
        self._query(asked, _LIST_QUERY)
        wanted = asked.query.get("query", "").strip().lower()
        found = [
            item
            for item in [*self.envelopes.values(), *self.drafts.values()]
            if any(
                wanted in text.lower()
                for text in (
                    item.title,
                    item.key,
                    *(part for one in item.people for part in (one.email, one.name)),
                )
            )
        ]
        found.sort(key=lambda item: (item.notes["created"], item.notes["number"]), reverse=True)
        return self._paged(asked, [self._shown(item, whole=False) for item in found])

    def show(self, asked: Asked, envelope_id: str) -> Answered:
        """Show one envelope; sealing goes on meanwhile."""
        self._query(asked, set())
        envelope = self._any(envelope_id)
        shown = self._shown(envelope, whole=True)
        envelope.seal_waits = max(0, envelope.seal_waits - 1)
        return Answered(body=shown)

    def audit_log(self, asked: Asked, envelope_id: str) -> Answered:
        """List what happened to an envelope."""
        self._query(asked, _LOG_QUERY)
        entries = self._log(self._any(envelope_id))
        if asked.query.get("orderByDirection", "desc") == "desc":
            entries.reverse()
        return self._paged(asked, entries)

    def _query(self, asked: Asked, known: set[str]) -> None:
        if set(asked.query) - known:
            self.fault(f"{asked.path} is asked with a query that is not documented")
            raise _refusal(400, "BAD_REQUEST")

    def _paged(self, asked: Asked, rows: Sequence[Mapping[str, Any]]) -> Answered:
        page, size = int(asked.query.get("page", "1")), int(asked.query.get("perPage", "10"))
        if page < 1 or not 1 <= size <= _MOST_PER_PAGE:
            raise _refusal(400, "BAD_REQUEST")
        size = min(size, self.most_per_page)
        told = {
            "data": rows[(page - 1) * size : page * size],
            "count": len(rows),
            "currentPage": page,
            "perPage": size,
            "totalPages": -(-len(rows) // size),
        }
        return Answered(body=told)

    def _status(self, envelope: Envelope) -> str:
        if envelope.id in self.drafts:
            return "DRAFT"
        if envelope.ended is None or (envelope.ended is Ending.COMPLETED and envelope.seal_waits):
            return "PENDING"
        return _STATUS[envelope.ended]

    def _shown(self, envelope: Envelope, *, whole: bool) -> dict[str, Any]:
        over = envelope.ended_at if self._status(envelope) not in {"DRAFT", "PENDING"} else None
        notes = envelope.notes
        shown: dict[str, Any] = {
            "internalVersion": 2,
            "type": "DOCUMENT",
            "status": notes.get("status", self._status(envelope)),
            "source": "DOCUMENT",
            "visibility": "EVERYONE",
            "templateType": "PRIVATE",
            "id": envelope.id,
            "secondaryId": f"document_{notes['number']}",
            "externalId": envelope.key or None,
            "createdAt": _say(notes["created"]),
            "updatedAt": _say(self.now()),
            "completedAt": _say(over),
            "deletedAt": None,
            "title": envelope.title,
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
            "recipients": [self._recipient(envelope, one) for one in envelope.people],
        }
        if whole:
            meta = notes["meta"]
            shown |= {
                "documentMeta": _meta_shown(meta),
                "directLink": None,
                "envelopeItems": [
                    {
                        "envelopeId": envelope.id,
                        "documentDataId": f"data_{number}",
                        "id": item,
                        "title": envelope.files[number - 1][0],
                        "order": number,
                    }
                    for number, item in enumerate(notes["items"], start=1)
                ][::-1],
                "fields": [
                    self._field(envelope, number, mark)
                    for number, mark in enumerate(envelope.marks, start=1)
                ],
            }
        return shown

    def _field(self, envelope: Envelope, number: int, mark: Mark) -> dict[str, Any]:
        wide, tall = envelope.notes["sizes"][mark.file][mark.page - 1]
        return {
            "envelopeId": envelope.id,
            "envelopeItemId": envelope.notes["items"][mark.file],
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
            "inserted": envelope.person(mark.person).signed_at is not None,
            "fieldMeta": None,
        }

    def _recipient(
        self, envelope: Envelope, one: Person, until: datetime | None = None
    ) -> dict[str, Any]:
        signed = one.signed_at if until is None or not _after(one.signed_at, until) else None
        status = "SIGNED" if signed else "NOT_SIGNED"
        status = "REJECTED" if one.declined_at else status
        invited = envelope.id not in self.drafts and (
            one.done or envelope.ended is not None or one in envelope.turn
        )
        expires = envelope.expires_at if invited else None
        if envelope.ended is Ending.EXPIRED and not one.done:
            expires = envelope.ended_at
        return {
            "envelopeId": envelope.id,
            "id": int(one.id),
            "email": one.email,
            "name": one.name,
            "role": "SIGNER",
            "token": envelope.notes["tokens"][one.id],
            "readStatus": "OPENED" if one.viewed_at else "NOT_OPENED",
            "signingStatus": status,
            "sendStatus": "SENT" if invited else "NOT_SENT",
            "signingOrder": envelope.notes["places"][one.id],
            "documentDeletedAt": None,
            "expired": None,
            "expiresAt": _say(expires),
            "expirationNotifiedAt": None,
            # set as well when somebody rejects
            "signedAt": _say(signed or one.declined_at),
            "authOptions": None,
            "rejectionReason": envelope.reason if one.declined_at else None,
        }

    def _log(self, envelope: Envelope) -> list[dict[str, Any]]:
        rows: list[tuple[datetime | None, str, dict[str, Any]]] = [
            (envelope.notes["created"], "DOCUMENT_CREATED", {"title": envelope.title})
        ]
        if envelope.id not in self.drafts:
            rows.append((envelope.sent_at, "DOCUMENT_SENT", {}))
        for one in envelope.people:
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
                    {**who, "reason": envelope.reason},
                ),
            ]
        if envelope.ended is Ending.VOIDED:
            rows.append((envelope.ended_at, "DOCUMENT_CANCELLED", {"reason": envelope.reason}))
        if envelope.ended is Ending.COMPLETED:
            rows.append((envelope.ended_at, "DOCUMENT_COMPLETED", {"transactionId": "t"}))
        happened = [(at, kind, data) for at, kind, data in rows if at is not None]
        happened.sort(key=lambda row: row[0])
        return [
            {
                "id": f"log_{number}",
                "createdAt": _say(at),
                "envelopeId": envelope.id,
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

    # Files ---------------------------------------------------------------------------------------

    def item(self, asked: Asked, item_id: str) -> Answered:
        """Give one file; as long as nothing is sealed, the "signed" one is the unsigned one."""
        self._query(asked, {"version"})
        if asked.query.get("version", "signed") not in {"signed", "original", "pending"}:
            raise _refusal(400, "BAD_REQUEST")
        for envelope in self.envelopes.values():
            if item_id in envelope.notes["items"]:
                number = envelope.notes["items"].index(item_id)
                sealed = self._status(envelope) == "COMPLETED" and not self.unsigned
                wanted = asked.query.get("version", "signed") == "signed"
                plain = envelope.files[number][1]
                return Answered(body=envelope.sealed[number] if sealed and wanted else plain)
        raise self.unknown(item_id)

    def certificate(self, asked: Asked, envelope_id: str) -> Answered:
        """Give the certificate of a completed envelope."""
        return self._report(envelope_id, "Signing Certificate")

    def audit_log_file(self, asked: Asked, envelope_id: str) -> Answered:
        """Give the audit log as a file."""
        return self._report(envelope_id, "Audit Log")

    def _report(self, envelope_id: str, title: str) -> Answered:
        envelope = self.envelope(envelope_id)
        if self._status(envelope) != "COMPLETED":
            raise _refusal(400, "DOCUMENT_NOT_COMPLETE")
        lines = [f"{row['type']} {row['createdAt']}" for row in self._log(envelope)]
        return Answered(body=report(title, [envelope.id, *lines], self.title))

    # People and callbacks ------------------------------------------------------------------------

    def sign(self, envelope_id: str, who: str) -> None:
        """Sign; after the last signature the news of completion overtakes that of the signature."""
        with self.lock:
            super().sign(envelope_id, who)
            if self.envelopes[envelope_id].ended is Ending.COMPLETED:
                self.waiting[-2:] = self.waiting[:-3:-1]

    def bounce(self, envelope_id: str, who: str) -> None:
        """Tell nobody: Documenso does not learn of letters that come back."""

    def letter(self, callback: Callback) -> Letter:
        """Write a callback: the secret itself as a header, and everybody's token in the body."""
        envelope = self.envelopes[callback.envelope_id]
        # A signature is reported as things stood before the envelope was sealed.
        late = callback.happening in {Happening.SENT, Happening.VIEWED, Happening.SIGNED}
        people = [self._recipient(envelope, one, callback.at) for one in envelope.people]
        payload = {
            "id": envelope.notes["number"],
            "externalId": envelope.key or None,
            "userId": 1,
            "authOptions": None,
            "formValues": None,
            "visibility": "EVERYONE",
            "title": envelope.title,
            "status": "PENDING" if late else self._status(envelope),
            "documentDataId": "data_1",
            "createdAt": _say(envelope.notes["created"]),
            "updatedAt": _say(callback.at),
            "completedAt": None if late else _say(envelope.ended_at),
            "deletedAt": None,
            "teamId": 1,
            "templateId": None,
            "source": "DOCUMENT",
            "documentMeta": {"id": "meta_1", "password": None, "signingOrder": "SEQUENTIAL"},
            "recipients": people,
            "Recipient": people,
        }
        if not self.older:
            payload["envelopeId"] = envelope.id
        self._numbers += 1  # no two tries are made at the same time
        body = {
            "event": _EVENTS[callback.happening],
            "payload": payload,
            "createdAt": _say(callback.at + timedelta(milliseconds=self._numbers)),
            "webhookEndpoint": self.callback_url,
        }
        return Letter(
            url=self.callback_url,
            headers={"Content-Type": "application/json", "X-Documenso-Secret": self.secret},
            body=json.dumps(body).encode(),
        )

    # Refusals ------------------------------------------------------------------------------------

    def throttled(self) -> Refusal:
        """Say that too many requests came from one address."""
        return Refusal(
            429,
            {"error": "Too many requests, please try again later."},
            {"Retry-After": "60", "X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "0"},
        )

    def unknown(self, what: str) -> Refusal:
        """Say that there is no such envelope."""
        return _refusal(404, "NOT_FOUND")

    def _any(self, envelope_id: str) -> Envelope:
        return self.drafts.get(envelope_id) or self.envelope(envelope_id)

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _fits(self, told: object, shape: str) -> None:
        """Refuse what is not as documented: an unknown name, a missing one, another type."""
        names = {name.rstrip("!"): kind for name, kind in _SHAPES[shape].items()}
        needed = {name.rstrip("!") for name in _SHAPES[shape] if name.endswith("!")}
        sound = (
            isinstance(told, dict)
            and needed <= set(told) <= set(names)
            and all(_is(value, names[name]) for name, value in told.items())
        )
        if not sound:
            self.fault(f"{shape} is not as documented")
            raise _refusal(400, "BAD_REQUEST")


def _sizes(pdf: bytes) -> list[tuple[float, float]]:
    """Give a hundredth of each page's width and height."""
    boxes = [page.mediabox for page in PdfReader(io.BytesIO(pdf)).pages]
    return [(float(box.width) / 100, float(box.height) / 100) for box in boxes]


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


def _is(value: object, kind: Any) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, kind)


def _after(at: datetime | None, until: datetime) -> bool:
    return at is not None and at > until


def _refusal(status: int, code: str) -> Refusal:
    return Refusal(status, {"message": "The request is not as documented.", "code": code})


def _say(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
