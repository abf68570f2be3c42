"""A signing service in memory: keeps the whole contract, signs nothing."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from docgen.domain.signing import EnvelopeSnapshot, RecipientSnapshot, Signal, SigningEvent
from docgen.errors import CallbackRejected, NotFound, ServiceRejected
from docgen.ports.esign import (
    Capabilities,
    EnvelopeRequest,
    NewRecipient,
    RawCallback,
    Reply,
    SealedDocument,
    ServiceRecord,
    VerifiedCallback,
)
from integrations.vendor.refusal import refuse_unfit
from integrations.vendor.several import one_by_one

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


TOLERANCE_S = 300
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class _Envelope:
    snapshot: EnvelopeSnapshot
    request: EnvelopeRequest


@dataclass(slots=True, kw_only=True)
class FakeService:
    """Envelopes in a dictionary; tests move them on with `sign_all`, and give what seals a file."""

    key: ClassVar[str] = "fake"
    capabilities: ClassVar[Capabilities] = Capabilities(
        remind=True,
        reminds_by_itself=True,
        reassign=True,
        signing_link=True,
        ending_link=True,
        find_by_key=True,
        signed_callbacks=True,
        separate_documents=True,
        gives_record=True,
        tolerance=timedelta(seconds=TOLERANCE_S),
        kept_headers=frozenset({"fake-id", "fake-time", "fake-signature", "content-type"}),
    )

    secrets: tuple[bytes, ...] = (b"fake",)
    envelopes: dict[str, _Envelope] = field(default_factory=dict)
    seal: Callable[[bytes], bytes] = bytes
    reminded: list[tuple[str, str]] = field(default_factory=list)

    def find(self, idempotency_key: str) -> EnvelopeSnapshot | None:
        """Look up an envelope by our key."""
        for item in self.envelopes.values():
            if item.request.idempotency_key == idempotency_key:
                return item.snapshot
        return None

    def check(self, request: EnvelopeRequest) -> None:
        """Refuse what is larger than it declares."""
        refuse_unfit(request, self.capabilities, self.key)

    def send(self, request: EnvelopeRequest) -> str:
        """Keep the envelope; the same key again gives the same id."""
        known = self.find(request.idempotency_key)
        if known is not None:
            return known.envelope_id
        envelope_id = f"fake_{len(self.envelopes) + 1}"
        snapshot = EnvelopeSnapshot(
            envelope_id=envelope_id,
            idempotency_key=request.idempotency_key,
            sent_at=EARLIEST,
            recipients=tuple(
                RecipientSnapshot(key=item.key, email=item.email) for item in request.recipients
            ),
        )
        self.envelopes[envelope_id] = _Envelope(snapshot=snapshot, request=request)
        return envelope_id

    def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
        """Re-read where the envelope stands."""
        return self._get(envelope_id).snapshot

    def fetch_several(self, envelope_ids: Sequence[str]) -> Mapping[str, EnvelopeSnapshot]:
        """Re-read one after the other."""
        return one_by_one(self.fetch, envelope_ids)

    def void(self, envelope_id: str, reason: str) -> None:
        """Withdraw the envelope; an ended one stays as it is."""
        item = self._get(envelope_id)
        if item.snapshot.ended is None:
            item.snapshot = replace(
                item.snapshot, ended=Signal.VOIDED, ended_at=EARLIEST, reason=reason
            )

    def remind(self, envelope_id: str, recipient: str) -> None:
        """Keep who was reminded."""
        self._waiting(envelope_id, recipient)
        self.reminded.append((envelope_id, recipient))

    def reassign(self, envelope_id: str, recipient: str, new: NewRecipient) -> None:
        """Put the new person into the request."""
        self._waiting(envelope_id, recipient)
        item = self._get(envelope_id)
        item.request = replace(
            item.request,
            recipients=tuple(
                replace(one, name=new.name, title=new.title, email=new.email)
                if one.key == recipient
                else one
                for one in item.request.recipients
            ),
        )
        item.snapshot = replace(
            item.snapshot,
            recipients=tuple(
                replace(one, email=new.email) if one.key == recipient else one
                for one in item.snapshot.recipients
            ),
        )

    def signing_link(self, envelope_id: str, recipient: str, return_url: str) -> str:
        """Give an address that leads nowhere."""
        self._waiting(envelope_id, recipient)
        return f"https://fake.example.org/{envelope_id}/{recipient}?back={return_url}"

    def download(self, envelope_id: str) -> Sequence[SealedDocument]:
        """Give the documents back, sealed, once everybody signed."""
        item = self._get(envelope_id)
        if item.snapshot.ended is not Signal.FULLY_EXECUTED:
            raise ServiceRejected("The envelope is not fully executed.", service=self.key)
        return [
            SealedDocument(slug=document.slug, signed=self.seal(document.pdf))
            for document in item.request.documents
        ]

    def records(self, envelope_id: str) -> Sequence[ServiceRecord]:
        """Give a certificate in name only."""
        self.download(envelope_id)
        return [ServiceRecord(name="certificate.pdf", title="Certificate", data=b"%PDF-1.7 fake")]

    def greet(self, raw: RawCallback) -> Reply:
        """Greet back whoever knows the secret."""
        if raw.query.encode() not in self.secrets:
            raise CallbackRejected("The greeting was not believed.", service=self.key)
        return Reply(body=b"hello\n")

    def verify(self, raw: RawCallback) -> VerifiedCallback:
        """Check the fake's signature and the callback's age."""
        moment = raw.headers.get("fake-time", "")
        given = raw.headers.get("fake-signature", "")
        delivery_id = raw.headers.get("fake-id", "")
        if not (moment.isascii() and moment.isdigit() and delivery_id and given.isascii()):
            raise CallbackRejected("The callback was not believed.", service=self.key)
        message = b".".join((delivery_id.encode(), moment.encode(), raw.body))
        fits = any(
            hmac.compare_digest(hmac.digest(secret, message, "sha256").hex(), given)
            for secret in self.secrets
        )
        if not fits or abs(raw.received_at.timestamp() - int(moment)) > TOLERANCE_S:
            raise CallbackRejected("The callback was not believed.", service=self.key)
        return VerifiedCallback(delivery_id=delivery_id, body=raw.body, received_at=raw.received_at)

    def acknowledge(self, raw: RawCallback) -> Reply:
        """Say that it is stored."""
        return Reply()

    def parse(self, callback: VerifiedCallback) -> Sequence[SigningEvent]:
        """Translate a believed callback; an unknown signal is `UNKNOWN`."""
        try:
            body = json.loads(callback.body)
            kind, envelope_id = str(body["signal"]), str(body["envelope_id"])
        except (ValueError, KeyError, TypeError, RecursionError):
            kind, envelope_id = "unreadable", ""
        known = {item.value for item in Signal}
        return (
            SigningEvent(
                signal=Signal(kind) if kind in known else Signal.UNKNOWN,
                envelope_id=envelope_id,
                recipient="",
                at=callback.received_at,
                event_id=callback.delivery_id,
                reported_as=kind,
            ),
        )

    def sign_all(self, envelope_id: str, at: datetime) -> None:
        """Let everybody sign."""
        item = self._get(envelope_id)
        recipients = tuple(
            replace(one, viewed_at=at, signed_at=at) for one in item.snapshot.recipients
        )
        item.snapshot = replace(
            item.snapshot, recipients=recipients, ended=Signal.FULLY_EXECUTED, ended_at=at
        )

    def _waiting(self, envelope_id: str, recipient: str) -> None:
        """Check that this recipient has still to sign."""
        item = self._get(envelope_id)
        one = next((it for it in item.snapshot.recipients if it.key == recipient), None)
        if item.snapshot.ended is not None or one is None or one.signed_at is not None:
            raise ServiceRejected("This recipient has nothing to sign now.", service=self.key)

    def _get(self, envelope_id: str) -> _Envelope:
        if envelope_id not in self.envelopes:
            raise NotFound("The service knows no such envelope.")
        return self.envelopes[envelope_id]
