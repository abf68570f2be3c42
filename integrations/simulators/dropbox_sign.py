"""Dropbox Sign API v3, simulated.

Only what is documented is answered; every other route, field or type is a fault.
"""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from integrations.simulators.answers.dropbox_sign import EVENTS, shown, wrapped
from integrations.simulators.envelope import Ending, Envelope, Happening, Mark, Person
from integrations.simulators.kit import Simulator
from integrations.simulators.seal import Written, joined, page_of, seal
from integrations.simulators.sheets import sheet_sizes
from integrations.simulators.wire import Answered, Asked, Letter, Refusal, Route

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from integrations.simulators.kit import Callback

_API_KEY = "s3cret-dropbox-sign-api-key"
_FIELDS = {
    "title",
    "subject",
    "message",
    "signers",
    "allow_decline",
    "allow_reassign",
    "metadata",
    "signing_options",
    "form_fields_per_document",
    "expires_at",
    "test_mode",
}
_FORM_FIELD: dict[str, type] = {
    "document_index": int,
    "api_id": str,
    "type": str,
    "required": bool,
    "signer": str,
    "width": int,
    "height": int,
    "x": int,
    "y": int,
    "page": int,
    "name": str,
}
_KINDS = {"signature": "signature", "date_signed": "date", "text": "text"}
_LONGEST, _LONGEST_MESSAGE, _MOST_KEYS, _LONGEST_KEY, _LONGEST_VALUE = 255, 5000, 10, 40, 1000
_SHORTEST_RUN, _LONGEST_RUN = timedelta(days=1), timedelta(days=90)
_BETWEEN_REMINDERS = timedelta(hours=1)
_INDEXED_AFTER = timedelta(minutes=2)  # the search knows a request only some time after it was made
_LARGEST_PAGE = 100
_WAYS = ("draw", "type", "upload", "phone")
_FAILED = 400


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
            raise _error(401, "unauthorized")

    def create(self, asked: Asked) -> Answered:
        """Take a request in; it is converted afterwards."""
        fields, files = asked.form()
        if set(fields) - _FIELDS:
            self.fault("a signature request has fields that are not documented")
        try:
            read = {
                name: json.loads(fields[name])
                for name in ("signers", "metadata", "form_fields_per_document", "signing_options")
            }
        except (KeyError, ValueError) as error:
            raise _error(_FAILED, "bad_request") from error
        names = [name for name, _, _ in files]
        if names != [f"files[{number}]" for number in range(len(files))] or not files:
            self.fault("files are not numbered as documented")
            raise _error(_FAILED, "bad_request")
        self._check_texts(fields)
        self._check_ways(read["signing_options"])
        metadata = read["metadata"]
        small = all(
            len(k) <= _LONGEST_KEY and isinstance(v, str) and len(v) <= _LONGEST_VALUE
            for k, v in metadata.items()
        )
        if len(metadata) > _MOST_KEYS or not small:
            raise _error(_FAILED, "bad_request")
        people = self._people(read["signers"])
        names = [one.get("api_id") for one in read["form_fields_per_document"]]
        if len(set(names)) != len(names):
            self.fault("two form fields have one api_id")
            raise _error(_FAILED, "bad_request")
        data = [data for _, _, data in files]
        envelope = Envelope(
            id=self.fresh(),
            title=fields.get("title", ""),
            message=fields.get("message", ""),
            packet_id=metadata.get("packet_id", ""),
            key=metadata.get("docgen_key", ""),
            people=people,
            files=[(name, data) for _, name, data in files],
            marks=[self._mark(one, people, data) for one in read["form_fields_per_document"]],
            sent_at=self.now(),
            expires_at=self._expires(fields),
            notes={"metadata": metadata, "ordered": "order" in read["signers"][0]},
        )
        self.envelopes[envelope.id] = envelope
        self.tell(envelope, Happening.SENT)
        return Answered(body={"signature_request": shown(envelope)})

    def _check_texts(self, fields: Mapping[str, str]) -> None:
        long = any(len(fields.get(name, "")) > _LONGEST for name in ("title", "subject"))
        long = long or len(fields.get("message", "")) > _LONGEST_MESSAGE
        flags = [fields.get(name, "0") for name in ("test_mode", "allow_decline", "allow_reassign")]
        if long or not set(flags) <= {"0", "1"}:
            raise _error(_FAILED, "bad_request")

    def _check_ways(self, told: Mapping[str, Any]) -> None:
        known = set(told) <= {*_WAYS, "default_type"}
        if not known or told.get(told.get("default_type", "")) is not True:
            self.fault("the ways to sign are not as documented")
            raise _error(_FAILED, "bad_request")

    def _people(self, signers: list[Mapping[str, Any]]) -> list[Person]:
        with_order = ["order" in one for one in signers]
        if any(with_order) != all(with_order):
            raise _error(_FAILED, "bad_request")
        orders = sorted({one.get("order", 0) for one in signers})
        if orders != list(range(len(orders))):
            self.fault("orders do not count from 0")
        if any(set(one) - {"name", "email_address", "order"} for one in signers):
            self.fault("a signer has fields that are not documented")
        return [
            Person(
                id=self.fresh(),
                key=str(number),
                name=one["name"],
                email=one["email_address"],
                order=one.get("order", 0),
            )
            for number, one in enumerate(signers)
        ]

    def _mark(self, one: Mapping[str, Any], people: list[Person], files: list[bytes]) -> Mark:
        wrong = set(one) - set(_FORM_FIELD)
        lacking = {name for name in _FORM_FIELD if name not in {"page", "name"}} - set(one)
        if wrong or lacking or any(not isinstance(one[k], _FORM_FIELD[k]) for k in one):
            self.fault("a form field is not as documented")
            raise _error(_FAILED, "bad_request")
        signer = one["signer"]
        there = 0 <= one["document_index"] < len(files)
        if not there or not signer.isdecimal() or int(signer) >= len(people):
            raise _error(_FAILED, "bad_request")
        right = one["x"] + one["width"] * 72 / 80
        below = one["y"] + one["height"] * 72 / 80
        if not _on_page(files[one["document_index"]], one["page"], right, below):
            self.fault("a form field lies beside its page")
            raise _error(_FAILED, "bad_request")
        kind = _KINDS.get(one["type"], "")
        if not kind:
            self.fault("a form field has a type that is not documented")
            raise _error(_FAILED, "bad_request")
        if kind == "text":
            kind = "title" if one["name"] == "Title" else "name"
        return Mark(
            kind=kind,
            person=people[int(signer)].id,
            file=one["document_index"],
            page=one["page"],
            x=one["x"],
            y=one["y"],
            width=one["width"] * 72 / 80,
            height=one["height"] * 72 / 80,
        )

    def _expires(self, fields: Mapping[str, str]) -> datetime | None:
        if "expires_at" not in fields:
            return None
        at = datetime.fromtimestamp(int(fields["expires_at"]), UTC).replace(minute=0, second=0)
        if not self.now() + _SHORTEST_RUN <= at <= self.now() + _LONGEST_RUN:
            raise _error(_FAILED, "bad_request")
        return at

    def show(self, asked: Asked, request_id: str) -> Answered:
        """Show one request; a cancelled one is gone."""
        envelope = self.envelope(request_id)
        if envelope.ended is Ending.VOIDED and not self._still_cancelling(envelope):
            raise _error(410, "deleted")
        return Answered(body={"signature_request": shown(envelope)})

    def _still_cancelling(self, envelope: Envelope) -> bool:
        left = int(envelope.notes.get("cancelling", 0))
        envelope.notes["cancelling"] = max(0, left - 1)
        return left > 0

    def listed(self, asked: Asked) -> Answered:
        """List requests, the newest first, without cancelled ones."""
        if set(asked.query) - {"account_id", "page", "page_size", "query"}:
            self.fault("a list is asked for in another way than documented")
        page, size = int(asked.query.get("page", "1")), int(asked.query.get("page_size", "20"))
        if page < 1 or not 1 <= size <= _LARGEST_PAGE:
            raise _error(_FAILED, "bad_request")
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
            raise _error(_FAILED, "bad_request")
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
            raise _error(_FAILED, "bad_request")
        last = envelope.notes.get(f"reminded {person.id}", envelope.sent_at)
        if person not in envelope.turn or self.now() < last + _BETWEEN_REMINDERS:
            raise _error(_FAILED, "bad_request")
        if told.get("name", person.name) != person.name:
            raise _error(_FAILED, "bad_request")
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
            raise _error(_FAILED, "bad_request")
        old, person.id = person.id, self.fresh()
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
            raise _error(409, "conflict")
        if envelope.ended is Ending.VOIDED:
            raise _error(410, "deleted")
        if "error" in envelope.notes:
            raise _error(422, "unprocessable_entity")
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
        return _error(429, "exceeded_rate", {"X-Ratelimit-Reset": reset})

    def unknown(self, what: str) -> Refusal:
        """Say that there is no such request."""
        return _error(404, "not_found")


def _on_page(pdf: bytes, number: int, right: float, below: float) -> bool:
    """Say whether a corner lies on a page of a file."""
    sizes = sheet_sizes(pdf)
    if not 1 <= number <= len(sizes):
        return False
    wide, tall = sizes[number - 1]
    return 0 <= right <= wide + 1 and 0 <= below <= tall + 1


def _error(status: int, name: str, headers: Mapping[str, str] | None = None) -> Refusal:
    told = {"error": {"error_msg": "Not as documented.", "error_name": name}}
    return Refusal(status, told, headers)
