"""Disclose: what was agreed, to be shown to others, without what only evidence needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.domain.canonical import sha256_hex
from docgen.domain.contact_data import contact_data, without_contact_data
from docgen.domain.evidence import COLLECTED
from docgen.domain.person import ARCHIVE_READERS
from docgen.errors import EvidenceError, NotFound
from docgen.render.completion import completion_page
from docgen.render.disclosure import disclosure_page
from docgen.render.packing import pack_part, write_archive
from docgen.services.archived import open_archived
from docgen.services.disposed import refuse_disposed
from docgen.services.distribute import executed_files
from docgen.services.evidence import statement_of
from docgen.services.file import effective_date
from docgen.services.paper_evidence import paper_execution

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.domain.evidence import Statement
    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office

DISCLOSED = "archive.disclosed"
CERTIFICATE = "certificate-of-completion.pdf"
START = "START-HERE.html"
DIGESTS = "digests.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureSet:
    """The set as one zip, and its digest as the history names it."""

    name: str
    data: bytes
    sha256: str


def disclose(office: Office, packet_id: str, person: Person) -> DisclosureSet:
    """Make a packet's disclosure set; that it was made is an activity.

    The agreements lie in it byte for byte as signed. Beside them is nothing by which a person or
    their computer could be reached.

    Raises:
        NotAllowed: the person may not read the archive.
        NotFound: the packet has no evidence bundle.
        Gone: it was disposed of.
        DigestMismatch: a stored file is not the one that was archived.
        EvidenceError: contact data would be in what is not an agreement.
    """
    person.require(*ARCHIVE_READERS)
    packet = office.ledger.packets.get(packet_id)
    refuse_disposed(office, office.ledger.history.of(packet_id))
    if not packet.bundle_sha256:
        raise NotFound("This packet has no evidence bundle yet, so there is nothing to disclose.")
    history = _until_collected(office.ledger.history.of(packet.id))
    known = _known(office, packet, history)
    signed = {
        item.name: open_archived(office, packet.id, item.sha256) for item in executed_files(packet)
    }
    own = _own_files(office, packet, history, known)
    _hold_back(own, known)
    files = {**signed, **own}
    lines = [f"{sha256_hex(files[name])}  {name}\n" for name in sorted(files)]
    files[DIGESTS] = "".join(lines).encode()
    data = write_archive(pack_part(name, files[name]) for name in sorted(files))
    digest = sha256_hex(data)
    with office.ledger.transaction():
        office.note(
            packet.id,
            DISCLOSED,
            f"user:{person.key}",
            set_sha256=digest,
            bundle_sha256=packet.bundle_sha256,
            files=sorted(files),
        )
    return DisclosureSet(name=f"{packet.id}.disclosure.zip", data=data, sha256=digest)


def _until_collected(history: Sequence[Activity]) -> list[Activity]:
    """Give what the bundle's certificate tells, and nothing of who looked at it later."""
    kinds = [item.kind for item in history]
    return list(history[: kinds.index(COLLECTED)] if COLLECTED in kinds else history)


def _known(office: Office, packet: Packet, history: Sequence[Activity]) -> frozenset[str]:
    plan = packet.plan
    enrollment = office.ledger.enrollments.get(plan.enrollment_id, plan.enrollment_version)
    return contact_data(
        [
            json.loads(enrollment.record),
            plan.to_json(),
            office.pso_settings.to_json(),
            *(dict(item.details) for item in history),
            *(item.actor for item in history),
        ]
    )


def _own_files(
    office: Office, packet: Packet, history: Sequence[Activity], known: frozenset[str]
) -> dict[str, bytes]:
    statement = statement_of(office, packet, effective_date(office, packet), history)
    certificate = _certificate(office, packet, statement, history)
    certificate = without_contact_data(certificate.decode(), known).encode()
    files = [
        {"name": item.name, "title": item.title, "sha256": item.sha256}
        for item in executed_files(packet)
    ]
    page = disclosure_page(
        statement,
        packet.plan,
        files,
        issuer=office.pso_settings.legal_name,
        bundle_sha256=packet.bundle_sha256,
        made_at=office.clock.now(),
        development=office.signer.development,
    )
    return {
        START: without_contact_data(page.decode(), known).encode(),
        CERTIFICATE: office.printer.print_page(certificate, title="Certificate of completion"),
        "certificate-of-completion.html": certificate,
    }


def _certificate(
    office: Office, packet: Packet, statement: Statement, history: Sequence[Activity]
) -> bytes:
    paper = paper_execution(office, packet)
    return completion_page(
        statement,
        packet.plan,
        history,
        attestation=paper.attestation if paper else None,
        development=office.signer.development,
        disclosure=True,
    )


def _hold_back(files: Mapping[str, bytes], known: frozenset[str]) -> None:
    text = b"\n".join(files.values())
    if any(one.encode() in text for one in known):
        raise EvidenceError(
            "The disclosure set would hold contact data outside the agreements themselves, so it "
            "was not made. Nothing was given out; tell the program's operators."
        )
