"""What the archive holds of a packet: every digest, and by which version each is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from docgen.domain.damage import ARCHIVED, MENDED
from docgen.domain.renewal import RENEWED, objects_of
from docgen.errors import EvidenceError, NotFound
from docgen.services.copied import FIRST, places_of
from docgen.services.disposed import refuse_disposed
from docgen.services.outside import RECORDS
from docgen.services.paper_evidence import pinned_digests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.ports.archive import Receipt
    from docgen.services.office import Office

KEEP = "keep"
OBJECTS = "objects"  # the detail of `packet.archived` that names every object by place


def archived_digests(packet: Packet, history: Sequence[Activity]) -> tuple[str, ...]:
    """List what was archived of a packet, by the packet and by its history, each digest once.

    The history is what the log proves; the packet names what was archived before the history did.
    """
    digests = [
        digest
        for item in packet.rendered
        for digest in (item.pdf_sha256, item.docx_sha256, item.html_sha256)
    ]
    digests += [
        digest for item in packet.executed for digest in (item.sent_sha256, item.signed_sha256)
    ]
    digests += [packet.paper.scan_sha256] if packet.paper else []
    digests += [digest for item in packet.plan.documents for digest in pinned_digests(item)]
    digests += [digest for item in history for digest in _records(item)]
    digests += [packet.bundle_sha256]
    digests += [digest for named in _objects(history).values() for digest in named]
    return tuple(dict.fromkeys(filter(None, digests)))


def versions_of(history: Sequence[Activity], place: str = FIRST) -> Mapping[str, str]:
    """Give the version by which each object of a packet is read, as far as the history knows it."""
    found = dict(_objects(history).get(place, {}))
    for item in history:
        if item.kind == MENDED and item.details.get("place") == place:
            found[str(item.details["sha256"])] = str(item.details.get("version", ""))
    return found


def was_copied(history: Sequence[Activity], place: str) -> bool:
    """Say whether the packet was archived in this place too, by its history."""
    return place in _objects(history)


def open_archived(office: Office, packet_id: str, sha256: str) -> bytes:
    """Read an object of a packet, by its version where the history knows it.

    Raises:
        Gone: the packet was disposed of.
        EvidenceError: the archive no longer holds it.
        DigestMismatch: the stored bytes are not those that were archived.
    """
    history = office.ledger.history.of(packet_id)
    refuse_disposed(office, history)
    versions = versions_of(history)
    try:
        return office.archive.open(sha256, version=versions.get(sha256, ""))
    except NotFound as missing:
        raise EvidenceError(
            "The archive no longer holds this file; `docgen archive scrub` restores it from the "
            "second copy; where none is set up, put it back from a back-up."
        ) from missing


def stat_archived(office: Office, packet_id: str, sha256: str) -> Receipt | None:
    """Say what the archive holds of an object of a packet, or None; the same version is asked.

    Raises:
        Gone: the packet was disposed of.
    """
    history = office.ledger.history.of(packet_id)
    refuse_disposed(office, history)
    versions = versions_of(history)
    return office.archive.stat(sha256, version=versions.get(sha256, ""))


def objects_now(office: Office, digests: Sequence[str]) -> dict[str, dict[str, str]]:
    """Give the version of each object in each place, as it lies there now."""
    found: dict[str, dict[str, str]] = {}
    for name, place in places_of(office.archive).items():
        receipts = [place.stat(digest) for digest in digests]
        found[name] = {item.sha256: item.version for item in receipts if item is not None}
    return found


def ask_keeping(office: Office, packet_id: str, seq: int) -> None:
    """Ask that locks and holds follow an activity, inside the transaction that notes it."""
    office.ask(f"{KEEP}:{packet_id}:{seq}", KEEP, packet_id=packet_id)


def _records(activity: Activity) -> list[str]:
    if activity.kind == RENEWED:
        return [str(activity.details[name]) for name in ("record_sha256", "stamp_sha256")]
    if activity.kind != "packet.executed":
        return []
    records = cast("Sequence[Mapping[str, str]]", activity.details.get(RECORDS, ()))
    return [item["sha256"] for item in records]


def _objects(history: Sequence[Activity]) -> Mapping[str, Mapping[str, str]]:
    """Read what the history says of every object of a packet, by place, as last told."""
    found: dict[str, Mapping[str, str]] = {}
    for item in history:
        if item.kind == ARCHIVED and OBJECTS in item.details:
            found |= cast("Mapping[str, Mapping[str, str]]", item.details[OBJECTS])
        elif item.kind == RENEWED:  # beside what was archived then
            for place, versions in objects_of(item).items():
                found[place] = {**found.get(place, {}), **versions}
    return found
