"""`docgen review` and `docgen terms`: drafts to the practice and back, until all agree."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli.input import read_file
from docgen.cli.output import acting_person, as_json, say, say_json, warn
from docgen.cli.site import site
from docgen.cli.status import summary
from docgen.services.redline import MOST_BYTES
from docgen.services.review import agree as agree_terms
from docgen.services.review import release as release_drafts
from docgen.services.review import take_back
from docgen.services.sweep import run_due


@click.group(short_help="Send drafts for review, take redlines back in.")
def review() -> None:
    r"""Rounds of review by the practice, before anything is approved or signed.

    \b
    Examples:
      docgen review release PACKET --as PERSON
      docgen review return PACKET redline.docx --from "Gloria Example" --as PERSON
      docgen terms agree PACKET --as PERSON
    """


@review.command()
@click.argument("packet")
@acting_person
@as_json
def release(packet: str, person: str, as_json: bool) -> None:
    r"""Mail marked drafts of PACKET, as PDF and DOCX, to the practice's key contacts.

    Key contacts are those with the role primary, contracting or legal_notice. Each release is a
    round of its own; its number stands on every page and inside the DOCX.

    \b
    Example:
      docgen review release pkt_1a2b3c --as coordinator
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


@review.command("return")
@click.argument("packet")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "sender", required=True, metavar="NAME", help="Who sent it back.")
@acting_person
@as_json
def return_(packet: str, file: Path, sender: str, person: str, as_json: bool) -> None:
    r"""Take in the redline FILE (.docx) that came back for PACKET.

    The file itself says which document and round it belongs to. It is kept as it came. If the
    terms change, correct the enrollment and generate again: the new packet takes this one's place.

    \b
    Example:
      docgen review return pkt_1a2b3c redline.docx --from "Gloria Example" --as coordinator
    """
    office = site().office
    data = read_file(file, MOST_BYTES)
    taken = take_back(office, packet, data, sender, office.ledger.people.get(person))
    if as_json:
        say_json(summary(office, taken))
        return
    say(f"{taken.id}  {taken.state.words}")
    say(
        "  if terms change: docgen enroll FORM, then docgen generate ENROLLMENT, then release again"
    )
    say(f"  when all agree: docgen terms agree {taken.id} --as PERSON")


@click.group(short_help="Record that the terms are agreed.")
def terms() -> None:
    r"""The terms of a packet under review.

    \b
    Example:
      docgen terms agree pkt_1a2b3c --as coordinator
    """


@terms.command()
@click.argument("packet")
@acting_person
@as_json
def agree(packet: str, person: str, as_json: bool) -> None:
    """Record that both sides agree on the terms as PACKET has them; approval comes next."""
    office = site().office
    agreed = agree_terms(office, packet, office.ledger.people.get(person))
    if as_json:
        say_json(summary(office, agreed))
        return
    short = agreed.plan.short_checksum
    say(f"{agreed.id}  {agreed.state.words}")
    say(f"  next: docgen approve {agreed.id} --plan {short} --as PERSON")
