"""`docgen review` and `docgen terms`: drafts to the practice and back, until all agree."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from docgen.cli.input import read_file
from docgen.cli.output import acting_person, as_json, say, say_json, warn
from docgen.cli.proposals import shown, told
from docgen.cli.site import site
from docgen.cli.status import summary
from docgen.cli.teach import TaughtGroup, ends
from docgen.errors import InputError
from docgen.services.proposals import proposals_in
from docgen.services.redline import MOST_BYTES
from docgen.services.review import Placed, take_back
from docgen.services.review import agree as agree_terms
from docgen.services.review import release as release_drafts
from docgen.services.sweep import run_due


@click.group(
    cls=TaughtGroup,
    examples="""
    docgen review release pkt_1a2b3c --as coordinator
    docgen review return pkt_1a2b3c redline.docx --from "Gloria Example" \\
      --as coordinator
    docgen terms agree pkt_1a2b3c --as coordinator
    """,
)
def review() -> None:
    """Rounds of review by the practice, before anything is approved or signed."""


@review.command(
    short_help="Mail marked drafts to the practice.",
    examples="""
    docgen review release pkt_1a2b3c --as coordinator
    """,
    codes=ends(3, 4, 8),
)
@click.argument("packet")
@acting_person
@as_json
def release(packet: str, person: str, as_json: bool) -> None:
    """Mail marked drafts of PACKET, as PDF and DOCX, to the practice's key contacts.

    Key contacts are those with the role primary, contracting or legal_notice. Each release is a
    round of its own; its number stands on every page and inside the DOCX.
    """
    office = site().office
    released = release_drafts(office, packet, office.ledger.people.get(person))
    for failure in run_due(office):
        warn(f"To be tried again by `docgen serve` or `docgen sweep`: {failure}")
    if as_json:
        say_json(summary(office, released))
        return
    say(f"{released.id}  {released.state.words}, round {released.rounds[-1].number}")
    say(f"  when a redline comes: docgen review return {released.id} FILE --from NAME --as PERSON")
    say(f"  when all agree: docgen terms agree {released.id} --as PERSON")


@review.command(
    "return",
    short_help="Take in a redline that came back.",
    examples="""
    docgen review return pkt_1a2b3c redline.docx --from "Gloria Example" \\
      --as coordinator
    docgen review return pkt_1a2b3c clean.docx --from "Gloria Example" \\
      --round 1 --document baa --as coordinator
    """,
    codes=ends(2, 3, 4, 8),
)
@click.argument("packet")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "sender", required=True, metavar="NAME", help="Who sent it back.")
@click.option(
    "--round",
    "number",
    type=click.IntRange(1, 9999),
    metavar="N",
    help="The round it belongs to, where the file no longer says it; with --document.",
)
@click.option(
    "--document",
    "slug",
    metavar="SLUG",
    help="The document it belongs to (psa, baa or pses), with --round.",
)
@acting_person
@as_json
def return_(
    packet: str,
    file: Path,
    sender: str,
    number: int | None,
    slug: str | None,
    person: str,
    as_json: bool,
) -> None:
    """Take in the redline FILE (.docx) that came back for PACKET.

    It lists every change to the words beside the draft that went out, tracked or not, and every
    comment; the same file again lists them again. The file itself says which document and round it
    belongs to. Where those properties were taken out, say so by hand with --round and --document.
    The file is kept as it came. If the terms change, correct the enrollment and generate again: the
    new packet takes this one's place.
    """
    if (number is None) != (slug is None):
        raise InputError("Give --round and --document together, or neither of them.")
    office = site().office
    placed = Placed(slug=slug, number=number) if slug and number else None
    data = read_file(file, MOST_BYTES)
    taken = take_back(office, packet, data, sender, office.ledger.people.get(person), placed)
    proposed = proposals_in(office, taken, hashlib.sha256(data).hexdigest())
    if as_json:
        say_json(summary(office, taken) | {"proposals": shown(proposed)})
        return
    say(f"{taken.id}  {taken.state.words}")
    for line in told(proposed):
        say(f"  {line}")
    say(
        "  if terms change: docgen enroll FORM, then docgen generate ENROLLMENT, then release again"
    )
    say(f"  when all agree: docgen terms agree {taken.id} --as PERSON")


@click.group(
    cls=TaughtGroup,
    examples="""
    docgen terms agree pkt_1a2b3c --as coordinator
    """,
)
def terms() -> None:
    """Record that both sides agree on the terms of a packet under review."""


@terms.command(
    short_help="Record that both sides agree.",
    examples="""
    docgen terms agree pkt_1a2b3c --as coordinator
    docgen terms agree pkt_1a2b3c --answer "Withdrawn by them." --as coordinator
    """,
    codes=ends(3, 4, 8),
)
@click.argument("packet")
@click.option(
    "--answer",
    default="",
    metavar="TEXT",
    help="How the proposals that came back were settled; needed where there are any.",
)
@acting_person
@as_json
def agree(packet: str, answer: str, person: str, as_json: bool) -> None:
    """Record that both sides agree on the terms as PACKET has them; approval comes next.

    A packet that was never released for review needs no such step.
    """
    office = site().office
    agreed = agree_terms(office, packet, office.ledger.people.get(person), answer)
    if as_json:
        say_json(summary(office, agreed))
        return
    short = agreed.plan.short_checksum
    say(f"{agreed.id}  {agreed.state.words}")
    say(f"  next: docgen approve {agreed.id} --plan {short} --as PERSON")
