"""Stand-ins: the PSO's countersigner has another person sign for a time, on record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from docgen.domain.person import Role
from docgen.domain.plan import PSO_KEY
from docgen.domain.stand_in import StandIn
from docgen.errors import InputError, NotAllowed, Refused
from docgen.services.ceremony.countersign import pso_signer
from docgen.services.ceremony.words import LONGEST_NAME
from docgen.services.given import line_of, reason_of
from docgen.services.reassign import NewSigner, give_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office

LONGEST = timedelta(days=92)
APPOINTED, ENDED = "stand_in.appointed", "stand_in.ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """Who is to stand in, under which title, from when to when, and why."""

    person: str
    title: str
    first: date
    last: date
    reason: str


def principal(office: Office) -> Person | None:
    """Find the person the PSO's settings name as its countersigner; None if they cannot sign in."""
    email = office.pso_settings.signatory.email.casefold()
    for one in office.ledger.people.list():
        if one.email.casefold() == email and one.is_active and Role.PSO_COUNTERSIGNER in one.roles:
            return one
    return None


def candidates(office: Office) -> tuple[Person, ...]:
    """List who may be appointed: every other active countersigner."""
    named = principal(office)
    return tuple(
        one
        for one in office.ledger.people.list()
        if one.is_active and Role.PSO_COUNTERSIGNER in one.roles and one != named
    )


def may_appoint(office: Office, person: Person) -> bool:
    """Say whether this person appoints stand-ins: the countersigner named, or an administrator."""
    named = principal(office)
    is_named = named is not None and named.key == person.key
    return person.is_active and (is_named or Role.ADMINISTRATOR in person.roles)


def appoint(office: Office, given: Appointment, person: Person) -> StandIn:
    """Appoint a stand-in for the countersigner whom the PSO's settings name.

    Raises:
        NotAllowed: the person may not appoint, or would appoint themselves.
        Refused: nobody is named who could be stood in for, or the person cannot countersign.
        InputError: the days, the title or the reason cannot be used.
    """
    person = office.ledger.people.get(person.key)
    named = principal(office)
    if not may_appoint(office, person):
        raise NotAllowed(
            "Only the countersigner whom the PSO's settings name, or an administrator, appoints "
            "a stand-in."
        )
    if given.person == person.key:
        raise NotAllowed("Nobody appoints themselves; somebody else must do this.")
    if named is None:
        raise Refused(
            "The PSO's settings name no active countersigner by address, so there is nobody to "
            "stand in for. Reassign each packet instead."
        )
    if given.person not in {one.key for one in candidates(office)}:
        raise Refused("Choose an active person with the role PSO countersigner.")
    title, reason = _checked(office, given)
    stand_in = StandIn(
        id=office.ids.new("standin"),
        principal=named.key,
        person=given.person,
        title=title,
        first=given.first,
        last=given.last,
        reason=reason,
        appointed_by=person.key,
        appointed_at=office.clock.now(),
    )
    with office.ledger.transaction():
        office.ledger.stand_ins.add(stand_in)
        _note(office, stand_in, APPOINTED, person)
    return stand_in


def end(office: Office, stand_in_id: str, person: Person) -> StandIn:
    """End an appointment before its last day; packets already taken over stay so.

    Raises:
        NotFound: there is no such appointment.
        NotAllowed: the person may neither appoint nor is the stand-in.
        Refused: it was ended already.
    """
    person = office.ledger.people.get(person.key)
    with office.ledger.transaction():
        stand_in = office.ledger.stand_ins.locked(stand_in_id)
        if person.key != stand_in.person and not may_appoint(office, person):
            raise NotAllowed("Only who may appoint, or the stand-in, ends an appointment.")
        if stand_in.ended_at is not None:
            raise Refused("This appointment was ended already.")
        stand_in = replace(stand_in, ended_by=person.key, ended_at=office.clock.now())
        office.ledger.stand_ins.save(stand_in)
        _note(office, stand_in, ENDED, person)
    return stand_in


def holding(office: Office, person: Person) -> Sequence[StandIn]:
    """List this person's appointments that hold today for the countersigner still named."""
    named, day = principal(office), office.today()
    if named is None or not person.is_active or Role.PSO_COUNTERSIGNER not in person.roles:
        return ()
    return [
        one
        for one in office.ledger.stand_ins.of_person(person.key)
        if one.holds_on(day) and one.principal == named.key
    ]


def take_over(office: Office, packet_id: str, person: Person) -> Packet:
    """Take the named countersigner's place in one packet, by an appointment that holds today.

    Raises:
        NotFound: there is no such packet.
        NotAllowed: no appointment holds, or the packet is not the named countersigner's to sign.
        Refused: the packet is not out for signature, or was signed already.
    """
    person = office.ledger.people.get(person.key)
    person.require(Role.PSO_COUNTERSIGNER)
    with office.ledger.transaction():
        found = holding(office, person)
        if not found:
            raise NotAllowed(
                "No appointment lets you stand in today; whoever the PSO's settings name as its "
                "countersigner, or an administrator, can appoint you."
            )
        stand_in = found[0]
        named = office.ledger.people.get(stand_in.principal)
        packet = office.ledger.packets.locked(packet_id)
        signer = pso_signer(office, packet)
        if signer.email.casefold() != named.email.casefold():
            raise NotAllowed("You stand in for somebody else than the person who signs this one.")
        new = NewSigner(
            name=person.name, title=stand_in.title, email=person.email, reason=stand_in.reason
        )
        return give_place(
            office,
            packet_id,
            PSO_KEY,
            new,
            f"user:{person.key}",
            authority=f"appointed to stand in from {stand_in.first} to {stand_in.last}",
            stand_in={
                "id": stand_in.id,
                "principal": stand_in.principal,
                "appointed_by": stand_in.appointed_by,
                "first": stand_in.first.isoformat(),
                "last": stand_in.last.isoformat(),
            },
        )


def _checked(office: Office, given: Appointment) -> tuple[str, str]:
    """Give title and reason in their normal form."""
    if given.last < given.first:
        raise InputError("Give a last day that is not before the first.")
    if given.last < office.today():
        raise InputError("Give a last day that is not over yet.")
    if given.last - given.first > LONGEST:
        raise InputError(f"Appoint for at most {LONGEST.days} days; appoint again afterwards.")
    reason = reason_of(given.reason, kept="it stays in the history")
    return line_of(given.title, "the title", longest=LONGEST_NAME), reason


def _note(office: Office, stand_in: StandIn, kind: str, person: Person) -> None:
    office.note(
        f"user:{stand_in.person}",
        kind,
        f"user:{person.key}",
        stand_in_id=stand_in.id,
        principal=stand_in.principal,
        title=stand_in.title,
        first=stand_in.first.isoformat(),
        last=stand_in.last.isoformat(),
        reason=stand_in.reason,
    )
