"""Signed on paper: take in the scan, to which a named person attests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from docgen.domain.envelope import Envelope
from docgen.domain.packet import WITH_SIGNERS, Packet, PacketState, Step
from docgen.domain.paper import PaperOriginal, attesting_words, noon_of, refuse_dates
from docgen.domain.person import Role
from docgen.errors import InputError, NotAllowed, Refused
from docgen.services.approve import refuse_unapproved
from docgen.services.disposed import refuse_disposed
from docgen.services.given import line_of
from docgen.services.receive import refresh
from docgen.services.scan import count_scanned
from docgen.services.send import lock_for_signing, refuse_second, refuse_unadopted

if TYPE_CHECKING:
    from docgen.domain.person import Person
    from docgen.services.office import Office

VOIDED_FOR_PAPER = "The packet was signed on paper instead."


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The scan of the paper original, and what the person who holds it says about it.

    `documents` are the slugs it shows. Left empty it shows everything that is signed, or, while an
    envelope is out beside paper of the other side's, just that paper.
    """

    data: bytes
    pages: int
    signed_on: date
    received_on: date
    original_at: str
    documents: tuple[str, ...] = ()


def intake_scan(
    office: Office, packet_id: str, scan: Scan, person: Person, how: str = "claimed"
) -> Packet:
    """Record what was signed on paper: the whole packet, or the part that is not electronic.

    With the whole on paper, an envelope that is still open is voided first, and the packet is fully
    executed as of the last handwritten date. With a part, it is so once the envelope is as well.
    `how` says how we know the person (`claimed` from a command line).

    Raises:
        IllegalTransition: the packet was never approved, or is executed already.
        Refused: everybody signed electronically meanwhile, or another packet of this kind for the
            same party is out for signature or in effect.
        NotAllowed: one of the signers would attest to their own signature.
        InputError: the scan, its documents, a date or the place of the original cannot be.
        Gone: the packet was disposed of.
    """
    person.require(Role.COORDINATOR)
    packet = office.ledger.packets.get(packet_id)
    refuse_disposed(office, office.ledger.history.of(packet_id))
    shown = _shown(packet, scan)
    step = Step.EXECUTE_ON_PAPER if _is_whole(packet, shown) else Step.TAKE_IN_PART
    packet.step(step)
    _refuse_own_word(packet, person)
    _refuse_unfit(office, packet)
    original_at = line_of(scan.original_at, "the place where the paper is kept")
    _refuse_dates(office, packet, scan)
    pages = count_scanned(scan.data)
    if pages != scan.pages:
        raise InputError(
            f"The scan has {pages} pages, not the {scan.pages} that were counted; count the paper "
            "again, and scan it again if a page is missing."
        )
    digest = office.work.put(scan.data).sha256
    if step is Step.EXECUTE_ON_PAPER and packet.state in WITH_SIGNERS:
        _void(office, packet)
    with office.ledger.transaction():
        packet = lock_for_signing(office, packet_id)
        refuse_disposed(office, office.ledger.history.of(packet_id))
        moved = packet.step(step)
        _refuse_in_envelope(packet, shown, step)
        _refuse_unfit(office, packet)
        original = PaperOriginal(
            scan_sha256=digest,
            pages=pages,
            signed_on=scan.signed_on,
            received_on=scan.received_on,
            original_at=original_at,
            attested_by=person.key,
            statement=attesting_words(
                pages=pages,
                signed_on=scan.signed_on,
                received_on=scan.received_on,
                original_at=original_at,
                titles=tuple(item.title for item in packet.plan.to_sign if item.slug in shown),
            ),
            at=office.clock.now(),
            documents=shown,
        )
        packet = _with_paper(office, moved, original)
        office.ledger.packets.save(packet)
        _note(office, packet, original, person, how)
        if packet.state is PacketState.FULLY_EXECUTED:
            office.ask(f"file:{packet_id}", "file", packet_id=packet_id)
    return packet


