"""Fetch: hand what is archived to one of our readers; every access is itself an activity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.domain.person import ARCHIVE_READERS
from docgen.domain.renewal import renewals_in
from docgen.errors import NotFound
from docgen.services.archived import open_archived
from docgen.services.disposed import open_working
from docgen.services.distribute import executed_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office

OPENED, FETCHED = "archive.opened", "archive.fetched"
PDF, ZIP = "application/pdf", "application/zip"
RECORD, STAMP = "application/json", "application/timestamp-reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """One file of an archived packet; `what` says it to people."""

    what: str
    name: str
    media: str
    sha256: str


def kept_files(packet: Packet, history: Sequence[Activity]) -> tuple[KeptFile, ...]:
    """List what a reader may fetch: what was executed or is on file, the bundle, its renewals."""
    found = [
        KeptFile(what=item.title, name=f"{packet.id}-{item.name}", media=PDF, sha256=item.sha256)
        for item in executed_files(packet)
    ]
    found += [
        KeptFile(
            what=f"{item.title}, the copy on file",
            name=f"{packet.id}-{item.slug}-on-file.pdf",
            media=PDF,
            sha256=item.on_file.file_sha256,
        )
        for item in packet.plan.documents
        if item.on_file is not None and item.on_file.file_sha256
    ]
    if packet.bundle_sha256:
        found.append(
            KeptFile(
                what="Evidence bundle",
                name=f"{packet.id}.bundle.zip",
                media=ZIP,
                sha256=packet.bundle_sha256,
            )
        )
    for item in renewals_in(history):
        record, stamp = item.names(packet.id)
        what = f"Renewal {item.number} of the bundle"
        found += [
            KeptFile(what=what, name=record, media=RECORD, sha256=item.record_sha256),
            KeptFile(what=f"{what}, time stamp", name=stamp, media=STAMP, sha256=item.stamp_sha256),
        ]
    return tuple(found)


def open_record(office: Office, packet_id: str, person: Person) -> Packet:
    """Give a packet to be read; that it was opened is an activity.

    Raises:
        NotAllowed: the person may not read the archive.
        NotFound: no packet is stored under this id.
    """
    person.require(*ARCHIVE_READERS)
    packet = office.ledger.packets.get(packet_id)
    with office.ledger.transaction():
        office.note(packet.id, OPENED, f"user:{person.key}")
    return packet


def kept_file(
    office: Office, packet_id: str, sha256: str, person: Person
) -> tuple[KeptFile, Packet]:
    """Name one file of a packet, without opening it.

    Raises:
        NotAllowed: the person may not read the archive.
        NotFound: the digest is not one of this packet's files.
    """
    person.require(*ARCHIVE_READERS)
    packet = office.ledger.packets.get(packet_id)
    files = kept_files(packet, office.ledger.history.of(packet_id))
    file = next((item for item in files if item.sha256 == sha256), None)
    if file is None:
        raise NotFound("This file is not one of the packet's archived files.")
    return file, packet


def fetch(
    office: Office, packet_id: str, sha256: str, person: Person, *, noted: bool = True
) -> tuple[KeptFile, bytes]:
    """Hand over one file of a packet, hashed again; that it was fetched is an activity.

    Raises:
        NotAllowed: the person may not read the archive.
        NotFound: the digest is not one of this packet's files.
        DigestMismatch: the stored bytes are not those that were archived.
    """
    file, packet = kept_file(office, packet_id, sha256, person)
    data = open_archived(office, packet_id, sha256)
    if noted:
        with office.ledger.transaction():
            office.note(packet.id, FETCHED, f"user:{person.key}", file=file.name, sha256=sha256)
    return file, data


def fetch_scan(office: Office, packet_id: str, person: Person, *, noted: bool = True) -> bytes:
    """Hand over the scan of what was signed on paper, exactly as it came.

    Of an archived packet it is what was executed, so that it was fetched is an activity.

    Raises:
        NotFound: nothing of the packet was signed on paper, or no scan was taken in yet.
        Gone: the packet was disposed of.
        DigestMismatch: the stored bytes are not those that were taken in.
    """
    packet = office.ledger.packets.get(packet_id)
    if packet.paper is None:
        raise NotFound("Nothing of this packet was signed on paper, or no scan was taken in yet.")
    sha256 = packet.paper.scan_sha256
    data = open_working(office, packet_id, sha256)
    if noted and packet.bundle_sha256:
        with office.ledger.transaction():
            name = f"{packet_id}-scan.pdf"
            office.note(packet_id, FETCHED, f"user:{person.key}", file=name, sha256=sha256)
    return data
