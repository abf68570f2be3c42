"""Take a packet back: void it at its signing service, or withdraw it before it was sent."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from docgen.domain.packet import OUT_FOR_SIGNATURE, Step, allowed
from docgen.domain.person import Role
from docgen.domain.signing import OWN_SIGNER
from docgen.errors import IllegalTransition, NotFound, Refused
from docgen.services.entrance import close_entrance
from docgen.services.given import reason_of
from docgen.services.receive import refresh

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office

ASKED = "packet.void_asked"


def withdraw(office: Office, packet_id: str, person: Person, reason: str) -> Packet:
    """End a packet unsigned; a later packet for the same enrollment is a new generation.

    Raises:
        IllegalTransition: the packet ended already.
        InputError: the reason is missing or too long.
        NotFound: it was sent so lately that its service may not know it yet.
        Refused: its signing service did not take it back, because everybody has signed; the
            message says what is to come.
        ServiceUnavailable: the service could not carry it out now; who asked and why is noted.
    """
    person.require(Role.COORDINATOR)
    reason = reason_of(reason)
    packet = office.ledger.packets.get(packet_id)
    while True:
        if packet.state in OUT_FOR_SIGNATURE and packet.envelope_id:
            return _void(office, packet, person, reason)
        with office.ledger.transaction():
            packet = office.ledger.packets.locked(packet_id)
            # A send in another process may have found its envelope meanwhile: look again.
            if not packet.envelope_id or packet.state not in OUT_FOR_SIGNATURE:
                step = Step.VOID if packet.state in OUT_FOR_SIGNATURE else Step.WITHDRAW
                if not allowed(packet.state, step):
                    raise _ended(packet)
                packet = packet.step(step)
                office.ledger.packets.save(packet)
                _note(office, packet_id, person, reason)
                return packet


def _ended(packet: Packet) -> IllegalTransition:
    """Say that there is nothing left to take back."""
    remedy = (
        "Generate a new packet with `docgen generate` if one is needed"
        if packet.ended_unsigned
        else "What was signed is ended with `docgen terminate`"
    )
    return IllegalTransition(
        f"The packet is {packet.state.words}, so it can no longer be taken back. {remedy}."
    )


def _void(office: Office, packet: Packet, person: Person, reason: str) -> Packet:
    """Void the envelope at its service and follow what the service then says."""
    if packet.service != OWN_SIGNER:
        # It may be carried out although no answer ever comes: who asked, and why, is kept before.
        with office.ledger.transaction():
            office.note(packet.id, ASKED, f"user:{person.key}", reason=reason)
    # What the service does not know it cannot void; what it says when it is asked decides.
    with suppress(NotFound):
        office.service(packet.service).void(packet.envelope_id, reason)
    packet = refresh(office, packet.id)
    if packet.missing_since is not None:
        return _let_go(office, packet.id, person, reason)
    if not packet.ended_unsigned:
        raise Refused(_why_kept(packet))
    with office.ledger.transaction():
        _note(office, packet.id, person, reason)
    return packet


def _let_go(office: Office, packet_id: str, person: Person, reason: str) -> Packet:
    """End a packet whose envelope its service no longer knows, so that nobody can sign it there."""
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet_id)
        if not allowed(packet.state, Step.VOID):
            raise _ended(packet)
        if packet.missing_since is None:
            raise Refused(
                "The signing service knows the envelope again; void the packet once more."
            )
        packet = packet.step(Step.VOID)
        office.ledger.packets.save(packet)
        close_entrance(office, packet)
        _note(office, packet_id, person, reason)
    return packet


def _why_kept(packet: Packet) -> str:
    """Say why a packet stays, and what to do about it."""
    if not packet.lacks_paper:
        return (
            "Everybody has signed this packet already, so it can no longer be voided; it becomes "
            "fully executed shortly."
        )
    missing = "; ".join(
        item.title for item in packet.plan.by_hand if item.slug not in packet.on_paper
    )
    return (
        "Everybody has signed electronically already, so this packet can no longer be voided. It "
        f"is not fully executed before this is in, signed by hand: {missing}. Take in its scan "
        "with `docgen intake-scan`; to end what was signed, then use `docgen terminate`."
    )


def _note(office: Office, packet_id: str, person: Person, reason: str) -> None:
    office.note(packet_id, "packet.taken_back", f"user:{person.key}", reason=reason)
