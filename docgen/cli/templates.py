"""`docgen templates`: look at, check, compare and adopt the agreements' texts."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from docgen.bootstrap.application import application
from docgen.cli.output import acting_person, as_json, say, say_json, table, write_file
from docgen.cli.progress import progress
from docgen.cli.site import site
from docgen.render.coverage import check_coverage, report
from docgen.render.diff import compare
from docgen.render.manifest import list_templates, load_template
from docgen.services.adopt import adopt as adopt_template
from docgen.services.sample import blank_forms


@click.group(short_help="The agreements' texts: check, compare, adopt.")
def templates() -> None:
    r"""The agreements' texts. A released version never changes; the PSO adopts it by digest.

    \b
    Examples:
      docgen templates sample --out for-counsel      blank copies to read
      docgen templates coverage                      which clause meets which requirement
      docgen templates adopt psa VERSION --as PERSON
    """


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
    for name, data in blank_forms(application().office).items():
        write_file(out / name, data)
        say(str(out / name))


@templates.command()
@click.argument("slug")
@click.argument("version")
@acting_person
@as_json
def adopt(slug: str, version: str, person: str, as_json: bool) -> None:
    r"""Adopt version VERSION of SLUG for use, as it stands now.

    Only a legal approver may. Packets generated before keep their mark "sample for review by
    counsel"; generate them again. `docgen templates check` lists slugs, versions and digests.

    \b
    Example:
      docgen templates adopt psa VERSION --as counsel
    """
    office = site().office
    who = office.ledger.people.get(person)
    adoption = adopt_template(office, slug, version, who, "claimed")
    if as_json:
        say_json({"slug": slug, "version": version, "digest": adoption.digest})
    else:
        say(f"{slug} {version} adopted, digest {adoption.digest}")


@templates.command()
@as_json
def check(as_json: bool) -> None:
    """Compile every template and check that each legal requirement is covered."""
    office = application().office
    found = list(list_templates(office.templates))
    rows = []
    with progress("Checking", len(found)) as tell:
        for slug, version in found:
            template = load_template(office.templates, slug, version)
            check_coverage(template, office.templates)
            adopted = office.ledger.people.adoption(template.digest) is not None
            rows.append((slug, version, template.digest, adopted))
            tell()
    if as_json:
        names = ("slug", "version", "digest", "adopted")
        say_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    for slug, version, digest, adopted in rows:
        word = "adopted" if adopted else "sample, not adopted"
        say(f"{slug} {version}: compiles, all requirements covered; {word}; {digest}")


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
            (str(row["id"]), str(row["level"]), str(row["document"]), ", ".join(_clauses(row)))
            for row in rows
        ],
    )


def _clauses(row: dict[str, object]) -> list[str]:
    return cast("list[str]", row["clauses"])


@templates.command()
@click.argument("slug")
@click.argument("old")
@click.argument("new")
def diff(slug: str, old: str, new: str) -> None:
    """Show what differs between versions OLD and NEW of SLUG, clause by clause."""
    root = application().office.templates
    for line in compare(load_template(root, slug, old), load_template(root, slug, new)):
        say(line)
