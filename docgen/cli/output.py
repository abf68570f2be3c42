"""What commands print: sentences and small tables for people, JSON for scripts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
acting_person = click.option(
    "--as",
    "person",
    required=True,
    metavar="PERSON",
    help="Who does this: a key from `docgen users list`. Recorded as claimed, not authenticated.",
)


def say(sentence: str) -> None:
    """Print one line for people."""
    click.echo(sentence)


def say_json(value: object) -> None:
    """Print one JSON value, indented, keys in order."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True))


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table with columns as wide as their content."""
    widths = [max(len(row[i]) for row in (headings, *rows)) for i in range(len(headings))]
    for number, row in enumerate((headings, *rows)):
        click.echo(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
        if number == 0:
            click.echo("  ".join("-" * width for width in widths))
