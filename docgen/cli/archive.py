"""`docgen archive`: find, get and verify what was fully executed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli.output import as_json, say, say_json, table, write_file
from docgen.cli.progress import progress
from docgen.cli.site import site
from docgen.cli.teach import TaughtGroup, ends
from docgen.cli.verify import VERIFIED, end, verify_apart
from docgen.domain.history import timestamp
from docgen.domain.packet import PacketKind
from docgen.errors import NotFound

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group(
    cls=TaughtGroup,
    short_help="Find, get and verify what was fully executed.",
    examples="""
    docgen archive find lakeside
    docgen archive get pkt_1a2b3c --out bundles
    docgen archive verify pkt_1a2b3c
    """,
)
def archive() -> None:
    """Find, get and verify what was fully executed.

    The archive is write-once. Every packet in it has one evidence bundle: the signed documents, the
    history and the proofs, in one zip file that anybody can verify.
    """


@archive.command(
    short_help="List archived packets.",
    examples="""
    docgen archive find
    docgen archive find lakeside onboarding
    docgen archive find --since 2026-01-01 --until 2026-12-31 --json
    """,
    codes=ends(2, 8),
)
@click.argument("words", nargs=-1)
@click.option(
    "--kind", type=click.Choice([kind.value for kind in PacketKind]), help="Only these packets."
)
@click.option(
    "--since", type=_DAY, metavar="YYYY-MM-DD", help="Fully executed on or after this day."
)
@click.option(
    "--until", type=_DAY, metavar="YYYY-MM-DD", help="Fully executed on or before this day."
)
@as_json
def find(
    words: tuple[str, ...],
    kind: str | None,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
) -> None:
    """List archived packets whose practice, id or kind contains every one of WORDS.

    Days are UTC, written as 2026-11-23. Finding nothing is no error.
    """
    office = site().office
    found = [
        item
        for item in office.ledger.packets.list()
        if item.bundle_sha256
        and kind in {None, item.plan.kind}
        and _holds(item, words)
        and _in_time(item, since, until)
    ]
    if as_json:
        say_json([_row(office, item) for item in found])
        return
    if not found:
        say("Nothing in the archive matches.")
        return
    table(
        ("Practice", "Packet", "Kind", "Fully executed", "Status"),
        [
            (item.plan.practice, item.id, item.plan.kind, _day(item), item.state.words)
            for item in found
        ],
    )


def _holds(packet: Packet, words: tuple[str, ...]) -> bool:
    text = f"{packet.plan.practice} {packet.id} {packet.plan.kind}".casefold()
    return all(word.casefold() in text for word in words)


def _in_time(packet: Packet, since: datetime | None, until: datetime | None) -> bool:
    if packet.executed_at is None:
        return since is None and until is None
    day = packet.executed_at.astimezone(UTC).date()
    return (since is None or day >= since.date()) and (until is None or day <= until.date())


def _day(packet: Packet) -> str:
    return timestamp(packet.executed_at)[:10] if packet.executed_at else ""


def _row(office: Office, packet: Packet) -> dict[str, object]:
    receipt = office.archive.stat(packet.bundle_sha256)
    return {
        "packet": packet.id,
        "practice": packet.plan.practice,
        "kind": packet.plan.kind,
        "state": packet.state.value,
        "executed_at": timestamp(packet.executed_at) if packet.executed_at else None,
        "bundle": packet.bundle_sha256,
        "location": receipt.location if receipt else None,
    }


def bundle_of(office: Office, packet_id: str) -> bytes:
    """Read a packet's evidence bundle from the archive, re-hashed.

    Raises:
        NotFound: the packet is not archived yet.
    """
    packet = office.ledger.packets.get(packet_id)
    if not packet.bundle_sha256:
        raise NotFound(
            f"This packet has no evidence bundle yet: it is {packet.state.words}. "
            "`docgen status PACKET` shows what it waits for."
        )
    return office.archive.open(packet.bundle_sha256)


@archive.command(
    short_help="Write evidence bundles to files.",
    examples="""
    docgen archive get pkt_1a2b3c
    docgen archive get pkt_1a2b3c pkt_4d5e6f --out bundles
    """,
    codes=ends(3, 5, 7, 8),
)
@click.argument("packets", metavar="PACKET...", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder to write to; this one when left out.",
)
@as_json
def get(packets: tuple[str, ...], out: Path, as_json: bool) -> None:
    """Write the evidence bundle of each PACKET to the file PACKET.bundle.zip.

    Each is re-hashed on its way out of the archive. A packet that is not fully executed yet has no
    bundle. With --json, several packets give a list.
    """
    office = site().office
    rows = []
    with progress("Getting", len(packets), quiet=as_json) as tell:
        for packet in packets:
            target = out / f"{packet}.bundle.zip"
            write_file(target, bundle_of(office, packet))
            rows.append({**_row(office, office.ledger.packets.get(packet)), "file": str(target)})
            tell()
    if as_json:
        say_json(rows if len(packets) > 1 else rows[0])
    else:
        say("\n".join(str(row["file"]) for row in rows))


@archive.command(
    "verify",
    short_help="Verify a bundle as it lies in the archive.",
    examples="""
    docgen archive verify pkt_1a2b3c
    """,
    codes=VERIFIED,
)
@click.argument("packet")
@as_json
def verify_archived(packet: str, as_json: bool) -> None:
    """Verify the bundle of PACKET as it lies in the archive, under this site's own anchor.

    The stand-alone verifier does it, in a process that cannot import this program.
    """
    office = site().office
    end(*verify_apart(office, bundle_of(office, packet), as_json=as_json))
