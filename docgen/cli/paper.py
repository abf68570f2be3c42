"""`docgen paper` and `docgen intake-scan`: documents that are not ours, and signatures by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli.day import DAY
from docgen.cli.input import read_file
from docgen.cli.output import acting_person, as_json, say, say_json
from docgen.cli.site import site
from docgen.cli.status import summary
from docgen.cli.teach import Taught, TaughtGroup, ends
from docgen.domain.packet import WITH_SIGNERS, PacketKind, PacketState
from docgen.services.paper import Scan
from docgen.services.paper import intake_scan as take_in
from docgen.services.scan import MOST_BYTES
from docgen.services.sources import (
    MOST_CHECKLIST_BYTES,
    SLUGS,
    generate_ours,
    leave_out,
    pin_copy,
    refer_to,
    take_paper,
)
from docgen.services.sweep import run_errand

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.domain.packet import Packet


@click.command(
    "intake-scan",
    cls=Taught,
    examples="""
    docgen intake-scan pkt_1a2b3c scan.pdf --signed-on 2026-11-20 \\
      --received-on 2026-11-23 --pages 31 \\
      --original-at "contracts cabinet, folder 12" --as coordinator
    docgen intake-scan pkt_1a2b3c baa.pdf --document baa \\
      --signed-on 2026-11-20 --received-on 2026-11-23 --pages 9 \\
      --original-at "folder 12" --as coordinator
    """,
    codes=ends(2, 3, 4, 8),
)
@click.argument("packet")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--signed-on", type=DAY, required=True, metavar="YYYY-MM-DD", help="The last handwritten date."
)
@click.option(
    "--received-on",
    type=DAY,
    required=True,
    metavar="YYYY-MM-DD",
    help="The day the paper arrived.",
)
@click.option("--pages", type=int, required=True, help="Pages of the paper, as you counted them.")
@click.option("--original-at", required=True, metavar="PLACE", help="Where the paper is kept.")
@click.option(
    "--document",
    "documents",
    multiple=True,
    metavar="SLUG",
    help="A document that the scan shows, such as baa; once for each. See below when left out.",
)
@acting_person
@as_json
def intake_scan(  # noqa: PLR0913, PLR0917  # one option each
    packet: str,
    file: Path,
    signed_on: datetime,
    received_on: datetime,
    pages: int,
    original_at: str,
    documents: tuple[str, ...],
    person: str,
    as_json: bool,
) -> None:
    """Take in FILE, one PDF scan of what was signed by hand of PACKET.

    Without --document the scan shows every document that is signed or, while the rest is out for
    electronic signature, the practice's own paper. The practice's own paper is signed by hand; the
    rest may be signed electronically, and the packet is fully executed once both are in. With every
    document on paper, an envelope that is still open is voided first.

    You attest to the original by name. The bundle says, and `docgen verify` answers with exit code
    4, that a person attests to the paper and no signature proves it.
    """
    office = site().office
    scan = Scan(
        data=read_file(file, MOST_BYTES),
        pages=pages,
        signed_on=signed_on.date(),
        received_on=received_on.date(),
        original_at=original_at,
        documents=tuple(dict.fromkeys(documents)),
    )
    taken = take_in(office, packet, scan, office.ledger.people.get(person))
    if taken.state is PacketState.FULLY_EXECUTED:
        run_errand(office, f"file:{taken.id}")
    archived = office.ledger.packets.get(taken.id)
    if as_json:
        say_json(summary(office, archived))
    else:
        say(f"{archived.id}  {archived.state.words}, signed on paper {signed_on:%Y-%m-%d}")
        say(f"  {_next(archived)}")


def _next(packet: Packet) -> str:
    """Say what comes after the scan: the bundle, or the part that is signed electronically."""
    if packet.state is PacketState.APPROVED:
        return f"next, for the rest: docgen send {packet.id} --as PERSON"
    if packet.state in WITH_SIGNERS:
        return "the rest is out for electronic signature; the packet is fully executed after it"
    return f"next: docgen archive get {packet.id}"


_document = click.option(
    "--document",
    "slug",
    required=True,
    type=click.Choice(SLUGS[PacketKind.CONTRACTING]),
    help="Which agreement.",
)


@click.group(
    cls=TaughtGroup,
    examples="""
    docgen paper add enr_1a2b3c --document baa --file their-baa.pdf \\
      --checklist list.toml --as coordinator
    docgen paper not-applicable enr_1a2b3c --document baa \\
      --reason "The practice sends no PHI at all." --as coordinator
    docgen paper generate enr_1a2b3c --document baa --as coordinator  # ours
    """,
)
def paper() -> None:
    """Say that an agreement of an enrollment does not come from our template.

    Each is a departure from standard, so a legal approver approves too. Packets of this enrollment
    that were not sent yet are stale afterwards: generate again.
    """


@paper.command(
    short_help="Use the practice's own PDF for one agreement.",
    examples="""
    docgen paper add enr_1a2b3c --document baa --file their-baa.pdf \\
      --checklist list.toml --as coordinator
    """,
    codes=ends(2, 3, 4, 8),
)
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
    """Use the practice's own PDF for one agreement of ENROLLMENT; it is pinned by its digest.

    The checklist says who read the paper (checked_by = "counsel") and, in one [[requirement]] for
    each point of law, where it is met: id = "hipaa.164.504.e.2.i", page = 3, section = "2.1".
    `docgen templates coverage` lists the ids. Such paper has no fields to sign in: it is
    signed by hand and its scan taken in with `docgen intake-scan`; the rest may be signed
    electronically.
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


