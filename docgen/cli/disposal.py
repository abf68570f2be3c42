"""`docgen archive dispose`: what has been kept long enough goes, by two people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from docgen.cli.output import acting_person, as_json, say, say_json, warn
from docgen.cli.site import site
from docgen.cli.teach import Taught, ends
from docgen.domain.disposal import disposal_of
from docgen.domain.history import timestamp
from docgen.errors import DocgenError, InputError
from docgen.services.disposal import confirm_disposal, propose_disposal, withdraw_disposal
from docgen.services.disposed import disposed_words
from docgen.services.sweep import run_errand

if TYPE_CHECKING:
    from docgen.services.office import Office

_CLAIMED = "claimed"


@click.command(
    cls=Taught,
    short_help="Dispose of what need be kept no more, by two people.",
    examples="""
    docgen archive find --may-go
    docgen archive dispose pkt_1a2b3c --reason "Retention is over." --as counsel
    docgen archive dispose pkt_1a2b3c --confirm --as auditor
    docgen archive dispose pkt_1a2b3c --withdraw --reason "A claim." --as auditor
    """,
    codes=ends(2, 3, 4, 6, 7, 8),
)
@click.argument("packet")
@click.option("--reason", default="", metavar="TEXT", help="Why; it stays in the history.")
@click.option("--confirm", is_flag=True, help="Confirm, as another person than who proposed it.")
@click.option("--withdraw", is_flag=True, help="Take the proposal back, with a reason.")
@acting_person
@as_json
def dispose(
    packet: str, reason: str, confirm: bool, withdraw: bool, person: str, as_json: bool
) -> None:
    """Propose that PACKET be disposed of, or with --confirm, as a second person, have it done.

    Its retention must be over, and no legal hold may lie on it. Both are legal approvers or
    auditors. What is confirmed is deleted from the archive and its second copy at once, with the
    packet's working files and callbacks; what another packet needs too stays. Its history and its
    place in the log stay for good. It cannot be undone.
    """
    if confirm and (withdraw or reason):
        raise InputError("Give --confirm alone, or a --reason to propose or withdraw.")
    office = site().office
    who = office.ledger.people.get(person)
    if withdraw:
        withdraw_disposal(office, packet, reason, who, _CLAIMED)
    elif confirm:
        _carry_out(office, confirm_disposal(office, packet, who, _CLAIMED))
    else:
        propose_disposal(office, packet, reason, who, _CLAIMED)
    if as_json:
        say_json(disposal_row(office, packet))
    else:
        say(_told(office, packet))


def _carry_out(office: Office, key: str) -> None:
    """Begin at once; what fails is tried again until it is done, for it is decided."""
    try:
        run_errand(office, key)
    except DocgenError as error:
        warn(f"To be tried again by `docgen serve` or `docgen sweep`: {error}")


def _told(office: Office, packet: str) -> str:
    found = disposal_of(office.ledger.history.of(packet))
    if found is None:
        return f"{packet}  The proposal is withdrawn; the packet stays."
    words = disposed_words(office, found)
    if words:
        return f"{packet}  {words}"
    return (
        f"{packet}  Proposed. Nothing goes until another person confirms:\n"
        f"  docgen archive dispose {packet} --confirm --as PERSON"
    )


def disposal_row(office: Office, packet: str) -> dict[str, object]:
    """Give how far a packet's disposal has come, for scripts."""
    found = disposal_of(office.ledger.history.of(packet))
    row: dict[str, object] = {"packet": packet, "proposed_by": None, "reason": None}
    row |= {"confirmed_by": None, "confirmed_entry": None, "disposed_at": None, "log_entry": None}
    if found is None:
        return row
    row |= {"proposed_by": found.proposed_by, "reason": found.reason}
    if found.confirmed_at is not None:
        row |= {"confirmed_by": found.confirmed_by, "confirmed_entry": found.confirmed_entry}
    if found.disposed_at is not None:
        row |= {"disposed_at": timestamp(found.disposed_at), "log_entry": found.disposed_entry}
    return row
