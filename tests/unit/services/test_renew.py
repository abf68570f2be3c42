"""Renewing: an archived bundle is time-stamped again, in time, and keeps its bytes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

import pytest
from asn1crypto import tsp

from docgen.domain.person import Role
from docgen.domain.renewal import RENEWED, covered, renewals_in
from docgen.errors import EvidenceError, NotAllowed, NotFound, ServiceUnavailable
from docgen.services.archived import archived_digests, open_archived, versions_of
from docgen.services.renew import ask_renewal, renew_packet
from docgen.services.renewals import renewal_files, renewals_of
from docgen.services.scrub import begin_scrub, take_step
from docgen.services.sweep import run_errand, sweep
from docgen.services.verify import verify_apart
from integrations.timestamp.local import LocalTimeStamper
from tests.unit.services.test_scrub import spoil
from tests.unit.services.walk import (
    Loopback,
    ShiftedClock,
    at_own_desk,
    kinds,
    sent,
    sign_next,
)

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office

FIVE_YEARS = timedelta(days=1826)


@pytest.fixture
def clock() -> ShiftedClock:
    """Give a clock that can be put forward; the keys of these tests are of today."""
    return ShiftedClock()


@pytest.fixture
def house(office: Office, packet: Packet, clock: ShiftedClock) -> Office:
    """Give an office with a packet that was signed at our own desk, sealed and archived.

    Time stamps are by its clock, too.
    """
    assert isinstance(office.stamper, LocalTimeStamper)
    stamper = LocalTimeStamper(office.stamper.stamping, clock)
    house = at_own_desk(replace(office, stamper=stamper), Loopback(), clock)
    sent(house, packet, "embedded")
    envelope = house.ledger.packets.get(packet.id).envelope_id
    while house.ledger.ceremonies.get(envelope).turn:
        sign_next(house, envelope)
    sweep(house)
    sweep(house)
    assert house.ledger.packets.get(packet.id).bundle_sha256
    return house


@pytest.fixture
def auditor(house: Office) -> Person:
    """Give somebody who may read the archive."""
    return house.ledger.people.get("auditor")


def read_all(office: Office) -> None:
    """Go through the whole archive, as the sweep does by itself."""
    key = begin_scrub(office)
    while key:
        _, key = take_step(office, key)


def test_a_renewal_covers_the_bundle_and_what_came_before(
    house: Office, packet: Packet, auditor: Person, clock: ShiftedClock
) -> None:
    """By SHA-512 over bundle, earlier renewals and its own record; the bundle keeps its bytes."""
    stored = house.ledger.packets.get(packet.id)
    bundle = open_archived(house, packet.id, stored.bundle_sha256)
    for number in (1, 2):
        clock.advance(timedelta(days=400))
        run_errand(house, ask_renewal(house, packet.id, auditor))
        renewals = renewals_of(house, packet.id)
        assert len(renewals) == number
        told = tsp.TimeStampResp.load(renewals[-1].stamp)["time_stamp_token"]["content"]
        imprint = told["encap_content_info"]["content"].parsed["message_imprint"]
        assert imprint["hash_algorithm"]["algorithm"].native == "sha512"
        whole = covered(bundle, renewals[:-1], renewals[-1].record)
        assert imprint["hashed_message"].native == hashlib.sha512(whole).digest()
    assert house.ledger.packets.get(packet.id) == stored
    assert open_archived(house, packet.id, stored.bundle_sha256) == bundle
    renewals = renewals_of(house, packet.id)
    code, words = verify_apart(house, bundle, renewals=renewals, moment=clock.now().isoformat())
    assert code == 0, words
    assert [name for name, _ in renewal_files(house, packet.id)] == [
        f"{packet.id}.renewal-{number}.{kind}" for number in (1, 2) for kind in ("json", "tsr")
    ]


def test_it_is_kept_as_everything_archived(house: Office, packet: Packet, auditor: Person) -> None:
    """Locks, holds, scrub and disposal know both files; a damaged one is found."""
    run_errand(house, ask_renewal(house, packet.id, auditor))
    history = house.ledger.history.of(packet.id)
    (entry,) = renewals_in(history)
    digests = {entry.record_sha256, entry.stamp_sha256}
    assert digests <= set(archived_digests(house.ledger.packets.get(packet.id), history))
    assert digests <= set(versions_of(history))
    assert kinds(house, packet.id)[-1] == RENEWED
    spoil(house.archive, entry.stamp_sha256, 3)
    read_all(house)
    assert "object.damaged" in kinds(house, packet.id)
    with pytest.raises(EvidenceError):
        renewals_of(house, packet.id)


def test_the_pass_over_the_archive_asks_for_it_in_time(
    house: Office, packet: Packet, clock: ShiftedClock
) -> None:
    """Not a day before; then once, however often the archive is read; and again in as many years."""
    clock.advance(FIVE_YEARS - timedelta(days=2))
    read_all(house)
    sweep(house)
    assert RENEWED not in kinds(house, packet.id)
    for number in (1, 2):
        clock.advance(timedelta(days=3) if number == 1 else FIVE_YEARS)
        for _ in range(2):
            read_all(house)
            sweep(house)
        assert kinds(house, packet.id).count(RENEWED) == number


def test_done_again_it_changes_nothing(house: Office, packet: Packet, auditor: Person) -> None:
    """An errand that is repeated finds its renewal there."""
    key = ask_renewal(house, packet.id, auditor)
    run_errand(house, key)
    before = kinds(house, packet.id)
    renew_packet(house, {"packet_id": packet.id, "number": 1, "actor": "system"})
    assert kinds(house, packet.id) == before


def test_what_does_not_hold_is_not_renewed(house: Office, packet: Packet, auditor: Person) -> None:
    """A stamp over something else, as a faulty authority gives, is not kept; the control is above."""

    class Careless:
        key: ClassVar[str] = "careless"

        def respond(self, request_der: bytes) -> bytes:
            return house.stamper.respond(request_der[:-10] + b"\0" * 7 + request_der[-3:])

    office = replace(house, stamper=Careless())
    with pytest.raises(EvidenceError, match="none was kept"):
        run_errand(office, ask_renewal(office, packet.id, auditor))
    assert RENEWED not in kinds(house, packet.id)


def test_a_stamp_of_a_day_to_come_is_not_kept(
    house: Office, packet: Packet, auditor: Person, clock: ShiftedClock
) -> None:
    """The verifier would pass it over; a clock that is some minutes ahead does no harm."""
    assert isinstance(house.stamper, LocalTimeStamper)
    for ahead, kept in ((timedelta(days=3), 0), (timedelta(minutes=30), 1)):
        fast = ShiftedClock()
        fast.advance(ahead)
        office = replace(house, stamper=LocalTimeStamper(house.stamper.stamping, fast))
        key = ask_renewal(office, packet.id, auditor)
        if kept:
            clock.advance(timedelta(hours=7))
            fast.advance(timedelta(hours=7))
            run_errand(office, key)
        else:
            with pytest.raises(EvidenceError, match="none was kept"):
                run_errand(office, key)
        assert kinds(house, packet.id).count(RENEWED) == kept


def test_an_authority_out_of_reach_is_asked_again(
    house: Office, packet: Packet, auditor: Person, clock: ShiftedClock
) -> None:
    """Nothing is lost and nothing half done; the sweep goes on and says so."""

    class Deaf:
        key: ClassVar[str] = "deaf"

        def respond(self, request_der: bytes) -> bytes:  # it hears nothing
            raise ServiceUnavailable("The authority does not answer.", service="timestamp")

    office = replace(house, stamper=Deaf())
    ask_renewal(office, packet.id, auditor)
    assert any("renew" in item for item in sweep(office).failures)
    assert RENEWED not in kinds(house, packet.id)
    clock.advance(timedelta(hours=7))
    assert sweep(house).failures == ()
    assert kinds(house, packet.id).count(RENEWED) == 1


def test_only_readers_of_the_archive_ask_and_only_for_a_bundle(
    house: Office, packet: Packet, auditor: Person
) -> None:
    """Anybody else is refused; so is a packet without a bundle."""
    with pytest.raises(NotAllowed):
        ask_renewal(house, packet.id, replace(auditor, roles=frozenset({Role.ADMINISTRATOR})))
    stored = house.ledger.packets.get(packet.id)
    with house.ledger.transaction():
        house.ledger.packets.save(replace(stored, bundle_sha256=""))
    with pytest.raises(NotFound):
        ask_renewal(house, packet.id, auditor)
