"""One version of an agreement: each clause, the requirements it meets, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from docgen.domain.person import Role
from docgen.errors import NotFound
from docgen.render.contents import Clause, contents_of
from docgen.render.requirements import Level
from docgen.web.access import READERS
from docgen.web.account.visitor import acting_person
from docgen.web.desk.agreements.listing import title_of
from docgen.web.desk.agreements.standing import badge_of, told, version_of, versions_of
from docgen.web.desk.parts import Action, Crumb, Fact, Tab
from docgen.web.desk.wording import day_words
from docgen.web.practice.start import TITLES
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest, HttpResponse

    from docgen.render.contents import Contents
    from docgen.render.manifest import Template
    from docgen.services.survey import Version

LEVELS = {
    Level.REQ: "the law says the document must contain it",
    Level.OBL: "the law binds a party whether or not the document says so",
    Level.CUST_STRONG: "customary, and expected by every careful reader",
    Level.CUST: "customary",
    Level.OPTION: "allowed by law, used where the parties want it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """An article or exhibit with its clauses; what stands before the first has no heading."""

    words: str
    clauses: tuple[Clause, ...]


@require_safe
def record(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """Show one version, clause by clause."""
    office = office_of(request)
    versions = versions_of(office, slug)
    found = version_of(versions, version)
    if found.template is None:
        raise NotFound(found.fault or _GONE)
    people = {item.key: item.name for item in office.ledger.people.list()}
    contents = contents_of(found.template, office.templates)
    roles = acting_person(request).roles
    context = head(request, slug, versions, "template") | {
        "lead": f"Version {version}. {told(found, people)}",
        "badge": badge_of(found),
        "fault": found.fault,
        "facts": _facts(found, found.template, contents),
        "chapters": _chapters(contents.clauses),
        "unmet": contents.unmet,
        "levels": [(level.value, words) for level, words in LEVELS.items()],
        "others": [item for item in versions if item.version != version],
        "actions": [
            *_samples(found, versions),
            *(
                [_adopt(found)]
                if Role.LEGAL_APPROVER in roles and not found.adoption and not found.fault
                else []
            ),
        ],
    }
    return render(request, "docgen/desk/agreements/record.html", context)


_GONE = (
    "The text of this version is no longer here, so it can be neither shown nor compared. Each "
    "signed copy is on its packet."
)


def head(
    request: HttpRequest, slug: str, versions: Sequence[Version], here: str
) -> dict[str, object]:
    """Give what the head of each page of an agreement shows."""
    newest = next((item.version for item in versions if item.template), "")
    pages = [
        *([("Clauses", "template", [slug, newest])] if newest else []),
        ("Compare versions", "template-compare", [slug]),
    ]
    if acting_person(request).roles & {*READERS}:
        pages.append(("Who signed which", "template-practices", [slug]))
    return {
        "title": title_of(slug, versions),
        "slug": slug,
        "crumbs": [Crumb(words="Templates", url=reverse("desk:templates"))],
        "tabs": [
            Tab(words=words, url=reverse(f"desk:{name}", args=args), is_here=name == here)
            for words, name, args in pages
        ],
    }


def _samples(found: Version, versions: Sequence[Version]) -> list[Action]:
    """Lead to the blank sample, which is made of the newest version only."""
    newest = next((item for item in versions if item.template), None)
    if found is not newest or found.fault or found.slug not in TITLES:
        return []
    return [
        Action(words=words, url=reverse("start-sample", args=[found.slug, kind]))
        for words, kind in (("Blank sample (PDF)", "pdf"), ("Blank sample (Word)", "docx"))
    ]


def _adopt(found: Version) -> Action:
    place = reverse("desk:template-adopt", args=[found.slug, found.version])
    return Action(words="Adopt this version", url=place, is_main=True)


def _facts(found: Version, template: Template, contents: Contents) -> list[Fact]:
    met = {item.requirement.id for clause in contents.clauses for item in clause.meets}
    silent = sum(1 for item in contents.clauses if not item.meets and not item.is_chapter)
    every = len(met) + len(contents.unmet)
    return [
        Fact(term="Requirements met", words=f"{len(met)} of {every}"),
        Fact(
            term="Clauses",
            words=f"{_count(contents.clauses)}, of which {silent} meet no listed requirement",
        ),
        Fact(term="Written to the rules as of", words=day_words(template.rule_as_of)),
        Fact(term="Digest", words=template.digest),
        Fact(
            term="Signed",
            words=f"by {found.practices:,} {_practices(found.practices)}, "
            f"in effect with {found.in_effect:,}",
        ),
    ]


def _practices(count: int) -> str:
    return "practice" if count == 1 else "practices"


def _count(clauses: Iterable[Clause]) -> int:
    return sum(1 for item in clauses if not item.is_chapter)


def _chapters(clauses: Iterable[Clause]) -> list[Chapter]:
    """Put each clause under its article or exhibit; a chapter may meet something itself."""
    found: list[tuple[str, list[Clause]]] = [("Opening", [])]
    for item in clauses:
        if item.is_chapter:
            found.append((f"{item.label}. {item.heading}", [item] if item.meets else []))
        else:
            found[-1][1].append(item)
    return [Chapter(words=words, clauses=tuple(items)) for words, items in found if items]
