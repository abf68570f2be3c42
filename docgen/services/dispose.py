"""Dispose: carry out what two people decided, in steps that can be cut off anywhere and repeated.

First the decision lies in the signed log; then files go, of which every deletion is one that may
have happened before; then the callbacks' bodies go and the end is noted, in one transaction; then
the log is signed over the end too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.disposal import DISPOSED, disposal_of
from docgen.services.archived import archived_digests
from docgen.services.checkpoint import sign_checkpoint
from docgen.services.copied import places_of
from docgen.services.needed import needed_elsewhere, needed_to_work, working_digests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.services.office import Office


def dispose_packet(office: Office, payload: Mapping[str, object]) -> None:
    """Delete what is this packet's alone, and note the end; done again it changes nothing.

    Raises:
        Refused: the store still locks or holds one of the files; it is tried again.
        ServiceUnavailable: the store or the time stamping authority did not answer; the same.
    """
    packet_id = str(payload["packet_id"])
    disposal = disposal_of(office.ledger.history.of(packet_id))
    if disposal is None or not disposal.is_decided:
        return
    _sign_over(office, disposal.confirmed_entry)
    entry = disposal.disposed_entry
    if disposal.disposed_at is None:
        entry = _end(office, packet_id, *_delete(office, packet_id))
    _sign_over(office, entry)


def _delete(office: Office, packet_id: str) -> tuple[list[str], list[str]]:
    """Delete archived and working files; give the archived ones that went and those that stay."""
    packet = office.ledger.packets.get(packet_id)
    history = office.ledger.history.of(packet_id)
    now, working = office.clock.now(), working_digests(packet, history)
    archived = set(archived_digests(packet, history))
    needed = needed_elsewhere(office, packet, working)
    for place in places_of(office.archive).values():
        for digest in sorted(archived - needed):
            place.dispose(digest, at=now)
    for digest in sorted(set(working) - needed - needed_to_work(office, working)):
        office.work.dispose(digest, at=now)
    return sorted(archived - needed), sorted(archived & needed)


def _end(office: Office, packet_id: str, gone: list[str], shared: list[str]) -> int:
    """Forget the callbacks' bodies and note the end, once; give its place in the log."""
    with office.ledger.transaction():
        office.ledger.packets.locked(packet_id)
        disposal = disposal_of(office.ledger.history.of(packet_id))
        if disposal is not None and disposal.disposed_at is not None:
            return disposal.disposed_entry
        noted = office.note(
            packet_id,
            DISPOSED,
            "system",
            decided_by_entry=disposal.confirmed_entry if disposal else None,
            places=list(places_of(office.archive)),
            objects=gone,
            shared=shared,
            callbacks=office.ledger.deliveries.forget(packet_id),
        )
    return noted.seq


def _sign_over(office: Office, entry: int) -> None:
    """See to it that a signed checkpoint covers an entry of the log."""
    latest = office.ledger.history.latest_checkpoint()
    if latest is None or latest.size <= entry:
        sign_checkpoint(office)
