"""DocuSeal's adapter keeps the signing-service contract, against its simulator."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, ClassVar

from integrations.simulators.docuseal import DocusealSimulator
from tests.contracts.esign import (
    AT,
    HeaderProofContract,
    SignedBodyContract,
    TimedCallbackContract,
)
from tests.contracts.esign_outside import OutsideServiceContract
from tests.integrations.esign.docuseal.running import API_KEY, NEW, OLD, Running, signed

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.ports.clock import Clock
    from docgen.ports.esign import RawCallback
    from integrations.esign.docuseal.provider import DocusealService
    from integrations.simulators.kit import Simulator


class TestDocuseal(
    OutsideServiceContract, SignedBodyContract, TimedCallbackContract, HeaderProofContract
):
    keeps_void_reasons = False  # a submission is archived without a word
    sending: ClassVar[str] = "POST /api/submissions/pdf"
    reads_again = 1  # its audit log is made after the end, under an address that soon ends

    def simulated(self, clock: Clock) -> Simulator:
        return DocusealSimulator(api_key=API_KEY, secret=OLD, now=clock.now)

    def connected(self, simulator: Simulator) -> DocusealService:
        return self._both(simulator).service()

    def rotated(self) -> DocusealService:
        return self._both(self.simulator).service(NEW, OLD)

    def _both(self, simulator: Simulator) -> Running:
        assert isinstance(simulator, DocusealSimulator)
        return Running(clock=self.clock, simulator=simulator, pauses=self.pauses)

    def callback(self, body: bytes, at: datetime = AT) -> RawCallback:
        return signed(body, OLD, at)

    def forged(self, body: bytes, at: datetime = AT) -> RawCallback:
        return signed(body, "a secret of somebody else", at)

    def known_body(self, envelope_id: str) -> bytes:
        return json.dumps(
            {
                "event_type": "submission.completed",
                "timestamp": "2026-11-23T12:00:00.000Z",
                "data": {"id": envelope_id, "status": "completed"},
            }
        ).encode()
