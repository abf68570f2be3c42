"""Keep: bring the archive's locks and legal holds in line with a packet's retention and history.

While a packet is in effect its lock has no end that anybody could name, and a lock needs one; so it
rolls: it always reaches the house's period ahead (docs/adr/0012-rolling-lock.md).
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from docgen.domain.disposal import is_going
from docgen.domain.retention import LOCK_SLACK, RELEASED
from docgen.ports.register_query import PacketQuery, Paging
from docgen.services.archived import archived_digests, versions_of
from docgen.services.copied import places_of
from docgen.services.hold import hold_of
from docgen.services.retention import retention_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docgen.domain.packet import Packet
    from docgen.ports.archive import ArchiveStore
    from docgen.services.office import Office

_PAGE = 100


def keep_packet(office: Office, payload: Mapping[str, object]) -> None:
    """Bring locks and holds of a packet's objects in line; what is not archived yet has none.

    Nor has what two people decided to dispose of.

    A hold is lifted from an object only when no other packet that is held has the same object.
    """
    packet = office.ledger.packets.get(str(payload["packet_id"]))
    if not packet.bundle_sha256:
        return
    history = office.ledger.history.of(packet.id)
    if is_going(history):
        return
    digests = archived_digests(packet, history)
    held = hold_of(history) is not None
    lifted = not held and any(item.kind == RELEASED for item in history)
    spared = _held_elsewhere(office, packet.id) if lifted else frozenset()
    for name, place in places_of(office.archive).items():
        versions = versions_of(history, name)
        for digest in digests:
            version = versions.get(digest, "")
            lock(office, place, packet, digest, version)
            if held or (lifted and digest not in spared):
                place.hold(digest, held=held, version=version)


def lock(
    office: Office, place: ArchiveStore, packet: Packet | None, sha256: str, version: str = ""
) -> None:
    """See to it that an object stays as long as it must; `packet` is None for the log's own."""
    ends = _ends(office, packet)
    if ends is not None:
        place.keep(sha256, ends, version=version)
        return
    now = office.clock.now()
    locked = place.keeping(sha256, version=version).until
    if locked is None or locked < now + office.rules.lock_period + LOCK_SLACK / 2:
        until = now + office.rules.lock_period + LOCK_SLACK
        place.keep(sha256, until.replace(microsecond=0), version=version)


def _ends(office: Office, packet: Packet | None) -> datetime | None:
    """Give when a packet that is in effect no more may go; None while there is no such day."""
    if packet is None:
        return None
    day = retention_of(office, packet).retain_until
    if day is None:
        return None
    midnight = datetime.combine(day + timedelta(days=1), time.min, office.pso_settings.zone)
    return midnight.astimezone(UTC)


def _held_elsewhere(office: Office, packet_id: str) -> frozenset[str]:
    """List the objects of every other packet on which a legal hold lies."""
    return frozenset(
        digest
        for other in _held_packets(office)
        if other != packet_id
        for digest in archived_digests(
            office.ledger.packets.get(other), office.ledger.history.of(other)
        )
    )


def _held_packets(office: Office) -> Iterator[str]:
    number = 1
    while True:
        page = Paging(number=number, size=_PAGE)
        found = office.register.packets(PacketQuery(on_hold=True, page=page)).items
        yield from (line.packet_id for line in found)
        if len(found) < _PAGE:
            return
        number += 1
