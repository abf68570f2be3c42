"""`docgen templates`: look at, check, compare and adopt the agreements' texts."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.bootstrap.application import application
from docgen.cli.output import acting_person, as_json, say, say_json, table
from docgen.errors import StorageError
from docgen.render.coverage import check_coverage, report
from docgen.render.diff import compare
from docgen.render.manifest import list_templates, load_template
from docgen.services.adopt import adopt as adopt_template
from docgen.services.sample import blank_forms


@click.group(short_help="The agreements' texts: check, compare, adopt.")
def templates() -> None:
    """The agreements' texts. A released version never changes; the PSO adopts it by digest."""


@templates.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("samples-for-review"),
    show_default=True,
    help="Folder to write to.",
)
def sample(out: Path) -> None:
    """Write blank copies with bracketed blanks, for review before anyone enrolls."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, data in blank_forms(application().office).items():
            (out / name).write_bytes(data)
            say(str(out / name))
    except OSError as error:
        raise StorageError(f"The samples could not be written ({error.strerror}).") from error


@templates.command()
@click.argument("slug")
@click.argument("version")
@acting_person
def adopt(slug: str, version: str, person: str) -> None:
    """Adopt version VERSION of SLUG for use, as it stands now."""
    office = application().office
    who = office.ledger.people.get(person)
    adoption = adopt_template(office, slug, version, who, "claimed")
    say(f"{slug} {version} adopted, digest {adoption.digest}")


@templates.command()
def check() -> None:
    """Compile every template and check that each legal requirement is covered."""
    office = application().office
    for slug, version in list_templates(office.templates):
        template = load_template(office.templates, slug, version)
        check_coverage(template, office.templates)
        adopted = office.ledger.people.adoption(template.digest) is not None
        word = "adopted" if adopted else "sample, not adopted"
        say(f"{slug} {version}: compiles, all requirements covered; {word}; {template.digest}")


@templates.command()
@as_json
def coverage(as_json: bool) -> None:
    """Show which clause meets which legal requirement, and in which words."""
    office = application().office
    found = [load_template(office.templates, *item) for item in list_templates(office.templates)]
    rows = report(found, office.templates)
    if as_json:
        say_json(rows)
        return
    table(
        ("Requirement", "Level", "Document", "Clauses"),
        [
            (str(row["id"]), str(row["level"]), str(row["document"]), ", ".join(row["clauses"]))
            for row in rows
        ],
    )


@templates.command()
@click.argument("slug")
@click.argument("old")
@click.argument("new")
def diff(slug: str, old: str, new: str) -> None:
    """Show what differs between versions OLD and NEW of SLUG, clause by clause."""
    root = application().office.templates
    for line in compare(load_template(root, slug, old), load_template(root, slug, new)):
        say(line)
