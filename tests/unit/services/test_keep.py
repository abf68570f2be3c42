"""Keeping: locks and legal holds of the archive follow a packet's retention and history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.domain.retention import LOCK_SLACK
from docgen.ports.archive import Keeping
from docgen.services.copied import CopiedArchive
from docgen.services.hold import lift_hold, place_hold, propose_lift
from docgen.services.scrub import begin_scrub, take_step
from docgen.services.sweep import run_due
from docgen.services.terminate import terminate
from integrations.archive.fake import FakeArchive
from tests.unit.services.test_scrub import House, archived
from tests.unit.services.walk import AUDITOR, COORDINATOR, COUNSEL

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock


@pytest.fixture
def house(office: Office, packet: Packet) -> House:
    """Archive the packet in two places."""
    both = CopiedArchive(FakeArchive(), FakeArchive())
    return archived(replace(office, archive=both), packet)


def kept(house: House) -> set[Keeping]:
    """Carry out what was asked for, and say what keeps the packet's objects in both places."""
    run_due(house.office)
    pair = house.office.archive
    assert isinstance(pair, CopiedArchive)
    return {store.keeping(digest) for store in (pair.first, pair.copy) for digest in house.digests}


def scrub(house: House) -> None:
    """Run a whole pass."""
    key = begin_scrub(house.office)
    while key:
        _, key = take_step(house.office, key)


def test_in_effect_the_lock_rolls(house: House, clock: StandingClock) -> None:
    """It always reaches the period ahead, is renewed before it runs low, and not more often."""
    period = house.office.rules.lock_period
    began = clock.now()
    for days in range(0, 400, 7):
        scrub(house)
        (found,) = kept(house)
        assert found.until is not None
        assert clock.now() + period <= found.until <= clock.now() + period + LOCK_SLACK
        assert (found.until - began - period - LOCK_SLACK) % timedelta(days=35) == timedelta()
        clock.advance(timedelta(days=7))
        assert days < 400


def test_the_end_of_effect_gives_the_lock_its_end(house: House, clock: StandingClock) -> None:
    """Six years after the last day in effect, in the PSO's time zone; passes then change nothing."""
    house.office.ledger.packets.save(replace(house.packet, executed_at=clock.now()))
    clock.advance(timedelta(days=300))
    terminate(house.office, house.packet.id, date(2027, 9, 1), "The practice closed.", COORDINATOR)
    (found,) = kept(house)
    assert found.until == datetime(2033, 9, 2, 5, tzinfo=UTC)  # midnight in Chicago, summer time
    clock.advance(timedelta(days=365))
    scrub(house)
    assert kept(house) == {found}


def test_a_lock_is_never_shortened(house: House) -> None:
    """A packet that ended long ago keeps the later date that its lock has already."""
    scrub(house)
    (before,) = kept(house)
    early = house.packet.created_at.date()
    done = replace(house.packet, state=PacketState.TERMINATED, terminated_on=early)
    house.office.ledger.packets.save(done)
    scrub(house)
    assert kept(house) == {before}


def test_a_hold_lies_on_every_object_until_it_is_lifted(house: House) -> None:
    """Placed by one: on at once in both places. Proposed: still on. Lifted by another: off."""
    assert {item.held for item in kept(house)} == {False}
    place_hold(house.office, house.packet.id, "A claim.", COUNSEL)
    assert {item.held for item in kept(house)} == {True}
    propose_lift(house.office, house.packet.id, "It is settled.", COUNSEL)
    assert {item.held for item in kept(house)} == {True}
    lift_hold(house.office, house.packet.id, AUDITOR)
    assert {item.held for item in kept(house)} == {False}


def test_what_two_packets_share_stays_held_for_the_other(house: House) -> None:
    """Lifting the hold of one packet leaves it on the objects of another that is held."""
    other = replace(house.packet, id="pkt_other")
    house.office.ledger.packets.add(other)
    for packet_id in (house.packet.id, other.id):
        place_hold(house.office, packet_id, "A claim.", COUNSEL)
    propose_lift(house.office, house.packet.id, "It is settled.", COUNSEL)
    lift_hold(house.office, house.packet.id, AUDITOR)
    assert {item.held for item in kept(house)} == {True}
    propose_lift(house.office, other.id, "This too.", COUNSEL)
    lift_hold(house.office, other.id, AUDITOR)
    assert {item.held for item in kept(house)} == {False}


def test_a_hold_that_somebody_took_off_the_store_is_put_back(house: House) -> None:
    """The next pass brings the store in line with the history again."""
    place_hold(house.office, house.packet.id, "A claim.", COUNSEL)
    kept(house)
    for digest in house.digests:
        house.office.archive.hold(digest, held=False)
    scrub(house)
    assert {item.held for item in kept(house)} == {True}


def test_what_is_not_archived_yet_asks_nothing_of_the_archive(
    office: Office, packet: Packet
) -> None:
    """A hold on a packet on its way is in its history; the archive follows once it is archived."""
    store = FakeArchive()
    office = replace(office, archive=store)
    place_hold(office, packet.id, "A claim.", COUNSEL)
    assert run_due(office) == ()
    assert store.kept == {}
    house = archived(office, packet)
    scrub(house)
    assert {item.held for item in store.kept.values() if item.until} >= {True}
