"""The table with which the demonstration closes: one row for each packet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from docgen.cli.output import say, shortened, table

if TYPE_CHECKING:
    from pathlib import Path

HOLDS, LATER, REFUSED = "holds", "needs more of the form", "refused"
AFTER, FAILED = "comes after contracting", "FAILED"
ATTESTED = "attested, on paper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One packet's row in the closing table; one that was not made has no pages."""

    practice: str
    packet: str
    status: str
    result: str
    pages: int = 0
    seconds: float = 0.0
    path: str = ""


def close(lines: list[Line], into: Path) -> None:
    """Print the table, where everything lies, and how many bundles hold.

    Raises:
        click.exceptions.Exit: something failed.
    """
    say("")
    table(
        ("Practice", "Packet", "Status", "Pages", "Seconds", "Archive path", "Result"),
        [
            (
                shortened(item.practice),
                item.packet,
                item.status,
                str(item.pages or "–"),
                f"{item.seconds:.1f}" if item.pages else "–",
                item.path or "–",
                item.result,
            )
            for item in lines
        ],
    )
    held = sum(1 for item in lines if item.result == HOLDS)
    attested = sum(1 for item in lines if item.result == ATTESTED)
    failed = sum(1 for item in lines if item.result not in {HOLDS, ATTESTED, LATER, AFTER})
    say("")
    say(f"Evidence bundles lie in {into / 'bundles'}, letters in {into / 'home' / 'mail'}.")
    say(f"Look around:  DOCGEN_HOME={into / 'home'} bin/docgen status")
    if failed:
        say(f"{failed} of {len(lines)} failed; what was said above tells why.")
        raise click.exceptions.Exit(5)
    if held:
        say(f"{_count(held)} verified by the stand-alone verifier.")
    if attested:
        say(f"{_rest(attested)} on paper, to which a person attests; all else holds.")
    if held + attested < len(lines):
        say("The others were not generated: their form lacks what they need, listed above.")


def _rest(attested: int) -> str:
    """Count the bundles whose signatures are on paper."""
    return "1 bundle rests" if attested == 1 else f"{attested} bundles rest"


def _count(held: int) -> str:
    """Count the bundles that hold."""
    return "The one bundle holds," if held == 1 else f"All {held} bundles hold,"
