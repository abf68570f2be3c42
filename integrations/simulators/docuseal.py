"""DocuSeal's API and callbacks, simulated: its cloud, or under /api a server of one's own.

Only what is documented is answered; every other route, field or type is a fault.
"""

from __future__ import annotations

import hmac
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from integrations.simulators.answers.docuseal import (
    EVENTS,
    form_event,
    refusal,
    say,
    submission,
    submitter,
)
from integrations.simulators.creation.docuseal import Creation, fill
from integrations.simulators.envelope import Ending, Envelope, Happening, Person
from integrations.simulators.kit import Simulator
from integrations.simulators.seal import report, write
from integrations.simulators.shapes.docuseal import CHANGE_KEYS, LIST_KEYS, TYPES
from integrations.simulators.wire import Answered, Asked, Letter, Refusal, Route

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

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
    first_number: ClassVar[int] = 41001

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
            Route(method="GET", pattern=r"/s/([^/]+)", act=self.form, open=True),
            Route(method="GET", pattern=r"/file/([^/]+)/[^/]+", act=self.file, open=True),
        )

    def account(self) -> tuple[dict[str, str], dict[str, str]]:
        """Give the settings of this account."""
        secrets = {"api_key": self.api_key, "callback_secret": self.secret}
        return {"address": f"{self.url}/api"}, secrets

    def refuse_stranger(self, asked: Asked) -> None:
        """Refuse whoever has not the account's key."""
        if asked.headers.get("x-auth-token") != self.api_key:
            raise refusal(401, "Not authenticated")

    # Submissions ---------------------------------------------------------------------------------

    def create(self, asked: Asked) -> Answered:
        """Create and send a submission from finished PDFs; the free server has no such route."""
        if not self.pro:
            raise self.unknown(asked.path)
        envelope = Creation(self).envelope(asked)
        self.envelopes[envelope.id] = envelope
        self.tell(envelope, Happening.SENT)
        return Answered(
            body={
                "id": int(envelope.id),
                "name": envelope.title,
                "submitters": [
                    self._submitter(envelope, one, link=True) for one in envelope.people
                ],
                "source": "api",
                "submitters_order": envelope.notes["order"],
                "status": "pending",
                "expire_at": say(envelope.expires_at),
                "created_at": say(envelope.sent_at),
            }
        )

    # Reading -------------------------------------------------------------------------------------

    def show(self, asked: Asked, submission_id: str) -> Answered:
        """Show one submission."""
        self.only(asked.query, set(), "a submission's query")
        return Answered(body=self._shown(self.envelope(submission_id)))

    def find(self, asked: Asked) -> Answered:
        """List submitters, of archived submissions too; an id of the caller's is compared whole."""
        self.only(asked.query, LIST_KEYS, "a list")
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
        self.only(asked.query, set(), "an archiving")
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
        self.only(told, CHANGE_KEYS, "a change")
        envelope, one = self._submitter_of(submitter_id)
        if one.done:
            raise refusal(422, "Submitter has already completed the submission.")
        if told.get("send_email"):
            if one not in envelope.turn or envelope.quiet:
                self.fault("somebody is written to before their turn, after the end, or by two")
            one.reminded += "email" not in told
        one.name, one.email = told.get("name", one.name), told.get("email", one.email)
        fill(envelope, one, told.get("values", {}))
        kept = envelope.notes["submitters"][one.id]
        kept |= {name: told[name] for name in ("metadata", "external_id") if name in told}
        envelope.return_url = told.get("completed_redirect_url", envelope.return_url)
        return Answered(body=self._submitter(envelope, one, link=True))

    def _submitter_of(self, submitter_id: str) -> tuple[Envelope, Person]:
        for envelope in self.envelopes.values():
            for one in envelope.people:
                if one.id == submitter_id:
                    return envelope, one
        raise self.unknown(submitter_id)

    def form(self, asked: Asked, slug: str) -> Answered:
        """Show a submitter's page to whoever has its address."""
        for envelope in self.envelopes.values():
            for one in envelope.people:
                if envelope.notes["submitters"][one.id]["slug"] == slug:
                    return self.signing_page(envelope, one)
        raise self.unknown(slug)

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
        self.only(asked.query, {"merge"}, "a list of documents")
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
            raise refusal(404, "Not found")
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
        return refusal(429, "Too many requests")

    def unknown(self, what: str) -> Refusal:
        """Say that there is no such thing."""
        return refusal(404, "Not found")

    def malformed(self) -> Refusal:
        """Say that a request is not as documented."""
        return refusal(422, "the request is not as documented")

    def only(self, told: Any, known: Collection[str], what: str) -> None:
        """Refuse other names than are documented, and values of other types."""
        super().only(told, known, what)
        for name, value in told.items():
            if name in TYPES and known is not LIST_KEYS and not isinstance(value, TYPES[name]):
                self.fault(f"{what} holds a {name} of another type than documented")
                raise refusal(422, f"{name} is invalid")
