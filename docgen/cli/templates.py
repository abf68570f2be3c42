"""`docgen templates`: look at, check, compare and adopt the agreements' texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from docgen.bootstrap.application import Workshop
from docgen.cli.output import acting_person, as_json, say, say_json, table, write_file
from docgen.cli.progress import progress
from docgen.cli.site import site, texts
from docgen.cli.teach import TaughtGroup, ends
from docgen.render.coverage import check_coverage, report
from docgen.render.diff import compare, difference_rows
from docgen.render.manifest import list_templates, load_template
from docgen.services.adopt import adopt as adopt_template
from docgen.services.sample import blank_forms, slugs

if TYPE_CHECKING:
    from docgen.render.manifest import Template
    from docgen.services.office import Office


@click.group(
    cls=TaughtGroup,
    examples="""
    docgen templates sample --out for-counsel    # blank copies to read
    docgen templates coverage                    # which clause meets which duty
    docgen templates adopt psa 1.0.0 --as counsel
    """,
)
def templates() -> None:
    """The agreements' texts: read, check, compare and adopt them.

    A released version never changes; the PSO adopts it by its digest. All but adopting works
    without a site too.
    """


@templates.command(
    short_help="Write blank copies for review by counsel.",
    examples="""
    docgen templates sample
    docgen templates sample --out for-counsel
    docgen templates sample --json
    """,
    codes=ends(2, 7, 8),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("samples-for-review"),
    show_default=True,
    help="Folder to write to.",
)
@as_json
def sample(out: Path, as_json: bool) -> None:
    """Write blank copies with bracketed blanks, for review before anyone enrolls.

    The newest version of each agreement, as PDF, DOCX and HTML. --json lists the files.
    """
    shop = texts()
    with progress("Typesetting", len(slugs(shop)), quiet=as_json) as tell:
        forms = blank_forms(shop, tell)
    for name, data in forms.items():
        write_file(out / name, data)
        if not as_json:
            say(str(out / name))
    if as_json:
        say_json([{"file": str(out / name)} for name in forms])


@templates.command(
    short_help="Adopt one version for use.",
    examples="""
    docgen templates adopt psa 1.0.0 --as counsel
    """,
    codes=ends(2, 3, 4, 8),
)
@click.argument("slug")
@click.argument("version")
@acting_person
@as_json
def adopt(slug: str, version: str, person: str, as_json: bool) -> None:
    """Adopt version VERSION of SLUG for use, as it stands now.

    Only a legal approver may. Packets generated before keep their mark "sample for review by
    counsel"; generate them again. `docgen templates check` lists slugs, versions and digests.
    """
    office = site().office
    who = office.ledger.people.get(person)
    adoption = adopt_template(office, slug, version, who, "claimed")
    if as_json:
        say_json({"slug": slug, "version": version, "digest": adoption.digest})
    else:
        say(f"{slug} {version} adopted, digest {adoption.digest}")


@templates.command(
    short_help="Compile every text and check its coverage.",
    examples="""
    docgen templates check
    docgen templates check --json
    """,
    codes=ends(2, 8),
)
@as_json
def check(as_json: bool) -> None:
    """Compile every template and check that each legal requirement is covered.

    Also lists slugs, versions and digests, and which of them this site's PSO has adopted.
    """
    shop = texts()
    found = list(list_templates(shop.templates))
    rows = []
    with progress("Checking", len(found), quiet=as_json) as tell:
        for slug, version in found:
            template = load_template(shop.templates, slug, version)
            check_coverage(template, shop.templates)
            rows.append((slug, version, template.digest, _is_adopted(shop, template)))
            tell()
    if as_json:
        names = ("slug", "version", "digest", "adopted")
        say_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    for slug, version, digest, adopted in rows:
        say(f"{slug} {version}: compiles, all requirements covered; {_ADOPTED[adopted]}; {digest}")


_ADOPTED = {True: "adopted", False: "sample, not adopted", None: "sample, no site here adopts it"}


def _is_adopted(shop: Office | Workshop, template: Template) -> bool | None:
    """Say whether the site's PSO adopted this text; None where there is no site."""
    if isinstance(shop, Workshop):
        return None
    return shop.ledger.people.adoption(template.digest) is not None


@templates.command(
    short_help="Show which clause meets which requirement.",
    examples="""
    docgen templates coverage
    docgen templates coverage --json     # with the words that meet each
    """,
    codes=ends(2, 8),
)
@as_json
def coverage(as_json: bool) -> None:
    """Show which clause meets which legal requirement, and in which words."""
    shop = texts()
    found = [load_template(shop.templates, *item) for item in list_templates(shop.templates)]
    rows = report(found, shop.templates)
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


@templates.command(
    short_help="Show what differs between two versions.",
    examples="""
    docgen templates diff psa 1.0.0 1.1.0
    docgen templates diff psa 1.0.0 1.1.0 --json  # all words of each
    """,
    codes=ends(2, 3, 8),
)
@click.argument("slug")
@click.argument("old")
@click.argument("new")
@as_json
def diff(slug: str, old: str, new: str, as_json: bool) -> None:
    """Show what differs between versions OLD and NEW of SLUG, clause by clause."""
    root = texts().templates
    before, after = load_template(root, slug, old), load_template(root, slug, new)
    if as_json:
        say_json(difference_rows(before, after))
        return
    lines = list(compare(before, after))
    say("\n".join(lines) if lines else "Nothing differs.")
