"""`docgen paper` and `docgen intake-scan`: documents that are not ours, and signatures by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli.input import read_file
from docgen.cli.output import acting_person, as_json, say, say_json
from docgen.cli.site import site
from docgen.cli.status import summary
from docgen.domain.packet import PacketKind
from docgen.services.paper import Scan
from docgen.services.paper import intake_scan as take_in
from docgen.services.scan import MOST_BYTES
from docgen.services.sources import (
    MOST_CHECKLIST_BYTES,
    SLUGS,
    generate_ours,
    leave_out,
    refer_to,
    take_paper,
)
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


_document = click.option(
    "--document",
    "slug",
    required=True,
    type=click.Choice(SLUGS[PacketKind.CONTRACTING]),
    help="Which agreement.",
)


@click.group(short_help="Documents that do not come from our templates.")
def paper() -> None:
    r"""Say that an agreement of an enrollment does not come from our template.

    Each is a departure from standard, so a legal approver approves too. Packets of this enrollment
    that were not sent yet are stale afterwards: generate again.

    \b
    Examples:
      docgen paper add ENROLLMENT --document baa --file baa.pdf --checklist list.toml --as PERSON
      docgen paper on-file ENROLLMENT --document baa --title "BAA of 2024" --dated 2024-05-02 \
        --kept-at "contracts cabinet" --as PERSON
      docgen paper not-applicable ENROLLMENT --document baa --reason "No PHI at all." --as PERSON
      docgen paper generate ENROLLMENT --document baa --as PERSON
    """


@paper.command()
@click.argument("enrollment")
@_document
@click.option("--file", "pdf", type=click.Path(path_type=Path), required=True, help="The PDF.")
@click.option(
    "--checklist",
    type=click.Path(path_type=Path),
    required=True,
    help="TOML: checked_by, and a [[requirement]] with id, page and section for each.",
)
@acting_person
@as_json
def add(enrollment: str, slug: str, pdf: Path, checklist: Path, person: str, as_json: bool) -> None:
    r"""Use the practice's own PDF for one agreement; it is pinned by its digest.

    The checklist says where each requirement of law is met; `docgen templates coverage` lists them.
    Such a packet is signed by hand: its own paper has no fields to sign in.

    \b
    Example of a checklist:
      checked_by = "counsel"
      [[requirement]]
      id = "hipaa.164.504.e.2.i"
      page = 3
      section = "2.1"
    """
    office = site().office
    choice = take_paper(
        office,
        enrollment,
        slug,
        read_file(pdf, MOST_BYTES),
        read_file(checklist, MOST_CHECKLIST_BYTES),
        office.ledger.people.get(person),
    )
    _say_choice(enrollment, slug, choice.source.value, as_json=as_json)


@paper.command("on-file")
@click.argument("enrollment")
@_document
@click.option("--title", required=True, help="The executed agreement's title.")
@click.option("--dated", type=_DAY, required=True, metavar="DATE", help="When it was executed.")
@click.option("--kept-at", required=True, metavar="PLACE", help="Where it is kept.")
@acting_person
@as_json
def on_file(  # one option each
    enrollment: str,
    slug: str,
    title: str,
    dated: datetime,
    kept_at: str,
    person: str,
    as_json: bool,
) -> None:
    """Refer to an agreement that was executed before, instead of making one."""
    office = site().office
    who = office.ledger.people.get(person)
    choice = refer_to(office, enrollment, slug, title, dated.date(), kept_at, who)
    _say_choice(enrollment, slug, choice.source.value, as_json=as_json)


@paper.command("not-applicable")
@click.argument("enrollment")
@_document
@click.option("--reason", required=True, help="Why; it stands in the plan.")
@acting_person
@as_json
def not_applicable(enrollment: str, slug: str, reason: str, person: str, as_json: bool) -> None:
    """Leave one agreement out, with the reason."""
    office = site().office
    choice = leave_out(office, enrollment, slug, reason, office.ledger.people.get(person))
    _say_choice(enrollment, slug, choice.source.value, as_json=as_json)


@paper.command("generate")
@click.argument("enrollment")
@_document
@acting_person
@as_json
def generate_again(enrollment: str, slug: str, person: str, as_json: bool) -> None:
    """Go back to the agreement from our own template."""
    office = site().office
    choice = generate_ours(office, enrollment, slug, office.ledger.people.get(person))
    _say_choice(enrollment, slug, choice.source.value, as_json=as_json)


def _say_choice(enrollment: str, slug: str, source: str, *, as_json: bool) -> None:
    if as_json:
        say_json({"enrollment": enrollment, "document": slug, "source": source})
    else:
        say(f"{enrollment}  {slug}: {source.replace('_', ' ')}")
        say(f"  next: docgen generate {enrollment}")
