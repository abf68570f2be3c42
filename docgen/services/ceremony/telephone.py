"""A code that a coordinator reads out, where link and code would land in one shared mailbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.person import Role
from docgen.domain.signing import OWN_SIGNER
from docgen.errors import NotAllowed, NotFound, Refused
from docgen.services.ceremony.enter import NOTHING_TO_DO, next_code
from docgen.services.ceremony.secret import one_time_code
from docgen.services.ceremony.standing import may_enter, standing_of

if TYPE_CHECKING:
    from docgen.domain.ceremony import Ceremony, CeremonySigner
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office

READ_OUT = "signer.code_read_out"


def read_out_code(office: Office, packet_id: str, recipient: str, person: Person) -> str:
    """Give a new code to read out to this signer; it takes the place of the one before.

    The history says who saw one, never the code. Without the mailed link the code opens nothing.

    Raises:
        NotFound: there is no such packet, or it has no such signer.
        NotAllowed: the person is no coordinator, or is the signer.
        Refused: this signer's codes are mailed, nothing is asked of them now, or the link used up
            its codes.
    """
    person.require(Role.COORDINATOR)
    packet = office.ledger.packets.get(packet_id)
    with office.ledger.transaction():
        ceremony = office.ledger.ceremonies.locked(packet.envelope_id)
        signer = next((item for item in ceremony.signers if item.key == recipient), None)
        if signer is None or ceremony.subject != packet.id:
            raise NotFound("This packet has no such signer.")
        if not signer.by_telephone:
            raise Refused("This signer's code is mailed to them; nothing is read out.")
        if signer.email.casefold() == person.email.casefold():
            raise NotAllowed("You would identify yourself; another coordinator must read it out.")
        if not _awaits(office, ceremony, signer):
            raise Refused(NOTHING_TO_DO)
        signer = next_code(office, ceremony, recipient)
        office.note(packet.id, READ_OUT, f"user:{person.key}", recipient=recipient)
    return one_time_code(
        office.rules.link_secret, ceremony.envelope_id, recipient, signer.code_number
    )


def callers(office: Office, packet: Packet) -> tuple[CeremonySigner, ...]:
    """List who may call for a code now: to sign, or to come back for copies."""
    if packet.service != OWN_SIGNER or not packet.envelope_id:
        return ()
    if not any(item.by_telephone for item in packet.plan.recipients):
        return ()
    ceremony = office.ledger.ceremonies.get(packet.envelope_id)
    return tuple(
        item for item in ceremony.signers if item.by_telephone and _awaits(office, ceremony, item)
    )


def _awaits(office: Office, ceremony: Ceremony, signer: CeremonySigner) -> bool:
    return may_enter(standing_of(ceremony, signer, office.clock.now()), signer)
