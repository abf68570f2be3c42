"""`docgen log`: the history's log for people and tools outside this site."""

from __future__ import annotations

import os
from pathlib import Path

import click

from docgen.cli.output import as_json, say, say_json, write_file
from docgen.cli.site import site
from docgen.cli.teach import TaughtGroup, ends
from docgen.errors import Refused
from docgen.services.export_log import export_log


@click.group(
    cls=TaughtGroup,
    examples="""
    docgen log export log-2026-11
    """,
)
def log() -> None:
    """Export the history's log, so that others can follow it with tools of their own."""


@log.command(
    short_help="Write the log as tiles.",
    examples="""
    docgen log export log-2026-11
    docgen log export log-2026-11 --json
    """,
    codes=ends(4, 5, 7, 8),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@as_json
def export(folder: Path, as_json: bool) -> None:
    """Write the log into DIR as C2SP tlog-tiles: tile/, its entries, the signed checkpoint.

    Entries hold ids, kinds, times and salted digests, and no person's name or address. Beside them
    lie the checkpoint's time stamp and the key that signed it. The checkpoint is written last:
    while it is not there, the export is not whole. An earlier export stays as it is, to be compared
    with; choose another DIR.
    """
    if os.path.lexists(folder / "checkpoint"):
        raise Refused(
            f"{folder} holds an export already, which a later one is compared with; choose another "
            "folder."
        )
    count = 0
    for path, data in export_log(site().office):
        write_file(folder / path, data)
        count += 1
    if as_json:
        say_json({"folder": str(folder), "files": count})
    else:
        say(f"{count} files in {folder}")
