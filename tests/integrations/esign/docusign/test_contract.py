"""DocuSign's adapter keeps the signing-service contract, against its simulator."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, cast

import pytest

from docgen.domain.signing import Signal
from docgen.errors import ServiceRejected, Unauthorized
from docgen.ports.esign import NewRecipient, RawCallback
from integrations.esign.docusign.client import WORDS, Credentials, DocusignClient
from integrations.esign.docusign.provider import DocusignService
from integrations.simulators.docusign import ACCOUNT, DocusignSimulator
from integrations.simulators.envelope import Happening
from integrations.vendor.secret import Secrets
from integrations.vendor.session import ServiceSession
from tests.contracts.esign import (
    AT,
    HOME,
    HeaderProofContract,
    SignedBodyContract,
    TimedCallbackContract,
    invited,
    request,
    two_of_each,
)
from tests.contracts.esign_outside import OutsideServiceContract
from tests.integrations.esign.keys import PRIVATE_KEY, PUBLIC_KEY

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.ports.clock import Clock
    from docgen.ports.esign import SigningService
    from integrations.simulators.kit import Simulator

URL = "https://enrollment.example.org/callbacks/docusign"
OLD, NEW = "s3cret-docusign-old", "s3cret-docusign-new"


def signed(body: bytes, secret: str, at: datetime) -> RawCallback:
    """Sign as Connect does."""
    mac = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    return RawCallback(headers={"x-docusign-signature-1": mac}, body=body, received_at=at)


class TestDocusign(
    OutsideServiceContract, SignedBodyContract, TimedCallbackContract, HeaderProofContract
):
    renews: ClassVar[bool] = True
    sending: ClassVar[str] = "POST /restapi"
    # Connect calls an expired envelope voided; the reason tells them apart when it is re-read.
    tells: ClassVar[dict[Happening, Signal]] = OutsideServiceContract.tells | {
        Happening.EXPIRED: Signal.VOIDED
    }

    def simulated(self, clock: Clock) -> Simulator:
        return DocusignSimulator(public_key=PUBLIC_KEY, secret=OLD, now=clock.now)

    def connected(self, simulator: Simulator) -> SigningService:
        return self._service(simulator, (OLD,))

    def rotated(self) -> SigningService:
        return self._service(self.simulator, (NEW, OLD))

    def _service(self, simulator: Simulator, secrets: tuple[str, ...]) -> DocusignService:
        session = ServiceSession(
            "docusign", WORDS, self.clock.now, pause=self.pauses.append, timeouts=(2.0, 3.0)
        )
        credentials = Credentials(
            integration_key="integration-key",
            user_id="user",
            account_id=ACCOUNT,
            private_key=PRIVATE_KEY,
        )
        client = DocusignClient(session, simulator.url, credentials, self.clock.now, loopback=True)
        return DocusignService(client, Secrets(secrets), now=self.clock.now, callback_url=URL)

    def callback(self, body: bytes, at: datetime = AT) -> RawCallback:
        return signed(body, OLD, at)

    def forged(self, body: bytes, at: datetime = AT) -> RawCallback:
        return signed(body, "a secret of somebody else", at)

    def known_body(self, envelope_id: str) -> bytes:
        return json.dumps(
            {
                "event": "envelope-completed",
                "generatedDateTime": "2026-11-23T12:00:00.0000000Z",
                "data": {"envelopeId": envelope_id},
            }
        ).encode()

    def test_whom_docusign_invites_it_gives_no_address_for(self) -> None:
        """It would refuse; the refusal says why, and nothing is asked of it."""
        service = self.service()
        envelope_id = service.send(request())
        with pytest.raises(ServiceRejected, match="itself invited"):
            service.signing_link(envelope_id, "practice_1", HOME)
        assert not self.asked_for_pages()

    def test_whoever_waits_is_not_asked_for(self) -> None:
        """Before their turn and after it nothing is asked of DocuSign."""
        service = self.service()
        envelope_id = service.send(invited(two_of_each()))
        with pytest.raises(ServiceRejected):
            service.signing_link(envelope_id, "pso", HOME)
        self.simulator.sign(envelope_id, "practice_1@example.org")
        with pytest.raises(ServiceRejected):
            service.signing_link(envelope_id, "practice_1", HOME)
        assert not self.asked_for_pages()

    def asked_for_pages(self) -> int:
        """Count how often a page for signing was asked for."""
        return sum("/views/" in item.asked.path for item in self.simulator.exchanges)

    def test_no_address_of_a_stranger_is_handed_on(self) -> None:
        """Only hosts of DocuSign's own, over https, and read in one way alone."""
        service, simulator = self.service(), cast("DocusignSimulator", self.simulator)
        envelope_id = service.send(invited(request()))
        for at in (
            "https://evil.example.org",
            "https://docusign.net.example.org",
            "https://evildocusign.net",
            "https://na3.docusign.net@example.org",
            "https://example.org\\.docusign.net",
            "http://na3.docusign.net",
            "javascript:",
        ):
            simulator.pages_at = at
            with pytest.raises(ServiceRejected) as refused:
                service.signing_link(envelope_id, "practice_1", HOME)
            assert "s3cret" not in str(refused.value)
        simulator.pages_at = "https://na3.docusign.net"
        link = service.signing_link(envelope_id, "practice_1", HOME)
        assert link.startswith("https://na3.docusign.net/Signing/")

    def test_an_envelope_is_found_that_is_named_alone(self) -> None:
        """By transaction DocuSign may answer with ids; whose envelope it is stands in it alone."""
        service, simulator = self.service(), cast("DocusignSimulator", self.simulator)
        simulator.names_alone = True
        asked = request()
        assert service.find(asked.idempotency_key) is None
        envelope_id = service.send(asked)
        before = len(simulator.exchanges)
        found = service.find(asked.idempotency_key)
        assert found is not None
        assert found.envelope_id == envelope_id
        queries = [item.asked.query for item in simulator.exchanges[before:]]
        assert not any("custom_field" in query for query in queries)

    def test_whose_invitation_came_back_is_corrected(self) -> None:
        """They have not signed, whatever their status is called; the control: who has, is not."""
        service = self.service()
        envelope_id = service.send(two_of_each())
        self.simulator.bounce(envelope_id, "practice_1@example.org")
        assert service.fetch(envelope_id).ended is None
        new = NewRecipient(name="Sam Sample", title="Director", email="sam@example.org")
        service.reassign(envelope_id, "practice_1", new)
        assert service.fetch(envelope_id).recipients[0].email == "sam@example.org"
        self.simulator.sign(envelope_id, "sam@example.org")
        with pytest.raises(ServiceRejected):
            service.reassign(envelope_id, "practice_1", new)

    def test_without_consent_it_is_said_where_to_give_it(self) -> None:
        """The first use of an integration key needs it once; the control: given, it goes on."""
        service, simulator = self.service(), cast("DocusignSimulator", self.simulator)
        simulator.consented = False
        with pytest.raises(Unauthorized) as refused:
            service.send(request())
        words = str(refused.value)
        assert f"{simulator.url}/oauth/auth?response_type=code" in words
        assert "client_id=integration-key" in words
        assert "PRIVATE" not in words
        simulator.consented = True
        assert service.send(request()) in simulator.envelopes

    def test_a_token_is_kept_until_five_minutes_before_its_end(self) -> None:
        """Minted once for an hour of calls, and where the account lives is asked once for all."""
        service = self.service()
        envelope_id = service.send(request())
        for minutes, minted in ((0, 1), (54, 1), (1, 2), (54, 2)):
            self.clock.advance(timedelta(minutes=minutes))
            service.fetch(envelope_id)
            asked = [item.asked.path for item in self.simulator.exchanges]
            assert asked.count("/oauth/token") == minted
            assert asked.count("/oauth/userinfo") == 1
