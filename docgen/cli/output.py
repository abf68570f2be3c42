"""What commands print: sentences and small tables for people, JSON for scripts."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.domain.person import Role
from docgen.errors import EnrollmentInvalid, EnrollmentUnreadable, StorageError
from docgen.outcome import outcome_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.errors import ConfigurationError, DocgenError
    from docgen.services.office import Office

LONGEST_NAME = 60
OTHERS = 0o077  # the permissions of whoever is not the site's own user: none of them are given

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
acting_person = click.option(
    "--as",
    "person",
    required=True,
    metavar="PERSON",
    help="Who does this: a key from `docgen users list`. Recorded as claimed, not authenticated.",
)
claimed_person = click.option(
    "--as",
    "person",
    default="",
    metavar="PERSON",
    help="The coordinator who does this; without it the history says “command-line”.",
)


def actor_of(office: Office, person: str) -> str:
    """Give who acts as the history names it: the person claimed, or the command line.

    Raises:
        NotFound: nobody has this key.
        NotAllowed: this person is no coordinator.
    """
    if not person:
        return "user:command-line"
    found = office.ledger.people.get(person)
    found.require(Role.COORDINATOR)
    return f"user:{found.key}"


def say(sentence: str) -> None:
    """Print one line for people."""
    _print(sentence)


def warn(sentence: str) -> None:
    """Print one line beside the result, where scripts do not read."""
    click.echo(sentence, err=True)


def show_error(error: DocgenError | ConfigurationError) -> None:
    """Print an error for people: its code, its sentence, and each problem by rule and path."""
    # What is wrong with a file stands below, with its rule, like everything else.
    is_file = isinstance(error, EnrollmentUnreadable)
    told = "The file cannot be used as an enrollment; nothing was stored." if is_file else error
    warn(f"Error [{error.code}]: {told}")
    if isinstance(error, EnrollmentInvalid):
        for problem in error.problems:
            warn(f"  {problem.rule}  {problem.path}: {problem.message}")


def end_refused(said: str, refused: Sequence[tuple[str, DocgenError]], *, alone: bool) -> None:
    """Name each of several that was refused with its reason, and end as the first one does."""
    if not refused:
        return
    if alone:
        raise refused[0][1]
    for name, error in refused:
        warn(f"{said}: {name}")
        show_error(error)
    raise click.exceptions.Exit(outcome_of(refused[0][1]).exit_code)


def say_json(value: object) -> None:
    """Print one JSON value, indented, keys in order."""
    _print(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True))


def _print(text: str) -> None:
    """Print the result.

    Whoever stops reading, as `head` does, ends the output and not what the command does.

    Raises:
        StorageError: the output goes to a file that takes no more.
    """
    try:
        click.echo(text)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        raise StorageError(
            f"What this command prints could not be written ({error.strerror}); free space. What "
            "it had stored by then is kept: `docgen status` shows it."
        ) from error


def write_file(path: Path, data: bytes) -> None:
    """Write one file whole or not at all, making its folder; an earlier one stays until then.

    What is no ordinary file, such as /dev/stdout, is written to.

    Raises:
        StorageError: the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data)
    except OSError as error:
        raise StorageError(
            f"{path} could not be written ({error.strerror}); choose another place with --out, or "
            "free space. What the site itself keeps is complete."
        ) from error


def _replace(path: Path, data: bytes) -> None:
    """Put a file in its place once it is whole, with the permissions of the one it replaces."""
    handle, name = tempfile.mkstemp(prefix=".docgen-", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table with columns as wide as their content."""
    lines = [headings, *rows]
    widths = [max(_width(row[i]) for row in lines) for i in range(len(headings))]
    for number, row in enumerate(lines):
        cells = (
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        say("  ".join(cells).rstrip())
        if number == 0:
            say("  ".join("-" * width for width in widths))


def _width(text: str) -> int:
    """Count the columns a terminal takes: two for a wide letter, none for a mark upon another."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )


def shortened(text: str) -> str:
    """Cut a name that would push a table's other columns off the screen."""
    if _width(text) <= LONGEST_NAME:
        return text
    kept = text[: LONGEST_NAME - 1]
    while _width(kept) > LONGEST_NAME - 1:
        kept = kept[:-1]
    return f"{kept}…"