@paper.command(
    "on-file",
    short_help="Refer to an agreement that was executed before.",
    examples="""
    docgen paper on-file enr_1a2b3c --document baa --title "BAA of 2024" \\
      --dated 2024-05-02 --kept-at "contracts cabinet" --as coordinator
    """,
    codes=ends(2, 3, 4, 8),
)
@click.argument("enrollment")
@_document
@click.option("--title", required=True, help="The executed agreement's title.")
@click.option(
    "--dated", type=DAY, required=True, metavar="YYYY-MM-DD", help="When it was executed."
)
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
    """Refer ENROLLMENT to an agreement that was executed before, instead of making one."""
    office = site().office
    who = office.ledger.people.get(person)
    choice = refer_to(office, enrollment, slug, title, dated.date(), kept_at, who)
    _say_choice(enrollment, slug, choice.source.value, as_json=as_json)


@paper.command(
    "add-copy",
    short_help="Pin a copy of an agreement that is on file.",
    examples="""
    docgen paper add-copy enr_1a2b3c --document baa --file baa-2024.pdf \\
      --as coordinator
    """,
    codes=ends(2, 3, 4, 8),
)
@click.argument("enrollment")
@_document
@click.option("--file", "pdf", type=click.Path(path_type=Path), required=True, help="The PDF.")
@acting_person
@as_json
def add_copy(enrollment: str, slug: str, pdf: Path, person: str, as_json: bool) -> None:
    """Pin a copy of an agreement of ENROLLMENT that is on file, so that it goes into the evidence.

    Refer to the agreement first: `docgen paper on-file`.
    """
    office = site().office
    who = office.ledger.people.get(person)
    choice = pin_copy(office, enrollment, slug, read_file(pdf, MOST_BYTES), who)
    _say_choice(enrollment, slug, choice.source.value, as_json=as_json)


@paper.command(
    "not-applicable",
    short_help="Leave one agreement out, with the reason.",
    examples="""
    docgen paper not-applicable enr_1a2b3c --document baa \\
      --reason "The practice sends no PHI at all." --as coordinator
    """,
    codes=ends(2, 3, 4, 8),
)
@click.argument("enrollment")
@_document
@click.option("--reason", required=True, help="Why; it stands in the plan.")
@acting_person
@as_json
def not_applicable(enrollment: str, slug: str, reason: str, person: str, as_json: bool) -> None:
    """Leave one agreement of ENROLLMENT out, with the reason."""
    office = site().office
    choice = leave_out(office, enrollment, slug, reason, office.ledger.people.get(person))
    _say_choice(enrollment, slug, choice.source.value, as_json=as_json)


@paper.command(
    "generate",
    short_help="Go back to the agreement from our own template.",
    examples="""
    docgen paper generate enr_1a2b3c --document baa --as coordinator
    """,
    codes=ends(2, 3, 4, 8),
)
@click.argument("enrollment")
@_document
@acting_person
@as_json
def generate_again(enrollment: str, slug: str, person: str, as_json: bool) -> None:
    """Go back to the agreement from our own template for ENROLLMENT."""
    office = site().office
    choice = generate_ours(office, enrollment, slug, office.ledger.people.get(person))
    _say_choice(enrollment, slug, choice.source.value, as_json=as_json)


def _say_choice(enrollment: str, slug: str, source: str, *, as_json: bool) -> None:
    if as_json:
        say_json({"enrollment": enrollment, "document": slug, "source": source})
    else:
        say(f"{enrollment}  {slug}: {source.replace('_', ' ')}")
        say(f"  next: docgen generate {enrollment}")
