"""`docgen verify`: the stand-alone verifier, in a process that cannot import the product."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from docgen.cli.input import read_beginning
from docgen.cli.output import as_json, say, table, warn, write_file
from docgen.cli.site import is_set_up, press, site
from docgen.cli.teach import Taught
from docgen.domain.verification import VERIFIED, parse_verification
from docgen.services.anchor import anchor_of
from docgen.services.verification_report import verification_report
from docgen.services.verify import run_verifier, under_own_anchor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.verification import Verification


@click.command(
    cls=Taught,
    examples="""
    docgen verify pkt_1a2b3c.bundle.zip                        # of this site
    docgen verify pkt_1a2b3c.bundle.zip --anchor anchor.json   # of another
    docgen verify pkt_1a2b3c.bundle.zip --at 2036-01-31        # as in ten years
    docgen verify pkt_1a2b3c.bundle.zip --report result.pdf    # a report to file
    """,
    codes=VERIFIED,
)
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--anchor",
    type=click.Path(path_type=Path),
    help="Whom to trust: an anchor file obtained from the PSO (`docgen anchor --out FILE` there). "
    "Left out: this site itself, if one is set up here.",
)
@click.option(
    "--at",
    "moment",
    metavar="YYYY-MM-DD",
    help="Judge as of this day, such as 2036-01-31, instead of today.",
)
@click.option(
    "--report",
    metavar="FILE.pdf",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the result as a PDF report.",
)
@as_json
def verify(
    bundle: Path, anchor: Path | None, moment: str | None, report: Path | None, as_json: bool
) -> None:
    """Verify BUNDLE: every digest, signature, time stamp, and its place in the log.

    Needs no site, no network and no account. Whom to trust is never taken from the bundle itself:
    the anchor comes from the PSO by another way, and without one the most to be had is exit code 3.
    """
    read_beginning(bundle, "bundle", 1)
    trusted: Mapping[str, object] | None = None
    wants_json = as_json or report is not None
    if anchor is not None:
        read_beginning(anchor, "anchor", 1)
        code, output = run_verifier(bundle, anchor, moment, as_json=wants_json)
        trusted = _anchor(anchor) if report else None
    elif is_set_up():
        office = site().office
        code, output = under_own_anchor(office, bundle, moment, as_json=wants_json)
        trusted = anchor_of(office)
    else:
        warn("No anchor was given and no site is set up here, so nobody vouches for the issuer.")
        code, output = run_verifier(bundle, None, moment, as_json=wants_json)
    if report is not None:
        found = parse_verification(code, output)
        _report(report, found, trusted)
        if not as_json and found.checks:
            _say(found)
            end(code, f"\n{found.result}\n")
    end(code, output)


def _anchor(path: Path) -> Mapping[str, object] | None:
    """Read an anchor that the verifier has read before; None where it could not."""
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _report(file: Path, found: Verification, trusted: Mapping[str, object] | None) -> None:
    """Write the report, unless there was nothing to report on."""
    if not found.checks:
        warn("No report was written: the file could not be read as an evidence bundle.")
        return
    shop = press()
    pdf = verification_report(shop.printer, found, anchor=trusted, at=shop.clock.now())
    write_file(file, pdf)
    warn(f"Report: {file}")


def _say(found: Verification) -> None:
    table(
        ("Result", "Check", "What was found"),
        [(item.result, item.id, _one_line(item.detail)) for item in found.checks],
    )
    for title, how in found.documents:
        say(f"{_one_line(title)}: {_one_line(how)}")


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)


def end(code: int, output: str) -> NoReturn:
    """Print what the verifier said and end with its exit code."""
    say(output.removesuffix("\n"))
    raise click.exceptions.Exit(code)
