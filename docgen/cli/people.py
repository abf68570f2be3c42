"""`docgen users`: our own people and their roles."""

from __future__ import annotations

import click

from docgen.cli.output import as_json, say, say_json, table
from docgen.cli.site import site
from docgen.cli.teach import TaughtGroup, ends
from docgen.domain.person import Person, Role
from docgen.services.people import store_person


@click.group(
    cls=TaughtGroup,
    examples="""
    docgen users add ada --name "Ada Example" --email ada@example.org \\
      --role coordinator
    docgen users list
    """,
)
def users() -> None:
    """Our own people: coordinators, legal approvers, PSO countersigners, auditors, administrators.

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
    codes=ends(2, 4, 8),
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
    person = Person(key=key, name=name, email=email, roles=frozenset(Role(role) for role in roles))
    store_person(site().office, person, "user:command-line")
    if as_json:
        say_json({"key": key, "roles": sorted(set(roles))})
    else:
        say(f"{key} stored")


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
