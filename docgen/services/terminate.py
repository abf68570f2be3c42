"""Terminate: record the last day in effect, which starts the retention clock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.domain.packet import Step
from docgen.domain.person import Role
from docgen.errors import InputError
from docgen.services.archived import ask_keeping
from docgen.services.file import last_signature_date
from docgen.services.given import reason_of
from docgen.services.retention import retention_of

if TYPE_CHECKING:
    from datetime import date

    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office


def terminate(
    office: Office, packet_id: str, last_day: date, reason: str, person: Person
) -> Packet:
    """End a packet that is in effect, as of its last day in effect.

    Raises:
        IllegalTransition: the packet is neither archived nor on file, so it is not in effect.
        InputError: the reason is missing or too long, or the day is in the future or before what
            ends was signed or dated.
    """
    person.require(Role.COORDINATOR)
    given = reason_of(reason)
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet_id).step(Step.TERMINATE)
        _refuse_day(office, packet, last_day)
        packet = replace(packet, terminated_on=last_day, terminated_at=office.clock.now())
        office.ledger.packets.save(packet)
        until = retention_of(office, packet).retain_until
        noted = office.note(
            packet.id,
            "packet.terminated",
            f"user:{person.key}",
            last_in_effect=last_day.isoformat(),
            reason=given,
            retain_until=until.isoformat() if until else None,
        )
        ask_keeping(office, packet.id, noted.seq)
    return packet


def _refuse_day(office: Office, packet: Packet, last_day: date) -> None:
    if last_day > office.today():
        raise InputError(
            "The last day is in the future, and the packet is in effect until then; record its end "
            "on that day or later."
        )
    if last_day.isoformat() < _begun(office, packet):
        raise InputError(
            "The last day is before what ends was signed or dated; look at both dates again."
        )


def _begun(office: Office, packet: Packet) -> str:
    """Give the day (ISO 8601) on which what the packet holds or refers to was agreed."""
    if packet.plan.to_sign:
        return last_signature_date(office, packet)
    return max((item.on_file.dated for item in packet.plan.documents if item.on_file), default="")
