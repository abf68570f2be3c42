"""`docgen verify`: the stand-alone verifier, in a process that cannot import the product."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli.input import read_beginning
from docgen.cli.output import as_json, warn
from docgen.cli.site import is_set_up, site
from docgen.cli.teach import Taught
from docgen.resources import stand_alone_verifier
from docgen.services.anchor import anchor_of

if TYPE_CHECKING:
    from docgen.services.office import Office


VERIFIED = {
    0: "everything holds",
    1: "a check failed; the output says which",
    2: "the file cannot be read as a bundle",
    3: "consistent, but the issuer is not established (no anchor)",
    4: "paper execution attested, not cryptographically signed; all else holds",
    5: "holds as far as could be checked here; the output says what was not",
}


@click.command(
    cls=Taught,
    short_help="Verify an evidence bundle.",
    examples="""
    docgen verify pkt_1a2b3c.bundle.zip                        # of this site
    docgen verify pkt_1a2b3c.bundle.zip --anchor anchor.json   # of another
    docgen verify pkt_1a2b3c.bundle.zip --at 2036-01-31        # as in ten years
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
@as_json
def verify(bundle: Path, anchor: Path | None, moment: str | None, as_json: bool) -> None:
    """Verify BUNDLE: every digest, signature, time stamp, and its place in the log.

    Needs no site, no network and no account. Whom to trust is never taken from the bundle itself:
    the anchor comes from the PSO by another way, and without one the most to be had is exit code 3.
    """
    read_beginning(bundle, "bundle", 1)
    if anchor is not None:
        read_beginning(anchor, "anchor", 1)
        end(*_run(bundle, anchor, moment, as_json=as_json))
    if is_set_up():
        end(*_under_own_anchor(site().office, bundle, moment, as_json=as_json))
    warn("No anchor was given and no site is set up here, so nobody vouches for the issuer.")
    end(*_run(bundle, None, moment, as_json=as_json))


def end(code: int, output: str) -> None:
    """Print what the verifier said and end with its exit code."""
    click.echo(output, nl=False)
    raise click.exceptions.Exit(code)


def verify_apart(office: Office, data: bytes, *, as_json: bool = False) -> tuple[int, str]:
    """Verify a bundle under the site's own anchor; give exit code and output."""
    with tempfile.TemporaryDirectory(prefix="docgen-verify-") as name:
        bundle = Path(name) / "packet.bundle.zip"
        bundle.write_bytes(data)
        return _under_own_anchor(office, bundle, None, as_json=as_json)


def _under_own_anchor(
    office: Office, bundle: Path, moment: str | None, *, as_json: bool
) -> tuple[int, str]:
    with tempfile.TemporaryDirectory(prefix="docgen-verify-") as name:
        anchor = Path(name) / "anchor.json"
        anchor.write_text(json.dumps(anchor_of(office)), "utf-8")
        return _run(bundle, anchor, moment, as_json=as_json)


def _run(
    bundle: Path, anchor: Path | None, moment: str | None, *, as_json: bool
) -> tuple[int, str]:
    """Run the verifier's one file by itself, isolated from everything installed but libraries."""
    with tempfile.TemporaryDirectory(prefix="docgen-verify-") as name:
        program = Path(name) / "docgen_verify.py"
        program.write_bytes(stand_alone_verifier().read_bytes())
        command = [sys.executable, "-I", str(program), str(bundle.absolute())]
        command += ["--anchor", str(anchor.absolute())] if anchor else []
        command += [f"--at={moment}"] if moment else []
        command += ["--json"] if as_json else []
        ran = subprocess.run(  # noqa: S603  # our own program, our own arguments
            command, cwd=name, capture_output=True, check=False
        )
    output = ran.stdout + ran.stderr
    return ran.returncode, output.decode("utf-8", "replace")
