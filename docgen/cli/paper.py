"""`docgen intake-scan`: take in the scan of what was signed on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli.input import read_file
from docgen.cli.output import acting_person, as_json, say, say_json
from docgen.cli.site import site
from docgen.cli.status import summary
from docgen.services.paper import Scan
from docgen.services.paper import intake_scan as take_in
from docgen.services.scan import MOST_BYTES
from docgen.services.sweep import run_errand

if TYPE_CHECKING:
    from datetime import datetime

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("intake-scan", short_help="Take in the scan of what was signed on paper.")
@click.argument("packet")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--signed-on", type=_DAY, required=True, metavar="DATE", help="The last handwritten date."
)
@click.option(
    "--received-on", type=_DAY, required=True, metavar="DATE", help="The day the paper arrived."
)
@click.option("--pages", type=int, required=True, help="Pages of the paper, as you counted them.")
@click.option("--original-at", required=True, metavar="PLACE", help="Where the paper is kept.")
@acting_person
@as_json
def intake_scan(  # noqa: PLR0913, PLR0917  # one option each
    packet: str,
    file: Path,
    signed_on: datetime,
    received_on: datetime,
    pages: int,
    original_at: str,
    person: str,
    as_json: bool,
) -> None:
    r"""Take in FILE, one PDF scan of every document of PACKET as signed by hand.

    You attest to the original by name. An envelope that is still open is voided first. The packet
    is then fully executed as of the handwritten date and archived; its bundle says, and `docgen
    verify` answers with exit code 4, that a person attests to it and no signature proves it.

    \b
    Example:
      docgen intake-scan pkt_1a2b3c scan.pdf --signed-on 2026-11-20 --received-on 2026-11-23 \
        --pages 31 --original-at "contracts cabinet, folder 12" --as coordinator
    """
    office = site().office
    scan = Scan(
        data=read_file(file, MOST_BYTES),
        pages=pages,
        signed_on=signed_on.date(),
        received_on=received_on.date(),
        original_at=original_at,
    )
    taken = take_in(office, packet, scan, office.ledger.people.get(person))
    run_errand(office, f"file:{taken.id}")
    archived = office.ledger.packets.get(taken.id)
    if as_json:
        say_json(summary(office, archived))
    else:
        say(f"{archived.id}  {archived.state.words}, signed on paper {signed_on:%Y-%m-%d}")
        say(f"  next: docgen archive get {archived.id}")
