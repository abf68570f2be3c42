"""Approving: the plan one saw, by the right people, two of them where it departs from standard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.domain.person import Role
from docgen.errors import (
    IllegalTransition,
    NotAllowed,
    NotApproved,
    NotFound,
    PacketStale,
    Refused,
)
from docgen.services.approve import approve, missing_approvals, refuse_unapproved
from docgen.services.enroll import enroll
from docgen.services.withdraw import withdraw
from tests.unit.services.walk import (
    AUDITOR,
    BOTH,
    COORDINATOR,
    COUNSEL,
    Generated,
    changed,
    kinds,
)

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office


def give(office: Office, packet: Packet, person: Person) -> Packet:
    """Approve as this person."""
    return approve(office, packet.id, packet.plan.short_checksum, person, "claimed")


def test_a_standard_plan_needs_the_coordinator_alone(office: Office, packet: Packet) -> None:
    """One approval, with the files it was given for, and the packet is approved."""
    assert missing_approvals(office, packet) == [Role.COORDINATOR]
    assert give(office, packet, COORDINATOR).state is PacketState.APPROVED
    (approval,) = office.ledger.packets.approvals(packet.id)
    assert approval.files == tuple(item.pdf_sha256 for item in packet.rendered)
    assert approval.authentication == "claimed"
    assert kinds(office, packet.id) == ["plan.approved"]


@pytest.mark.parametrize("checksum", ["", "000000000000", "whole-but-wrong"])
def test_another_checksum_approves_nothing(office: Office, packet: Packet, checksum: str) -> None:
    """Whoever names another plan saw another plan."""
    with pytest.raises(Refused, match="not the checksum"):
        approve(office, packet.id, checksum, COORDINATOR, "claimed")
    assert not office.ledger.packets.approvals(packet.id)


def test_the_whole_checksum_counts_as_well(office: Office, packet: Packet) -> None:
    """The long form names the same plan."""
    after = approve(office, packet.id, packet.plan.checksum, COORDINATOR, "claimed")
    assert after.state is PacketState.APPROVED


@pytest.mark.parametrize("person", [AUDITOR, COUNSEL])
def test_the_wrong_role_is_not_allowed(office: Office, packet: Packet, person: Person) -> None:
    """A standard plan is the coordinator's to approve."""
    with pytest.raises(NotAllowed):
        give(office, packet, person)
    assert not office.ledger.packets.approvals(packet.id)
    assert office.ledger.packets.get(packet.id).state is PacketState.DRAFT


@pytest.mark.parametrize("order", [(COORDINATOR, COUNSEL), (COUNSEL, COORDINATOR), (BOTH, COUNSEL)])
def test_a_departing_plan_needs_two_people(
    office: Office, departing: Generated, order: tuple[Person, Person]
) -> None:
    """In either order, and only the second makes it approved."""
    packet = departing.store(office)
    first, second = order
    assert give(office, packet, first).state is PacketState.DRAFT
    with pytest.raises(NotApproved):
        refuse_unapproved(office, packet)
    assert give(office, packet, second).state is PacketState.APPROVED
    refuse_unapproved(office, packet)
    assert len({item.person for item in office.ledger.packets.approvals(packet.id)}) == 2


def test_one_person_with_both_roles_is_still_one_person(
    office: Office, departing: Generated
) -> None:
    """The second approval comes from somebody else."""
    packet = departing.store(office)
    give(office, packet, BOTH)
    with pytest.raises(NotAllowed, match="somebody else"):
        give(office, packet, BOTH)
    assert missing_approvals(office, packet) == [Role.LEGAL_APPROVER]


def test_an_approval_of_another_plan_counts_for_nothing(office: Office, packet: Packet) -> None:
    """Attack: a row for the packet, with a checksum that is not its plan's."""
    give(office, packet, COORDINATOR)
    (real,) = office.ledger.packets.approvals(packet.id)
    refuse_unapproved(office, packet)
    other = replace(packet, plan=replace(packet.plan, dated="2020-01-01"))
    assert other.plan.checksum != real.plan_checksum
    with pytest.raises(NotApproved):
        refuse_unapproved(office, other)


def test_approving_an_approved_plan_is_refused(office: Office, packet: Packet) -> None:
    """There is nothing left to approve, whoever tries."""
    give(office, packet, COORDINATOR)
    for person in (COORDINATOR, BOTH):
        with pytest.raises(Refused, match="every approval it needs"):
            give(office, packet, person)
    assert len(office.ledger.packets.approvals(packet.id)) == 1


def test_a_stale_plan_is_not_approved(office: Office, packet: Packet) -> None:
    """After a printed word changed, the plan people saw is not the one to approve."""
    raw = changed(lambda raw: raw["legal_entities"][0].update(legal_name="Lakeside Two, PLLC"))
    enroll(office, raw, draft=False, actor="user:ada")
    with pytest.raises(PacketStale, match="legal_name"):
        give(office, packet, COORDINATOR)


def test_a_packet_taken_back_takes_no_approval(office: Office, departing: Generated) -> None:
    """Not even the first of two is recorded once the packet is withdrawn."""
    packet = departing.store(office)
    withdraw(office, packet.id, COORDINATOR, "Another offer.")
    with pytest.raises(IllegalTransition):
        give(office, packet, COUNSEL)
    assert not office.ledger.packets.approvals(packet.id)
    assert "plan.approved" not in kinds(office, packet.id)


def test_an_unknown_packet_is_not_found(office: Office) -> None:
    """There is nothing to approve."""
    with pytest.raises(NotFound):
        approve(office, "pkt_x", "0", COORDINATOR, "claimed")
