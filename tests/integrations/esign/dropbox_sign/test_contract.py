"""Dropbox Sign's adapter keeps the signing-service contract, against its simulator."""

from __future__ import annotations

import hmac
import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from docgen.domain.signing import Signal
from docgen.errors import ServiceRejected, ServiceUnavailable
from docgen.ports.esign import NewRecipient, RawCallback
from integrations.esign.dropbox_sign import client
from integrations.esign.dropbox_sign.client import WORDS, DropboxSignClient
from integrations.esign.dropbox_sign.provider import DropboxSignService, DropboxSignTrial
from integrations.simulators.answers.dropbox_sign import wrapped
from integrations.simulators.dropbox_sign import DropboxSignSimulator
from integrations.simulators.mischief import Trouble
from integrations.vendor.secret import Secrets
from integrations.vendor.session import ServiceSession
from tests.contracts.esign import AT, TimedCallbackContract, request
from tests.contracts.esign_outside import OutsideServiceContract

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.ports.clock import Clock
    from docgen.ports.esign import SigningService
    from integrations.simulators.kit import Simulator

URL = "https://enrollment.example.org/callbacks/dropbox_sign"
OLD, NEW = "s3cret-api-key-old", "s3cret-api-key-new"


def signed(body: bytes, secret: str, at: datetime, form: str = "multipart") -> RawCallback:
    """Sign as Dropbox Sign does: the time and the kind."""
    told = json.loads(body)
    event = told["event"]
    message = f"{event['event_time']}{event['event_type']}".encode()
    event["event_hash"] = hmac.digest(secret.encode(), message, "sha256").hex()
    whole = wrapped(json.dumps(told), form)
    headers = {name.lower(): value for name, value in whole["headers"].items()}
    return RawCallback(headers=headers, body=whole["body"], received_at=at)


