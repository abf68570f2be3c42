"""Replaced: what takes the place of a packet that ended unsigned, and what its signers are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from docgen.domain.packet import WITH_SIGNERS, PacketState
from docgen.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.ceremony import Ceremony, CeremonySigner
    from docgen.domain.packet import Packet
    from docgen.services.ceremony.enter import Visit
    from docgen.services.office import Office

_WENT_OUT = WITH_SIGNERS | {PacketState.FULLY_EXECUTED, PacketState.ARCHIVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """What a signer of a packet that ended is told of the one that went out in its place.

    `mailed_at` is when its link was mailed to this very address; None when it was not, or not yet.
    """

    is_theirs: bool
    is_signed: bool
    mailed_at: datetime | None


def later_packets(office: Office, packet: Packet) -> Sequence[Packet]:
    """List the packets of the same agreements and party made after this one, oldest first."""
    same = _same_place(office, packet)
    return same[[item.id for item in same].index(packet.id) + 1 :]


def ended_unreplaced(office: Office, enrollment_id: str) -> Sequence[Packet]:
    """List the packets that ended unsigned and that nothing has taken the place of yet."""
    newest: dict[tuple[str, str], Packet] = {}
    for packet in office.ledger.packets.of_enrollment(enrollment_id):
        newest[packet.plan.kind, packet.plan.party_id] = packet
    return [packet for packet in newest.values() if packet.ended_unsigned]


def replacement_for(office: Office, visit: Visit) -> Replacement | None:
    """Say what went out in the place of a packet that ended; None while nothing did."""
    packet = _packet_of(office, visit.ceremony)
    if packet is None or not packet.ended_unsigned:
        return None
    sent = [item for item in later_packets(office, packet) if item.state in _WENT_OUT]
    if not sent:
        return None
    theirs = _place_of(office, sent[-1], visit.signer.email)
    return Replacement(
        is_theirs=theirs is not None,
        is_signed=theirs is not None and theirs.signed_at is not None,
        mailed_at=theirs.invited_at if theirs else None,
    )


def replaced_since(office: Office, ceremony: Ceremony, signer: CeremonySigner) -> datetime | None:
    """Say when this person was first invited to sign the packet this one takes the place of."""
    packet = _packet_of(office, ceremony)
    if packet is None:
        return None
    same = _same_place(office, packet)
    before = same[: [item.id for item in same].index(packet.id)]
    for earlier in reversed([item for item in before if item.ended_unsigned]):
        place = _place_of(office, earlier, signer.email)
        if place is not None and place.invited_at is not None:
            return place.invited_at
    return None


def _packet_of(office: Office, ceremony: Ceremony) -> Packet | None:
    """Find an envelope's packet, which itself learns of the envelope a moment after its sending."""
    try:
        return office.ledger.packets.get(ceremony.subject)
    except NotFound:
        return None


def _same_place(office: Office, packet: Packet) -> list[Packet]:
    """List the packets of the same agreements and party, this one too, oldest first."""
    place = (packet.plan.kind, packet.plan.party_id)
    return [
        item
        for item in office.ledger.packets.of_enrollment(packet.plan.enrollment_id)
        if (item.plan.kind, item.plan.party_id) == place
    ]


def _place_of(office: Office, packet: Packet, email: str) -> CeremonySigner | None:
    """Find who signs a packet at this address; None where nobody does, or a service invites."""
    try:
        ceremony = office.ledger.ceremonies.get(packet.ceremony_id)
    except NotFound:
        return None
    address = email.casefold()
    return next((one for one in ceremony.signers if one.email.casefold() == address), None)
