"""Small values for ledger tests."""

from __future__ import annotations

from docgen.domain.packet import Packet, PacketKind, PacketState
from docgen.domain.plan import Plan
from tests.conftest import NOON


def a_packet(packet_id: str, enrollment_id: str) -> Packet:
    """Make a packet without documents."""
    plan = Plan(
        packet_id=packet_id,
        kind=PacketKind.CONTRACTING,
        party_id="party",
        generation=0,
        enrollment_id=enrollment_id,
        enrollment_version=1,
        enrollment_sha256="0" * 64,
        pso_sha256="0" * 64,
        engine="none",
        dated="2026-11-23",
        practice="Invented",
        documents=(),
        recipients=(),
        departures=(),
    )
    return Packet(id=packet_id, state=PacketState.DRAFT, plan=plan, rendered=(), created_at=NOON)
