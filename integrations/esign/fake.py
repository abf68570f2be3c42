"""A signing service in memory: keeps the whole contract, signs nothing."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from docgen.domain.signing import EnvelopeSnapshot, RecipientSnapshot, Signal, SigningEvent
from docgen.errors import CallbackRejected, NotFound, ServiceRejected
from docgen.ports.esign import (
    Capabilities,
    EnvelopeRequest,
    RawCallback,
    SealedDocument,
    VerifiedCallback,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


TOLERANCE_S = 300
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class _Envelope:
    snapshot: EnvelopeSnapshot
    request: EnvelopeRequest


@dataclass(slots=True, kw_only=True)
class FakeService:
    """Envelopes in a dictionary; tests move them on with `sign_all` and `decline`."""

    key: ClassVar[str] = "fake"
    capabilities: ClassVar[Capabilities] = Capabilities(find_by_key=True, signed_callbacks=True)

    secrets: tuple[bytes, ...] = (b"fake",)
    envelopes: dict[str, _Envelope] = field(default_factory=dict)

    def find(self, idempotency_key: str) -> EnvelopeSnapshot | None:
        """Look up an envelope by our key."""
        for item in self.envelopes.values():
            if item.request.idempotency_key == idempotency_key:
                return item.snapshot
        return None

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
            recipients=tuple(RecipientSnapshot(key=item.key) for item in request.recipients),
        )
        self.envelopes[envelope_id] = _Envelope(snapshot=snapshot, request=request)
        return envelope_id

    def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
        """Re-read where the envelope stands."""
        return self._get(envelope_id).snapshot

    def void(self, envelope_id: str, reason: str) -> None:
        """Withdraw the envelope; an ended one stays as it is."""
        item = self._get(envelope_id)
        if item.snapshot.ended is None:
            item.snapshot = replace(
                item.snapshot, ended=Signal.VOIDED, ended_at=EARLIEST, reason=reason
            )

    def download(self, envelope_id: str) -> Sequence[SealedDocument]:
        """Give the documents back unchanged once everybody signed."""
        item = self._get(envelope_id)
        if item.snapshot.ended is not Signal.FULLY_EXECUTED:
            raise ServiceRejected("The envelope is not fully executed.", service=self.key)
        return [
            SealedDocument(slug=document.slug, sent=document.pdf, signed=document.pdf)
            for document in item.request.documents
        ]

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

    def _get(self, envelope_id: str) -> _Envelope:
        if envelope_id not in self.envelopes:
            raise NotFound("The service knows no such envelope.")
        return self.envelopes[envelope_id]
