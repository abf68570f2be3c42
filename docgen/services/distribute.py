"""Distribute: send the executed copies to everyone who is entitled to them without asking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.domain.collector import Entitled, entitled
from docgen.domain.enrollment import Stage
from docgen.domain.packet import PacketState
from docgen.ports.mailer import MOST_ATTACHED, MailAttachment
from docgen.services.enroll import read_version
from docgen.services.letter import letter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.domain.packet import Packet
    from docgen.services.office import Office

KEPT = frozenset({PacketState.ARCHIVED, PacketState.TERMINATED})
COPY_SENT = "copy.sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutedFile:
    """One file of the executed set; `slug` is "" for the scan of a paper original."""

    slug: str
    name: str
    title: str
    sha256: str


def executed_files(packet: Packet) -> tuple[ExecutedFile, ...]:
    """List what was executed: the signed documents, and the scan of what was signed on paper."""
    titles = {item.slug: item.title for item in packet.plan.documents}
    files = [
        ExecutedFile(
            slug=item.slug,
            name=f"{item.slug}-executed.pdf",
            title=titles[item.slug],
            sha256=item.signed_sha256,
        )
        for item in packet.executed
    ]
    if packet.paper is not None:
        files.append(
            ExecutedFile(
                slug="",
                name="signed-on-paper.pdf",
                title="Scan of the paper original",
                sha256=packet.paper.scan_sha256,
            )
        )
    return tuple(files)


def entitled_to(office: Office, packet: Packet) -> tuple[Entitled, ...]:
    """List who may have a packet's executed copies, by the practice's newest form."""
    newest = office.ledger.enrollments.latest(packet.plan.enrollment_id)
    slugs = [item.slug for item in packet.plan.to_sign]
    return entitled(read_version(newest, Stage.DRAFT), slugs)


def collection_address(office: Office, packet_id: str) -> str:
    """Give the page on which the entitled get their copies again, at any time."""
    return f"{office.rules.base_url}/executed/{packet_id}"


def ask_copies(office: Office, packet: Packet) -> None:
    """Ask for a letter to each of those sent copies, inside the current transaction.

    The signers are not among them: their signing service writes to them.
    """
    signers = {item.email.casefold() for item in packet.plan.recipients}
    for one in entitled_to(office, packet):
        if one.documents and one.email.casefold() not in signers:
            office.ask(
                f"copy:{packet.id}:{one.key}", "copy", packet_id=packet.id, recipient=one.key
            )


def send_copy(office: Office, payload: Mapping[str, object]) -> None:
    """Mail one entitled person their executed copies; who left the practice since gets none."""
    packet = office.ledger.packets.get(str(payload["packet_id"]))
    key = str(payload["recipient"])
    one = next((item for item in entitled_to(office, packet) if item.key == key), None)
    if one is None:
        return
    files = [item for item in executed_files(packet) if not item.slug or item.slug in one.documents]
    attached = _attachments(office, files)
    where = "They are attached" if attached else "Open the page below to save them"
    mail = letter(
        office,
        key=f"copy.{packet.id}.{key}",
        to=(one.name, one.email),
        subject=f"Executed copies for {packet.plan.practice}",
        lines=(
            f"{packet.plan.practice}: these are fully executed: "
            + "; ".join(item.title for item in files)
            + ".",
            f"{where}. Please keep them with your records.",
            "You receive them because your practice named you on its enrollment form.",
            "You can get the executed set again at any time, with a code mailed to this address.",
        ),
        link=("Get the executed set", collection_address(office, packet.id)),
    )
    office.mailer.send(replace(mail, attachments=attached))
    with office.ledger.transaction():
        sent = [item.sha256 for item in files]
        office.note(packet.id, COPY_SENT, "system", recipient=key, documents=sent)


def _attachments(office: Office, files: Sequence[ExecutedFile]) -> tuple[MailAttachment, ...]:
    """Give the files as attachments, or none when together they are too large to mail."""
    found = tuple(
        MailAttachment(
            name=item.name, media_type="application/pdf", data=office.archive.open(item.sha256)
        )
        for item in files
    )
    return found if sum(len(item.data) for item in found) <= MOST_ATTACHED else ()
