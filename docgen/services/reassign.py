"""Reassign: another person signs in somebody's place; the approved documents stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from docgen.domain.ceremony import CeremonySigner
from docgen.domain.enrollment import Stage
from docgen.domain.enrollment.identifiers import is_shared_mailbox, parse_email
from docgen.domain.packet import Step
from docgen.domain.person import Role
from docgen.domain.plan import PSO_KEY
from docgen.domain.reassignment import REASSIGNED, PlacedSigner, signers_in_place
from docgen.domain.signing import OWN_SIGNER, Signal
from docgen.errors import (
    EnrollmentInvalid,
    InputError,
    NotAllowed,
    NotFound,
    Refused,
    ServiceRejected,
)
from docgen.ports.esign import NewRecipient
from docgen.services.ceremony.enter import MOST_CODES
from docgen.services.ceremony.invite import ask_invitation
from docgen.services.ceremony.words import LONGEST_NAME
from docgen.services.enroll import read_version
from docgen.services.given import line_of, reason_of
from docgen.services.remind import own_envelope

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from docgen.domain.ceremony import Ceremony
    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.domain.signing import EnvelopeSnapshot
    from docgen.services.office import Office

ORDERED, FAILED = "signer.reassign_ordered", "signer.reassign_failed"  # by an outside service
LED = "signer.led"  # to the page of an outside service

# Two orders for one place could reach the service in either order.
UNDER_WAY = (
    "The signing service is being asked already to put another person in this place. Wait until "
    "the packet's history says how that ended, then reassign again if it must change."
)
LASTING = (
    "This person was given their address for signing at the signing service {service}. It goes on "
    "working while the packet is out, so they could still sign by it in the place of whoever comes "
    "after them, and nobody is put in. Choose “Correct and send again…” on the packet's page, or "
    "void the packet, which ends the address; then send a new one to the right person."
)
DONE = (
    "This person has signed or declined already, or the envelope has ended, so nobody can take "
    "their place. Void the packet and generate it again if it must change."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSigner:
    """Who signs instead, as the coordinator was told, and why."""

    name: str
    title: str
    email: str
    reason: str


def reassign(
    office: Office, packet_id: str, recipient: str, new: NewSigner, person: Person
) -> Packet:
    """Let another person sign as this recipient; the coordinator confirms that person's authority.

    Plan and documents stay as approved. The old link ends with the answer of any unknown link, the
    person who held it is told by letter, and the new one is identified, consents and reads for
    themselves. An outside signing service is asked by an errand, and the packet follows.

    Raises:
        IllegalTransition: the packet is not out for signature.
        NotFound: the packet has no such recipient.
        Refused: that person signed already, or the packet's signing service cannot do this.
        InputError: a name, title, address or reason cannot be used.
        NotAllowed: nobody confirms their own authority, and nobody signs for both sides.
    """
    person.require(Role.COORDINATOR)
    new = _checked(new)
    if new.email.casefold() == person.email.casefold():
        raise NotAllowed(
            "You would confirm your own authority to sign; another coordinator must do this."
        )
    return give_place(
        office,
        packet_id,
        recipient,
        new,
        f"user:{person.key}",
        authority="confirmed by the coordinator",
    )


def give_place(
    office: Office,
    packet_id: str,
    recipient: str,
    new: NewSigner,
    actor: str,
    **authority: object,
) -> Packet:
    """Give a signer's place to another person, whose authority the caller has established.

    `authority` says in the history how: at least `authority`, in words.

    Raises:
        As `reassign` does, but for roles, which the caller has looked at.
    """
    new = _checked(new)
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet_id).step(Step.REASSIGN)
        if packet.service != OWN_SIGNER:
            return _give_place_outside(office, packet, recipient, new, actor, **authority)
        ceremony = own_envelope(office, packet)
        signers = {item.key: item for item in ceremony.signers}
        _refuse_unknown(recipient, signers)
        before = signers[recipient]
        if ceremony.ended or before.done:
            raise Refused(DONE)
        taken = [item.email for item in ceremony.signers]
        _refuse_same_hands(office, packet, recipient, new.email, taken)
        after = _replacement(before, new)
        ceremony = ceremony.with_signer(after)
        office.ledger.ceremonies.save(ceremony)
        office.note(
            packet.id,
            REASSIGNED,
            actor,
            recipient=recipient,
            envelope_id=ceremony.envelope_id,
            link_number=after.link_number,
            before=_named(before),
            after=_named(after),
            reason=new.reason,
            plan_checksum=packet.plan.checksum,
            **authority,
        )
        _tell_both(office, ceremony, before, after)
    return packet


def _give_place_outside(
    office: Office,
    packet: Packet,
    recipient: str,
    new: NewSigner,
    actor: str,
    **authority: object,
) -> Packet:
    """Order that an outside service asks another person; an errand has it done."""
    service = office.service(packet.service)
    if not service.capabilities.reassign:
        raise Refused(
            f"The signing service {packet.service} cannot put another person in a signer's place. "
            "Void the packet, correct the form, and send a new one."
        )
    history = office.ledger.history.of(packet.id)
    people = signers_in_place(packet.plan, history)
    _refuse_unknown(recipient, people)
    facts = office.ledger.packets.facts(packet.id)
    if any(item.signal is Signal.SIGNED and item.recipient == recipient for item in facts):
        raise Refused(DONE)
    orders = _open_orders(history)
    if any(item.details["recipient"] == recipient for item in orders):
        raise Refused(UNDER_WAY)
    if not service.capabilities.ending_link and _was_led(history, recipient):
        raise Refused(LASTING.format(service=packet.service))
    to_come = [cast("Mapping[str, str]", item.details["after"])["email"] for item in orders]
    taken = [*(item.email for item in people.values()), *to_come]
    _refuse_same_hands(office, packet, recipient, new.email, taken)
    ordered = office.note(
        packet.id,
        ORDERED,
        actor,
        recipient=recipient,
        envelope_id=packet.envelope_id,
        service=packet.service,
        before=_named(people[recipient]),
        after=_named(new),
        reason=new.reason,
        plan_checksum=packet.plan.checksum,
        **authority,
    )
    key = f"reassign:{packet.envelope_id}:{recipient}:{ordered.seq}"
    office.ask(key, "reassign", packet_id=packet.id, order=ordered.seq)
    return packet


def give_place_outside(office: Office, payload: Mapping[str, object]) -> None:
    """Have a service put in whom an order names; it is looked at first, so nobody is asked twice.

    What the service refuses is noted, and the place stays as it is.
    """
    packet = office.ledger.packets.get(str(payload["packet_id"]))
    history = office.ledger.history.of(packet.id)
    [order] = [item for item in history if item.seq == payload["order"]]
    if _followed(order, history):
        return
    recipient, told = str(order.details["recipient"]), cast("Any", order.details["after"])
    new = NewRecipient(name=told["name"], title=told["title"], email=told["email"])
    kind = REASSIGNED
    service = office.service(packet.service)
    if not _is_there(service.fetch(packet.envelope_id), recipient, new.email):
        try:
            service.reassign(packet.envelope_id, recipient, new)
        except ServiceRejected:
            kind = FAILED
    with office.ledger.transaction():
        if not _followed(order, office.ledger.history.of(packet.id)):
            given = _give_entrance(office, packet, recipient, new) if kind == REASSIGNED else {}
            office.note(
                packet.id, kind, order.actor, **{**order.details, **given, "order": order.seq}
            )


def _give_entrance(
    office: Office, packet: Packet, recipient: str, new: NewRecipient
) -> Mapping[str, object]:
    """Where we invite, end the old link and invite the new person; give what of it is noted."""
    if not packet.entrance_id:
        return {}
    ceremony = own_envelope(office, packet)
    before = ceremony.signer(recipient)
    after = _replacement(before, new)
    ceremony = ceremony.with_signer(after)
    office.ledger.ceremonies.save(ceremony)
    _tell_both(office, ceremony, before, after)
    return {"link_number": after.link_number, "before": _named(before)}


def _was_led(history: Sequence[Activity], recipient: str) -> bool:
    """Say whether whoever holds this place now was given an address of the service."""
    acts = [
        item.kind
        for item in history
        if item.kind in {LED, REASSIGNED} and item.details["recipient"] == recipient
    ]
    return bool(acts) and acts[-1] == LED


def is_being_reassigned(office: Office, packet: Packet, recipient: str) -> bool:
    """Say whether an outside service is being asked to put somebody else in this place."""
    orders = _open_orders(office.ledger.history.of(packet.id))
    return any(item.details["recipient"] == recipient for item in orders)


def follow_orders(office: Office, packet: Packet) -> None:
    """Have done what was ordered and is not known to be done, so that it is known who signed."""
    for item in _open_orders(office.ledger.history.of(packet.id)):
        give_place_outside(office, {"packet_id": packet.id, "order": item.seq})


def _open_orders(history: Sequence[Activity]) -> Sequence[Activity]:
    """List what was ordered and is not known to be done or refused."""
    return [item for item in history if item.kind == ORDERED and not _followed(item, history)]


def _followed(order: Activity, history: Sequence[Activity]) -> bool:
    """Say whether an order was carried out, or refused, already."""
    return any(
        item.kind in {REASSIGNED, FAILED} and item.details.get("order") == order.seq
        for item in history
    )


def _is_there(snapshot: EnvelopeSnapshot, recipient: str, email: str) -> bool:
    """Say whether a service writes to this address in this place already."""
    return any(
        one.key == recipient and one.email.casefold() == email.casefold()
        for one in snapshot.recipients
    )


def _refuse_unknown(recipient: str, known: Collection[str]) -> None:
    if recipient not in known:
        raise NotFound(f"This packet has no such recipient; it has: {', '.join(known)}.")


def _tell_both(
    office: Office, ceremony: Ceremony, before: CeremonySigner, after: CeremonySigner
) -> None:
    """Invite the new person if it is their turn; tell the old one, if they were ever invited."""
    if any(item.key == after.key for item in ceremony.turn):
        ask_invitation(office, ceremony, after)
    if before.invited_at is not None:
        office.ask(
            f"relieve:{ceremony.envelope_id}:{after.key}:{after.link_number}",
            "relieve",
            envelope_id=ceremony.envelope_id,
            recipient=after.key,
            link_number=after.link_number,
        )


def _checked(new: NewSigner) -> NewSigner:
    reason = reason_of(new.reason)
    try:
        email = parse_email(new.email)
    except EnrollmentInvalid as error:
        raise InputError("Give --email as one address, such as name@example.org.") from error
    if is_shared_mailbox(email):
        raise InputError(
            "Several people are likely to read this mailbox; give the signer's own address."
        )
    return NewSigner(
        name=line_of(new.name, "--name", name=True, longest=LONGEST_NAME),
        title=line_of(new.title, "--title", longest=LONGEST_NAME),
        email=email,
        reason=reason,
    )


def _refuse_same_hands(
    office: Office, packet: Packet, recipient: str, email: str, taken: Iterable[str]
) -> None:
    """Check that two people stay two people, and that the sides stay apart.

    `taken` are the addresses of those who sign, or are to.
    """
    if email.casefold() in {item.casefold() for item in taken}:
        raise NotAllowed(
            "Somebody who signs this packet has this address already; each signer needs their own."
        )
    if email.casefold() in _other_side(office, packet, recipient):
        raise NotAllowed("This address belongs to the other side; nobody signs for both.")


def _other_side(office: Office, packet: Packet, recipient: str) -> set[str]:
    """List the addresses of those the person contracts with: the PSO's, or the practice's."""
    if recipient != PSO_KEY:
        pso = office.pso_settings
        ours = (pso.signatory.email, pso.email, pso.notice.email)
        return {item.casefold() for item in ours if item}
    version = office.ledger.enrollments.latest(packet.plan.enrollment_id)
    return {item.email.casefold() for item in read_version(version, Stage.DRAFT).contacts}


def _replacement(before: CeremonySigner, new: NewSigner | NewRecipient) -> CeremonySigner:
    """Give the new person the place, with nothing of what the person before them did.

    Codes go on after all that the old link could use up, so that no code is ever made twice. Whose
    code was to be read out by telephone is followed by somebody of whom the same holds.
    """
    number = before.link_number + 1
    return CeremonySigner(
        key=before.key,
        name=new.name,
        title=new.title,
        organization=before.organization,
        email=new.email,
        routing_order=before.routing_order,
        link_number=number,
        code_number=MOST_CODES * number,
        by_telephone=before.by_telephone,
    )


def _named(person: CeremonySigner | PlacedSigner | NewSigner) -> dict[str, str]:
    return {"name": person.name, "title": person.title, "email": person.email}


def signers_now(office: Office, packet: Packet) -> dict[str, tuple[str, str]]:
    """Give name and title of who signs as each recipient: as planned, or as reassigned since."""
    people = signers_in_place(packet.plan, office.ledger.history.of(packet.id))
    return {key: (item.name, item.title) for key, item in people.items()}
