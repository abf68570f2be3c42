"""DocuSeal's API and callbacks, simulated: its cloud, or under /api a server of one's own.

Only what is documented is answered; every other route, field or type is a fault.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from integrations.simulators.answers.docuseal import EVENTS, form_event, say, submission, submitter
from integrations.simulators.envelope import Ending, Envelope, Happening, Mark, Person
from integrations.simulators.kit import Simulator
from integrations.simulators.seal import report, write
from integrations.simulators.shapes.docuseal import (
    AREA_KEYS,
    CHANGE_KEYS,
    DOCUMENT_KEYS,
    FIELD_KEYS,
    LIST_KEYS,
    SUBMISSION_KEYS,
    SUBMITTER_KEYS,
    TYPES,
    area_is_sound,
    kind_of,
)
from integrations.simulators.sheets import sheet_sizes
from integrations.simulators.wire import Answered, Asked, Letter, Refusal, Route

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from integrations.simulators.kit import Callback

_BASE = r"(?:/api)?"
_KEY = "s3cret-docuseal-api-key"
_SECRET = "whsec_s3cret-docuseal"  # noqa: S105  # the simulator's own
FILES_LAST = timedelta(minutes=40)


class DocusealSimulator(Simulator):
    """One account. `pro` is False for the free server, which lacks the route for finished PDFs.

    `signs` is False for a server older than May 2026; `header` is the fixed header set in the
    account's settings, as name and value. `files_at` and `pages_at` are where it says its
    files and signing pages lie. `record` is False for a server that never makes an audit log.
    """

    name: ClassVar[str] = "docuseal"
    title: ClassVar[str] = "DocuSeal"

    def __init__(self, *, api_key: str = _KEY, secret: str = _SECRET, **rest: Any) -> None:
        super().__init__(**rest)
        self.api_key = api_key
        self.secret = secret
        self.pro = True
        self.signs = True
        self.header: tuple[str, str] | None = None
        self.files_at = ""
        self.pages_at = ""
        self.files: dict[str, tuple[bytes, datetime]] = {}
        self.record = True
        self._last_id = 41000

    def routes(self) -> Sequence[Route]:
        """List the documented operations."""
        one = rf"{_BASE}/submissions/(\d+)"
        return (
            Route(method="POST", pattern=f"{_BASE}/submissions/pdf", act=self.create),
            Route(method="GET", pattern=one, act=self.show),
            Route(method="DELETE", pattern=one, act=self.archive),
            Route(method="GET", pattern=f"{one}/documents", act=self.documents),
            Route(method="GET", pattern=f"{_BASE}/submitters", act=self.find),
            Route(method="PUT", pattern=rf"{_BASE}/submitters/(\d+)", act=self.update),
            Route(method="GET", pattern=r"/file/([^/]+)/[^/]+", act=self.file, open=True),
        )

    def account(self) -> tuple[dict[str, str], dict[str, str]]:
        """Give the settings of this account."""
        secrets = {"api_key": self.api_key, "callback_secret": self.secret}
        return {"address": f"{self.url}/api"}, secrets

    def refuse_stranger(self, asked: Asked) -> None:
        """Refuse whoever has not the account's key."""
        if asked.headers.get("x-auth-token") != self.api_key:
            raise Refusal(401, {"error": "Not authenticated"})

    # Submissions ---------------------------------------------------------------------------------

    def create(self, asked: Asked) -> Answered:
        """Create and send a submission from finished PDFs; the free server has no such route."""
        if not self.pro:
            raise self.unknown(asked.path)
        told = asked.json()
        self._only(told, SUBMISSION_KEYS, "a submission")
        if not told.get("documents") or not told.get("submitters"):
            raise _bad("documents and submitters are required")
        if told.get("merge_documents") is not False or told.get("send_email") is False:
            self.fault("documents are merged, or nobody is invited")
        files = [self._file(one) for one in told["documents"]]
        people = [
            self._person(place, one, told.get("order", "preserved"))
            for place, one in enumerate(told["submitters"])
        ]
        of_people = list(zip(told["submitters"], people, strict=True))
        roles = {one["role"]: person.id for one, person in of_people}
        if len(roles) != len(people):
            raise _bad("role must be unique in submitters")
        message = told.get("message") or {}
        if "message" in told:
            self._message(message)
        self._last_id += 1
        envelope = Envelope(
            id=str(self._last_id),
            title=told.get("name") or files[0][0],
            message=message.get("body", ""),
            packet_id=(told["submitters"][0].get("metadata") or {}).get("packet_id", ""),
            key=told["submitters"][0].get("external_id", ""),
            people=people,
            files=files,
            marks=[
                mark
                for number, one in enumerate(told["documents"])
                for field in one.get("fields", [])
                for mark in self._marks(field, number, files[number][1], roles)
            ],
            sent_at=self.now(),
            expires_at=self._expires(told.get("expire_at")),
            notes={
                "submitters": {
                    person.id: {"slug": secrets.token_urlsafe(10), **one}
                    for one, person in of_people
                },
                "slug": secrets.token_urlsafe(10),
                "events": [],
                "archived_at": None,
                "fields": {
                    (roles[field["role"]], field["name"]): kind_of(field)
                    for one in told["documents"]
                    for field in one.get("fields", [])
                },
            },
        )
        for one, person in of_people:
            self._fill(envelope, person, one.get("values", {}))
        self.envelopes[envelope.id] = envelope
        self.tell(envelope, Happening.SENT)
        return Answered(
            body={
                "id": int(envelope.id),
                "name": envelope.title,
                "submitters": [self._submitter(envelope, one, link=True) for one in people],
                "source": "api",
                "submitters_order": told.get("order", "preserved"),
                "status": "pending",
                "expire_at": say(envelope.expires_at),
                "created_at": say(envelope.sent_at),
            }
        )

    def _file(self, one: Mapping[str, Any]) -> tuple[str, bytes]:
        self._only(one, DOCUMENT_KEYS, "a document")
        if not one.get("name") or not one.get("file"):
            raise _bad("name and file are required in documents")
        try:
            data = base64.b64decode(one["file"], validate=True)
        except ValueError as error:
            raise _bad("file is no base64") from error
        if not data.startswith(b"%PDF-"):
            raise _bad("file is no PDF")
        return one["name"], data

    def _person(self, place: int, one: Mapping[str, Any], order: str) -> Person:
        self._only(one, SUBMITTER_KEYS, "a submitter")
        if not one.get("email") and not one.get("name"):
            raise _bad("email or name is required in submitters")
        if not one.get("role"):
            raise _bad("role is required in submitters")
        if order not in {"preserved", "random"} or type(one.get("order", place)) is not int:
            raise _bad("order is invalid")
        self._last_id += 1
        return Person(
            id=str(self._last_id),
            key=one.get("external_id", ""),
            name=one.get("name", ""),
            email=one.get("email", ""),
            order=one.get("order", place) if order == "preserved" else 0,
        )

    def _marks(
        self, field: Mapping[str, Any], number: int, pdf: bytes, roles: Mapping[str, str]
    ) -> list[Mark]:
        self._only(field, FIELD_KEYS, "a field")
        if field.get("role") not in roles:
            raise _bad("a field belongs to no submitter")
        kind = kind_of(field)
        if not kind:
            self.fault("a field's type or label is none that a person could fill in")
            raise _bad("type is invalid")
        sizes = sheet_sizes(pdf)
        marks = []
        for area in field["areas"]:
            self._area(area, len(sizes))
            wide, tall = sizes[area["page"] - 1]
            marks.append(
                Mark(
                    kind=kind,
                    person=roles[field["role"]],
                    file=number,
                    page=area["page"],
                    x=area["x"] * wide,
                    y=area["y"] * tall,
                    width=area["w"] * wide,
                    height=area["h"] * tall,
                )
            )
        return marks

    def _fill(self, envelope: Envelope, one: Person, values: Mapping[str, Any]) -> None:
        """Fill in fields of a submitter, who leaves them as they are."""
        kept = envelope.notes["submitters"][one.id]
        for name, value in values.items():
            kind = envelope.notes["fields"].get((one.id, name))
            if kind is None or not isinstance(value, str):
                raise _bad(f"Unknown field: {name}")
            one.title = value if kind == "title" else one.title
        kept["values"] = {**kept.get("values", {}), **values}

    def _area(self, area: Mapping[str, Any], pages: int) -> None:
        self._only(area, AREA_KEYS, "an area")
        if not area_is_sound(area, pages):
            self.fault("an area lies outside the page, or is no share of it")
            raise _bad("areas are invalid")

    def _message(self, message: Mapping[str, Any]) -> None:
        self._only(message, {"subject", "body"}, "a message")
        if not message.get("body"):
            raise _bad("body is required in message")
        if "{{submitter.link}}" not in message["body"]:
            self.fault("an invitation has no link")

    def _expires(self, text: str | None) -> datetime | None:
        if text is None:
            return None
        try:
            return datetime.strptime(text, "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
        except ValueError as error:
            self.fault("expire_at is not written as documented")
            raise _bad("expire_at is invalid") from error

    # Reading -------------------------------------------------------------------------------------

    def show(self, asked: Asked, submission_id: str) -> Answered:
        """Show one submission."""
        self._only(asked.query, set(), "a submission's query")
        return Answered(body=self._shown(self.envelope(submission_id)))

    def find(self, asked: Asked) -> Answered:
        """List submitters, of archived submissions too; an id of the caller's is compared whole."""
        self._only(asked.query, LIST_KEYS, "a list")
        wanted = asked.query.get("external_id")
        found = [
            (envelope, one)
            for envelope in self.envelopes.values()
            for one in envelope.people
            if wanted is None or one.key == wanted
        ][::-1][: int(asked.query.get("limit", 10))]
        data = [self._submitter(envelope, one) for envelope, one in found]
        ids = [item["id"] for item in data] or [None]
        pagination = {"count": len(data), "next": ids[-1], "prev": ids[0]}
        return Answered(body={"data": data, "pagination": pagination})

    def _shown(self, envelope: Envelope) -> dict[str, Any]:
        done = envelope.ended is Ending.COMPLETED
        record = self._link(self._report(envelope), "audit.pdf") if done and self.record else None
        shown = submission(envelope, self.now()) | {"audit_log_url": record}
        return shown | {"documents": self._files(envelope) if done else []}

    def _submitter(self, envelope: Envelope, one: Person, *, link: bool = False) -> dict[str, Any]:
        shown = submitter(envelope, one, self.now())
        if link:
            shown["embed_src"] = f"{self.pages_at or self.url}/s/{shown['slug']}"
        return shown

    # Changing ------------------------------------------------------------------------------------

    def archive(self, asked: Asked, submission_id: str) -> Answered:
        """Archive a submission; its status stays as it was."""
        self._only(asked.query, set(), "an archiving")
        envelope = self.envelope(submission_id)
        envelope.notes["archived_at"] = envelope.notes["archived_at"] or self.now()
        if envelope.ended is None:
            self.end(envelope, Ending.VOIDED)
        return Answered(
            body={"id": int(envelope.id), "archived_at": say(envelope.notes["archived_at"])}
        )

    def update(self, asked: Asked, submitter_id: str) -> Answered:
        """Change a submitter who is not done, and write to them where that is asked for."""
        told = asked.json()
        self._only(told, CHANGE_KEYS, "a change")
        envelope, one = self._submitter_of(submitter_id)
        if one.done:
            raise _bad("Submitter has already completed the submission.")
        if told.get("send_email"):
            if one not in envelope.turn:
                self.fault("somebody is written to before their turn, or after the end")
            one.reminded += "email" not in told
        one.name, one.email = told.get("name", one.name), told.get("email", one.email)
        self._fill(envelope, one, told.get("values", {}))
        kept = envelope.notes["submitters"][one.id]
        kept |= {name: told[name] for name in ("metadata", "external_id") if name in told}
        kept |= {"redirect": told.get("completed_redirect_url", kept.get("redirect"))}
        return Answered(body=self._submitter(envelope, one, link=True))

    def _submitter_of(self, submitter_id: str) -> tuple[Envelope, Person]:
        for envelope in self.envelopes.values():
            for one in envelope.people:
                if one.id == submitter_id:
                    return envelope, one
        raise self.unknown(submitter_id)

    def decline(self, envelope_id: str, who: str, reason: str) -> None:
        """Let a person decline."""
        with self.lock:
            envelope = self.envelopes[envelope_id]
            self._note(envelope, envelope.person(who), "decline_form", {"reason": reason})
            super().decline(envelope_id, who, reason)

    def expire(self, envelope_id: str) -> None:
        """Let the time for signing run out."""
        with self.lock:
            self.envelopes[envelope_id].expires_at = self.now()
            super().expire(envelope_id)

    def bounce(self, envelope_id: str, who: str) -> None:
        """Let the invitation come back, which is noted and reported to nobody."""
        with self.lock:
            envelope = self.envelopes[envelope_id]
            self._note(envelope, envelope.person(who), "bounce_email", {})

    def _note(self, envelope: Envelope, one: Person, kind: str, data: Mapping[str, str]) -> None:
        events = envelope.notes["events"]
        events.append(
            {
                "id": len(events) + 1,
                "submitter_id": int(one.id),
                "event_type": kind,
                "event_timestamp": say(self.now()),
                "data": dict(data),
            }
        )

    # Files ---------------------------------------------------------------------------------------

    def documents(self, asked: Asked, submission_id: str) -> Answered:
        """List the documents: signed ones at the end, before that previews."""
        self._only(asked.query, {"merge"}, "a list of documents")
        envelope = self.envelope(submission_id)
        listed = self._files(envelope)
        envelope.seal_waits = max(0, envelope.seal_waits - 1)
        return Answered(body={"id": int(envelope.id), "documents": listed})

    def _files(self, envelope: Envelope) -> list[dict[str, str]]:
        ready = envelope.sealed and not envelope.seal_waits
        contents = envelope.sealed if ready else [self._preview(pdf) for _, pdf in envelope.files]
        return [
            {"name": name, "url": self._link(data, f"document-{number}.pdf")}
            for number, ((name, _), data) in enumerate(zip(envelope.files, contents, strict=True))
        ]

    def _preview(self, pdf: bytes) -> bytes:
        return write(pdf, [])

    def _report(self, envelope: Envelope) -> bytes:
        people = [f"{one.name} {one.email} {one.signed_at}" for one in envelope.people]
        return report("Audit Log", [envelope.id, *people], self.title)

    def _link(self, data: bytes, name: str) -> str:
        """Sign an address under which a file lies for a while."""
        token = self.fresh()
        self.files[token] = (data, self.now() + FILES_LAST)
        return f"{self.files_at or self.url}/file/{token}/{name}"

    def file(self, asked: Asked, token: str) -> Answered:
        """Give a file to whoever has its address."""
        if "x-auth-token" in asked.headers:
            self.fault("the account's key was sent with the address of a file")
        data, until = self.files.get(token, (b"", self.now()))
        if self.now() >= until:
            raise Refusal(404, {"error": "Not found"})
        return Answered(body=data)

    # Callbacks and refusals ----------------------------------------------------------------------

    def letter(self, callback: Callback) -> Letter:
        """Write a report; every try is signed anew."""
        envelope, event = self.envelopes[callback.envelope_id], EVENTS[callback.happening]
        data = self._shown(envelope)
        if event.startswith("form."):
            one = envelope.person(callback.person)
            files = self._files(envelope) if one.signed_at else []
            who = self._submitter(envelope, one) | {"documents": files}
            data = form_event(envelope, one, data, who, f"{self.url}/e/{envelope.notes['slug']}")
        told = {"event_type": event, "timestamp": say(callback.at), "data": data}
        body = json.dumps(told).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "DocuSeal.com Webhook"}
        if self.signs:
            at = int(self.now().timestamp())
            mac = hmac.digest(self.secret.encode(), f"{at}.".encode() + body, "sha256").hex()
            headers["X-Docuseal-Signature"] = f"{at}.{mac}"
        if self.header is not None:
            headers[self.header[0]] = self.header[1]
        return Letter(url=self.callback_url, headers=headers, body=body)

    def throttled(self) -> Refusal:
        """Say that there were too many requests; for how long to wait is not said."""
        return Refusal(429, {"error": "Too many requests"})

    def unknown(self, what: str) -> Refusal:
        """Say that there is no such thing."""
        return Refusal(404, {"error": "Not found"})

    def _only(self, told: Any, known: set[str], what: str) -> None:
        if not isinstance(told, dict) or set(told) - known:
            self.fault(f"{what} has fields that are not documented")
            raise _bad("the request is not as documented")
        for name, value in told.items():
            if name in TYPES and known is not LIST_KEYS and not isinstance(value, TYPES[name]):
                self.fault(f"{what} holds a {name} of another type than documented")
                raise _bad(f"{name} is invalid")


def _bad(text: str) -> Refusal:
    return Refusal(422, {"error": text})
