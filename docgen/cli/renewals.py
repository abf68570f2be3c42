"""`docgen archive renew`: time-stamp archived evidence again."""

from __future__ import annotations

import click

from docgen.cli.output import acting_person, as_json, say, say_json
from docgen.cli.progress import progress
from docgen.cli.site import site
from docgen.cli.teach import Taught, ends
from docgen.domain.disposal import is_going
from docgen.domain.renewal import renewals_in
from docgen.services.renew import ask_renewal
from docgen.services.sweep import run_errand


@click.command(
    cls=Taught,
    short_help="Time-stamp evidence bundles again.",
    examples="""
    docgen archive renew pkt_1a2b3c --as auditor
    docgen archive renew --all --as auditor
    """,
    codes=ends(2, 3, 4, 5, 6, 7, 8),
)
@click.argument("packets", metavar="PACKET...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every bundle in the archive.")
@acting_person
@as_json
def renew(packets: tuple[str, ...], every: bool, person: str, as_json: bool) -> None:
    """Time-stamp the evidence bundle of each PACKET again, over everything that came before.

    The pass over the archive does it by itself, `renewal_days` after the last time stamp. Do it
    yourself before a time stamping authority’s certificate ends or a hash is broken. The bundle
    keeps its bytes; two small files beside it are the renewal. A bundle that does not verify with
    it is refused.
    """
    office = site().office
    who = office.ledger.people.get(person)
    if every == bool(packets):
        raise click.UsageError("Name packets, or give --all.")
    if every:
        packets = tuple(
            item.id
            for item in office.ledger.packets.list()
            if item.bundle_sha256 and not is_going(office.ledger.history.of(item.id))
        )
    rows = []
    with progress("Renewing", len(packets), quiet=as_json) as tell:
        for packet in packets:
            run_errand(office, ask_renewal(office, packet, who))
            number = len(renewals_in(office.ledger.history.of(packet)))
            rows.append({"packet": packet, "renewals": number})
            tell()
    if as_json:
        say_json(rows)
    else:
        say("\n".join(f"{row['packet']}  renewal {row['renewals']}" for row in rows))
