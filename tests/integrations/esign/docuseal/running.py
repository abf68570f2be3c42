"""A simulated DocuSeal with the adapter connected to it, and callbacks signed as it signs them."""

from __future__ import annotations

import hmac
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.ports.esign import NewRecipient, RawCallback
from integrations.esign.docuseal.client import WORDS, DocusealClient
from integrations.esign.docuseal.provider import DocusealService
from integrations.simulators.docuseal import DocusealSimulator
from integrations.system.clock import StandingClock
from integrations.vendor.secret import Secrets
from integrations.vendor.session import ServiceSession
from tests.contracts.esign import AT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from integrations.simulators.wire import Letter

API_KEY = "s3cret-docuseal-api"
OLD, NEW = "whsec_s3cret-docuseal-old", "whsec_s3cret-docuseal-new"
ANN = NewRecipient(name="Ann Other", title="Dean", email="ann@example.org")
URL = "https://enrollment.example.org/callbacks/docuseal"


def signed(body: bytes, secret: str, at: datetime) -> RawCallback:
    """Sign as DocuSeal does: the time in epoch seconds, a dot, the raw body."""
    seconds = str(int(at.timestamp()))
    mac = hmac.digest(secret.encode(), f"{seconds}.".encode() + body, "sha256").hex()
    return RawCallback(
        headers={"x-docuseal-signature": f"{seconds}.{mac}"}, body=body, received_at=at
    )


def received(letter: Letter) -> RawCallback:
    """Give a letter as our endpoint receives it."""
    headers = {name.lower(): value for name, value in letter.headers.items()}
    return RawCallback(headers=headers, body=letter.body, received_at=AT)


@dataclass(slots=True, kw_only=True)
class Running:
    """Both ends, one clock, and the pauses that were made."""

    clock: StandingClock
    simulator: DocusealSimulator
    pauses: list[float] = field(default_factory=list)

    def client(self) -> DocusealClient:
        """Connect with a server of one's own, waiting a second at most."""
        session = ServiceSession(
            "docuseal", WORDS, self.clock.now, pause=self.pauses.append, timeouts=(2.0, 3.0)
        )
        return DocusealClient(session, f"{self.simulator.url}/api", Secrets((API_KEY,)))

    def service(self, *secrets: str) -> DocusealService:
        """Connect the adapter anew, as a process that was started again does."""
        return DocusealService(self.client(), Secrets(secrets or (OLD,)), now=self.clock.now)

    def asked(self) -> list[str]:
        """List what was asked, as `METHOD path`."""
        return [f"{it.asked.method} {it.asked.path}" for it in self.simulator.exchanges]


@contextmanager
def running(kind: type[DocusealSimulator] = DocusealSimulator) -> Iterator[Running]:
    """Run both; in the end nothing may have been asked that DocuSeal does not document."""
    clock = StandingClock(AT)
    with kind(api_key=API_KEY, secret=OLD, callback_url=URL, now=clock.now) as simulator:
        yield Running(clock=clock, simulator=simulator)
    assert simulator.faults == []
