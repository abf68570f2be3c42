"""What is said of a packet that was disposed of: when, and where the log says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.disposal import CONFIRMED, DISPOSED, disposal_of
from docgen.errors import Gone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.domain.disposal import Disposal
    from docgen.domain.history import Activity
    from docgen.services.office import Office


def disposed_words(office: Office, disposal: Disposal | None) -> str:
    """Say that a packet was disposed of, or is being so; "" before two people decided it."""
    if disposal is None or disposal.confirmed_at is None:
        return ""
    if disposal.disposed_at is None:
        day = office.day_of(disposal.confirmed_at).isoformat()
        return (
            f"This packet is being disposed of under retention, as decided on {day}; "
            f"log entry {disposal.confirmed_entry}."
        )
    day = office.day_of(disposal.disposed_at).isoformat()
    return (
        f"This packet was disposed of on {day} under retention; "
        f"log entry {disposal.disposed_entry}."
    )


def refuse_disposed(office: Office, history: Sequence[Activity]) -> None:
    """Check that a packet's files are not disposed of, by its history.

    Raises:
        Gone: they are, or are about to be; the message says since when and where the log says so.
    """
    words = disposed_words(office, disposal_of(history))
    if words:
        raise Gone(words)


def disposed_ones(office: Office, packet_ids: Sequence[str]) -> Mapping[str, Activity]:
    """Give of each of these packets that was disposed of the activity that says so."""
    return {item.subject: item for item in office.ledger.history.of_kind(DISPOSED, packet_ids)}


def disposals_decided(office: Office, packet_ids: Sequence[str]) -> frozenset[str]:
    """Say which of these packets two people decided to dispose of, by one query."""
    found = office.ledger.history.of_kind(CONFIRMED, packet_ids)
    return frozenset(item.subject for item in found)


def open_working(office: Office, packet_id: str, sha256: str) -> bytes:
    """Read a working file of a packet: a draft, a rendered form, a scan, what came back.

    Raises:
        Gone: the packet was disposed of.
        NotFound: there is no such file.
        DigestMismatch: the stored bytes are not those that were put.
    """
    refuse_disposed(office, office.ledger.history.of(packet_id))
    return office.work.open(sha256)
