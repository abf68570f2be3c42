"""Lead an identified signer to the outside service that has their envelope, and back in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.errors import NotFound, Refused, ServiceRejected
from docgen.services.ceremony.standing import Standing
from docgen.services.entrance import return_url
from docgen.services.reassign import LED, is_being_reassigned
from docgen.services.receive import refresh

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.ceremony.enter import Visit
    from docgen.services.office import Office

MOST_LED = 30  # how often by one link; each asks the service twice

NOTHING_TO_SIGN = (
    "The signing service has nothing for you to sign now. Reload this page in a few minutes: it "
    "then says how things stand. The coordinator can help."
)
IN_OTHER_HANDS = (
    "Somebody else is being put in your place just now. If that surprises you, please call the "
    "coordinator."
)
TOO_OFTEN = (
    "The documents were opened too often by this link. Please ask the coordinator for a new one."
)


def lead(office: Office, visit: Visit) -> str:
    """Give the address at which this person signs. It is theirs alone: show it, keep it nowhere.

    That they went on is noted, where to is not.

    Raises:
        Refused: they have nothing to sign now; what the service says was read again.
        ServiceUnavailable: the service does not answer; nothing is lost.
    """
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(visit.ceremony.subject)
        _refuse_idle(office, packet, visit)
        # Noted before the service is asked, so that nobody takes a place whose address is out.
        office.note(
            packet.id,
            LED,
            f"signer:{visit.signer.key}",
            recipient=visit.signer.key,
            link_number=visit.signer.link_number,
            service=packet.service,
        )
    service, back = office.service(packet.service), return_url(office, packet)
    try:
        return service.signing_link(packet.envelope_id, visit.signer.key, back)
    except (ServiceRejected, NotFound) as error:
        refresh(office, packet.id)
        raise Refused(NOTHING_TO_SIGN) from error


def _refuse_idle(office: Office, packet: Packet, visit: Visit) -> None:
    """Check that this person has something to sign and that the place is still theirs."""
    now = office.ledger.ceremonies.get(visit.ceremony.envelope_id).signer(visit.signer.key)
    if is_being_reassigned(office, packet, now.key) or now.link_number != visit.signer.link_number:
        raise Refused(IN_OTHER_HANDS)
    if visit.standing is not Standing.OPEN:
        raise Refused(NOTHING_TO_SIGN)
    if times_led(office, visit) >= MOST_LED:
        raise Refused(TOO_OFTEN)


def times_led(office: Office, visit: Visit) -> int:
    """Count how often this person was led by their present link."""
    return sum(
        item.kind == LED
        and item.details["recipient"] == visit.signer.key
        and item.details["link_number"] == visit.signer.link_number
        for item in office.ledger.history.of(visit.ceremony.subject)
    )


def come_back(office: Office, visit: Visit) -> str:
    """Have the packet read again, once for each time they went on; give the errand's key.

    What the service's own address says on the way back is not believed.
    """
    key, number = visit.signer.key, visit.signer.link_number
    errand = f"read:back:{visit.ceremony.envelope_id}:{key}:{number}:{times_led(office, visit)}"
    with office.ledger.transaction():
        office.ask(errand, "read", packet_id=visit.ceremony.subject)
    return errand
