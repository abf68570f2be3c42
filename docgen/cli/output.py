"""What commands print: sentences and small tables for people, JSON for scripts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from docgen.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

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


def warn(sentence: str) -> None:
    """Print one line beside the result, where scripts do not read."""
    click.echo(sentence, err=True)


def say_json(value: object) -> None:
    """Print one JSON value, indented, keys in order."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True))


def write_file(path: Path, data: bytes) -> None:
    """Write one file, making its folder.

    Raises:
        StorageError: the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise StorageError(
            f"{path} could not be written ({error.strerror}); choose another place with --out, or "
            "free space. What the site itself keeps is complete."
        ) from error


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table with columns as wide as their content."""
    widths = [max(len(row[i]) for row in (headings, *rows)) for i in range(len(headings))]
    for number, row in enumerate((headings, *rows)):
        click.echo(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
        if number == 0:
            click.echo("  ".join("-" * width for width in widths))
