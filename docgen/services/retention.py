"""Retention: until when a packet of this site must be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain import retention

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.domain.retention import Retention
    from docgen.services.office import Office


def retention_of(office: Office, packet: Packet) -> Retention:
    """Say whether the packet is in effect, and until when it must be kept, in days of the PSO."""
    return retention.retention_of(packet, office.pso_settings.zone)
