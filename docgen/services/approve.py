"""Approve a plan: a coordinator always, a legal approver where it departs from standard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.packet import PacketState, Step
from docgen.domain.person import Approval, Role
from docgen.errors import NotAllowed, NotApproved, Refused
from docgen.services.freshness import refuse_stale

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office


def approve(office: Office, packet_id: str, checksum: str, person: Person, how: str) -> Packet:
    """Record one person's approval of the plan they saw; the packet is approved once all are there.

    `how` says how we know the person (`claimed` from a command line).

    Raises:
        Refused: the checksum is not this plan's, so the person saw something else.
        PacketStale: the enrollment or a template changed since generation.
        NotAllowed: the person may not approve, or approved in the other capacity already.
        IllegalTransition: the packet is not waiting for approval.
    """
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet_id)
        if checksum not in {packet.plan.checksum, packet.plan.short_checksum}:
            raise Refused(
                "This is not the checksum of the packet's plan. Look at the plan again with "
                "`docgen status PACKET` and approve the checksum shown there."
            )
        _refuse_decided(packet)
        refuse_stale(office, packet)
        capacity = _capacity(office, packet, person)
        approval = Approval(
            packet_id=packet.id,
            plan_checksum=packet.plan.checksum,
            capacity=capacity,
            person=person.key,
            authentication=how,
            files=tuple(item.pdf_sha256 for item in packet.rendered),
            at=office.clock.now(),
        )
        office.ledger.packets.add_approval(approval)
        if not missing_approvals(office, packet):
            packet = packet.step(Step.APPROVE)
            if not packet.plan.to_sign:
                packet = packet.step(Step.PUT_ON_FILE)
            office.ledger.packets.save(packet)
        office.note(
            packet.id,
            "plan.approved",
            f"user:{person.key}",
            capacity=capacity,
            plan_checksum=packet.plan.checksum,
            files=list(approval.files),
            authentication=how,
        )
        if packet.state is PacketState.ON_FILE:
            _note_on_file(office, packet)
    return packet


def _note_on_file(office: Office, packet: Packet) -> None:
    """Record the end of a packet in which nothing is signed: it refers to agreements elsewhere."""
    documents = [{"slug": item.slug, "reason": item.reason} for item in packet.plan.documents]
    office.note(packet.id, "packet.on_file", "system", documents=documents)


def _refuse_decided(packet: Packet) -> None:
    """Check that an approval still means something, before it is recorded."""
    if packet.state is PacketState.APPROVED:
        raise Refused(
            "This plan has every approval it needs; send it with `docgen send PACKET --as PERSON`."
        )
    packet.step(Step.APPROVE)


def _capacity(office: Office, packet: Packet, person: Person) -> Role:
    """Choose the capacity in which this person's approval counts; two people must differ."""
    if person.key in _given(office, packet).values():
        raise NotAllowed(
            "You have approved this plan already; the second approval must come from somebody else."
        )
    missing = missing_approvals(office, packet)
    person.require(*missing)
    return next(capacity for capacity in missing if capacity in person.roles)


def _given(office: Office, packet: Packet) -> dict[Role, str]:
    return {
        item.capacity: item.person
        for item in office.ledger.packets.approvals(packet.id)
        if item.plan_checksum == packet.plan.checksum
    }


def missing_approvals(office: Office, packet: Packet) -> list[Role]:
    """Say which approvals the packet's plan still lacks."""
    needed = [Role.COORDINATOR, *([Role.LEGAL_APPROVER] if packet.plan.departs else [])]
    given = _given(office, packet)
    return [capacity for capacity in needed if capacity not in given]


def refuse_unapproved(office: Office, packet: Packet) -> None:
    """Check that the plan has every approval it needs.

    Raises:
        NotApproved: the message says whose approval is missing.
    """
    missing = missing_approvals(office, packet)
    if missing:
        who = " and ".join(f"a {role.value.replace('_', ' ')}" for role in missing)
        raise NotApproved(f"The plan still needs the approval of {who}; have it approved first.")
