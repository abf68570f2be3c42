"""The fake signing service keeps the contract."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, cast

from docgen.ports.esign import RawCallback
from integrations.esign.fake import FakeService
from tests.contracts.esign import (
    AT,
    HeaderProofContract,
    IdempotentSendContract,
    SignedBodyContract,
    TimedCallbackContract,
)

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.ports.esign import SigningService


def signed(body: bytes, secret: bytes, at: datetime) -> RawCallback:
    """Sign as the fake does."""
    moment = str(int(at.timestamp()))
    mac = hmac.digest(secret, b".".join((b"d1", moment.encode(), body)), "sha256").hex()
    headers = {"fake-id": "d1", "fake-time": moment, "fake-signature": mac}
    return RawCallback(headers=headers, body=body, received_at=at)


class TestFakeService(
    IdempotentSendContract, TimedCallbackContract, SignedBodyContract, HeaderProofContract
):
    numbers_its_callbacks = True

    def service(self) -> SigningService:
        return FakeService()

    def rotated(self) -> SigningService:
        return FakeService(secrets=(b"new", b"fake"))

    def callback(self, body: bytes, at: datetime = AT) -> RawCallback:
        return signed(body, b"fake", at)

    def forged(self, body: bytes, at: datetime = AT) -> RawCallback:
        return signed(body, b"another", at)

    def known_body(self, envelope_id: str) -> bytes:
        return json.dumps({"signal": "fully_executed", "envelope_id": envelope_id}).encode()

    def sign_all(self, service: SigningService, envelope_id: str) -> None:
        cast("FakeService", service).sign_all(envelope_id, AT)
