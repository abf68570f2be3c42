"""A packet at a simulated outside service whose signers we invite, and what its people do."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import requests

from docgen.services.send import send
from docgen.services.sweep import sweep
from tests.app.signing_site import Site
from tests.unit.services.test_every_service import connected
from tests.unit.services.walk import COORDINATOR, approved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from django.test import Client

    from docgen.domain.ceremony import Ceremony
    from docgen.domain.packet import Packet
    from docgen.ports.signer import Signer
    from integrations.simulators.envelope import Envelope
    from integrations.simulators.kit import Simulator
    from tests.app.desk.staff import Desk

GO_ON = re.compile(r'<a class="button" href="([^"]+)" rel="noopener noreferrer">')


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """A packet at a simulated service that we invite to."""

    site: Site
    vendor: Simulator
    packet_id: str

    @property
    def packet(self) -> Packet:
        """The packet as it stands."""
        return self.site.office.ledger.packets.get(self.packet_id)

    @property
    def envelope(self) -> Envelope:
        """The envelope at the service."""
        return self.vendor.envelopes[self.packet.envelope_id]

    @property
    def at(self) -> str:
        """The entrance's id."""
        return self.packet.entrance_id

    @property
    def entrance(self) -> Ceremony:
        """The entrance as it stands."""
        return self.site.office.ledger.ceremonies.get(self.at)

    def pass_time(self, by: timedelta = timedelta(minutes=1)) -> None:
        """Let time pass, and do what is due."""
        self.site.clock.advance(by)
        for _ in range(3):
            sweep(self.site.office)

    def led(self, browser: Client) -> str:
        """Ask to go on; give the address that the page shows."""
        answer = browser.post(f"/signing/{self.at}/outside")
        assert answer.status_code == 200
        [address] = GO_ON.findall(answer.content.decode())
        return str(address)

    def back(self, browser: Client, act: str = "sign") -> HttpResponse:
        """Come back as the service leads people back."""
        url = self.vendor.leads_back(self.envelope, act)
        base = self.site.office.rules.base_url
        assert url.startswith(f"{base}/signing/{self.at}/back")
        answer: HttpResponse = browser.get(url.removeprefix(base))
        return answer


@contextmanager
def out(desk: Desk, name: str = "docusign", signer: Signer | None = None) -> Iterator[Out]:
    """Send the sample packet through a simulated service whose signers we invite."""
    office = replace(desk.office, signer=signer or desk.office.signer)
    with connected(office, name) as (ready, vendor):
        rules = replace(ready.rules, invited_by_site=frozenset({name}))
        site = Site(office=replace(ready, rules=rules), mailer=desk.mailer, clock=desk.clock)
        packet = desk.packet()
        approved(site.office, packet)
        send(site.office, packet.id, COORDINATOR, name)
        it = Out(site=site, vendor=vendor, packet_id=packet.id)
        sweep(site.office)
        for _ in range(4):
            if not it.packet.envelope_id:
                it.pass_time(timedelta(minutes=3))
        yield it
        assert vendor.faults == []


def opened(address: str) -> str:
    """Open the service's page as the person would, with nothing of ours."""
    answer = requests.get(address, timeout=10)
    return answer.text if answer.ok else ""
