"""Ask signing services after envelopes that nobody reports on, no oftener than they let us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from docgen.domain.canonical import digest_of
from docgen.services.receive import ask_after, follow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docgen.domain.packet import Packet
    from docgen.services.office import Office

ALONE, TOGETHER = "poll", "poll_several"
# A question that fails is put again so often; the next period puts it anew.
MOST_TRIES = 5
_CHANCES = 2**32


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One question to a service: due `offset` seconds into its period.

    Where questions take turns, `turn` says in which period this one comes.
    """

    name: str
    kind: str
    payload: Mapping[str, object]
    offset: int
    turn: int


def poll_later(office: Office, service: str, packets: Sequence[Packet]) -> bool:
    """Leave re-reading these packets to errands where their service limits how often it is asked.

    There is one errand for each question and each of the service's periods, due within the period
    at a moment of its own, so that thousands of envelopes are not asked after all at once. Where so
    many are out there that the service would be asked more often than it lets us altogether, each
    question is put in one of several periods only.
    """
    if service not in office.services:
        return False
    able = office.service(service).capabilities
    if not able.poll_every:
        return False
    period = int(able.poll_every.total_seconds())
    number, now = divmod(int(office.clock.now().timestamp()), period)
    most = able.polls_an_hour * period // 3600
    questions = (
        _one_by_one(packets, period)
        if able.reads_at_once == 1
        else _together(service, packets, -(-len(packets) // able.reads_at_once), period)
    )
    turns = -(-len(questions) // most) if most else 1
    for asked in questions:
        if (number + asked.turn) % turns:
            continue
        at = office.clock.now() + timedelta(seconds=max(0, asked.offset - now))
        with office.ledger.transaction():
            office.ask(f"poll:{asked.name}:{number}", asked.kind, at=at, **asked.payload)
    return True


def _one_by_one(packets: Iterable[Packet], period: int) -> list[_Question]:
    """Ask after each by itself, always as far into a period."""
    return [
        _Question(
            name=packet.id,
            kind=ALONE,
            payload={"packet_id": packet.id},
            offset=_chance(packet) % period,
            turn=_chance(packet) // period,
        )
        for packet in packets
    ]


def _together(service: str, packets: Iterable[Packet], groups: int, period: int) -> list[_Question]:
    """Ask after groups, to which chance gives the packets; they stay while about as many are out.

    A group is named by its number, so that whoever joins or leaves it within a period does not have
    the others asked after again.
    """
    members: list[list[str]] = [[] for _ in range(groups)]
    for packet in packets:
        members[_chance(packet) * groups // _CHANCES].append(packet.id)
    return [
        _Question(
            name=f"{service}:{place}",
            kind=TOGETHER,
            payload={"service": service, "packet_ids": sorted(some)},
            offset=place * period // groups,
            turn=place,
        )
        for place, some in enumerate(members)
        if some
    ]


def _chance(packet: Packet) -> int:
    return int(digest_of(packet.id)[:8], 16)


def read_several_again(office: Office, payload: Mapping[str, object]) -> None:
    """Re-read the envelopes of several packets out at one service, by as few questions as it lets.

    One that cannot be followed holds up none of the others.

    Raises:
        Whatever the first of those that could not be followed raised.
    """
    key = str(payload["service"])
    service, failures = office.service(key), []
    out = {packet.envelope_id: packet for packet in _named(office, payload, key)}
    left = iter(out)
    while some := list(islice(left, service.capabilities.reads_at_once)):
        snapshots = service.fetch_several(some)
        for envelope_id in some:
            try:
                # What a list leaves out is asked after by itself; then it is known or it is not.
                snapshot = snapshots.get(envelope_id)
                if snapshot is None:
                    ask_after(office, out[envelope_id])
                else:
                    follow(office, out[envelope_id], snapshot)
            except Exception as error:  # noqa: BLE001  # told once the others are done
                failures.append(error)
    if failures:
        raise failures[0]


def _named(office: Office, payload: Mapping[str, object], service: str) -> list[Packet]:
    """Give the packets that an errand names and that still are at this service."""
    named = payload["packet_ids"]
    ids = named if isinstance(named, list) else []
    packets = (office.ledger.packets.get(str(packet_id)) for packet_id in ids)
    return [packet for packet in packets if packet.service == service and packet.envelope_id]
