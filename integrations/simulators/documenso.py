"""Documenso API v2 with envelopes, and its callbacks, simulated.

Only what is documented is answered; every other route, field or type is a fault.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from integrations.simulators.answers.documenso import EVENTS, Told, refusal, say
from integrations.simulators.creation.documenso import Creation, expires_after
from integrations.simulators.envelope import Ending, Envelope, Happening
from integrations.simulators.kit import Simulator
from integrations.simulators.seal import report
from integrations.simulators.shapes.documenso import LIST_QUERY, LOG_QUERY, fits
from integrations.simulators.wire import Answered, Asked, Letter, Refusal, Route

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from integrations.simulators.kit import Callback

API_TOKEN = "api_s3cret_documenso"  # noqa: S105  # the simulator's own
_SECRET = "s3cret-documenso-hook"  # noqa: S105  # the simulator's own
_BASE = "/api/v2/envelope"
_MOST_PER_PAGE = 100


class DocumensoSimulator(Simulator):
    """One team with one API token and one webhook.

    `drafts` are envelopes that were created and not distributed. `older` answers callbacks as
    servers before `envelopeId` did. A page of a list holds `most_per_page` at most.
    """

    name: ClassVar[str] = "documenso"
    title: ClassVar[str] = "Documenso"
    first_number: ClassVar[int] = 1001

    def __init__(self, *, token: str = API_TOKEN, secret: str = _SECRET, **rest: Any) -> None:
        super().__init__(**rest)
        self.token = token
        self.secret = secret
        self.drafts: dict[str, Envelope] = {}
        self.older = False
        self.unsigned = False  # completed by hand in the database: the file stays as it was
        self.most_per_page = _MOST_PER_PAGE

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
            Route(method="GET", pattern=r"/sign/([^/]+)", act=self.form, open=True),
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
            raise refusal(401, "UNAUTHORIZED")

    # Sending -------------------------------------------------------------------------------------

    def create(self, asked: Asked) -> Answered:
        """Create a draft."""
        envelope = Creation(self).envelope(asked)
        self.drafts[envelope.id] = envelope
        return Answered(body={"id": envelope.id})

    def distribute(self, asked: Asked) -> Answered:
        """Send a draft; sending again what is out writes to nobody twice."""
        told = asked.json()
        self._fits(told, "distribute")
        envelope = self._any(told["envelopeId"])
        if envelope.ended not in {None, Ending.EXPIRED}:
            raise refusal(400, "INVALID_REQUEST")
        signing = {mark.person for mark in envelope.marks if mark.kind == "signature"}
        if any(person.id not in signing for person in envelope.people):
            raise refusal(400, "MISSING_SIGNATURE_FIELD")
        if envelope.id in self.drafts:
            self.envelopes[envelope.id] = self.drafts.pop(envelope.id)
            envelope.sent_at = self.now()
            runs = expires_after(envelope)
            envelope.expires_at = None if runs is None else self.now() + runs
            self.tell(envelope, Happening.SENT)
        return self._sent(envelope)

    def redistribute(self, asked: Asked) -> Answered:
        """Write to recipients again; that renews their time for signing."""
        told = asked.json()
        self._fits(told, "redistribute")
        envelope = self.envelope(told["envelopeId"])
        ids = told["recipients"]
        self.documented(
            "recipients are named by other things than numbers",
            holds=bool(ids) and all(type(item) is int for item in ids),
        )
        people = {person.id: person for person in envelope.people}
        if envelope.ended is not None or any(str(item) not in people for item in ids):
            raise refusal(400, "INVALID_REQUEST")
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
        if envelope.id in self.drafts or self._told(envelope).status != "PENDING":
            raise refusal(400, "INVALID_REQUEST")
        envelope.reason = told.get("reason", "")
        self.end(envelope, Ending.VOIDED)
        return Answered(body={"success": True})

    def form(self, asked: Asked, token: str) -> Answered:
        """Show a recipient's page to whoever has its address."""
        for envelope in self.envelopes.values():
            for one in envelope.people:
                if envelope.notes["tokens"][one.id] == token:
                    return self.signing_page(envelope, one)
        raise self.unknown(token)

    # Reading -------------------------------------------------------------------------------------

    def search(self, asked: Asked) -> Answered:
        """Search by letters in title, external id and recipients, whatever their case."""
        self._query(asked, LIST_QUERY)
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
        return self._paged(asked, [self._told(item).shown(whole=False) for item in found])

    def show(self, asked: Asked, envelope_id: str) -> Answered:
        """Show one envelope; sealing goes on meanwhile."""
        self._query(asked, set())
        envelope = self._any(envelope_id)
        shown = self._told(envelope).shown(whole=True)
        envelope.seal_waits = max(0, envelope.seal_waits - 1)
        return Answered(body=shown)

    def audit_log(self, asked: Asked, envelope_id: str) -> Answered:
        """List what happened to an envelope."""
        self._query(asked, LOG_QUERY)
        entries = self._told(self._any(envelope_id)).log()
        if asked.query.get("orderByDirection", "desc") == "desc":
            entries.reverse()
        return self._paged(asked, entries)

    def _query(self, asked: Asked, known: set[str]) -> None:
        self.documented(
            f"{asked.path} is asked with a query that is not documented",
            holds=set(asked.query) <= known,
        )

    def _paged(self, asked: Asked, rows: Sequence[Mapping[str, Any]]) -> Answered:
        page, size = int(asked.query.get("page", "1")), int(asked.query.get("perPage", "10"))
        if page < 1 or not 1 <= size <= _MOST_PER_PAGE:
            raise self.malformed()
        size = min(size, self.most_per_page)
        told = {
            "data": rows[(page - 1) * size : page * size],
            "count": len(rows),
            "currentPage": page,
            "perPage": size,
            "totalPages": -(-len(rows) // size),
        }
        return Answered(body=told)

    # Files ---------------------------------------------------------------------------------------

    def item(self, asked: Asked, item_id: str) -> Answered:
        """Give one file; as long as nothing is sealed, the "signed" one is the unsigned one."""
        self._query(asked, {"version"})
        if asked.query.get("version", "signed") not in {"signed", "original", "pending"}:
            raise self.malformed()
        for envelope in self.envelopes.values():
            if item_id in envelope.notes["items"]:
                number = envelope.notes["items"].index(item_id)
                sealed = self._told(envelope).status == "COMPLETED" and not self.unsigned
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
        if self._told(envelope).status != "COMPLETED":
            raise refusal(400, "DOCUMENT_NOT_COMPLETE")
        lines = [f"{row['type']} {row['createdAt']}" for row in self._told(envelope).log()]
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
        payload = self._told(envelope).reported(callback.at, late=late)
        if not self.older:
            payload["envelopeId"] = envelope.id
        tried_at = callback.at + timedelta(milliseconds=self.number())  # no two at one time
        body = {
            "event": EVENTS[callback.happening],
            "payload": payload,
            "createdAt": say(tried_at),
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
        return refusal(404, "NOT_FOUND")

    def malformed(self) -> Refusal:
        """Say that a request is not as documented."""
        return refusal(400, "BAD_REQUEST")

    def _told(self, envelope: Envelope) -> Told:
        return Told(envelope=envelope, draft=envelope.id in self.drafts, now=self.now())

    def _any(self, envelope_id: str) -> Envelope:
        return self.drafts.get(envelope_id) or self.envelope(envelope_id)

    def _fits(self, told: object, shape: str) -> None:
        """Refuse what is not as documented: an unknown name, a missing one, another type."""
        self.documented(f"{shape} is not as documented", holds=fits(told, shape))
