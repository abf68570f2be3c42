"""File a fully executed packet: check what came back, archive it, build its evidence bundle."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.domain.damage import ARCHIVED
from docgen.domain.history import timestamp
from docgen.domain.packet import ExecutedDocument, PacketState, Step
from docgen.domain.paper import noon_of
from docgen.domain.signing import OWN_SIGNER
from docgen.errors import DigestMismatch, EvidenceError, NotFound
from docgen.services.archived import OBJECTS, archived_digests, ask_keeping, objects_now
from docgen.services.distribute import ask_copies
from docgen.services.evidence import gather
from docgen.services.outside import COMPARED, RECORDS, keep_records, note_reports, quarantine
from docgen.services.paper_evidence import pinned_digests
from docgen.services.reassign import follow_orders
from docgen.services.returned import difference, is_signed
from docgen.services.send import idempotency_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from docgen.domain.document import PanelPlace
    from docgen.domain.packet import Packet
    from docgen.domain.signing import EnvelopeSnapshot
    from docgen.ports.esign import SealedDocument
    from docgen.services.office import Office


NOT_FILED = "packet.not_filed"


def file_packet(office: Office, payload: Mapping[str, object]) -> None:
    """Archive a fully executed packet and build its bundle; doing it again changes nothing.

    What does not add up is said once in the packet's history.

    Raises:
        DigestMismatch: what the service handed over is not what was sent, signed; nothing is
            archived and a person must look.
    """
    packet = office.ledger.packets.get(str(payload["packet_id"]))
    if packet.state is not PacketState.FULLY_EXECUTED:
        return
    try:
        _archive(office, packet)
    except EvidenceError as error:
        _say_once(office, packet.id, error)
        raise


def _say_once(office: Office, packet_id: str, error: EvidenceError) -> None:
    with office.ledger.transaction():
        known = office.ledger.history.of(packet_id)
        if not any(item.kind == NOT_FILED for item in known):
            office.note(packet_id, NOT_FILED, "system", code=error.code)


def _archive(office: Office, packet: Packet) -> None:
    if packet.electronic and not packet.executed:
        packet = _take_over(office, packet)
    elif not packet.electronic:
        _keep(office, packet)
    bundle = gather(office, packet, effective_date(office, packet))
    receipt = office.archive.put(bundle)
    filed = replace(packet, bundle_sha256=receipt.sha256)
    digests = archived_digests(filed, office.ledger.history.of(packet.id))
    objects = objects_now(office, [*digests, *filter(None, [packet.plan.pso_sha256])])
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet.id)
        if packet.state is not PacketState.FULLY_EXECUTED:
            return
        packet = replace(packet.step(Step.ARCHIVE), bundle_sha256=receipt.sha256)
        office.ledger.packets.save(packet)
        noted = office.note(
            packet.id,
            ARCHIVED,
            "system",
            bundle_sha256=receipt.sha256,
            **{OBJECTS: objects},
        )
        ask_keeping(office, packet.id, noted.seq)
        ask_copies(office, packet)


def _take_over(office: Office, packet: Packet) -> Packet:
    """Fetch, check and archive the sealed documents, and record what was executed when."""
    follow_orders(office, packet)
    service = office.service(packet.service)
    # Read anew: what asked for the filing may have read it days ago, before somebody else was put
    # in a place. The documents and records that follow are of this very reading.
    snapshot = service.fetch(packet.envelope_id)
    signed = [item.signed_at for item in snapshot.recipients if item.signed_at is not None]
    if len(signed) != len(packet.electronic_signers):
        raise EvidenceError(
            "The signing service calls the packet fully executed but does not say when each person "
            "signed. Nothing was archived; look at the envelope there."
        )
    sealed = service.download(packet.envelope_id)
    prefix = service.capabilities.keeps_sent_bytes_as_prefix
    try:
        _check_key(packet, snapshot)
        executed = _check(office, packet, sealed, prefix=prefix)
    except DigestMismatch:
        quarantine(office, packet, sealed)
        raise
    records = keep_records(office, service.records(packet.envelope_id))
    _keep(office, packet)
    by_hand = packet.paper
    last = max(signed) if by_hand is None else max(*signed, _moment(office, by_hand.signed_on))
    with office.ledger.transaction():
        packet = office.ledger.packets.locked(packet.id)
        packet = replace(packet, executed=executed, executed_at=last)
        office.ledger.packets.save(packet)
        if packet.service != OWN_SIGNER:
            note_reports(office, packet, snapshot)
        office.note(
            packet.id,
            "packet.executed",
            "system",
            effective_date=effective_date(office, packet),
            executed_at=timestamp(last),
            documents=[
                {
                    "slug": item.slug,
                    "sent_sha256": item.sent_sha256,
                    "signed_sha256": item.signed_sha256,
                    **({"first_page": item.first_page} if item.first_page > 1 else {}),
                }
                for item in executed
            ],
            **({} if prefix else {"compared": COMPARED}),
            **({RECORDS: records} if records else {}),
        )
    return packet


def _keep(office: Office, packet: Packet) -> None:
    """Archive every rendered form, the scan, and each file that is not ours with its checklist."""
    digests = [
        digest
        for item in packet.rendered
        for digest in (item.pdf_sha256, item.docx_sha256, item.html_sha256)
    ]
    digests += [packet.paper.scan_sha256] if packet.paper else []
    digests += [digest for item in packet.plan.documents for digest in pinned_digests(item)]
    for digest in filter(None, digests):
        office.archive.put(office.work.open(digest))
    with suppress(NotFound):  # a packet generated before the PSO's settings were kept
        office.archive.put(office.work.open(packet.plan.pso_sha256))


def _moment(office: Office, day: date) -> datetime:
    """Give the moment that stands for a handwritten date, which has no time."""
    return noon_of(day, office.pso_settings.time_zone)


def effective_date(office: Office, packet: Packet) -> str:
    """Give the day that the parties fixed or, if later, the last signature's (ISO 8601)."""
    return max(last_signature_date(office, packet), packet.plan.effective_from)


