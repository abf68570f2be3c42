"""The own signer's adapter keeps the signing-service contract, over a desk in memory."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.domain.signing import EnvelopeSnapshot, RecipientSnapshot, Signal
from docgen.errors import NotFound, ServiceRejected
from docgen.ports.esign import RawCallback, SealedDocument
from integrations.esign.embedded.service import EmbeddedService
from integrations.esign.embedded.webhook import SIGNALS
from tests.contracts.esign import (
    AT,
    HeaderProofContract,
    IdempotentSendContract,
    SignedBodyContract,
    TimedCallbackContract,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docgen.ports.esign import EnvelopeRequest, SigningService

OLD, NEW = b"o" * 32, b"n" * 32


class FakeDesk:
    """A signing desk in memory."""

    def __init__(self) -> None:
        self.snapshots: dict[str, EnvelopeSnapshot] = {}
        self.requests: dict[str, EnvelopeRequest] = {}

    def open_envelope(self, request: EnvelopeRequest) -> str:
        """Keep the request."""
        known = self.find_envelope(request.idempotency_key)
        if known is not None:
            return known.envelope_id
        envelope_id = f"env_{len(self.snapshots)}"
        self.requests[envelope_id] = request
        self.snapshots[envelope_id] = EnvelopeSnapshot(
            envelope_id=envelope_id,
            idempotency_key=request.idempotency_key,
            sent_at=AT,
            recipients=tuple(RecipientSnapshot(key=item.key) for item in request.recipients),
        )
        return envelope_id

    def find_envelope(self, idempotency_key: str) -> EnvelopeSnapshot | None:
        """Look up by key."""
        found = (
            item for item in self.snapshots.values() if item.idempotency_key == idempotency_key
        )
        return next(found, None)

    def show_envelope(self, envelope_id: str) -> EnvelopeSnapshot:
        """Show one."""
        if envelope_id not in self.snapshots:
            raise NotFound("No such envelope.")
        return self.snapshots[envelope_id]

    def void_envelope(self, envelope_id: str, reason: str) -> None:
        """Void one that has not ended."""
        snapshot = self.show_envelope(envelope_id)
        if snapshot.ended is None:
            self.snapshots[envelope_id] = replace(snapshot, ended=Signal.VOIDED, reason=reason)

    def executed_documents(self, envelope_id: str) -> Sequence[SealedDocument]:
        """Hand the documents over at the end."""
        if self.show_envelope(envelope_id).ended is not Signal.FULLY_EXECUTED:
            raise ServiceRejected("Not fully executed.", service="embedded")
        documents = self.requests[envelope_id].documents
        return [SealedDocument(slug=it.slug, sent=it.pdf, signed=it.pdf) for it in documents]

    def sign_all(self, envelope_id: str) -> None:
        """Let everybody sign."""
        snapshot = self.snapshots[envelope_id]
        self.snapshots[envelope_id] = replace(snapshot, ended=Signal.FULLY_EXECUTED)


def signed(body: bytes, secret: bytes, at: datetime) -> RawCallback:
    """Sign as Standard Webhooks says."""
    moment = str(int(at.timestamp()))
    mac = hmac.digest(secret, b".".join((b"d1", moment.encode(), body)), "sha256")
    headers = {
        "webhook-id": "d1",
        "webhook-timestamp": moment,
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }
    return RawCallback(headers=headers, body=body, received_at=at)


class TestEmbeddedService(
    IdempotentSendContract, TimedCallbackContract, SignedBodyContract, HeaderProofContract
):
    numbers_its_callbacks = True
    desk: FakeDesk

    def service(self) -> SigningService:
        self.desk = FakeDesk()
        return EmbeddedService(self.desk, [OLD])

    def rotated(self) -> SigningService:
        return EmbeddedService(FakeDesk(), [NEW, OLD])

    def callback(self, body: bytes, at: datetime = AT) -> RawCallback:
        return signed(body, OLD, at)

    def forged(self, body: bytes, at: datetime = AT) -> RawCallback:
        return signed(body, NEW, at)

    def known_body(self, envelope_id: str) -> bytes:
        return body_of("envelope.fully_executed", envelope_id)

    def sign_all(self, service: SigningService, envelope_id: str) -> None:
        self.desk.sign_all(envelope_id)


def body_of(kind: str, envelope_id: str) -> bytes:
    """Write a callback's body."""
    told = {"id": "d1", "type": kind, "envelope_id": envelope_id, "recipient": "practice_1"}
    return json.dumps({**told, "at": "2026-11-23T12:00:00.000000Z"}).encode()


def test_a_retired_secret_is_no_longer_believed() -> None:
    """After rotation only the new secret counts; this very callback passed while both did."""
    raw = signed(body_of("envelope.sent", "env_1"), OLD, AT)
    assert EmbeddedService(FakeDesk(), [NEW, OLD]).verify(raw).body == raw.body
    try:
        EmbeddedService(FakeDesk(), [NEW]).verify(raw)
    except Exception as error:  # noqa: BLE001  # its class is what is looked at
        assert type(error).__name__ == "CallbackRejected"  # noqa: PT017  # as said
    else:
        raise AssertionError("a retired secret was believed")


def test_the_standards_own_example_is_believed() -> None:
    """The published vector of Standard Webhooks verifies, so the scheme is the standard's."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = AT.fromtimestamp(1614265330, AT.tzinfo)
    raw = RawCallback(
        headers={
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
        body=b'{"test": 2432232314}',
        received_at=at,
    )
    assert EmbeddedService(FakeDesk(), [secret]).verify(raw).delivery_id.startswith("msg_")


def test_every_signal_has_its_name() -> None:
    """Each kind our desk tells is understood; nothing is left out but the unknown."""
    service = EmbeddedService(FakeDesk(), [OLD])
    for kind, signal in SIGNALS.items():
        [event] = service.parse(service.verify(signed(body_of(kind, "env_1"), OLD, AT)))
        assert (event.signal, event.recipient) == (signal, "practice_1")
    assert set(SIGNALS.values()) == set(Signal) - {Signal.UNKNOWN}
