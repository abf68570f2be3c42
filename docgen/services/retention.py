"""Retention: until when a packet of this site must be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.packet import PacketState
from docgen.domain.retention import Retention, retain_until

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office

_IN_EFFECT = frozenset({PacketState.FULLY_EXECUTED, PacketState.ARCHIVED, PacketState.ON_FILE})


def retention_of(office: Office, packet: Packet) -> Retention:
    """Say whether the packet is in effect, and until when it must be kept.

    What is still on its way has no date either: it may yet take effect.
    """
    in_effect = packet.state in _IN_EFFECT
    ended = packet.ended_unsigned or packet.state is PacketState.TERMINATED
    created = office.pso_settings.day_of(packet.created_at)
    until = retain_until(
        created, in_effect=in_effect or not ended, last_in_effect=packet.terminated_on
    )
    return Retention(in_effect=in_effect, retain_until=until)
