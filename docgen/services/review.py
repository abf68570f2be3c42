"""Review by the practice: release marked drafts, take redlines back in, agree on the terms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.domain.enrollment import Stage
from docgen.domain.enrollment.vocabulary import ContactRole
from docgen.domain.packet import PacketState, Step
from docgen.domain.person import Role
from docgen.domain.review import DraftCopy, ReturnedFile, Round
from docgen.errors import Refused
from docgen.ports.mailer import MailAttachment
from docgen.services.enroll import read_version
from docgen.services.freshness import refuse_stale
from docgen.services.generate import render_again
from docgen.services.given import line_of
from docgen.services.letter import letter
from docgen.services.proposals import proposals_of
from docgen.services.redline import Belonging, Redline, belonging_of, read_redline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.enrollment.person import Contact
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office

KEY_ROLES = frozenset({ContactRole.PRIMARY, ContactRole.CONTRACTING, ContactRole.LEGAL_NOTICE})
_UNDER_REVIEW = frozenset({PacketState.IN_REVIEW, PacketState.IN_NEGOTIATION})
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def release(office: Office, packet_id: str, person: Person) -> Packet:
    """Make a round of marked drafts and have them mailed to the practice's key contacts.

    Raises:
        IllegalTransition: the packet is neither a draft nor in negotiation.
        PacketStale: the enrollment or a template changed since generation.
        Refused: nobody at the practice is there to receive the drafts.
        RenderRefused: the gate found the forms of a draft to differ.
    """
    person.require(Role.COORDINATOR)
    before = office.ledger.packets.get(packet_id)
    before.step(Step.RELEASE)
    refuse_stale(office, before)
    if not before.plan.generated:
        raise Refused("This packet holds no draft of ours, so there is nothing to review.")
    contacts = key_contacts(office, before)
    if not contacts:
        raise Refused(
            "Nobody is named to review the drafts. Give one contact of the enrollment the role "
            "primary, contracting or legal_notice, and generate again."
        )
    number = last_round(office, before) + 1
    copies = _draft_copies(office, before, number)
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet_id).step(Step.RELEASE)
        released = Round(
            number=number,
            released_by=person.key,
            released_at=office.clock.now(),
            copies=copies,
        )
        packet = replace(packet, rounds=(*packet.rounds, released))
        office.ledger.packets.save(packet)
        office.note(
            packet.id,
            "review.released",
            f"user:{person.key}",
            round=number,
            contacts=[item.contact_id for item in contacts],
            files=[{"slug": item.slug, "docx_sha256": item.docx_sha256} for item in copies],
        )
        for contact in contacts:
            office.ask(
                f"review:{packet.id}:{number}:{contact.contact_id}",
                "review_copies",
                packet_id=packet.id,
                round=number,
                contact=contact.contact_id,
            )
    return packet


def key_contacts(office: Office, packet: Packet) -> tuple[Contact, ...]:
    """List who at the practice receives drafts, each address once."""
    plan = packet.plan
    version = office.ledger.enrollments.get(plan.enrollment_id, plan.enrollment_version)
    found: dict[str, Contact] = {}
    for contact in read_version(version, Stage.DRAFT).contacts:
        if contact.active and contact.email and KEY_ROLES & set(contact.roles):
            found.setdefault(contact.email.casefold(), contact)
    return tuple(found.values())


def last_round(office: Office, packet: Packet) -> int:
    """Give the number of the last round of this packet or of those it replaced; 0 for none."""
    while not packet.rounds:
        if not packet.supersedes:
            return 0
        packet = office.ledger.packets.get(packet.supersedes)
    return packet.rounds[-1].number


def _draft_copies(office: Office, packet: Packet, number: int) -> tuple[DraftCopy, ...]:
    return tuple(
        DraftCopy(
            slug=item.document.slug,
            version=item.document.version,
            pdf_sha256=office.work.put(item.typeset.pdf).sha256,
            docx_sha256=office.work.put(item.docx).sha256,
        )
        for item in render_again(office, packet, review_round=number)
    )


def send_review_copies(office: Office, payload: Mapping[str, object]) -> None:
    """Mail one contact the drafts of one round; an outdated round is dropped."""
    packet = office.ledger.packets.get(str(payload["packet_id"]))
    if packet.state not in _UNDER_REVIEW or packet.rounds[-1].number != payload["round"]:
        return
    released = packet.rounds[-1]
    contact = next(
        item for item in key_contacts(office, packet) if item.contact_id == payload["contact"]
    )
    titles = "; ".join(item.title for item in packet.plan.generated)
    lines = (
        f"{packet.plan.practice}: drafts for your review, round {released.number}: {titles}.",
        "Each document is attached twice: as a PDF to read, and as a Word file for your changes.",
        "Nothing is to be signed yet; every page says so.",
        "Please change the Word file with “track changes” on and send it back to the coordinator.",
        "The file itself says which round it belongs to, so please do not start a new one.",
        "If you agree to the drafts as they are, a few words to the coordinator are enough.",
    )
    mail = letter(
        office,
        key=f"review.{packet.id}.{released.number}.{contact.contact_id}",
        to=(contact.full_name, contact.email),
        subject=f"For your review: drafts for {packet.plan.practice}, round {released.number}",
        lines=lines,
        link=None,
    )
    office.mailer.send(replace(mail, attachments=_attachments(office, released)))
    with office.ledger.transaction():
        office.note(
            packet.id,
            "review.mailed",
            "system",
            round=released.number,
            contact=contact.contact_id,
            address=contact.email,
        )


def _attachments(office: Office, released: Round) -> tuple[MailAttachment, ...]:
    return tuple(
        MailAttachment(
            name=f"{item.slug}-draft-round-{released.number}.{suffix}",
            media_type=media_type,
            data=office.work.open(digest),
        )
        for item in released.copies
        for suffix, media_type, digest in (
            ("pdf", PDF, item.pdf_sha256),
            ("docx", DOCX, item.docx_sha256),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a person says that a redline belongs whose properties were taken out."""

    slug: str
    number: int


