"""What is still needed: files lie under their digests, and packets and forms may share them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, cast

from docgen.domain.canonical import digest_of
from docgen.domain.damage import ARCHIVED
from docgen.domain.disposal import CONFIRMED
from docgen.ports.register_query import EnrollmentQuery, Paging
from docgen.services.archived import archived_digests
from docgen.services.outside import QUARANTINED
from docgen.services.sources import CHOSEN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.services.office import Office

_EXECUTED = "packet.executed"
_PAGE = 100
# Kinds that name working files in `documents`, and under which name.
_STAGES = {
    "envelope.opened": "sent_sha256",
    "signer.signed": "signed_sha256",
    "envelope.sealed": "sha256",
}


def working_digests(packet: Packet, history: Sequence[Activity]) -> tuple[str, ...]:
    """List a packet's working files: drafts, forms, scan, stages of signing, what came back."""
    digests = list(archived_digests(packet, history))
    digests += [packet.plan.pso_sha256]
    for one in packet.rounds:
        digests += [digest for item in one.copies for digest in (item.pdf_sha256, item.docx_sha256)]
        digests += [item.sha256 for item in one.returned]
    for item in history:
        if item.kind in _STAGES:
            digests += _named(item, "documents", _STAGES[item.kind])
        elif item.kind == QUARANTINED:
            digests += _named(item, "files", "sha256")
    return tuple(dict.fromkeys(filter(None, digests)))


def needed_elsewhere(office: Office, packet: Packet, digests: Collection[str]) -> frozenset[str]:
    """Say which of these files another packet needs, as long as nobody decided to dispose of it."""
    mine, found = frozenset(digests), set[str]()
    for others in _pages(office):
        ids = [item.id for item in others]
        told = _histories(office, ids)
        for other in others:
            if other.id == packet.id or any(item.kind == CONFIRMED for item in told[other.id]):
                continue
            found |= mine.intersection(working_digests(other, told[other.id]))
    return frozenset(found)


def needed_to_work(office: Office, digests: Collection[str]) -> frozenset[str]:
    """Say which of these files the next packet would need, though no packet does yet.

    They are the PSO's settings as they stand, and papers that an enrollment names as its source.
    """
    mine = frozenset(digests)
    found = {digest_of(office.pso.to_json())} if office.pso else set()
    for ids in _enrollments(office):
        newest: dict[tuple[str, str], Activity] = {}
        for item in office.ledger.history.of_kind(CHOSEN, ids):
            newest[item.subject, str(item.details["document"])] = item
        for item in newest.values():
            for part in ("paper", "on_file"):
                raw = cast("Mapping[str, object] | None", item.details.get(part)) or {}
                found |= {str(raw.get(name, "")) for name in ("file_sha256", "checklist_sha256")}
    return mine & found


def _named(activity: Activity, detail: str, name: str) -> list[str]:
    items = cast("Sequence[Mapping[str, object]]", activity.details.get(detail, ()))
    return [str(item.get(name, "")) for item in items]


def _pages(office: Office) -> Iterator[Sequence[Packet]]:
    after = ""
    while True:
        page = office.ledger.packets.after(after, _PAGE)
        if page:
            yield page
        if len(page) < _PAGE:
            return
        after = page[-1].id


def _histories(office: Office, ids: Sequence[str]) -> Mapping[str, list[Activity]]:
    """Read of many packets what names files, by few queries."""
    found: dict[str, list[Activity]] = defaultdict(list)
    for kind in (_EXECUTED, ARCHIVED, QUARANTINED, CONFIRMED):
        for item in office.ledger.history.of_kind(kind, ids):
            found[item.subject].append(item)
    return found


def _enrollments(office: Office) -> Iterator[list[str]]:
    number = 1
    while True:
        page = Paging(number=number, size=_PAGE)
        found = office.register.enrollments(EnrollmentQuery(page=page)).items
        yield [line.enrollment_id for line in found]
        if len(found) < _PAGE:
            return
        number += 1
