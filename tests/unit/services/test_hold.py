"""Legal hold: one person places it, two lift it, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.person import Person, Role
from docgen.errors import InputError, NotAllowed, Refused
from docgen.services.hold import hold_of, lift_hold, place_hold, propose_lift
from tests.unit.services.walk import kinds

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office

WHY = "Matter 26-118, letter of counsel"


def person(office: Office, key: str, role: Role, email: str = "") -> Person:
    """Store one of our people."""
    found = Person(key=key, name=key, email=email or f"{key}@example.org", roles=frozenset({role}))
    with office.ledger.transaction():
        office.ledger.people.put(found)
    return found


@pytest.fixture
def lee(office: Office) -> Person:
    """Give a legal approver."""
    return person(office, "lee", Role.LEGAL_APPROVER)


@pytest.fixture
def avery(office: Office) -> Person:
    """Give an auditor."""
    return person(office, "avery", Role.AUDITOR)


def on_hold(office: Office, packet: Packet) -> bool:
    """Say what the history and the register say, which must be the same."""
    told = hold_of(office.ledger.history.of(packet.id)) is not None
    assert office.register.packet(packet.id).on_hold is told
    return told


def test_one_places_and_two_lift(
    office: Office, packet: Packet, lee: Person, avery: Person
) -> None:
    """At once on hold; a proposal changes nothing; the second person ends it."""
    assert not on_hold(office, packet)
    place_hold(office, packet.id, WHY, lee)
    assert on_hold(office, packet)
    propose_lift(office, packet.id, "The matter is settled", lee)
    assert on_hold(office, packet)
    lift_hold(office, packet.id, avery)
    assert not on_hold(office, packet)
    assert kinds(office, packet.id)[-3:] == ["hold.placed", "hold.lift_proposed", "hold.lifted"]


def test_one_person_never_lifts_alone(office: Office, packet: Packet, lee: Person) -> None:
    """Not without a proposal, not after one's own, and not with a second account of one mailbox."""
    place_hold(office, packet.id, WHY, lee)
    with pytest.raises(Refused, match="two people"):
        lift_hold(office, packet.id, lee)
    propose_lift(office, packet.id, WHY, lee)
    twin = person(office, "lee2", Role.AUDITOR)
    for second in (lee, replace(twin, email="LEE@example.org")):
        with pytest.raises(NotAllowed, match="another person"):
            lift_hold(office, packet.id, second)
    assert on_hold(office, packet)


def test_a_proposal_of_somebody_who_left_does_not_count(
    office: Office, packet: Packet, lee: Person, avery: Person
) -> None:
    """Deactivated since, or without the role; the hold stays."""
    place_hold(office, packet.id, WHY, avery)
    propose_lift(office, packet.id, WHY, lee)
    for gone in (replace(lee, is_active=False), replace(lee, roles=frozenset({Role.COORDINATOR}))):
        with office.ledger.transaction():
            office.ledger.people.put(gone)
        with pytest.raises(NotAllowed):
            lift_hold(office, packet.id, avery)
    assert on_hold(office, packet)
    with office.ledger.transaction():
        office.ledger.people.put(lee)
    lift_hold(office, packet.id, avery)  # the control


def test_placing_again_answers_a_proposal(
    office: Office, packet: Packet, lee: Person, avery: Person
) -> None:
    """Whoever wants to keep it places it again; then the old proposal is void."""
    place_hold(office, packet.id, WHY, lee)
    with pytest.raises(Refused, match="already"):
        place_hold(office, packet.id, WHY, avery)
    propose_lift(office, packet.id, WHY, lee)
    place_hold(office, packet.id, "Still needed", avery)
    with pytest.raises(Refused, match="propose"):
        lift_hold(office, packet.id, avery)
    assert on_hold(office, packet)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR, Role.PSO_COUNTERSIGNER])
def test_others_may_not(office: Office, packet: Packet, role: Role, lee: Person) -> None:
    """Neither place nor propose nor lift; nothing is noted."""
    other = person(office, "other", role)
    place_hold(office, packet.id, WHY, lee)
    before = kinds(office, packet.id)
    for act in (place_hold, propose_lift):
        with pytest.raises(NotAllowed):
            act(office, packet.id, WHY, other)
    with pytest.raises(NotAllowed):
        lift_hold(office, packet.id, other)
    assert kinds(office, packet.id) == before


def test_a_reason_is_needed(office: Office, packet: Packet, lee: Person) -> None:
    """None or only blanks is refused; nothing is noted."""
    for reason in ("", "  \n "):
        with pytest.raises(InputError, match="reason"):
            place_hold(office, packet.id, reason, lee)
    assert not on_hold(office, packet)