def take_back(
    office: Office,
    packet_id: str,
    data: bytes,
    sender: str,
    person: Person,
    placed: Placed | None = None,
) -> Packet:
    """Take in a returned redline and attach it to its round; the same file again changes nothing.

    The file itself says where it belongs; `placed` says it where its properties were taken out.

    Raises:
        InputError: the file is not a Word file of ours, or would harm whoever opens it.
        Refused: it belongs to another packet, to no round of this one, or not where `placed` says.
        IllegalTransition: the packet is not under review.
    """
    person.require(Role.COORDINATOR)
    given = line_of(sender, "the name of the sender", name=True)
    packet = office.ledger.packets.get(packet_id)
    packet.step(Step.RETURN)
    redline = read_redline(data)
    belonging = belonging_of(redline) if placed is None else _by_hand(packet, redline, placed)
    _, draft = _round_of(packet, belonging)
    proposed = proposals_of(office, draft, redline)
    receipt = office.work.put(data)
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet_id)
        moved = packet.step(Step.RETURN)
        mine, _ = _round_of(packet, belonging)
        if mine.holds(receipt.sha256):
            return packet
        file = ReturnedFile(
            slug=belonging.slug,
            sha256=receipt.sha256,
            size=receipt.size,
            sender=given,
            taken_in_by=person.key,
            at=office.clock.now(),
            proposals=proposed.count,
        )
        rounds = tuple(
            item.with_returned(file) if item.number == mine.number else item
            for item in packet.rounds
        )
        packet = replace(moved, rounds=rounds)
        office.ledger.packets.save(packet)
        office.note(
            packet.id,
            "review.returned",
            f"user:{person.key}",
            round=mine.number,
            document=file.slug,
            sha256=file.sha256,
            sender=file.sender,
            changes=len(proposed.changes),
            untracked=len(proposed.silent),
            comments=len(proposed.comments),
            placed="by the file itself" if placed is None else "by hand",
        )
    return packet


def _by_hand(packet: Packet, redline: Redline, placed: Placed) -> Belonging:
    """Put a file where a person says, unless what is left of its properties says otherwise.

    Raises:
        Refused: it does.
    """
    version = next(
        (item.template_version for item in packet.plan.documents if item.slug == placed.slug), ""
    )
    given = Belonging(packet_id=packet.id, slug=placed.slug, version=version, number=placed.number)
    expected = {
        "packet": given.packet_id,
        "document": given.slug,
        "version": given.version,
        "round": str(given.number),
    }
    for name, value in redline.claims.items():
        if value != expected[name]:
            raise Refused(
                f"The file itself says that it belongs to {name} {value}; leave out the round and "
                "the document, or correct them."
            )
    return given


def _round_of(packet: Packet, belonging: Belonging) -> tuple[Round, DraftCopy]:
    """Find the round a returned file belongs to, and the draft it came from.

    Raises:
        Refused: there is none in this packet.
    """
    if belonging.packet_id != packet.id:
        raise Refused(
            f"This file belongs to {belonging.packet_id}, round {belonging.number}; take it in "
            "there. If this packet has replaced that one, ask for the changes in the newer draft."
        )
    for item in packet.rounds:
        draft = item.copy(belonging.slug)
        if item.number == belonging.number and draft and draft.version == belonging.version:
            return item, draft
    raise Refused(
        "This file names a round, document or version that was never released for this packet; "
        "look at the packet’s rounds."
    )


def unanswered(packet: Packet) -> tuple[ReturnedFile, ...]:
    """List the returned files that propose something, which this packet as it is leaves out."""
    return tuple(file for item in packet.rounds for file in item.returned if file.proposals != 0)


def agree(office: Office, packet_id: str, person: Person, answer: str = "") -> Packet:
    """Record that both sides agree on the terms as this packet has them.

    Where redlines came back that propose something, `answer` says in one line how they were
    settled; it goes into the history.

    Raises:
        Refused: a proposal has no answer.
        InputError: the answer cannot be used.
        IllegalTransition: the packet is not under review.
        PacketStale: the enrollment or a template changed since generation, so that these are not
            the terms agreed on.
    """
    person.require(Role.COORDINATOR)
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet_id).step(Step.AGREE)
        refuse_stale(office, packet)
        settled = _settled(packet, answer)
        office.ledger.packets.save(packet)
        office.note(
            packet.id,
            "terms.agreed",
            f"user:{person.key}",
            plan_checksum=packet.plan.checksum,
            round=packet.rounds[-1].number if packet.rounds else 0,
            **settled,
        )
    return packet


def _settled(packet: Packet, answer: str) -> dict[str, str]:
    """Give the answer to the proposals as the history keeps it; nothing where nothing was proposed.

    Raises:
        Refused: a proposal has no answer.
        InputError: the answer cannot be used.
    """
    if answer.strip():
        return {"answer": line_of(answer, "the answer to the proposals")}
    if open_files := unanswered(packet):
        senders = ", ".join(sorted({f"{file.sender} ({file.slug})" for file in open_files}))
        raise Refused(
            f"These terms leave out what came back from {senders}. Correct the enrollment and "
            "generate again, or say in the answer how each proposal was settled."
        )
    return {}
