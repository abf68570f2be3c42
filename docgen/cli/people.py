"""`docgen users`: our own people and their roles."""

from __future__ import annotations

import click

from docgen.bootstrap.application import application
from docgen.cli.output import as_json, say, say_json, table
from docgen.domain.person import Person, Role


@click.group(short_help="Our own people and their roles.")
def users() -> None:
    """Our own people: coordinators, legal approvers, PSO countersigners, auditors."""


@users.command()
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
def add(key: str, name: str, email: str, roles: tuple[str, ...]) -> None:
    """Add a person under KEY, or change what is stored under it."""
    office = application().office
    person = Person(key=key, name=name, email=email, roles=frozenset(Role(role) for role in roles))
    with office.ledger.transaction():
        office.ledger.people.put(person)
        office.note(f"user:{key}", "person.stored", "user:command-line", roles=sorted(roles))
    say(f"{key} stored")


@users.command("list")
@as_json
def list_people(as_json: bool) -> None:
    """List everybody and their roles."""
    people = application().office.ledger.people.list()
    if as_json:
        say_json([{"key": item.key, "roles": sorted(item.roles)} for item in people])
        return
    rows = [(item.key, item.name, ", ".join(sorted(item.roles))) for item in people]
    table(("Key", "Name", "Roles"), rows)
