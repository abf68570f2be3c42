"""`docgen init`: make a home folder with commented settings."""

from __future__ import annotations

import os
from importlib.resources import files

import click

from docgen.cli.output import say
from docgen.cli.teach import Taught, ends
from docgen.errors import Refused, StorageError
from docgen.settings import SETTINGS_FILE, read_settings


@click.command(
    cls=Taught,
    short_help="Make a home folder with commented settings.",
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

    With --demo the settings are ready to use, with an invented PSO and three invented people:
    coordinator, counsel and countersigner. Settings that are there already stay as they are.
    """
    home = read_settings({**os.environ}).home
    path = home / SETTINGS_FILE
    if path.exists():
        raise Refused(f"{path} is there already; edit it, or choose another DOCGEN_HOME.")
    write_settings(path, demo=demo)
    say(f"{path} written.")
    if demo:
        add_demo_people()
        say("Demonstration people: coordinator, counsel, countersigner. Nothing here binds anyone.")
        say("Next: docgen enroll FORM.json")
    else:
        say("Fill in the [pso] part; then add people with `docgen users add`.")
        say("Before real use, `docgen check --deploy` says what is still missing.")


def write_settings(path: os.PathLike[str], *, demo: bool) -> None:
    """Write example settings.

    Raises:
        StorageError: the folder cannot be written.
    """
    name = "demo.toml" if demo else "example.toml"
    text = files("docgen.cli").joinpath(name).read_text("utf-8")
    target = os.fspath(path)
    try:
        os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)  # noqa: PTH103, PTH120
        with open(target, "x", encoding="utf-8") as file:  # noqa: PTH123
            file.write(text)
    except OSError as error:
        raise StorageError(
            f"{target} could not be written ({error.strerror}); choose another DOCGEN_HOME."
        ) from error


def add_demo_people() -> None:
    """Add the demonstration's invented people."""
    from docgen.bootstrap.application import application
    from docgen.domain.person import Person, Role

    ledger = application().office.ledger
    with ledger.transaction():
        for key, role in (
            ("coordinator", Role.COORDINATOR),
            ("counsel", Role.LEGAL_APPROVER),
            ("countersigner", Role.PSO_COUNTERSIGNER),
        ):
            ledger.people.put(
                Person(
                    key=key,
                    name=f"Demonstration {key}",
                    email=f"{key}@example.org",
                    roles=frozenset({role}),
                )
            )
