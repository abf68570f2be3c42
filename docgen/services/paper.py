"""Signed on paper: take in the scan, to which a named person attests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from docgen.domain.packet import WITH_SIGNERS, Packet, PacketState, Step
from docgen.domain.paper import PaperOriginal, attesting_words, refuse_dates
from docgen.domain.person import Role
from docgen.errors import InputError, NotAllowed, Refused
from docgen.services.approve import refuse_unapproved
from docgen.services.given import line_of
from docgen.services.receive import refresh
from docgen.services.scan import count_pages
from docgen.services.send import refuse_second, refuse_unadopted

if TYPE_CHECKING:
    from docgen.domain.person import Person
    from docgen.services.office import Office

VOIDED_FOR_PAPER = "The packet was signed on paper instead."
_NOON = time(12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The scan of the paper original, and what the person who holds it says about it."""

    data: bytes
    pages: int
    signed_on: date
    received_on: date
    original_at: str


def intake_scan(office: Office, packet_id: str, scan: Scan, person: Person) -> Packet:
    """Record that a packet was signed on paper; an envelope that is still open is voided first.

    The packet is fully executed from then on, as of the last handwritten date.

    Raises:
        IllegalTransition: the packet was never approved, or is executed already.
        Refused: everybody signed electronically meanwhile, or another packet of this kind for the
            same party is out for signature or in effect.
        NotAllowed: one of the signers would attest to their own signature.
        InputError: the scan, a date or the place of the original cannot be.
    """
    person.require(Role.COORDINATOR)
    packet = office.ledger.packets.get(packet_id)
    packet.step(Step.EXECUTE_ON_PAPER)
    _refuse_own_word(packet, person)
    _refuse_unfit(office, packet)
    original_at = line_of(scan.original_at, "--original-at")
    _refuse_dates(office, packet, scan)
    pages = count_pages(scan.data, "scan")
    if pages != scan.pages:
        raise InputError(
            f"The scan has {pages} pages, not the {scan.pages} that --pages says; count the paper "
            "again, and scan it again if a page is missing."
        )
    digest = office.work.put(scan.data).sha256
    if packet.state in WITH_SIGNERS:
        _void(office, packet)
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet_id).step(Step.EXECUTE_ON_PAPER)
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
                titles=tuple(item.title for item in packet.plan.to_sign),
            ),
            at=office.clock.now(),
        )
        executed_at = noon_of(scan.signed_on, office.pso_settings.time_zone)
        packet = replace(packet, paper=original, executed_at=executed_at)
        office.ledger.packets.save(packet)
        _note(office, packet, original, person)
        office.ask(f"file:{packet_id}", "file", packet_id=packet_id)
    return packet


def noon_of(day: date, zone: str) -> datetime:
    """Give the moment that stands for a handwritten date, which has no time: noon in this zone."""
    return datetime.combine(day, _NOON, tzinfo=ZoneInfo(zone)).astimezone(UTC)


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
    zone = ZoneInfo(office.pso_settings.time_zone)
    refuse_dates(
        scan.signed_on,
        scan.received_on,
        made_on=packet.created_at.astimezone(zone).date(),
        today=office.clock.now().astimezone(zone).date(),
    )


def _void(office: Office, packet: Packet) -> None:
    """Void the open envelope, so that nobody signs what is on paper already.

    Raises:
        Refused: everybody has signed electronically, so there is nothing to take in.
    """
    office.service(packet.service).void(packet.envelope_id, VOIDED_FOR_PAPER)
    if not refresh(office, packet.id).ended_unsigned:
        raise Refused(
            "Everybody has signed this packet electronically already; it becomes fully executed "
            "shortly, and the paper is not needed."
        )


def _note(office: Office, packet: Packet, original: PaperOriginal, person: Person) -> None:
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
        documents=[item.slug for item in packet.plan.to_sign],
        plan_checksum=packet.plan.checksum,
        authentication="claimed",
    )
