"""Disposal: proposed by one person and confirmed by another, once retention is over.

The sibling of the legal hold, which goes before it: while one lies on a packet nothing of it is
disposed of, and placing one ends a proposal. Deciding deletes nothing by itself; an errand in the
same transaction does, and does it again until all is gone (`docgen.services.dispose`).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from docgen.domain.disposal import CONFIRMED, PROPOSED, WITHDRAWN, Disposal, disposal_of
from docgen.errors import Refused
from docgen.ports.register_query import PacketQuery, Paging, RetentionState
from docgen.services.archived import archived_digests
from docgen.services.copied import places_of
from docgen.services.disposed import refuse_disposed
from docgen.services.given import reason_of
from docgen.services.hold import HOLDERS, hold_of
from docgen.services.needed import needed_elsewhere
from docgen.services.retention import retention_of
from docgen.services.second_person import refuse_one_person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office

DISPOSE = "dispose"
DISPOSERS = HOLDERS  # whoever may hold a packet back may let it go
_PAGE = 100
NOT_PROPOSED = "Nobody proposed to dispose of this packet."


def propose_disposal(
    office: Office, packet_id: str, reason: str, person: Person, how: str = ""
) -> None:
    """Propose that a packet be disposed of; nothing goes until another person confirms.

    `how` says how the person is known, where they did not sign in.

    Raises:
        NotAllowed: the person is neither a legal approver nor an auditor.
        InputError: there is no reason, or it is too long.
        Refused: the packet must be kept, or it is proposed already.
        Gone: it was disposed of.
    """
    person.require(*DISPOSERS)
    given = reason_of(reason)
    refuse_kept(office, packet_id)
    with office.ledger.transaction():
        packet, history = _locked(office, packet_id)
        if disposal_of(history) is not None:
            raise Refused("Somebody proposed to dispose of this packet; another person decides.")
        _refuse_undue(office, packet, history)
        office.note(packet_id, PROPOSED, f"user:{person.key}", reason=given, **_known(how))


def withdraw_disposal(
    office: Office, packet_id: str, reason: str, person: Person, how: str = ""
) -> None:
    """Take a proposal back, one's own or another's; the packet stays.

    Raises:
        NotAllowed: the person is neither a legal approver nor an auditor.
        InputError: there is no reason, or it is too long.
        Refused: nobody proposed it.
        Gone: it was decided already.
    """
    person.require(*DISPOSERS)
    given = reason_of(reason)
    with office.ledger.transaction():
        _, history = _locked(office, packet_id)
        if disposal_of(history) is None:
            raise Refused(NOT_PROPOSED)
        office.note(packet_id, WITHDRAWN, f"user:{person.key}", reason=given, **_known(how))


def confirm_disposal(office: Office, packet_id: str, person: Person, how: str = "") -> str:
    """Decide it, as the second of two people; give the key of the errand that carries it out.

    Everything is looked at once more: retention, legal hold, who else cites the packet, and the
    locks of the store itself.

    Raises:
        NotAllowed: the person lacks the role, or is the one who proposed it; or the one who
            proposed it no longer holds the role.
        Refused: the packet must be kept, or nobody proposed it.
        Gone: it was decided already.
    """
    person.require(*DISPOSERS)
    going = refuse_kept(office, packet_id)
    with office.ledger.transaction():
        packet, history = _locked(office, packet_id)
        proposal = disposal_of(history)
        if proposal is None:
            raise Refused(f"{NOT_PROPOSED} One person proposes it, and another confirms.")
        _refuse_one_person(office, proposal, person)
        _refuse_undue(office, packet, history)
        noted = office.note(
            packet_id,
            CONFIRMED,
            f"user:{person.key}",
            proposed_by=f"user:{proposal.proposed_by}",
            retain_until=str(retention_of(office, packet).retain_until),
            objects=sorted(going),
            **_known(how),
        )
        key = f"{DISPOSE}:{packet_id}:{noted.seq}"
        office.ask(key, DISPOSE, packet_id=packet_id)
    return key


def packets_that_may_go(office: Office) -> frozenset[str]:
    """Name every packet whose retention is over, on which no hold lies and that is still there."""
    found, number, today = set[str](), 1, office.today()
    while True:
        page = Paging(number=number, size=_PAGE)
        query = PacketQuery(retention=RetentionState.MAY_GO, today=today, page=page)
        items = office.register.packets(query).items
        found |= {line.packet_id for line in items}
        if len(items) < _PAGE:
            return frozenset(found)
        number += 1


def refuse_kept(office: Office, packet_id: str) -> frozenset[str]:
    """Check that nothing keeps a packet, and give the archived files that would go with it.

    Raises:
        Refused: it is not over yet, a hold or a lock lies on it, another packet cites it, or the
            archive has no keys with which to delete; the message says what to do.
        Gone: it was disposed of.
    """
    packet = office.ledger.packets.get(packet_id)
    history = office.ledger.history.of(packet_id)
    refuse_disposed(office, history)
    _refuse_undue(office, packet, history)
    digests = archived_digests(packet, history)
    going = frozenset(digests) - needed_elsewhere(office, packet, digests)
    _refuse_locked(office, going)
    return going


def why_kept(office: Office, packet: Packet, history: Sequence[Activity]) -> str:
    """Say why a packet must be kept, as far as the ledger knows; "" once its time has come."""
    try:
        _refuse_undue(office, packet, history)
    except Refused as refusal:
        return str(refusal)
    return ""


def _refuse_undue(office: Office, packet: Packet, history: Sequence[Activity]) -> None:
    """Check what the ledger alone says: retention, legal hold, and who cites the packet."""
    until = retention_of(office, packet).retain_until
    if until is None:
        raise Refused(
            "This packet is on its way or in effect, so it must be kept; its retention begins when "
            "it ends."
        )
    if office.today() < until:
        raise Refused(f"This packet must be kept until {until.isoformat()}.")
    if hold_of(history) is not None:
        raise Refused("A legal hold lies on this packet, so it must be kept; two people lift it.")
    for other in office.ledger.packets.of_enrollment(packet.plan.enrollment_id):
        if other.plan.follows_packet_id == packet.id and _must_stay(office, other):
            raise Refused(
                f"Packet {other.id}, which must still be kept, cites this one, so both are kept."
            )


def _must_stay(office: Office, other: Packet) -> bool:
    """Say whether a packet that cites another must still be kept, and with it what it cites."""
    history = office.ledger.history.of(other.id)
    disposal = disposal_of(history)
    if disposal is not None and disposal.is_decided:
        return False
    until = retention_of(office, other).retain_until
    return until is None or office.today() < until or hold_of(history) is not None


def _refuse_locked(office: Office, digests: frozenset[str]) -> None:
    """Check each place of the archive: whether it can delete at all, and what its locks say."""
    now, latest = office.clock.now(), list[datetime]()
    for place in places_of(office.archive).values():
        found = [kept for digest in digests if (kept := place.keeping_all(digest)) is not None]
        if found and (faults := place.disposal_faults()):
            raise Refused(
                f"Nothing can be disposed of here: {faults[0]}. Nothing was recorded; try again "
                "once it is done and the site has been started anew."
            )
        if any(kept.held for kept in found):
            raise Refused(
                "The archive's store itself holds a file of this packet under a legal hold, of "
                "which the history knows none. If one was lifted just now, try again in a minute; "
                "otherwise find out who placed it there."
            )
        latest += [kept.until for kept in found if kept.until is not None and kept.until > now]
    if latest:
        day = office.pso_settings.day_of(max(latest)).isoformat()
        raise Refused(
            f"The archive's own lock on this packet's files, which nobody can shorten, ends on "
            f"{day}; dispose of it after that day."
        )


def _refuse_one_person(office: Office, proposal: Disposal, person: Person) -> None:
    refuse_one_person(
        office,
        proposal.proposed_by,
        person,
        DISPOSERS,
        same="You proposed to dispose of this packet; another person must confirm.",
        gone="Whoever proposed it may no longer do so; withdraw it and propose anew.",
    )


def _locked(office: Office, packet_id: str) -> tuple[Packet, Sequence[Activity]]:
    packet = office.ledger.packets.locked(packet_id)
    history = office.ledger.history.of(packet_id)
    refuse_disposed(office, history)
    return packet, history


def _known(how: str) -> dict[str, str]:
    return {"authentication": how} if how else {}
