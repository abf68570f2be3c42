"""The register beside a real packet, from its generation to the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.packet import PacketState
from docgen.domain.waiting import Need, WaitsOn
from docgen.ports.register_query import ArchiveQuery, EnrollmentQuery
from docgen.services.sweep import sweep
from tests.ledger.test_register_rebuilt import rows
from tests.unit.services.walk import Loopback, at_own_desk, sent, sign_next

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office


def test_each_step_moves_the_line(office: Office, packet: Packet) -> None:
    """Sent, signed, countersigned, archived: the line follows each, and rebuilding changes nothing."""
    desk = at_own_desk(office, Loopback())
    register = desk.register

    def waits() -> tuple[WaitsOn, Need]:
        wait = register.packet(packet.id).wait
        return wait.on, wait.need

    assert waits() == (WaitsOn.COORDINATOR, Need.APPROVE)
    envelope_id = sent(desk, packet, "embedded").envelope_id
    assert waits() == (WaitsOn.PRACTICE, Need.SIGN)
    sweep(desk)
    sign_next(desk, envelope_id)
    assert waits() == (WaitsOn.COUNTERSIGNER, Need.COUNTERSIGN)
    assert register.countersign_queue(desk.pso_settings.signatory.email).total == 1
    sign_next(desk, envelope_id)
    assert waits() == (WaitsOn.SERVICE, Need.CARRY_ON)
    for _ in range(3):
        sweep(desk)
    line = register.packet(packet.id)
    assert (line.state, line.wait.on, line.alerts) == (PacketState.ARCHIVED, WaitsOn.NOBODY, ())
    assert line.bundle_sha256
    found = register.archived(ArchiveQuery(text=packet.plan.recipients[0].name))
    assert {item.slug for item in found.items} == {"psa", "baa"}
    assert all(item.sha256 for item in found.items)
    assert register.enrollments(EnrollmentQuery(text=packet.plan.practice)).total == 1
    grown = rows()
    register.rebuild()
    assert rows() == grown
