"""A simulated Documenso with the adapter connected to it, for tests of what it alone has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from integrations.esign.documenso.client import WORDS, DocumensoClient
from integrations.esign.documenso.provider import DocumensoService
from integrations.simulators.documenso import API_TOKEN, DocumensoSimulator
from integrations.system.clock import StandingClock
from integrations.vendor.secret import Secrets
from integrations.vendor.session import ServiceSession
from tests.contracts.esign import AT

SHARED = "s3cret-documenso"
URL = "https://enrollment.example.org/callbacks/documenso"


@dataclass(slots=True, kw_only=True)
class Running:
    """Both ends, one clock, and the pauses that were made."""

    clock: StandingClock
    simulator: DocumensoSimulator
    pauses: list[float] = field(default_factory=list)

    def service(self) -> DocumensoService:
        """Connect the adapter anew, as a process that was started again does."""
        session = ServiceSession(
            "documenso", WORDS, self.clock.now, pause=self.pauses.append, timeouts=(2.0, 3.0)
        )
        client = DocumensoClient(session, self.simulator.url, Secrets((API_TOKEN,)))
        return DocumensoService(client, Secrets((SHARED,)), now=self.clock.now)

    def asked(self) -> list[str]:
        """List what was asked, as `METHOD path`."""
        return [f"{it.asked.method} {it.asked.path}" for it in self.simulator.exchanges]


@contextmanager
def running() -> Iterator[Running]:
    """Run both; in the end nothing may have been asked that Documenso does not document."""
    clock = StandingClock(AT)
    with DocumensoSimulator(callback_url=URL, secret=SHARED, now=clock.now) as simulator:
        yield Running(clock=clock, simulator=simulator)
    assert simulator.faults == []
