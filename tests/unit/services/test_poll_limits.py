"""How often services are asked: no envelope more often than it may be, and all together no more."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

import pytest

from docgen.domain.packet import PacketState
from docgen.domain.signing import EnvelopeSnapshot
from docgen.services.sweep import sweep
from integrations.esign.fake import FakeService
from tests.conftest import NOON
from tests.unit.services.test_every_service import VENDORS, connected

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.ports.esign import Capabilities
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

PERIOD = timedelta(minutes=15)
HOURS, OUT = 3, 12


class Counting(FakeService):
    """Counts how often each envelope is read."""

    read: Counter[str]

    def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
        """Count, and tell of an envelope that nobody has looked at."""
        self.read[envelope_id] += 1
        return EnvelopeSnapshot(
            envelope_id=envelope_id, idempotency_key="", sent_at=NOON, recipients=()
        )


class Narrow(Counting):
    """Lets itself be asked eight times in an hour."""

    capabilities: ClassVar[Capabilities] = replace(
        FakeService.capabilities, poll_every=PERIOD, polls_an_hour=8
    )


class Wide(Counting):
    """Says how often one envelope may be read, and nothing of all."""

    capabilities: ClassVar[Capabilities] = replace(FakeService.capabilities, poll_every=PERIOD)


def read_for_hours(
    office: Office, clock: StandingClock, packet: Packet, service: Counting, out: int
) -> Counter[str]:
    """Leave packets out for signature, without a callback; give how often each was read."""
    service.read = Counter()
    site = replace(office, services={"fake": service})
    for number in range(out):
        one = replace(
            packet,
            id=f"{packet.id}-{number}",
            state=PacketState.SENT,
            service="fake",
            envelope_id=f"e{number}",
        )
        site.ledger.packets.add(one)
    for _ in range(HOURS * 12):
        sweep(site)
        clock.advance(timedelta(minutes=5))
    return service.read


@pytest.mark.parametrize("out", [1, OUT])
def test_an_envelope_is_read_once_in_each_period(
    office: Office, clock: StandingClock, packet: Packet, out: int
) -> None:
    """However often the site sweeps, and however many are out where no more is said."""
    read = read_for_hours(office, clock, packet, Wide(), out)
    assert len(read) == out
    assert set(read.values()) <= {HOURS * 4 - 1, HOURS * 4}


def test_many_take_turns_and_each_is_read(
    office: Office, clock: StandingClock, packet: Packet
) -> None:
    """Two in each period, so twelve of them once in an hour and a half."""
    read = read_for_hours(office, clock, packet, Narrow(), OUT)
    assert len(read) == OUT
    assert set(read.values()) <= {1, 2}


def test_few_take_no_turns(office: Office, clock: StandingClock, packet: Packet) -> None:
    """The control: within the limit each is read as often as it may be."""
    read = read_for_hours(office, clock, packet, Narrow(), 2)
    assert set(read.values()) <= {HOURS * 4 - 1, HOURS * 4}


# Requests that reading one envelope takes, and what a vendor lets an account ask in an hour.
LIMITS = {"docusign": (1, 3_000), "dropbox_sign": (1, 6_000), "documenso": (2, 60_000)}


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_re_reading_leaves_half_of_a_known_limit(office: Office, name: str) -> None:
    """What a vendor documents for all requests together; the others document no number."""
    with connected(office, name) as (site, _):
        able = site.services[name].capabilities
    assert able.poll_every
    requests, limit = LIMITS.get(name, (1, 0))
    assert able.polls_an_hour * requests == limit // 2