def last_signature_date(office: Office, packet: Packet) -> str:
    """Give the date of the last signature in the PSO's named time zone (ISO 8601).

    On paper it is the last handwritten date.
    """
    if packet.paper is not None and packet.whole_on_paper:
        return packet.paper.signed_on.isoformat()
    if packet.executed_at is None:
        raise NotFound("This packet is not fully executed, so it has no effective date yet.")
    return office.pso_settings.day_of(packet.executed_at).isoformat()


def _check_key(packet: Packet, snapshot: EnvelopeSnapshot) -> None:
    """Check that what the service shows as this envelope was sent for this packet."""
    if snapshot.idempotency_key != idempotency_key(packet):
        raise DigestMismatch(
            "The envelope at the signing service does not carry this packet's key, so it is not "
            "the one that was sent. Nothing was archived; look at the envelope there."
        )


def _check(
    office: Office, packet: Packet, sealed: Sequence[SealedDocument], *, prefix: bool
) -> tuple[ExecutedDocument, ...]:
    """Check that each document came back, grown out of the very bytes we rendered."""
    out = {item.slug for item in packet.electronic}
    rendered = {item.slug: item for item in packet.rendered if item.slug in out}
    if sorted(rendered) != sorted(item.slug for item in sealed):
        raise DigestMismatch(
            "The signing service handed over other documents than were sent. Nothing was archived; "
            "compare the envelope at the service with the packet."
        )
    for item in sealed:
        ours = office.work.open(rendered[item.slug].pdf_sha256)
        if prefix and not (item.sent.startswith(ours) and item.signed.startswith(item.sent)):
            raise DigestMismatch(
                "A signed document did not grow out of the document that was sent. Nothing was "
                "archived; treat the file the service handed over as altered."
            )
        differs = "" if prefix else _difference(ours, item, rendered[item.slug].places)
        if differs:
            raise DigestMismatch(
                f"A signed document is not the one that was sent: {differs}. Nothing was archived; "
                "treat the file the service handed over as altered."
            )
    return tuple(
        ExecutedDocument(
            slug=item.slug,
            # Without a file of the service's own, what was sent is what we rendered.
            sent_sha256=office.archive.put(item.sent).sha256
            if prefix
            else rendered[item.slug].pdf_sha256,
            signed_sha256=office.archive.put(item.signed).sha256,
            first_page=item.first_page,
        )
        for item in sealed
    )


def _difference(ours: bytes, item: SealedDocument, places: Sequence[PanelPlace]) -> str:
    """Say how what a service wrote anew differs from what was sent, or why it proves nothing."""
    found = difference(ours, item.signed, places, first_page=item.first_page)
    return found or ("" if is_signed(item.signed) else "it holds no signature of the service's")
