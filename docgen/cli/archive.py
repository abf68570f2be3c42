"""`docgen archive`: find, get and verify what was fully executed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.bootstrap.application import application
from docgen.cli.output import as_json, say, say_json, table
from docgen.cli.verify import run_verifier
from docgen.domain.history import timestamp
from docgen.errors import NotFound, StorageError

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office


@click.group(short_help="Find, get and verify what was fully executed.")
def archive() -> None:
    """The archive: write-once, content-addressed; every packet has one evidence bundle."""


@archive.command()
@click.argument("words", nargs=-1)
@as_json
def find(words: tuple[str, ...], as_json: bool) -> None:
    """List archived packets whose practice, id or kind contains every one of WORDS."""
    office = application().office
    found = [item for item in office.ledger.packets.list() if item.bundle_sha256]
    wanted = [word.casefold() for word in words]
    found = [
        item
        for item in found
        if all(
            word in f"{item.plan.practice} {item.id} {item.plan.kind}".casefold() for word in wanted
        )
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
            (
                item.plan.practice,
                item.id,
                item.plan.kind,
                timestamp(item.executed_at)[:10] if item.executed_at else "",
                item.state.words,
            )
            for item in found
        ],
    )


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
        raise NotFound("This packet has no evidence bundle yet: it is not archived.")
    return office.archive.open(packet.bundle_sha256)


@archive.command()
@click.argument("packet")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder to write to.",
)
def get(packet: str, out: Path) -> None:
    """Write the evidence bundle of PACKET to a file."""
    data = bundle_of(application().office, packet)
    target = out / f"{packet}.bundle.zip"
    try:
        out.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    except OSError as error:
        raise StorageError(f"The bundle could not be written ({error.strerror}).") from error
    say(str(target))


@archive.command("verify")
@click.argument("packet")
@as_json
def verify_archived(packet: str, as_json: bool) -> None:
    """Verify the bundle of PACKET as it lies in the archive, under this site's own anchor."""
    app = application()
    run_verifier(app, bundle_of(app.office, packet), as_json=as_json)
