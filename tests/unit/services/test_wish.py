"""A practice that asks to sign on paper is not sent documents to sign online."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from docgen.domain.canonical import canonical_json
from docgen.domain.packet import PacketKind, PacketState
from docgen.domain.waiting import Need
from docgen.errors import Refused
from docgen.services.enroll import enroll
from docgen.services.generate import generate
from docgen.services.send import send
from docgen.services.wish import asks_for_paper
from tests.unit.services.walk import COORDINATOR, approved, with_fake

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office
    from tests.unit.services.walk import Generated


@pytest.fixture
def wishing(office: Office, standard: Generated) -> Packet:
    """Store the standard packet of a practice whose form says `wet_ink`."""
    record = json.loads(standard.version.record)
    record["execution"] = "wet_ink"
    version = replace(standard.version, record=canonical_json(record))
    return replace(standard, version=version).store(office)


def test_it_is_refused_and_nothing_moved(office: Office, wishing: Packet) -> None:
    """The sentence says both ways on; the packet stays approved and no errand waits."""
    office, _ = with_fake(office)
    approved(office, wishing)
    assert asks_for_paper(office, wishing)
    with pytest.raises(Refused, match=r"asks to sign on paper.*take in the scan.*sign online"):
        send(office, wishing.id, COORDINATOR)
    assert office.ledger.packets.get(wishing.id).state is PacketState.APPROVED
    assert not office.ledger.errands.open()


def test_another_practices_packet_is_sent(office: Office, packet: Packet) -> None:
    """The control."""
    office, _ = with_fake(office)
    approved(office, packet)
    assert not asks_for_paper(office, packet)
    send(office, packet.id, COORDINATOR)
    assert office.ledger.packets.get(packet.id).state is PacketState.SENDING


def test_the_queue_waits_for_its_paper(office: Office, standard: Generated) -> None:
    """Generated for signing by hand and approved, its scan is what is missing, not its sending."""
    wet = json.loads(standard.version.record) | {"execution": "wet_ink"}
    for number, (record, need) in enumerate(
        [(json.loads(standard.version.record), Need.SEND), (wet, Need.TAKE_IN_PAPER)]
    ):
        record["record_id"] = str(UUID(int=number))
        enrolled = enroll(office, record, draft=False, actor="user:coordinator", as_new=True)
        (packet,) = generate(
            office, enrolled.version.enrollment_id, PacketKind.CONTRACTING, "user:coordinator"
        )
        approved(office, packet)
        assert office.register.packet(packet.id).wait.need is need
