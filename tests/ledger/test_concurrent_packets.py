"""Several people at once at one enrollment: one packet is made, and one is out for signature."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.domain.packet import PacketKind, PacketState
from docgen.errors import IllegalTransition, Refused
from docgen.services.approve import approve
from docgen.services.enroll import enroll
from docgen.services.generate import generate
from docgen.services.send import send
from integrations.esign.fake import FakeService
from tests.ledger.test_concurrent_ledger import WORKERS, together
from tests.unit.services.walk import COORDINATOR, form

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.ports.esign import EnvelopeRequest
    from docgen.services.office import Office

WAIT_S = 2


def stored(office: Office) -> str:
    """Store the sample form."""
    office.ledger.people.put(COORDINATOR)
    found = enroll(office, form(), draft=False, actor="user:coordinator")
    return found.version.enrollment_id


def made(office: Office, enrollment_id: str) -> Packet:
    """Generate its contracting packet."""
    (packet,) = generate(office, enrollment_id, PacketKind.CONTRACTING, "user:coordinator")
    return packet


def test_whoever_generates_at_once_gets_the_same_packet(office: Office) -> None:
    """It is stored once, and nobody is told that it is there already."""
    enrollment_id = stored(office)
    packets = together(lambda _: made(office, enrollment_id))
    assert len({item.id for item in packets}) == 1
    kinds = [item.kind for item in office.ledger.history.of(packets[0].id)]
    assert kinds == ["packet.generated"]


class SlowCheck(FakeService):
    """A service that looks at a packet until another one is being looked at too, or a while."""

    def __init__(self) -> None:
        super().__init__()
        self.both = threading.Barrier(2)

    def check(self, request: EnvelopeRequest) -> None:
        """Wait for the other."""
        super().check(request)
        with suppress(threading.BrokenBarrierError):
            self.both.wait(WAIT_S)


def test_two_packets_of_one_party_do_not_go_out_at_once(office: Office) -> None:
    """Attack: both are approved and sent at the same moment, by several people each."""
    first = made(office, stored(office))
    plan = replace(first.plan, packet_id="pkt_second", generation=first.plan.generation + 1)
    second = replace(first, id=plan.packet_id, plan=plan)
    with office.ledger.transaction():
        office.ledger.packets.add(second)
    for packet in (first, second):
        approve(office, packet.id, packet.plan.checksum, COORDINATOR, "claimed")
    slow = SlowCheck()
    office = replace(office, services={slow.key: slow})

    def go(worker: int) -> bool:
        packet = (first, second)[worker % 2]
        try:
            send(office, packet.id, COORDINATOR, slow.key)
        except (Refused, IllegalTransition):
            return False
        return True

    assert sorted(together(go)) == [False] * (WORKERS - 1) + [True]
    states = [office.ledger.packets.get(item.id).state for item in (first, second)]
    assert sorted(states) == [PacketState.APPROVED, PacketState.SENDING]
