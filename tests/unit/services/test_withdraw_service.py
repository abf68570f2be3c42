"""Taking back: in each state what is right for it, and a new generation afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketKind, PacketState
from docgen.domain.signing import Signal
from docgen.errors import IllegalTransition, InputError, NotAllowed, Refused, ServiceUnavailable
from docgen.services.generate import generate
from docgen.services.given import LONGEST_REASON
from docgen.services.receive import refresh
from docgen.services.send import send
from docgen.services.sweep import sweep
from docgen.services.withdraw import withdraw
from integrations.esign.fake import FakeService
from tests.unit.services.walk import (
    AUDITOR,
    COORDINATOR,
    COUNSEL,
    Loopback,
    ShiftedClock,
    approved,
    at_own_desk,
    kinds,
    sent,
    with_fake,
)

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office

S = PacketState
NEVER_SENT = (S.DRAFT, S.IN_REVIEW, S.IN_NEGOTIATION, S.TERMS_AGREED, S.APPROVED)
ENDED = (S.DECLINED, S.VOIDED, S.EXPIRED, S.FAILED, S.WITHDRAWN)
EXECUTED = (S.FULLY_EXECUTED, S.ARCHIVED, S.TERMINATED)


def put_in(office: Office, packet: Packet, state: PacketState) -> None:
    """Set a packet's state."""
    with office.ledger.transaction():
        office.ledger.packets.save(replace(packet, state=state))


@pytest.mark.parametrize("state", NEVER_SENT)
def test_what_was_never_sent_is_withdrawn(
    office: Office, packet: Packet, state: PacketState
) -> None:
    """No service is asked; the reason is in the history."""
    put_in(office, packet, state)
    assert withdraw(office, packet.id, COORDINATOR, "Moved.").state is S.WITHDRAWN
    assert kinds(office, packet.id) == ["packet.taken_back"]


@pytest.mark.parametrize("state", [*ENDED, *EXECUTED])
def test_what_ended_stays_as_it_is(office: Office, packet: Packet, state: PacketState) -> None:
    """Taking back again is refused, and leaves no trace."""
    put_in(office, packet, state)
    with pytest.raises(IllegalTransition):
        withdraw(office, packet.id, COORDINATOR, "Moved.")
    assert office.ledger.packets.get(packet.id).state is state
    assert not kinds(office, packet.id)


@pytest.mark.parametrize("seen", [S.SENT, S.VIEWED, S.PARTLY_SIGNED])
def test_what_is_out_is_voided_at_its_service(
    office: Office, packet: Packet, seen: PacketState
) -> None:
    """The envelope ends there, with the reason, and the packet follows."""
    office, fake = with_fake(office)
    put_in(office, sent(office, packet), seen)
    assert withdraw(office, packet.id, COORDINATOR, "Moved.").state is S.VOIDED
    snapshot = fake.envelopes["fake_1"].snapshot
    assert (snapshot.ended, snapshot.reason) == (Signal.VOIDED, "Moved.")
    with pytest.raises(IllegalTransition):
        withdraw(office, packet.id, COORDINATOR, "Again.")
    assert kinds(office, packet.id)[-2:] == ["packet.voided", "packet.taken_back"]


def test_what_was_about_to_be_sent_is_never_sent(office: Office, packet: Packet) -> None:
    """Voided between decision and errand, it opens no envelope."""
    office, fake = with_fake(office)
    approved(office, packet)
    send(office, packet.id, COORDINATOR, "fake")
    assert withdraw(office, packet.id, COORDINATOR, "Moved.").state is S.VOIDED
    sweep(office)
    assert not fake.envelopes
    assert not office.ledger.errands.open()


def test_what_everybody_signed_cannot_be_voided(office: Office, packet: Packet) -> None:
    """The signatures came first; the packet goes on to its archive."""
    office, fake = with_fake(office)
    sent(office, packet)
    fake.sign_all("fake_1", office.clock.now())
    with pytest.raises(Refused, match="signed this packet already"):
        withdraw(office, packet.id, COORDINATOR, "Moved.")
    assert office.ledger.packets.get(packet.id).state is S.FULLY_EXECUTED
    assert "packet.taken_back" not in kinds(office, packet.id)


def test_a_service_that_does_not_answer_changes_nothing(office: Office, packet: Packet) -> None:
    """The packet stays out for signature until the service confirms."""

    class Deaf(FakeService):
        def void(self, envelope_id: str, reason: str) -> None:
            """Not answer."""
            raise ServiceUnavailable("No answer.", service="fake")

    office, _ = with_fake(office, Deaf())
    sent(office, packet)
    with pytest.raises(ServiceUnavailable):
        withdraw(office, packet.id, COORDINATOR, "Moved.")
    assert office.ledger.packets.get(packet.id).state is S.SENT
    assert "packet.taken_back" not in kinds(office, packet.id)


@pytest.mark.parametrize("person", [COUNSEL, AUDITOR])
def test_only_coordinators_take_back(office: Office, packet: Packet, person: Person) -> None:
    """Others are not allowed."""
    with pytest.raises(NotAllowed):
        withdraw(office, packet.id, person, "Moved.")


def test_what_no_database_can_keep_is_left_out_of_a_reason(office: Office, packet: Packet) -> None:
    """Attack: a null and half a character. The control: line ends and accents stay."""
    withdraw(office, packet.id, COORDINATOR, " Moved.\x00\nCafe\u0301\ud83d closed. ")
    (told,) = office.ledger.history.of(packet.id)[-1:]
    assert (told.kind, told.details["reason"]) == ("packet.taken_back", "Moved.\nCaf\u00e9 closed.")


@pytest.mark.parametrize("reason", ["", "  \n", "\x00", "x" * (LONGEST_REASON + 1)])
def test_a_reason_is_needed(office: Office, packet: Packet, reason: str) -> None:
    """The signers read it."""
    with pytest.raises(InputError):
        withdraw(office, packet.id, COORDINATOR, reason)


def test_after_a_void_the_same_form_gives_a_new_packet(office: Office, packet: Packet) -> None:
    """The voided one is never signed again, so the next is another generation with its own id."""
    office, fake = with_fake(office)
    sent(office, packet)
    withdraw(office, packet.id, COORDINATOR, "Moved.")
    (again,) = generate(
        office, packet.plan.enrollment_id, PacketKind.CONTRACTING, "user:coordinator"
    )
    assert (packet.plan.generation, again.plan.generation) == (0, 1)
    assert again.id != packet.id
    assert sent(office, again).envelope_id == "fake_2"
    assert len(fake.envelopes) == 2


def test_time_runs_out_at_the_own_signer(office: Office, packet: Packet) -> None:
    """An hour before its day the packet is open; after it, it is expired and stays so."""
    clock = ShiftedClock()
    office = at_own_desk(office, Loopback(), clock)
    sent(office, packet, "embedded")
    clock.advance(office.rules.signing_period - timedelta(hours=1))
    sweep(office)
    assert office.ledger.packets.get(packet.id).state is S.SENT
    clock.advance(timedelta(hours=1, seconds=1))
    assert sweep(office).expired == 1
    sweep(office)
    assert office.ledger.packets.get(packet.id).state is S.EXPIRED
    assert sweep(office).expired == 0
    with pytest.raises(IllegalTransition):
        withdraw(office, packet.id, COORDINATOR, "Too late.")
    assert refresh(office, packet.id).state is S.EXPIRED
