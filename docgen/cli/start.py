"""`docgen init`: make a home folder with commented settings."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from docgen.bootstrap.settings_file import example_settings
from docgen.cli.output import say
from docgen.cli.teach import Taught, ends
from docgen.errors import ConfigurationError, Refused, StorageError
from docgen.settings import SETTINGS_FILE, read_settings

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    cls=Taught,
    examples="""
    DOCGEN_HOME=$PWD/try docgen init --demo    # to try things out
    DOCGEN_HOME=/srv/docgen docgen init        # for real; then edit settings.toml
    """,
    codes=ends(4, 7, 8),
)
@click.option(
    "--demo",
    is_flag=True,
    help="An invented PSO, development keys, and templates usable before adoption.",
)
def init(demo: bool) -> None:
    """Make the folder DOCGEN_HOME and a commented settings.toml in it, to be filled in.

    With --demo the settings are ready to use, with an invented PSO and five invented people:
    coordinator, counsel, countersigner, auditor and administrator. Settings that are there
    already stay as they are.
    """
    home = read_settings({**os.environ}).home
    path = home / SETTINGS_FILE
    if path.exists():
        raise Refused(f"{path} is there already; edit it, or choose another DOCGEN_HOME.")
    write_settings(path, demo=demo)
    if demo:
        try:
            add_demo_people()
        except (StorageError, ConfigurationError) as error:
            path.unlink()  # so that this command can simply be run again
            raise StorageError(
                f"{home} could not be filled: free space there, or choose another DOCGEN_HOME or "
                "database, and run this again."
            ) from error
    say(f"{path} written.")
    if demo:
        say("Demonstration people: coordinator, counsel, countersigner, auditor, administrator.")
        say("Nothing here binds anyone.")
        say("Next: docgen enroll FORM.json")
    else:
        say("Fill in the [pso] part; then add people with `docgen users add`.")
        say("Before real use, `docgen check --deploy` says what is still missing.")


def write_settings(path: Path, *, demo: bool) -> None:
    """Write example settings.

    Raises:
        StorageError: the folder cannot be written.
    """
    text = example_settings(demo=demo)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        if not isinstance(error, FileExistsError):
            with suppress(OSError):
                path.unlink()  # half a file is no file
        raise StorageError(
            f"{path} could not be written ({error.strerror}); choose another DOCGEN_HOME."
        ) from error


def add_demo_people() -> None:
    """Add the demonstration's invented people, one for each role."""
    from docgen.bootstrap.application import application
    from docgen.services.people import add_invented_people

    add_invented_people(application().office, "system")
