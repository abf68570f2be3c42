"""Documenso's adapter keeps the signing-service contract, against its simulator."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, ClassVar

from docgen.ports.esign import RawCallback
from integrations.esign.documenso.client import WORDS, DocumensoClient
from integrations.esign.documenso.provider import DocumensoService
from integrations.simulators.documenso import API_TOKEN, DocumensoSimulator
from integrations.vendor.secret import Secrets
from integrations.vendor.session import ServiceSession
from tests.contracts.esign import AT, HeaderProofContract, IdempotentSendContract
from tests.contracts.esign_outside import OutsideServiceContract

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.ports.clock import Clock
    from docgen.ports.esign import SigningService
    from integrations.simulators.kit import Simulator

OLD, NEW = "s3cret-documenso-old", "s3cret-documenso-new"
URL = "https://enrollment.example.org/callbacks/documenso"


def told(body: bytes, secret: str, at: datetime) -> RawCallback:
    """Send as Documenso does: the secret itself stands in the header."""
    return RawCallback(headers={"x-documenso-secret": secret}, body=body, received_at=at)


class TestDocumenso(OutsideServiceContract, HeaderProofContract, IdempotentSendContract):
    # Nothing goes out before the second of the two calls; see test_sending.py for the first.
    sending: ClassVar[str] = "POST /api/v2/envelope/distribute"
    tells_of_bounces: ClassVar[bool] = False

    def simulated(self, clock: Clock) -> Simulator:
        return DocumensoSimulator(callback_url=URL, secret=OLD, now=clock.now)

    def connected(self, simulator: Simulator) -> SigningService:
        return self._service(simulator, (OLD,))

    def rotated(self) -> SigningService:
        return self._service(self.simulator, (NEW, OLD))

    def _service(self, simulator: Simulator, secrets: tuple[str, ...]) -> DocumensoService:
        session = ServiceSession(
            "documenso", WORDS, self.clock.now, pause=self.pauses.append, timeouts=(2.0, 3.0)
        )
        client = DocumensoClient(session, simulator.url, Secrets((API_TOKEN,)))
        return DocumensoService(client, Secrets(secrets), now=self.clock.now)

    def callback(self, body: bytes, at: datetime = AT) -> RawCallback:
        return told(body, OLD, at)

    def forged(self, body: bytes, at: datetime = AT) -> RawCallback:
        return told(body, "a secret of somebody else", at)

    def known_body(self, envelope_id: str) -> bytes:
        payload = {"id": 10, "envelopeId": envelope_id, "status": "COMPLETED", "recipients": []}
        return json.dumps({"event": "DOCUMENT_COMPLETED", "payload": payload}).encode()
