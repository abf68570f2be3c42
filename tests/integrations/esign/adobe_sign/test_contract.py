"""Acrobat Sign's adapter keeps the signing-service contract, against its simulator."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

import pytest

from docgen.domain.signing import Signal
from docgen.errors import CallbackRejected, ServiceRejected, ServiceUnavailable
from docgen.ports.esign import RawCallback
from integrations.esign.adobe_sign.client import WORDS, AdobeSignClient
from integrations.esign.adobe_sign.provider import AdobeSignService
from integrations.simulators.adobe_sign import AdobeSignSimulator
from integrations.simulators.answers.adobe_sign import standing
from integrations.simulators.mischief import Trouble
from integrations.vendor.secret import Secrets
from integrations.vendor.session import ServiceSession
from tests.contracts.esign import AT, HOME, HeaderProofContract, invited, request
from tests.contracts.esign_outside import OutsideServiceContract

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.ports.clock import Clock
    from docgen.ports.esign import SigningService
    from integrations.simulators.envelope import Envelope
    from integrations.simulators.kit import Simulator

URL = "https://enrollment.example.org/callbacks/adobe_sign"
API_KEY, CLIENT_ID = "s3cret-integration-key", "CBJapplication"
OLD, NEW = "s3cret-address-old", "s3cret-address-new"


def received(body: bytes, secret: str, at: datetime) -> RawCallback:
    """Give a notification at the address that holds this secret."""
    return RawCallback(
        headers={"x-adobesign-clientid": CLIENT_ID},
        body=body,
        received_at=at,
        query=f"key={secret}",
    )


class TestAdobeSign(OutsideServiceContract, HeaderProofContract):
    sending: ClassVar[str] = "/state"  # the call that sends; what comes before reaches nobody

    def simulated(self, clock: Clock) -> Simulator:
        return AdobeSignSimulator(integration_key=API_KEY, client_id=CLIENT_ID, now=clock.now)

    @property
    def adobe(self) -> AdobeSignSimulator:
        """Give the simulator as what it is."""
        assert isinstance(self.simulator, AdobeSignSimulator)
        return self.simulator

    def connected(self, simulator: Simulator) -> SigningService:
        return self._service(simulator, (OLD,))

    def rotated(self) -> SigningService:
        return self._service(self.simulator, (NEW, OLD))

    def _service(self, simulator: Simulator, secrets: tuple[str, ...]) -> AdobeSignService:
        session = ServiceSession(
            "adobe_sign", WORDS, self.clock.now, pause=self.pauses.append, timeouts=(2.0, 3.0)
        )
        client = AdobeSignClient(session, simulator.url, Secrets((API_KEY,)), loopback=True)
        return AdobeSignService(client, Secrets(secrets), client_id=CLIENT_ID, callback_url=URL)

    def callback(self, body: bytes, at: datetime = AT) -> RawCallback:
        return received(body, OLD, at)

    def forged(self, body: bytes, at: datetime = AT) -> RawCallback:
        return received(body, "the secret of somebody else", at)

    def known_body(self, envelope_id: str) -> bytes:
        told = {"event": "AGREEMENT_WORKFLOW_COMPLETED", "agreement": {"id": envelope_id}}
        return json.dumps({**told, "webhookNotificationId": f"n-{envelope_id}"}).encode()

    def test_a_draft_that_a_crash_left_is_carried_on(self) -> None:
        """Created and never sent: it is no envelope yet, and the next send finishes it."""
        service, asked = self.service(), request()
        self.simulator.trouble(Trouble.BROKEN_AFTER, where="POST /api/rest/v6/agreements")
        with pytest.raises(ServiceUnavailable) as refused:
            service.send(asked)
        assert refused.value.retry_after_s is not None
        assert refused.value.retry_after_s >= 60  # the list of agreements runs behind
        assert service.find(asked.idempotency_key) is None
        envelope_id = service.send(asked)
        assert list(self.simulator.envelopes) == [envelope_id]
        assert service.fetch(envelope_id).ended is None

    def test_the_index_is_waited_for(self) -> None:
        """Within the wait that an unknown outcome asks for, the index catches up."""
        self.adobe.index_lag = timedelta(seconds=90)
        service, asked = self.service(), request()
        self.simulator.trouble(Trouble.SILENT, where="POST /api/rest/v6/agreements")
        with pytest.raises(ServiceUnavailable) as refused:
            service.send(asked)
        self.clock.advance(timedelta(seconds=refused.value.retry_after_s or 0))
        service.send(asked)
        assert len(self.simulator.envelopes) == 1

    @pytest.mark.parametrize("lost", [Trouble.BROKEN_AFTER, Trouble.SILENT])
    def test_nothing_is_sent_that_could_not_be_found_again(self, lost: Trouble) -> None:
        """The answer to sending is lost while the index runs behind: still one envelope."""
        self.adobe.index_lag = timedelta(seconds=90)
        service, asked = self.service(), request()
        with pytest.raises(ServiceUnavailable) as early:
            service.send(asked)
        assert early.value.retry_after_s is not None
        assert early.value.retry_after_s > 90
        assert {standing(item) for item in self.envelopes()} == {"AUTHORING"}
        self.clock.advance(timedelta(seconds=early.value.retry_after_s))
        self.simulator.trouble(lost, where="/state")
        with pytest.raises(ServiceUnavailable):
            service.send(asked)
        self.clock.advance(timedelta(seconds=2))
        found = service.find(asked.idempotency_key)
        assert found is not None
        assert [item.id for item in self.envelopes()] == [found.envelope_id]

    def envelopes(self) -> list[Envelope]:
        """Give every agreement that was made."""
        return list(self.simulator.envelopes.values())

    def test_documents_that_are_still_read_are_waited_for(self) -> None:
        """The agreement is sent once they are, and only then is it found."""
        self.adobe.processing = 3
        service, asked = self.service(), request()
        with pytest.raises(ServiceUnavailable):
            service.send(asked)
        assert service.find(asked.idempotency_key) is None
        envelope_id = service.send(asked)
        assert service.find(asked.idempotency_key) == service.fetch(envelope_id)
        assert len(self.simulator.envelopes) == 1

    def test_callbacks_that_nobody_takes_do_not_stop_a_sending(self) -> None:
        """The agreement is re-read by and by."""
        service = self.service()
        self.simulator.trouble(Trouble.BROKEN, where="/webhooks")
        assert service.fetch(service.send(request())).ended is None

    def test_the_greeting_is_for_whoever_knows_both(self) -> None:
        """Id and secret are echoed to; the control: either missing is not."""
        service, raw = self.service(), self.callback(b"")
        reply = service.greet(raw)
        assert reply.headers["X-AdobeSign-ClientId"] == CLIENT_ID
        for other in (replace(raw, query=""), replace(raw, headers={}), self.forged(b"")):
            with pytest.raises(CallbackRejected):
                service.greet(other)

    def test_each_notification_is_echoed_to(self) -> None:
        """Without the echo nothing counts as delivered."""
        reply = self.service().acknowledge(self.callback(b"{}"))
        assert json.loads(reply.body) == {"xAdobeSignClientId": CLIENT_ID}

    @pytest.mark.parametrize(
        "at",
        [
            "https://evil.example.org",
            "https://adobesign.com.example.org",
            "https://eviladobesign.com",
            "https://secure.na1.adobesign.com@example.org",
            "https://example.org\\.adobesign.com",
            "http://secure.na1.adobesign.com",
            "javascript:",
        ],
    )
    def test_no_address_of_a_stranger_is_handed_on(self, at: str) -> None:
        """Only hosts of Adobe's own, over https; the control: a shard's own is."""
        service, asked = self.service(), invited(request())
        envelope_id = service.send(asked)
        self.adobe.pages_at = at
        with pytest.raises(ServiceRejected):
            service.signing_link(envelope_id, "practice_1", HOME)
        self.adobe.pages_at = "https://secure.na1.adobesign.com"
        link = service.signing_link(envelope_id, "practice_1", HOME)
        assert link.startswith("https://secure.na1.adobesign.com/public/")

    def test_an_account_that_moved_is_asked_for_again(self) -> None:
        """Adobe answers that it lives elsewhere now; the control: while it stays, it is asked once."""
        service = self.service()
        envelope_id = service.send(request())
        assert self.asked_where() == 1
        self.adobe.moved = True
        with pytest.raises(ServiceUnavailable):
            service.fetch(envelope_id)
        assert service.fetch(envelope_id).envelope_id == envelope_id
        assert self.asked_where() == 2

    def asked_where(self) -> int:
        """Count how often it was asked where the account lives."""
        return sum(item.asked.path.endswith("/baseUris") for item in self.simulator.exchanges)

    def test_an_agreement_that_is_not_signable_yet_is_asked_for_again(self) -> None:
        """It answers "404" while it is on its way, which is no "no such agreement"."""
        service = self.service()
        envelope_id = service.send(invited(request()))
        self.adobe.preparing = 3
        with pytest.raises(ServiceUnavailable):
            service.signing_link(envelope_id, "practice_1", HOME)
        assert service.signing_link(envelope_id, "practice_1", HOME)

    @pytest.mark.parametrize("in_body", [False, True])
    def test_a_limit_says_in_its_body_how_long_it_lasts(self, *, in_body: bool) -> None:
        """Asking within the wait would begin it anew; the control: the header says the same."""
        self.adobe.waits_in_body = in_body
        service = self.service()
        first, second = service.send(request()), service.send(request("k2"))
        self.simulator.trouble(Trouble.THROTTLED)
        with pytest.raises(ServiceUnavailable) as refused:
            service.fetch(first)
        assert refused.value.retry_after_s == 30.0
        asked = len(self.simulator.exchanges)
        self.clock.advance(timedelta(seconds=29))
        with pytest.raises(ServiceUnavailable):
            service.fetch(second)
        assert len(self.simulator.exchanges) == asked
        self.clock.advance(timedelta(seconds=1))
        assert service.fetch(second).envelope_id == second

    def test_a_cancelled_agreement_whose_story_is_not_told_is_void(self) -> None:
        """Control of the three endings: without an event it is nobody's decline."""
        service = self.service()
        envelope_id = service.send(request())
        self.simulator.envelopes[envelope_id].notes["status"] = "CANCELLED"
        assert service.fetch(envelope_id).ended is Signal.VOIDED
