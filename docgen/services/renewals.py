"""Renewals: the later time stamps of a packet's bundle, as they lie in the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.renewal import Renewal, renewals_in
from docgen.services.archived import open_archived

if TYPE_CHECKING:
    from docgen.services.office import Office


def renewals_of(office: Office, packet_id: str) -> tuple[Renewal, ...]:
    """Read all renewals of a packet's bundle, hashed again, the first one first.

    Raises:
        Gone: the packet was disposed of.
        EvidenceError: the archive no longer holds one of them.
    """
    return tuple(
        Renewal(
            record=open_archived(office, packet_id, item.record_sha256),
            stamp=open_archived(office, packet_id, item.stamp_sha256),
        )
        for item in renewals_in(office.ledger.history.of(packet_id))
    )


def renewal_files(office: Office, packet_id: str) -> tuple[tuple[str, bytes], ...]:
    """Give the files that belong beside a packet's bundle, by their names.

    Raises:
        Gone, EvidenceError: as `renewals_of` does.
    """
    entries = renewals_in(office.ledger.history.of(packet_id))
    return tuple(
        (name, data)
        for entry, one in zip(entries, renewals_of(office, packet_id), strict=True)
        for name, data in zip(entry.names(packet_id), (one.record, one.stamp), strict=True)
    )
