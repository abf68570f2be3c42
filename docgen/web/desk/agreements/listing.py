"""The list of the agreements: each with its versions, who adopted them and how many signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from docgen.services.survey import survey
from docgen.web.access import READERS
from docgen.web.account.visitor import acting_person
from docgen.web.desk.agreements.standing import badge_of, short, told, who_adopted
from docgen.web.desk.parts import Action, Cell, Column, Row, Table
from docgen.web.desk.wording import day_words
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpRequest, HttpResponse

    from docgen.services.survey import Version

_COLUMNS = (
    Column(words="Version"),
    Column(words="Standing"),
    Column(words="Digest"),
    Column(words="Practices signed", is_number=True),
    Column(words="In effect", is_number=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One agreement as the list shows it; `newest` says what packets are generated from."""

    slug: str
    title: str
    newest: str
    faults: tuple[str, ...]
    table: Table
    actions: tuple[Action, ...]


@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """List every agreement with its versions."""
    office = office_of(request)
    people = {item.key: item.name for item in office.ledger.people.list()}
    reads = bool(acting_person(request).roles & {*READERS})
    context = {
        "agreements": [
            _agreement(slug, versions, people, reads=reads)
            for slug, versions in survey(office).items()
        ],
        "demo": office.rules.demo,
    }
    return render(request, "docgen/desk/agreements/list.html", context)


def _agreement(
    slug: str, versions: Sequence[Version], people: Mapping[str, str], *, reads: bool
) -> Agreement:
    title = title_of(slug, versions)
    newest = next((item for item in versions if item.template or item.fault), None)
    actions = [Action(words="Compare versions", url=reverse("desk:template-compare", args=[slug]))]
    if reads:
        signed = reverse("desk:template-practices", args=[slug])
        actions.append(Action(words="Who signed which", url=signed))
    return Agreement(
        slug=slug,
        title=title,
        newest=_newest(newest, people),
        faults=tuple(f"{item.version}: {item.fault}" for item in versions if item.fault),
        table=Table(
            caption=f"Versions of {title}",
            columns=_COLUMNS,
            rows=[_row(item, people) for item in versions],
        ),
        actions=tuple(actions),
    )


def title_of(slug: str, versions: Sequence[Version]) -> str:
    """Give an agreement's title, as its newest text says it."""
    return next((item.template.title for item in versions if item.template), slug)


def _newest(version: Version | None, people: Mapping[str, str]) -> str:
    if version is None or version.template is None:
        return "Its newest text cannot be read, so nothing is generated from it."
    rules = day_words(version.template.rule_as_of)
    told_of = told(version, people)
    return f"Current version {version.version}, written to the rules as of {rules}. {told_of}"


def _row(item: Version, people: Mapping[str, str]) -> Row:
    at = [item.slug, item.version]
    place = reverse("desk:template", args=at) if item.template else ""
    return Row(
        cells=(
            Cell(words=item.version, url=place),
            Cell(badge=badge_of(item), below=who_adopted(item, people)),
            Cell(words=short(item)),
            Cell(words=f"{item.practices:,}"),
            Cell(words=f"{item.in_effect:,}"),
        ),
    )