def _shown(packet: Packet, scan: Scan) -> tuple[str, ...]:
    """Give the documents that the scan shows, in the plan's order.

    Raises:
        InputError: one is not signed in this packet, or what is left could not be signed at all.
    """
    plan = packet.plan
    signed = tuple(item.slug for item in plan.to_sign)
    if not scan.documents:
        beside = plan.by_hand and packet.state in WITH_SIGNERS
        return tuple(item.slug for item in plan.by_hand) if beside else signed
    if not set(scan.documents) <= set(signed):
        raise InputError(f"The documents that are signed in this packet are: {', '.join(signed)}.")
    left = [item.title for item in plan.by_hand if item.slug not in scan.documents]
    if left:
        raise InputError(
            f"{'; '.join(left)}: it can be signed by hand only, so scan it together with the rest "
            "of what was signed by hand, in one file."
        )
    return tuple(slug for slug in signed if slug in scan.documents)


def _is_whole(packet: Packet, shown: tuple[str, ...]) -> bool:
    return set(shown) >= {item.slug for item in packet.plan.to_sign}


def _refuse_in_envelope(packet: Packet, shown: tuple[str, ...], step: Step) -> None:
    """Check that nothing is on paper that an open envelope asks people to sign as well.

    Raises:
        Refused: something is.
    """
    out = {item.slug for item in packet.electronic} if packet.state in WITH_SIGNERS else set()
    if step is Step.TAKE_IN_PART and out & set(shown):
        raise Refused(
            "One of these documents is out for electronic signature. Void the packet and send it "
            "without that document, or have all of it signed by hand and take in the whole."
        )


def _with_paper(office: Office, packet: Packet, original: PaperOriginal) -> Packet:
    """Give the packet with its paper: fully executed if nothing is missing any more."""
    packet = replace(packet, paper=original)
    if packet.whole_on_paper:
        executed_at = noon_of(original.signed_on, office.pso_settings.time_zone)
        return replace(packet, executed_at=executed_at)
    if packet.state not in WITH_SIGNERS:
        return packet
    return packet.follow(Envelope(facts=office.ledger.packets.facts(packet.id)).state)


def _refuse_own_word(packet: Packet, person: Person) -> None:
    if person.email.casefold() in {item.email.casefold() for item in packet.plan.recipients}:
        raise NotAllowed(
            "You are one of the people who sign this packet; somebody else must attest to it."
        )


def _refuse_unfit(office: Office, packet: Packet) -> None:
    """Check what sending would check: approved, adopted, and no second one for the same party."""
    refuse_unapproved(office, packet)
    refuse_unadopted(office, packet)
    refuse_second(office, packet)
    for other in office.ledger.packets.of_enrollment(packet.plan.enrollment_id):
        same = (other.plan.kind, other.plan.party_id) == (packet.plan.kind, packet.plan.party_id)
        in_effect = other.state in {PacketState.FULLY_EXECUTED, PacketState.ARCHIVED}
        if same and other.id != packet.id and in_effect:
            raise Refused(
                f"{other.id}, another {packet.plan.kind} packet for the same party, is fully "
                "executed already; find out which of the two was meant."
            )


def _refuse_dates(office: Office, packet: Packet, scan: Scan) -> None:
    refuse_dates(
        scan.signed_on,
        scan.received_on,
        made_on=office.pso_settings.day_of(packet.created_at),
        today=office.today(),
    )


def _void(office: Office, packet: Packet) -> None:
    """Void the open envelope, so that nobody signs what is on paper already.

    Raises:
        Refused: everybody has signed electronically, so there is nothing to take in.
    """
    office.service(packet.service).void(packet.envelope_id, VOIDED_FOR_PAPER)
    if not refresh(office, packet.id).ended_unsigned:
        raise Refused(
            "Everybody has signed this packet electronically already, so that no paper is needed "
            "for what was sent; take in only what could not be sent."
        )


def _note(
    office: Office, packet: Packet, original: PaperOriginal, person: Person, how: str
) -> None:
    office.note(
        packet.id,
        "paper.taken_in",
        f"user:{person.key}",
        scan_sha256=original.scan_sha256,
        pages=original.pages,
        signed_on=original.signed_on.isoformat(),
        received_on=original.received_on.isoformat(),
        original_at=original.original_at,
        statement=original.statement,
        documents=list(original.documents),
        plan_checksum=packet.plan.checksum,
        authentication=how,
    )
