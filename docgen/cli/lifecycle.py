"""Packets on their way and at their end: remind, reassign, terminate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from docgen.cli.day import DAY
from docgen.cli.output import acting_person, as_json, say, say_json, warn
from docgen.cli.site import site
from docgen.cli.status import summary
from docgen.cli.teach import Taught, ends
from docgen.services.reassign import NewSigner, signers_now
from docgen.services.reassign import reassign as reassign_signer
from docgen.services.remind import remind as remind_signers
from docgen.services.retention import retention_of
from docgen.services.sweep import run_due
from docgen.services.terminate import terminate as terminate_packet

if TYPE_CHECKING:
    from datetime import datetime


@click.command(
    cls=Taught,
    examples="""
    docgen remind pkt_1a2b3c --as coordinator
    """,
    codes=ends(3, 4, 8),
)
@click.argument("packet")
@acting_person
@as_json
def remind(packet: str, person: str, as_json: bool) -> None:
    """Mail the current link of PACKET once more to whose turn it is, at most once a day.

    Somebody whose contact in the enrollment wants no reminders gets none; the refusal says so.
    """
    office = site().office
    reminded = remind_signers(office, packet, office.ledger.people.get(person))
    for failure in run_due(office):
        warn(f"To be tried again by `docgen serve` or `docgen sweep`: {failure}")
    if as_json:
        say_json({"packet": packet, "reminded": list(reminded)})
    else:
        say(f"{packet}  reminded: {', '.join(reminded)}")


@click.command(
    cls=Taught,
    examples="""
    docgen reassign pkt_1a2b3c practice_1 --name "Ada Example" \\
      --title "Chief Executive" --email ada@example.org \\
      --reason "Her predecessor left." --as coordinator
    """,
    codes=ends(2, 3, 4, 8),
)
@click.argument("packet")
@click.argument("recipient")
@click.option("--name", required=True, help="The new signer's name.")
@click.option("--title", required=True, help="The new signer's title.")
@click.option("--email", required=True, help="The new signer's own address.")
@click.option("--reason", required=True, help="Why; it stays in the history.")
@acting_person
@as_json
def reassign(  # noqa: PLR0913, PLR0917  # one option each
    packet: str,
    recipient: str,
    name: str,
    title: str,
    email: str,
    reason: str,
    person: str,
    as_json: bool,
) -> None:
    """Let another person sign PACKET as RECIPIENT, whose key `docgen status PACKET` shows.

    By this you confirm that the person may sign for the organization. What was approved stays as
    it is. The old link stops working and the person who held it is told by letter; the new person
    gets a link, a code and the documents of their own. Not possible once RECIPIENT has signed.
    """
    office = site().office
    new = NewSigner(name=name, title=title, email=email, reason=reason)
    changed = reassign_signer(office, packet, recipient, new, office.ledger.people.get(person))
    for failure in run_due(office):
        warn(f"To be tried again by `docgen serve` or `docgen sweep`: {failure}")
    if as_json:
        say_json(summary(office, changed))
    else:
        signs = signers_now(office, changed)[recipient][0]
        say(f"{packet}  {changed.state.words}; {recipient} is now {signs}")


@click.command(
    cls=Taught,
    examples="""
    docgen terminate pkt_1a2b3c --on 2027-06-30 \\
      --reason "The practice closed." --as coordinator
    """,
    codes=ends(2, 3, 4, 8),
)
@click.argument("packet")
@click.option("--on", "last_day", type=DAY, required=True, metavar="YYYY-MM-DD", help="Last day.")
@click.option("--reason", required=True, help="Why; it stays in the history.")
@acting_person
@as_json
def terminate(packet: str, last_day: datetime, reason: str, person: str, as_json: bool) -> None:
    """Record the last day on which PACKET was in effect; its retention runs from there.

    Nothing is deleted. `docgen status PACKET --json` shows until when it must be kept.
    """
    office = site().office
    who = office.ledger.people.get(person)
    ended = terminate_packet(office, packet, last_day.date(), reason, who)
    if as_json:
        say_json(summary(office, ended))
    else:
        until = retention_of(office, ended).retain_until
        say(f"{packet}  {ended.state.words}; to be kept until {until}")
