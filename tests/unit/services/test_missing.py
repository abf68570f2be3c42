"""An envelope that its signing service no longer knows: told once, undone, or taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

import pytest

from docgen.domain.packet import PacketState
from docgen.domain.signing import Signal
from docgen.domain.standing import ENVELOPE_FOUND, ENVELOPE_MISSING
from docgen.domain.waiting import Alert, Need
from docgen.errors import NotFound, Refused
from docgen.services.poll import read_several_again
from docgen.services.receive import refresh
from docgen.services.sweep import sweep
from docgen.services.withdraw import withdraw
from integrations.esign.fake import FakeService
from tests.unit.services.walk import COORDINATOR, kinds, sealed_elsewhere, sent, with_fake

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.domain.packet import Packet
    from docgen.ports.esign import Capabilities
    from docgen.ports.register import PacketLine
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

LATER = timedelta(hours=2)


def line_of(office: Office, packet: Packet) -> PacketLine:
    """Give the packet's line in the register."""
    return office.register.packet(packet.id)


def deleted(
    office: Office, packet: Packet, clock: StandingClock, after: timedelta = LATER
) -> tuple[Office, FakeService, Callable[[], None]]:
    """Send a packet; somebody deletes its envelope there, and time passes; the last puts it back."""
    office, fake = with_fake(office)
    sent(office, packet)
    kept = fake.envelopes.pop("fake_1")
    clock.advance(after)
    return office, fake, lambda: fake.envelopes.update(fake_1=kept)


def test_a_person_is_told_once(office: Office, packet: Packet, clock: StandingClock) -> None:
    """However often it is asked after, it is noted once; the packet stays where it is."""
    office, _, _ = deleted(office, packet, clock)
    for _ in range(3):
        assert sweep(office).failures == ()
    found = office.ledger.packets.get(packet.id)
    assert (found.state, found.missing_since) == (PacketState.SENT, clock.now())
    assert kinds(office, packet.id).count(ENVELOPE_MISSING) == 1
    line = line_of(office, packet)
    assert line.alerts == (Alert.ENVELOPE_MISSING,)
    assert (line.wait.need, line.wait.since) == (Need.LOOK, clock.now())


def test_what_was_just_sent_may_take_a_while_to_be_known(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """The control: within the first hour nobody is told, and it is asked again."""
    office, _, put_back = deleted(office, packet, clock, timedelta(minutes=59))
    with pytest.raises(NotFound):
        refresh(office, packet.id)
    put_back()
    refresh(office, packet.id)
    assert not {ENVELOPE_MISSING, ENVELOPE_FOUND} & set(kinds(office, packet.id))


@pytest.mark.parametrize("signed", [False, True])
def test_found_again_it_goes_on(
    office: Office, packet: Packet, clock: StandingClock, *, signed: bool
) -> None:
    """As when the account was put right: the alert is gone, and what happened there counts."""
    office, fake, put_back = deleted(office, packet, clock)
    refresh(office, packet.id)
    put_back()
    if signed:
        fake.sign_all("fake_1", clock.now())
    after = refresh(office, packet.id)
    refresh(office, packet.id)
    assert after.missing_since is None
    assert after.state is (PacketState.FULLY_EXECUTED if signed else PacketState.SENT)
    assert kinds(office, packet.id).count(ENVELOPE_FOUND) == 1
    assert line_of(office, packet).alerts == ()


class Listing(FakeService):
    """Is asked after several at once."""

    capabilities: ClassVar[Capabilities] = replace(FakeService.capabilities, reads_at_once=100)


def test_one_that_a_list_leaves_out_is_told_too(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """Without failing the question that the others are in."""
    office, fake = with_fake(office, Listing(seal=sealed_elsewhere))
    sent(office, packet)
    fake.envelopes.clear()
    clock.advance(LATER)
    read_several_again(office, {"service": "fake", "packet_ids": [packet.id]})
    assert office.ledger.packets.get(packet.id).missing_since == clock.now()


def test_it_is_taken_back_here_alone(office: Office, packet: Packet, clock: StandingClock) -> None:
    """There is nothing to void there, and the coordinator is not left with it."""
    office, _, _ = deleted(office, packet, clock)
    after = withdraw(office, packet.id, COORDINATOR, "Deleted there by mistake.")
    assert after.state is PacketState.VOIDED
    assert kinds(office, packet.id)[-1] == "packet.taken_back"
    assert line_of(office, packet).alerts == ()


def test_so_soon_it_is_not_taken_back(office: Office, packet: Packet, clock: StandingClock) -> None:
    """The control: the service may know it in a moment, and somebody could then sign it."""
    office, _, _ = deleted(office, packet, clock, timedelta(minutes=5))
    with pytest.raises(NotFound):
        withdraw(office, packet.id, COORDINATOR, "Moved.")
    assert office.ledger.packets.get(packet.id).state is PacketState.SENT


def test_found_again_at_that_moment_it_is_not_ended_here_alone(
    office: Office, packet: Packet, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another process, between the two steps: it is out there, so it must be voided there."""
    office, _, put_back = deleted(office, packet, clock)

    def then_found(office: Office, packet_id: str) -> Packet:
        missing = refresh(office, packet_id)
        put_back()
        refresh(office, packet_id)
        return missing

    monkeypatch.setattr("docgen.services.withdraw.refresh", then_found)
    with pytest.raises(Refused, match="knows the envelope again"):
        withdraw(office, packet.id, COORDINATOR, "Deleted there by mistake.")
    monkeypatch.undo()
    assert office.ledger.packets.get(packet.id).state is PacketState.SENT
    assert withdraw(office, packet.id, COORDINATOR, "Once more.").state is PacketState.VOIDED


def test_signed_there_after_all_a_person_must_look(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """Taken back while it could not be found, it turns up signed: that counts, and both are told."""
    office, fake, put_back = deleted(office, packet, clock)
    withdraw(office, packet.id, COORDINATOR, "Deleted there by mistake.")
    put_back()
    fake.sign_all("fake_1", clock.now())
    after = refresh(office, packet.id)
    assert after.state is PacketState.FULLY_EXECUTED
    assert {"packet.taken_back", ENVELOPE_FOUND, "packet.contradicted"} <= set(
        kinds(office, packet.id)
    )


def test_our_own_entrance_closes_with_it(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """Whom we invited is told that it was taken back."""
    office = replace(office, rules=replace(office.rules, invited_by_site=frozenset({"fake"})))
    office, _, _ = deleted(office, packet, clock)
    entrance = office.ledger.packets.get(packet.id).entrance_id
    assert office.ledger.ceremonies.get(entrance).ended is None
    withdraw(office, packet.id, COORDINATOR, "Deleted there by mistake.")
    assert office.ledger.ceremonies.get(entrance).ended is Signal.VOIDED
