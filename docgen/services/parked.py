"""Parked: a packet that its signing service has not taken yet, and when it is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.packet import PacketState

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office


def parked_words(office: Office, packet: Packet) -> str:
    """Say that sending has failed so far and goes on by itself; "" while nothing is amiss."""
    if packet.state is not PacketState.SENDING:
        return ""
    errand = office.ledger.errands.waiting(f"send:{packet.id}")
    if errand is None or errand.attempts == 0:
        return ""
    times = "once" if errand.attempts == 1 else f"{errand.attempts} times"
    return (
        f"The signing service {packet.service} has not taken this packet yet: it was tried "
        f"{times}. It is tried again by itself, next at {errand.due_at:%Y-%m-%d %H:%M} UTC; "
        "nothing is lost and nothing goes twice. The settings page can try the service out."
    )
