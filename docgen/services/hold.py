"""Legal hold: placed by one person at once, lifted only by two.

The state is in the packet's history and nowhere else, so nobody can change it without a trace. The
archive follows it: every object of the packet carries the hold too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from docgen.domain.person import Role
from docgen.domain.retention import HELD, RELEASED
from docgen.errors import Refused
from docgen.services.archived import ask_keeping
from docgen.services.disposed import refuse_disposed
from docgen.services.given import reason_of
from docgen.services.second_person import refuse_one_person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.history import Activity
    from docgen.domain.person import Person
    from docgen.services.office import Office

LIFT_PROPOSED = "hold.lift_proposed"
HOLDERS = (Role.LEGAL_APPROVER, Role.AUDITOR)
NOT_HELD = "No legal hold lies on this packet."


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A legal hold that lies on a packet; with `proposed_by`, somebody proposed to lift it."""

    placed_by: str
    placed_at: datetime
    reason: str
    proposed_by: str = ""
    proposed_at: datetime | None = None
    proposed_reason: str = ""


def hold_of(history: Sequence[Activity]) -> Hold | None:
    """Give the hold that lies on a packet, by its history; None where there is none."""
    found: Hold | None = None
    for item in history:
        who, why = item.actor.removeprefix("user:"), str(item.details.get("reason", ""))
        if item.kind == HELD:
            found = Hold(placed_by=who, placed_at=item.at, reason=why)
        elif item.kind == RELEASED:
            found = None
        elif item.kind == LIFT_PROPOSED and found is not None:
            found = replace(found, proposed_by=who, proposed_at=item.at, proposed_reason=why)
    return found


def place_hold(office: Office, packet_id: str, reason: str, person: Person) -> None:
    """Place a hold at once; while lifting it is proposed, placing it again answers the proposal.

    Raises:
        NotAllowed: the person is neither a legal approver nor an auditor.
        InputError: there is no reason, or it is too long.
        Refused: a hold lies on the packet already.
        Gone: two people decided to dispose of the packet; nothing is left to be held.
    """
    person.require(*HOLDERS)
    given = reason_of(reason)
    with office.ledger.transaction():
        hold = _locked(office, packet_id)
        if hold is not None and not hold.proposed_by:
            raise Refused("A legal hold lies on this packet already.")
        noted = office.note(packet_id, HELD, f"user:{person.key}", reason=given)
        ask_keeping(office, packet_id, noted.seq)


def propose_lift(office: Office, packet_id: str, reason: str, person: Person) -> None:
    """Propose that a hold be lifted; it lies on until another person agrees.

    Raises:
        NotAllowed: the person is neither a legal approver nor an auditor.
        InputError: there is no reason, or it is too long.
        Refused: there is no hold, or it is proposed already.
    """
    person.require(*HOLDERS)
    given = reason_of(reason)
    with office.ledger.transaction():
        hold = _locked(office, packet_id)
        if hold is None:
            raise Refused(NOT_HELD)
        if hold.proposed_by:
            raise Refused("Somebody proposed to lift this hold already; another person decides.")
        office.note(packet_id, LIFT_PROPOSED, f"user:{person.key}", reason=given)


def lift_hold(office: Office, packet_id: str, person: Person) -> None:
    """Lift a hold, as the second of two people.

    Raises:
        NotAllowed: the person lacks the role, or is the one who proposed it; or the one who
            proposed it no longer holds the role.
        Refused: there is no hold, or nobody proposed to lift it.
    """
    person.require(*HOLDERS)
    with office.ledger.transaction():
        hold = _locked(office, packet_id)
        if hold is None:
            raise Refused(NOT_HELD)
        if not hold.proposed_by:
            raise Refused("A hold is lifted by two people; one must propose it first.")
        _two_people(office, hold.proposed_by, person)
        noted = office.note(
            packet_id, RELEASED, f"user:{person.key}", proposed_by=f"user:{hold.proposed_by}"
        )
        ask_keeping(office, packet_id, noted.seq)


def _two_people(office: Office, proposer: str, person: Person) -> None:
    refuse_one_person(
        office,
        proposer,
        person,
        HOLDERS,
        same="You proposed to lift this hold; another person must agree.",
        gone="Whoever proposed it may no longer do so; place the hold again and propose anew.",
    )


def _locked(office: Office, packet_id: str) -> Hold | None:
    office.ledger.packets.locked(packet_id)
    history = office.ledger.history.of(packet_id)
    refuse_disposed(office, history)
    return hold_of(history)
