"""Dropbox Sign API v3, simulated.

Only what is documented is answered; every other route, field or type is a fault.
"""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from integrations.simulators.answers.dropbox_sign import EVENTS, refusal, shown, wrapped
from integrations.simulators.creation.dropbox_sign import Creation
from integrations.simulators.envelope import Ending, Envelope, Happening
from integrations.simulators.kit import Simulator
from integrations.simulators.seal import Written, joined, page_of, seal
from integrations.simulators.shapes.dropbox_sign import LARGEST_PAGE, LIST_QUERY
from integrations.simulators.sheets import sheet_sizes
from integrations.simulators.wire import Answered, Asked, Letter, Refusal, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integrations.simulators.kit import Callback

_API_KEY = "s3cret-dropbox-sign-api-key"
_BETWEEN_REMINDERS = timedelta(hours=1)
_INDEXED_AFTER = timedelta(minutes=2)  # the search knows a request only some time after it was made


class DropboxSignSimulator(Simulator):
    """One account. `form` is how callbacks come: multipart, urlencoded or json."""

    name: ClassVar[str] = "dropbox_sign"
    title: ClassVar[str] = "Dropbox Sign"

    def __init__(self, *, api_key: str = _API_KEY, form: str = "multipart", **rest: Any) -> None:
        super().__init__(**rest)
        self.api_key = api_key
        self.form = form
        self.cancel_waits = 1  # looks at a request until its cancellation is carried out

    def routes(self) -> Sequence[Route]:
        """List the documented operations."""
        at = "/v3/signature_request"
        return (
            Route(method="POST", pattern=f"{at}/send", act=self.create),
            Route(method="GET", pattern=f"{at}/list", act=self.listed),
            Route(method="GET", pattern=f"{at}/files/([^/]+)", act=self.file),
            Route(method="POST", pattern=f"{at}/cancel/([^/]+)", act=self.cancel),
            Route(method="POST", pattern=f"{at}/remind/([^/]+)", act=self.remind),
            Route(method="POST", pattern=f"{at}/update/([^/]+)", act=self.update),
            Route(method="GET", pattern=f"{at}/([^/]+)", act=self.show),
        )

    def account(self) -> tuple[dict[str, str], dict[str, str]]:
        """Give the settings of this account."""
        return {"address": self.url, "test_mode": "yes"}, {"api_key": self.api_key}

    def refuse_stranger(self, asked: Asked) -> None:
        """Ask for the API key as a user name without a password."""
        wanted = base64.b64encode(f"{self.api_key}:".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {wanted}":
            raise refusal(401, "unauthorized")

    def create(self, asked: Asked) -> Answered:
        """Take a request in; it is converted afterwards."""
        envelope = Creation(self).envelope(asked)
        self.envelopes[envelope.id] = envelope
        self.tell(envelope, Happening.SENT)
        return Answered(body={"signature_request": shown(envelope)})

    def show(self, asked: Asked, request_id: str) -> Answered:
        """Show one request; a cancelled one is gone."""
        envelope = self.envelope(request_id)
        if envelope.ended is Ending.VOIDED and not self._still_cancelling(envelope):
            raise refusal(410, "deleted")
        return Answered(body={"signature_request": shown(envelope)})

    def _still_cancelling(self, envelope: Envelope) -> bool:
        left = int(envelope.notes.get("cancelling", 0))
        envelope.notes["cancelling"] = max(0, left - 1)
        return left > 0

    def listed(self, asked: Asked) -> Answered:
        """List requests, the newest first, without cancelled ones."""
        if set(asked.query) - LIST_QUERY:
            self.fault("a list is asked for in another way than documented")
        page, size = int(asked.query.get("page", "1")), int(asked.query.get("page_size", "20"))
        if page < 1 or not 1 <= size <= LARGEST_PAGE:
            raise self.malformed()
        there = [it for it in self.envelopes.values() if it.ended is not Ending.VOIDED][::-1]
        if "query" in asked.query:
            there = [it for it in there if self._is_found(it, asked.query["query"])]
        found = [shown(it) for it in there[(page - 1) * size : page * size]]
        info = {
            "num_pages": max(1, -(-len(there) // size)),
            "num_results": len(there),
            "page": page,
            "page_size": size,
        }
        return Answered(body={"list_info": info, "signature_requests": found})

    def _is_found(self, envelope: Envelope, words: str) -> bool:
        """Search texts and metadata, word by word, as far as they are indexed by now."""
        told = [envelope.title, envelope.message, *envelope.notes["metadata"].values()]
        indexed = self.now() >= envelope.sent_at + _INDEXED_AFTER
        return indexed and any(words in text for text in told)

    def cancel(self, asked: Asked, request_id: str) -> Answered:
        """Queue a cancellation."""
        envelope = self.envelope(request_id)
        if envelope.ended is not None:
            raise self.malformed()
        envelope.notes["cancelling"] = self.cancel_waits
        self.end(envelope, Ending.VOIDED)
        return Answered(body=b"")

    def remind(self, asked: Asked, request_id: str) -> Answered:
        """Write to a signer again."""
        envelope, told = self.envelope(request_id), asked.json()
        if set(told) - {"email_address", "name"}:
            self.fault("a reminder has fields that are not documented")
        person = next((it for it in envelope.people if it.email == told["email_address"]), None)
        if person is None:
            raise self.malformed()
        last = envelope.notes.get(f"reminded {person.id}", envelope.sent_at)
        if person not in envelope.turn or self.now() < last + _BETWEEN_REMINDERS:
            raise self.malformed()
        if told.get("name", person.name) != person.name:
            raise self.malformed()
        person.reminded += 1
        envelope.notes[f"reminded {person.id}"] = self.now()
        return Answered(body={"signature_request": shown(envelope)})

    def update(self, asked: Asked, request_id: str) -> Answered:
        """Put another person in a signer's place, under a new signature id."""
        envelope, told = self.envelope(request_id), asked.json()
        if set(told) - {"signature_id", "email_address", "name", "expires_at"}:
            self.fault("an update has fields that are not documented")
        person = next((it for it in envelope.people if it.id == told["signature_id"]), None)
        if person is None or envelope.ended is not None or person.done:
            raise self.malformed()
        old, person.id = person.id, self.fresh(octets=16)
        person.name, person.email = told.get("name", person.name), told["email_address"]
        person.viewed_at = None
        envelope.marks = [
            replace(mark, person=person.id) if mark.person == old else mark
            for mark in envelope.marks
        ]
        return Answered(body={"signature_request": shown(envelope)})

    def spoil(self, envelope_id: str, kind: str = "file_error") -> None:
        """Fail to convert what was taken in with a 200."""
        with self.lock:
            envelope = self.envelopes[envelope_id]
            envelope.notes["error"] = kind
            self.tell(envelope, Happening.NEWS)

    def seal(self, envelope: Envelope) -> list[bytes]:
        """Join the files and the audit trail into one, and seal that."""
        people = [f"{item.name} {item.email} {item.signed_at}" for item in envelope.people]
        trail = page_of("Audit trail", [envelope.id, *people])
        whole = joined([*(pdf for _, pdf in envelope.files), trail])
        lines, first = [], 0
        for number, pdf in enumerate(pdf for _, pdf in envelope.files):
            lines += [
                Written(page=item.page + first, x=item.x, y=item.y, text=item.text)
                for item in self.written(envelope, number)
            ]
            first += len(sheet_sizes(pdf))
        return [seal(whole, lines, self.title)]

    def file(self, asked: Asked, request_id: str) -> Answered:
        """Give everything as one PDF, once it is ready."""
        envelope = self.envelope(request_id)
        if asked.query != {"file_type": "pdf"}:
            self.fault("a file is asked for in another way than here")
        if envelope.seal_waits:
            envelope.seal_waits -= 1
            raise refusal(409, "conflict")
        if envelope.ended is Ending.VOIDED:
            raise refusal(410, "deleted")
        if "error" in envelope.notes:
            raise refusal(422, "unprocessable_entity")
        data = envelope.sealed[0] if envelope.sealed else joined([it for _, it in envelope.files])
        return Answered(body=data)

    def letter(self, callback: Callback) -> Letter:
        """Write a callback; its hash covers time and kind only."""
        envelope = self.envelopes[callback.envelope_id]
        [kind] = EVENTS[callback.happening]
        if callback.happening is Happening.NEWS:
            kind = envelope.notes.get("error", kind)
        moment = str(int(callback.at.timestamp()))
        mac = hmac.digest(self.api_key.encode(), f"{moment}{kind}".encode(), "sha256").hex()
        payload = json.dumps(
            {
                "event": {
                    "event_time": moment,
                    "event_type": kind,
                    "event_hash": mac,
                    "event_metadata": {
                        "related_signature_id": callback.person or None,
                        "reported_for_account_id": "account",
                    },
                },
                "account_guid": "account",
                "signature_request": shown(envelope),
            }
        )
        return Letter(url=self.callback_url, **wrapped(payload, self.form))

    def throttled(self) -> Refusal:
        """Say that the minute's requests are used up."""
        reset = str(int((self.now() + timedelta(seconds=42)).timestamp()))
        return refusal(429, "exceeded_rate", {"X-Ratelimit-Reset": reset})

    def unknown(self, what: str) -> Refusal:
        """Say that there is no such request."""
        return refusal(404, "not_found")

    def malformed(self) -> Refusal:
        """Say that a request is not as documented."""
        return refusal(400, "bad_request")
