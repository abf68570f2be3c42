"""What every signing service's adapter promises; inherited by each and by the fake."""

from __future__ import annotations

import abc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen.domain.ceremony import CeremonyPanel
from docgen.domain.document import PanelPlace
from docgen.domain.signing import Signal
from docgen.errors import CallbackRejected, NotFound, ServiceRejected
from docgen.ports.esign import (
    EnvelopeDocument,
    EnvelopeRecipient,
    EnvelopeRequest,
    RawCallback,
    VerifiedCallback,
)

if TYPE_CHECKING:
    from docgen.ports.esign import SigningService

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ANY_FIXTURE = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]


def request(key: str = "k1") -> EnvelopeRequest:
    """Make a request with one document and one signer."""
    panel = CeremonyPanel(
        slot="practice_1",
        recipient="practice_1",
        organization="Example Practice",
        capacity="Authorized signatory",
        meaning="Agrees to be bound",
    )
    place = PanelPlace(slot="practice_1", page=1, x=100, y=100, width=220, height=70)
    return EnvelopeRequest(
        idempotency_key=key,
        packet_id="pkt_1",
        title="Example Agreement",
        practice="Example Practice",
        documents=(
            EnvelopeDocument(
                slug="psa",
                title="Example Agreement",
                pdf=b"%PDF-1.7 example",
                html=b"<main></main>",
                panels=((panel, place),),
            ),
        ),
        recipients=(
            EnvelopeRecipient(
                key="practice_1",
                name="Dana Example",
                title="Director",
                organization="Example Practice",
                email="dana@example.org",
                routing_order=1,
            ),
        ),
        expires_at=AT + timedelta(days=30),
    )


class SigningServiceContract(abc.ABC):
    """The suite. A subclass gives the service and signs callbacks as the vendor would."""

    @abc.abstractmethod
    def service(self) -> SigningService:
        """Give a fresh service."""

    @abc.abstractmethod
    def rotated(self) -> SigningService:
        """Give a service that accepts the old and the new callback secret."""

    @abc.abstractmethod
    def callback(self, body: bytes, at: datetime = AT) -> RawCallback:
        """Sign a callback as the vendor would, with the old secret."""

    @abc.abstractmethod
    def known_body(self, envelope_id: str) -> bytes:
        """Give the body of a callback that says `fully executed`."""

    @abc.abstractmethod
    def sign_all(self, service: SigningService, envelope_id: str) -> None:
        """Let everybody sign."""

    def test_send_is_idempotent_by_key(self) -> None:
        """The same key gives the same envelope, another key another one."""
        service = self.service()
        first = service.send(request("k1"))
        assert service.send(request("k1")) == first
        assert service.send(request("k2")) != first

    def test_an_envelope_is_found_by_our_key(self) -> None:
        """Before a re-send, the envelope is found; an unknown key finds nothing."""
        service = self.service()
        envelope_id = service.send(request("k1"))
        found = service.find("k1")
        assert found is not None
        assert found.envelope_id == envelope_id
        assert service.find("k9") is None

    def test_fetch_tells_where_each_recipient_stands(self) -> None:
        """A fresh envelope shows its recipients by our keys, nobody signed."""
        service = self.service()
        snapshot = service.fetch(service.send(request()))
        assert [item.key for item in snapshot.recipients] == ["practice_1"]
        assert snapshot.recipients[0].signed_at is None
        assert snapshot.ended is None

    def test_an_unknown_envelope_is_not_found(self) -> None:
        """Fetching what was never sent raises NotFound."""
        with pytest.raises(NotFound):
            self.service().fetch("env_unknown")

    def test_void_ends_the_envelope_once(self) -> None:
        """Voiding ends it with the reason; voiding again changes nothing."""
        service = self.service()
        envelope_id = service.send(request())
        service.void(envelope_id, "sent too early")
        service.void(envelope_id, "again")
        snapshot = service.fetch(envelope_id)
        assert (snapshot.ended, snapshot.reason) == (Signal.VOIDED, "sent too early")

    def test_documents_come_only_when_fully_executed(self) -> None:
        """Nothing is handed over early; everything is once all have signed."""
        service = self.service()
        envelope_id = service.send(request())
        with pytest.raises(ServiceRejected):
            service.download(envelope_id)
        self.sign_all(service, envelope_id)
        assert service.fetch(envelope_id).ended is Signal.FULLY_EXECUTED
        assert [item.slug for item in service.download(envelope_id)] == ["psa"]

    def test_a_true_callback_is_believed_and_understood(self) -> None:
        """The control: a callback as the vendor signs it passes and says what it says."""
        service = self.service()
        believed = service.verify(self.callback(self.known_body("env_1")))
        events = service.parse(believed)
        assert [item.signal for item in events] == [Signal.FULLY_EXECUTED]
        assert events[0].envelope_id == "env_1"

    def test_both_secrets_are_believed_during_rotation(self) -> None:
        """No delivery is rejected while secrets are rotated."""
        believed = self.rotated().verify(self.callback(self.known_body("env_1")))
        assert believed.body == self.known_body("env_1")

    @pytest.mark.parametrize("seconds", [-301, 301, -86_400, 86_400])
    def test_a_callback_of_another_time_is_rejected(self, seconds: int) -> None:
        """Too old and from the future alike are not believed."""
        raw = self.callback(self.known_body("env_1"))
        moved = replace(raw, received_at=AT + timedelta(seconds=seconds))
        with pytest.raises(CallbackRejected):
            self.service().verify(moved)

    @settings(suppress_health_check=ANY_FIXTURE, max_examples=60)
    @given(position=st.integers(0, 10_000), flip=st.integers(1, 255))
    def test_any_changed_byte_is_rejected(self, position: int, flip: int) -> None:
        """One changed byte of the body and we do not believe it."""
        raw = self.callback(self.known_body("env_1"))
        body = bytearray(raw.body)
        body[position % len(body)] ^= flip
        with pytest.raises(CallbackRejected):
            self.service().verify(replace(raw, body=bytes(body)))

    @settings(suppress_health_check=ANY_FIXTURE, max_examples=150)
    @given(text=st.text(max_size=40), pick=st.integers(0, 100))
    def test_a_malformed_header_is_rejected_not_a_crash(self, text: str, pick: int) -> None:
        """Whatever stands in a header: not believed, never another error."""
        raw = self.callback(self.known_body("env_1"))
        name = sorted(raw.headers)[pick % len(raw.headers)]
        if raw.headers[name] == text:
            return
        with pytest.raises(CallbackRejected):
            self.service().verify(replace(raw, headers={**raw.headers, name: text}))

    def test_a_missing_header_is_rejected(self) -> None:
        """Each header of the signature is needed."""
        raw = self.callback(self.known_body("env_1"))
        for name in raw.headers:
            left = {key: value for key, value in raw.headers.items() if key != name}
            with pytest.raises(CallbackRejected):
                self.service().verify(replace(raw, headers=left))

    @settings(suppress_health_check=ANY_FIXTURE, max_examples=150)
    @given(body=st.binary(max_size=200))
    def test_a_believed_body_we_do_not_understand_is_unknown(self, body: bytes) -> None:
        """Parsing never raises; what is not understood moves nothing."""
        believed = VerifiedCallback(delivery_id="d", body=body, received_at=AT)
        assert [item.signal for item in self.service().parse(believed)] == [Signal.UNKNOWN]
