"""`docgen archive hold`: what must stay, whatever its retention says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from docgen.cli.output import acting_person, as_json, say, say_json
from docgen.cli.site import site
from docgen.cli.teach import Taught, ends
from docgen.domain.history import timestamp
from docgen.errors import InputError
from docgen.services.hold import hold_of, lift_hold, place_hold
from docgen.services.hold import propose_lift as propose

if TYPE_CHECKING:
    from docgen.services.office import Office


@click.command(
    cls=Taught,
    short_help="Place a legal hold, or lift one by two people.",
    examples="""
    docgen archive hold pkt_1a2b3c --reason "A claim is expected." --as counsel
    docgen archive hold pkt_1a2b3c --propose-lift --reason "Settled." --as counsel
    docgen archive hold pkt_1a2b3c --lift --as auditor
    """,
    codes=ends(2, 3, 4, 7, 8),
)
@click.argument("packet")
@click.option("--reason", default="", metavar="TEXT", help="Why; it stays in the history.")
@click.option("--propose-lift", is_flag=True, help="Propose that the hold be lifted.")
@click.option("--lift", is_flag=True, help="Lift it, as another person than who proposed it.")
@acting_person
@as_json
def hold(
    packet: str, reason: str, propose_lift: bool, lift: bool, person: str, as_json: bool
) -> None:
    """Place a legal hold on PACKET; with --propose-lift and --lift, two people take it off.

    Both are legal approvers or auditors. One person places a hold at once, on the packet's archived
    files too. While it lies there, nothing of the packet is disposed of. Placed again, a hold
    answers a proposal to lift it.
    """
    if lift and (propose_lift or reason):
        raise InputError("Give --lift alone, or a --reason to place a hold or propose to lift it.")
    office = site().office
    who = office.ledger.people.get(person)
    if lift:
        lift_hold(office, packet, who)
    elif propose_lift:
        propose(office, packet, reason, who)
    else:
        place_hold(office, packet, reason, who)
    row = hold_row(office, packet)
    if as_json:
        say_json(row)
    elif not row["on_hold"]:
        say(f"{packet}  The legal hold is lifted.")
    elif propose_lift:
        say(
            f"{packet}  Proposed. The hold lies on the packet until another person agrees:\n"
            f"  docgen archive hold {packet} --lift --as PERSON"
        )
    else:
        say(f"{packet}  On legal hold.")


def hold_row(office: Office, packet: str) -> dict[str, object]:
    """Give the hold that lies on a packet, for scripts."""
    found = hold_of(office.ledger.history.of(packet))
    return {
        "packet": packet,
        "on_hold": found is not None,
        "placed_by": found.placed_by if found else None,
        "placed_at": timestamp(found.placed_at) if found else None,
        "reason": found.reason if found else None,
        "lift_proposed_by": (found.proposed_by or None) if found else None,
    }
