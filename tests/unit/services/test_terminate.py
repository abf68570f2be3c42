"""Terminating: the last day in effect, and the retention that runs from there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import ENDED_UNSIGNED, PacketKind, PacketState, Step, allowed
from docgen.errors import IllegalTransition, InputError, NotAllowed, Refused
from docgen.services.generate import executed_contract
from docgen.services.given import LONGEST_REASON
from docgen.services.retention import retention_of
from docgen.services.terminate import terminate
from tests.unit.services.walk import AUDITOR, COORDINATOR, COUNSEL, kinds

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

S = PacketState
MADE = date(2026, 11, 23)
LATER = MADE + timedelta(days=400)


@pytest.fixture
def archived(office: Office, packet: Packet, clock: StandingClock) -> Packet:
    """Store the packet as executed and archived, and let 500 days pass."""
    done = replace(packet, state=S.ARCHIVED, executed_at=office.clock.now(), bundle_sha256="0" * 64)
    with office.ledger.transaction():
        office.ledger.packets.save(done)
    clock.advance(timedelta(days=500))
    return done


def test_the_end_starts_the_clock(office: Office, archived: Packet) -> None:
    """In effect there is no date; then it is six years after the last day, and the history says so."""
    assert retention_of(office, archived).in_effect
    assert retention_of(office, archived).retain_until is None
    ended = terminate(office, archived.id, LATER, "The practice closed.", COORDINATOR)
    assert (ended.state, ended.terminated_on) == (S.TERMINATED, LATER)
    found = retention_of(office, office.ledger.packets.get(archived.id))
    assert (found.in_effect, found.retain_until) == (False, LATER.replace(year=LATER.year + 6))
    (told,) = office.ledger.history.of(archived.id)
    assert told.kind == "packet.terminated"
    assert told.details["retain_until"] == found.retain_until.isoformat()  # type: ignore[union-attr]


def test_a_policy_cannot_follow_what_ended(office: Office, archived: Packet) -> None:
    """A terminated agreement is cited by nothing new."""
    enrollment, party = archived.plan.enrollment_id, archived.plan.party_id
    assert executed_contract(office, enrollment, party).id == archived.id
    terminate(office, archived.id, LATER, "The practice closed.", COORDINATOR)
    assert archived.plan.kind == PacketKind.CONTRACTING
    with pytest.raises(Refused):
        executed_contract(office, enrollment, party)


@pytest.mark.parametrize(
    "day", [MADE - timedelta(days=1), MADE + timedelta(days=501), MADE + timedelta(days=5_000)]
)
def test_a_day_that_cannot_be_is_refused(office: Office, archived: Packet, day: date) -> None:
    """Neither before the last signature nor in the future; the days between are fine."""
    with pytest.raises(InputError, match="The last day is"):
        terminate(office, archived.id, day, "The practice closed.", COORDINATOR)
    assert office.ledger.packets.get(archived.id) == archived


@pytest.mark.parametrize("day", [MADE, MADE + timedelta(days=500)])
def test_the_first_and_the_last_possible_day(office: Office, archived: Packet, day: date) -> None:
    """The controls at both ends."""
    ended = terminate(office, archived.id, day, "The practice closed.", COORDINATOR)
    assert ended.terminated_on == day


@pytest.mark.parametrize("reason", ["", " \n", "x" * (LONGEST_REASON + 1)])
def test_a_reason_is_needed(office: Office, archived: Packet, reason: str) -> None:
    """Missing or endless ones are refused."""
    with pytest.raises((InputError, Refused)):
        terminate(office, archived.id, LATER, reason, COORDINATOR)


@pytest.mark.parametrize(
    "state", [item for item in PacketState if item not in {S.ARCHIVED, S.ON_FILE}]
)
def test_only_what_is_archived_can_end(
    office: Office, archived: Packet, state: PacketState
) -> None:
    """What has no evidence yet is filed first; what never took effect is taken back instead."""
    assert not allowed(state, Step.TERMINATE)
    before = replace(archived, state=state)
    with office.ledger.transaction():
        office.ledger.packets.save(before)
    with pytest.raises(IllegalTransition, match="terminate"):
        terminate(office, archived.id, LATER, "The practice closed.", COORDINATOR)
    assert office.ledger.packets.get(archived.id) == before
    assert not kinds(office, archived.id)


@pytest.mark.parametrize("who", [COUNSEL, AUDITOR])
def test_only_a_coordinator_may(office: Office, archived: Packet, who: Person) -> None:
    """Nobody else ends an agreement."""
    with pytest.raises(NotAllowed):
        terminate(office, archived.id, LATER, "The practice closed.", who)


@pytest.mark.parametrize("state", list(PacketState))
def test_each_state_has_its_retention(office: Office, packet: Packet, state: PacketState) -> None:
    """A date only for what ended; from creation where it never took effect."""
    found = retention_of(office, replace(packet, state=state))
    assert found.in_effect is (state in {S.FULLY_EXECUTED, S.ARCHIVED, S.ON_FILE})
    ended = state in ENDED_UNSIGNED or state is S.TERMINATED
    assert found.retain_until == (date(2032, 11, 23) if ended else None)
