"""An envelope that its signing service no longer knows: a person is told, until it is back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from docgen.domain.packet import OUT_FOR_SIGNATURE
from docgen.domain.standing import ENVELOPE_FOUND, ENVELOPE_MISSING

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office

# What was just sent, a service may not know everywhere yet.
_PATIENCE = timedelta(hours=1)


def is_late(office: Office, packet: Packet) -> bool:
    """Tell whether the packet was sent so long ago that its service ought to know the envelope."""
    sent = [item.at for item in office.ledger.history.of(packet.id) if item.kind == "packet.sent"]
    return bool(sent) and office.clock.now() >= sent[-1] + _PATIENCE


def note_missing(office: Office, packet: Packet) -> Packet:
    """Note once that the service knows no such envelope; a packet that ended meanwhile stays.

    It may have been deleted there, or the site asks another account than the one it sent from.
    Only a person can tell, so the packet remains where it is.
    """
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet.id)
        if packet.state not in OUT_FOR_SIGNATURE or packet.missing_since is not None:
            return packet
        packet = replace(packet, missing_since=office.clock.now())
        office.ledger.packets.save(packet)
        office.note(packet.id, ENVELOPE_MISSING, "system", envelope_id=packet.envelope_id)
    return packet


def note_found(office: Office, packet: Packet) -> Packet:
    """Note, inside the current transaction, that the service knows the envelope again."""
    if packet.missing_since is None:
        return packet
    packet = replace(packet, missing_since=None)
    office.ledger.packets.save(packet)
    office.note(packet.id, ENVELOPE_FOUND, "system", envelope_id=packet.envelope_id)
    return packet
