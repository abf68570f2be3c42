"""Renewals: the later time stamps of a packet's bundle, as they lie in the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.renewal import Renewal, renewals_in
from docgen.services.archived import open_archived

if TYPE_CHECKING:
    from docgen.domain.renewal import RenewalEntry
    from docgen.services.office import Office


def renewals_of(office: Office, packet_id: str) -> tuple[Renewal, ...]:
    """Read all renewals of a packet's bundle, hashed again, the first one first.

    Raises:
        Gone: the packet was disposed of.
        EvidenceError: the archive no longer holds one of them.
    """
    entries = renewals_in(office.ledger.history.of(packet_id))
    return tuple(_opened(office, packet_id, item) for item in entries)


def renewal_files(office: Office, packet_id: str) -> tuple[tuple[str, bytes], ...]:
    """Give the files that belong beside a packet's bundle, by their names.

    Raises:
        Gone, EvidenceError: as `renewals_of` does.
    """
    found: list[tuple[str, bytes]] = []
    for item in renewals_in(office.ledger.history.of(packet_id)):
        one, names = _opened(office, packet_id, item), item.names(packet_id)
        found += zip(names, (one.record, one.stamp), strict=True)
    return tuple(found)


def _opened(office: Office, packet_id: str, entry: RenewalEntry) -> Renewal:
    return Renewal(
        record=open_archived(office, packet_id, entry.record_sha256),
        stamp=open_archived(office, packet_id, entry.stamp_sha256),
    )
