"""`docgen users`: our own people and their roles."""

from __future__ import annotations

import re

import click

from docgen.cli.output import as_json, say, say_json, table
from docgen.cli.site import site
from docgen.cli.teach import TaughtGroup, ends
from docgen.domain.person import Person, Role
from docgen.errors import InputError

_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_MAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,189}")
LONGEST_NAME = 120


@click.group(
    cls=TaughtGroup,
    short_help="Our own people and their roles.",
    examples="""
    docgen users add ada --name "Ada Example" --email ada@example.org \\
      --role coordinator
    docgen users list
    """,
)
def users() -> None:
    """Our own people: coordinators, legal approvers, PSO countersigners, auditors.

    A coordinator generates, approves and sends; a legal approver adopts templates and approves what
    departs from standard; both must be different people.
    """


@users.command(
    short_help="Add a person, or change one.",
    examples="""
    docgen users add ada --name "Ada Example" --email ada@example.org \\
      --role coordinator
    docgen users add lee --name "Lee Sample" --email lee@example.org \\
      --role legal_approver --role auditor
    """,
    codes=ends(2, 8),
)
@click.argument("key")
@click.option("--name", required=True, help="The person's name, as records will show it.")
@click.option("--email", required=True, help="Where the person receives mail.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What the person may do; give it once for each role.",
)
@as_json
def add(key: str, name: str, email: str, roles: tuple[str, ...], as_json: bool) -> None:
    """Add a person under KEY, or change what is stored under it.

    KEY is what --as takes in other commands: lower-case letters, digits, `.`, `_` and `-`.
    """
    _refuse_odd(key, name, email)
    office = site().office
    person = Person(key=key, name=name, email=email, roles=frozenset(Role(role) for role in roles))
    with office.ledger.transaction():
        office.ledger.people.put(person)
        office.note(f"user:{key}", "person.stored", "user:command-line", roles=sorted(set(roles)))
    if as_json:
        say_json({"key": key, "roles": sorted(set(roles))})
    else:
        say(f"{key} stored")


def _refuse_odd(key: str, name: str, email: str) -> None:
    if not _KEY.fullmatch(key):
        raise InputError(
            "KEY takes at most 64 lower-case letters, digits, `.`, `_` and `-`, such as ada."
        )
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise InputError(f"Give --name in one line of at most {LONGEST_NAME} characters.")
    if not _MAIL.fullmatch(email):
        raise InputError("Give --email as one address, such as ada@example.org.")


@users.command(
    "list",
    short_help="List everybody and their roles.",
    examples="""
    docgen users list
    docgen users list --json
    """,
    codes=ends(8),
)
@as_json
def list_people(as_json: bool) -> None:
    """List everybody and their roles; mail addresses are not shown."""
    people = site().office.ledger.people.list()
    if as_json:
        say_json([{"key": item.key, "roles": sorted(item.roles)} for item in people])
        return
    if not people:
        say("Nobody yet. Add people with: docgen users add")
        return
    rows = [(item.key, item.name, ", ".join(sorted(item.roles))) for item in people]
    table(("Key", "Name", "Roles"), rows)
