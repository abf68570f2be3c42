"""`docgen verify`: the stand-alone verifier, in a process that cannot import the product."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.bootstrap.application import Application, application
from docgen.cli.output import as_json
from docgen.errors import InputError
from docgen.services.anchor import anchor_of

if TYPE_CHECKING:
    from docgen.services.office import Office


@click.command(short_help="Verify an evidence bundle.")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--anchor",
    type=click.Path(path_type=Path),
    help="Whom to trust: an anchor file obtained from the PSO. Left out: this site itself.",
)
@click.option("--at", "moment", metavar="DATE", help="Judge as of this date instead of today.")
@as_json
def verify(bundle: Path, anchor: Path | None, moment: str | None, as_json: bool) -> None:
    r"""Verify BUNDLE: every digest, signature, time stamp, and its place in the log.

    \b
    Exit codes: 0 everything holds
                1 a check failed; the output says which
                2 the file cannot be read as a bundle
                3 consistent, but the issuer is not established (no anchor)
                4 paper execution attested, not cryptographically signed; all else holds
                5 holds as far as could be checked here; the output says what was not
    """
    try:
        data = bundle.read_bytes()
    except OSError as error:
        raise InputError(
            f"The bundle cannot be read ({error.strerror}); check its name."
        ) from error
    run_verifier(application(), data, anchor=anchor, moment=moment, as_json=as_json)


def run_verifier(
    app: Application,
    data: bytes,
    *,
    anchor: Path | None = None,
    moment: str | None = None,
    as_json: bool = False,
) -> None:
    """Run the verifier on a bundle and end with its exit code."""
    code, output = verify_apart(app.office, data, anchor=anchor, moment=moment, as_json=as_json)
    click.echo(output, nl=False)
    raise click.exceptions.Exit(code)


def verify_apart(
    office: Office,
    data: bytes,
    *,
    anchor: Path | None = None,
    moment: str | None = None,
    as_json: bool = False,
) -> tuple[int, str]:
    """Run the verifier's one file by itself, isolated from everything installed beside it but
    libraries; give its exit code and what it printed.
    """
    with tempfile.TemporaryDirectory(prefix="docgen-verify-") as name:
        folder = Path(name)
        program, bundle = folder / "docgen_verify.py", folder / "packet.bundle.zip"
        program.write_bytes(office.verifier.read_bytes())
        bundle.write_bytes(data)
        if anchor is None:
            anchor = folder / "anchor.json"
            anchor.write_text(json.dumps(anchor_of(office)), "utf-8")
        command = [
            sys.executable,
            "-I",
            str(program),
            str(bundle),
            "--anchor",
            str(anchor.absolute()),
        ]
        command += ["--at", moment] if moment else []
        command += ["--json"] if as_json else []
        ran = subprocess.run(  # noqa: S603  # our own program, our own arguments
            command, cwd=folder, capture_output=True, text=True, check=False
        )
    return ran.returncode, ran.stdout + ran.stderr
