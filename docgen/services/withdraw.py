"""Take a packet back: void it at its signing service, or withdraw it before it was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.packet import OUT_FOR_SIGNATURE, Step
from docgen.domain.person import Role
from docgen.errors import InputError
from docgen.services.receive import refresh

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office

LONGEST_REASON = 2_000


def withdraw(office: Office, packet_id: str, person: Person, reason: str) -> Packet:
    """End a packet unsigned; a later packet for the same enrollment is a new generation.

    Raises:
        IllegalTransition: the packet ended already.
        InputError: the reason is missing or too long.
    """
    person.require(Role.COORDINATOR)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise InputError(f"Give a reason of at most {LONGEST_REASON} characters.")
    packet = office.ledger.packets.get(packet_id)
    if packet.state in OUT_FOR_SIGNATURE and packet.envelope_id:
        office.service(packet.service).void(packet.envelope_id, reason)
        refresh(office, packet_id)
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet_id)
        if not packet.ended_unsigned:
            step = Step.VOID if packet.state in OUT_FOR_SIGNATURE else Step.WITHDRAW
            packet = packet.step(step)
            office.ledger.packets.save(packet)
        office.note(packet_id, "packet.taken_back", f"user:{person.key}", reason=reason)
    return packet
