"""`docgen anchor`: what auditors and practices need from us, once, to trust our bundles."""

from __future__ import annotations

import json
from pathlib import Path

import click

from docgen.cli.output import say, write_file
from docgen.cli.site import site
from docgen.cli.teach import Taught, ends
from docgen.services.anchor import anchor_of


@click.command(
    cls=Taught,
    examples="""
    docgen anchor --out anchor.json                        # here
    docgen verify PACKET.bundle.zip --anchor anchor.json   # elsewhere
    """,
    codes=ends(7, 8),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; printed when left out.",
)
def anchor(out: Path | None) -> None:
    """Write this site's anchor: the roots of its signatures and time stamps, and its log's key.

    Hand the file to auditors and practices by another way than the bundles themselves: in person,
    by registered mail, or on your website. With it anybody verifies a bundle without this site.

    The file holds no secret and no names of people. It changes only when keys do.
    """
    app = site()
    text = json.dumps(anchor_of(app.office), indent=2, sort_keys=True) + "\n"
    if app.office.signer.development:
        click.echo("These are DEVELOPMENT keys: nothing signed with them binds anyone.", err=True)
    if out is None:
        say(text.rstrip("\n"))
        return
    write_file(out, text.encode())
    say(str(out))