class TestDropboxSign(OutsideServiceContract, TimedCallbackContract):
    keeps_void_reasons = False

    def simulated(self, clock: Clock) -> Simulator:
        return DropboxSignSimulator(api_key=OLD, now=clock.now, callback_url=URL)

    def connected(self, simulator: Simulator) -> SigningService:
        return self._service(simulator, (OLD,))

    def rotated(self) -> SigningService:
        return self._service(self.simulator, (NEW, OLD))

    def _service(self, simulator: Simulator, keys: tuple[str, ...]) -> DropboxSignService:
        session = ServiceSession(
            "dropbox_sign", WORDS, self.clock.now, pause=self.pauses.append, timeouts=(2.0, 3.0)
        )
        secrets = Secrets(keys)
        speaking = DropboxSignClient(session, simulator.url, secrets)
        return DropboxSignTrial(speaking, secrets, pause=self.pauses.append)

    def own_service(self) -> DropboxSignService:
        return self._service(self.simulator, (OLD,))

    def callback(self, body: bytes, at: datetime = AT) -> RawCallback:
        return signed(body, OLD, at)

    def forged(self, body: bytes, at: datetime = AT) -> RawCallback:
        return signed(body, "a key of somebody else", at)

    def known_body(self, envelope_id: str) -> bytes:
        return json.dumps(
            {
                "event": {
                    "event_time": str(int(AT.timestamp())),
                    "event_type": "signature_request_all_signed",
                },
                "signature_request": {"signature_request_id": envelope_id},
            }
        ).encode()

    @pytest.mark.parametrize("form", ["multipart", "urlencoded", "json"])
    def test_callbacks_come_in_three_forms(self, form: str) -> None:
        """Whichever the account's age makes it."""
        service = self.service()
        believed = service.verify(signed(self.known_body("r1"), OLD, AT, form))
        assert [item.envelope_id for item in service.parse(believed)] == ["r1"]

    def test_the_words_without_which_it_is_sent_again(self) -> None:
        """The answer holds them."""
        raw = self.callback(self.known_body("r1"))
        assert b"Hello API Event Received" in self.service().acknowledge(raw).body

    def test_a_cancellation_that_takes_its_time_is_said_to(self) -> None:
        """It is unavailable for now, and found ended when asked again."""
        assert isinstance(self.simulator, DropboxSignSimulator)
        self.simulator.cancel_waits = 2
        service = self.service()
        envelope_id = service.send(request())
        with pytest.raises(ServiceUnavailable):
            service.void(envelope_id, "Too early")
        service.void(envelope_id, "Too early")
        assert service.fetch(envelope_id).ended is Signal.VOIDED

    def test_a_cancellation_is_waited_for(self) -> None:
        """Queued is not done: it is looked at again before anybody is told so."""
        service = self.service()
        envelope_id = service.send(request())
        service.void(envelope_id, "Too early")
        assert self.pauses == [1.0, 2.0]
        assert service.fetch(envelope_id).ended is Signal.VOIDED

    def test_a_cancellation_refused_of_an_open_envelope_is_said(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The control: nothing ended, so somebody must know."""
        service = self.own_service()
        envelope_id = service.send(request())

        def refused(_: str) -> None:
            raise ServiceRejected("Not yours.", service="dropbox_sign")

        monkeypatch.setattr(service._client, "cancel", refused)
        with pytest.raises(ServiceRejected):
            service.void(envelope_id, "Too early")

    def test_of_a_cancelled_envelope_nothing_more_is_had(self) -> None:
        """It is gone, which is no missing envelope: no file, no reminder, no other person."""
        service = self.service()
        envelope_id = service.send(request())
        service.void(envelope_id, "Too early")
        one = NewRecipient(name="Ann Other", title="Dean", email="ann@example.org")
        for verb in (
            lambda: service.download(envelope_id),
            lambda: service.remind(envelope_id, "practice_1"),
            lambda: service.reassign(envelope_id, "practice_1", one),
        ):
            with pytest.raises(ServiceRejected):
                verb()

    @pytest.mark.parametrize("kind", ["file_error", "signature_request_invalid"])
    def test_taken_in_is_not_converted(self, kind: str) -> None:
        """A 200 was only a receipt: what cannot be converted has failed."""
        assert isinstance(self.simulator, DropboxSignSimulator)
        service = self.service()
        envelope_id = service.send(request())
        self.told(service)
        self.simulator.spoil(envelope_id, kind)
        assert service.fetch(envelope_id).ended is Signal.FAILED
        assert self.told(service) == [Signal.FAILED]
        with pytest.raises(ServiceRejected):
            service.download(envelope_id)
        service.void(envelope_id, "It failed")  # it has ended

    def test_it_reminds_once_an_hour(self) -> None:
        """Sooner it refuses, and so do we."""
        service = self.service()
        envelope = self.sent(service)
        for hours, allowed in ((2, True), (0, False), (1, True)):
            self.clock.advance(timedelta(hours=hours))
            if allowed:
                service.remind(envelope.id, "practice_1")
                continue
            with pytest.raises(ServiceRejected):
                service.remind(envelope.id, "practice_1")
        assert envelope.person("practice_1@example.org").reminded == 2

    def test_who_took_a_place_is_reminded_and_replaced(self) -> None:
        """Under the new id of the signature."""
        service = self.service()
        envelope = self.sent(service)
        first = envelope.person("practice_1@example.org").id
        self.clock.advance(timedelta(hours=2))
        for name in ("ann", "bo"):
            new = NewRecipient(name=name, title="Dean", email=f"{name}@example.org")
            service.reassign(envelope.id, "practice_1", new)
        service.remind(envelope.id, "practice_1")
        person = envelope.person("bo@example.org")
        assert (person.reminded, person.id != first) == (1, True)

    def test_it_is_found_among_many_once_the_search_knows_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Page by page, and only by our key exactly, not by a text that holds it."""
        monkeypatch.setattr(client, "PAGE", 1)
        service, key = self.service(), request("k1").idempotency_key
        first = service.send(request("k1"))
        for number in range(3):
            service.send(replace(request(f"more{number}"), message=f"See {key}"))
        self.clock.advance(timedelta(hours=1))
        found = service.find(key)
        assert found is not None
        assert found.envelope_id == first
        assert service.find(key[:-1]) is None

    def test_the_limits_end_is_read_despite_its_capitals(self) -> None:
        """X-Ratelimit-Reset is an epoch second; no Retry-After is sent."""
        service = self.service()
        self.simulator.trouble(Trouble.THROTTLED)
        with pytest.raises(ServiceUnavailable) as refused:
            service.find(request().idempotency_key)
        assert refused.value.retry_after_s == 42.0

    def test_the_audit_trail_is_the_last_page(self) -> None:
        """Of the one file: both documents, then who did what."""
        service = self.service()
        envelope = self.sent(service)
        self.simulator.sign_all(envelope.id)
        first, second = service.download(envelope.id)
        assert (first.first_page, second.first_page) == (1, 3)
        pages = PdfReader(io.BytesIO(second.signed)).pages
        assert len(pages) == 5
        assert "Audit trail" in pages[-1].extract_text()
