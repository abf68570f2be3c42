"""Which practices signed which version of an agreement, and whose version lacks a clause."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from docgen.domain.packet import IN_EFFECT
from docgen.domain.plan import Source
from docgen.ports.register import Page
from docgen.ports.register_query import ArchiveOrder, ArchiveQuery, Paging
from docgen.render.contents import labels_of
from docgen.render.requirements import read_requirements
from docgen.services.survey import Held, Holds, Version, held_by
from docgen.web.desk.agreements.record import head
from docgen.web.desk.agreements.standing import versions_of
from docgen.web.desk.asking import chosen, page_number
from docgen.web.desk.parts import Badge, Cell, Column, Pager, Row, Table
from docgen.web.desk.wording import day_words
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from docgen.ports.register import ArchivedLine, Register
    from docgen.services.office import Office

SIZE = 50
CHANGED = "But the text here was changed after an adoption; copies signed before may differ."
PAPER = "paper"  # instead of a version: agreements on the practice's own paper
OWN_PAPER = frozenset({Source.COUNTERPARTY_PAPER, Source.ALREADY_ON_FILE})
_ORDERS = {
    "practice": (ArchiveOrder.PRACTICE, False),
    "-practice": (ArchiveOrder.PRACTICE, True),
    "signed": (ArchiveOrder.SIGNED, True),
    "-signed": (ArchiveOrder.SIGNED, False),
}
_COLUMNS = (
    Column(words="Practice", key="practice"),
    Column(words="Version"),
    Column(words="Standing"),
    Column(words="In effect since", key="signed"),
    Column(words="Ended"),
)


class Standing(StrEnum):
    """Which of the signed agreements are listed; without one, all."""

    IN_EFFECT = "in_effect"

    @property
    def words(self) -> str:
        """The choice as the filter says it."""
        return "only those in effect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One line of a drop-down."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one version's text has of the clause asked for, and how many practices signed it."""

    version: Version
    held: Held

    @property
    def words(self) -> str:
        """The finding as the rest of a sentence."""
        changed = f" {CHANGED}" if self.version.template and self.version.earlier else ""
        return f"{self._words}{changed}"

    @property
    def _words(self) -> str:
        match self.held.holds:
            case Holds.YES:
                return "has it."
            case Holds.SOMETIMES:
                return (
                    f"has it only when: {self.held.when}. Whether a practice’s copy has it depends "
                    "on its terms; its documents are on its packet."
                )
            case Holds.NO:
                return "lacks it."
            case Holds.UNKNOWN:
                gone = "cannot be read" if self.version.fault else "is no longer here"
                return f"is not known: its text {gone}."


@require_safe
def practices(request: HttpRequest, slug: str) -> HttpResponse:
    """List the signed agreements asked for."""
    office = office_of(request)
    versions = versions_of(office, slug)
    wanted = request.GET.get("lacks", "")[:200]
    names = names_of(office, slug, versions)
    is_known = wanted in {value for _, group in names for value, _ in group}
    findings = findings_of(versions, wanted) if is_known else []
    query = _query(request, slug)
    page = lines_of(office.register, query, findings, is_asked=bool(wanted))
    context = head(request, slug, versions, "template-practices") | {
        "lead": "Signed agreements, and the version of the text that was signed.",
        "table": Table(
            caption="Signed agreements",
            columns=_COLUMNS,
            rows=[_row(item) for item in page.items],
            sort=request.GET.get("sort", ""),
            pager=Pager.numbered(page.number, page.size, page.total, counted=page.counted),
        ),
        "text": query.text,
        "groups": [
            (words, [_option(value, said, wanted) for value, said in group])
            for words, group in names
        ],
        "versions": [
            _option(value, words, request.GET.get("version", ""))
            for value, words in _choices(versions)
        ],
        "standings": [_option(item.value, item.words, _standing(request)) for item in Standing],
        "wanted": wanted,
        "is_known": is_known,
        "findings": [item for item in findings if item.version.practices],
        "on_paper": _on_paper(office.register, query) if wanted else "",
        "paper": PAPER,
        "is_narrowed": any(request.GET.get(name) for name in ("q", "version", "in", "lacks")),
    }
    return render(request, "docgen/desk/agreements/practices.html", context)


def findings_of(versions: Sequence[Version], wanted: str) -> list[Finding]:
    """Say of each version what its text has of a requirement or clause."""
    return [Finding(version=item, held=held_by(item.template, wanted)) for item in versions]


def _standing(request: HttpRequest) -> str:
    return str(chosen(request, "in", Standing) or "")


def _query(request: HttpRequest, slug: str) -> ArchiveQuery:
    version = request.GET.get("version", "")[:32]
    order, reverse_it = _ORDERS.get(request.GET.get("sort", ""), (ArchiveOrder.PRACTICE, False))
    return ArchiveQuery(
        text=request.GET.get("q", "")[:100],
        slug=slug,
        template_versions=frozenset({version} if version and version != PAPER else ()),
        sources=OWN_PAPER if version == PAPER else frozenset(),
        states=IN_EFFECT if _standing(request) else frozenset(),
        order=order,
        reverse=reverse_it,
        page=Paging(number=page_number(request), size=SIZE),
    )


def lines_of(
    register: Register, query: ArchiveQuery, findings: Sequence[Finding], *, is_asked: bool
) -> Page[ArchivedLine]:
    """Give one page; asked what lacks a clause, only versions whose text is known to lack it."""
    if not is_asked:
        return register.archived(query)
    lacking = {item.version.version for item in findings if item.held.holds is Holds.NO}
    lacking &= query.template_versions or lacking
    if query.sources or not lacking:
        return Page(items=(), total=0, number=1, size=SIZE)
    return register.archived(replace(query, template_versions=frozenset(lacking)))


def _on_paper(register: Register, query: ArchiveQuery) -> str:
    """Count, in words, the agreements on a practice's own paper, of which nothing is known."""
    asked = replace(query, template_versions=frozenset(), sources=OWN_PAPER, page=Paging(size=1))
    found = register.archived(asked)
    return found.counted if found.total else ""


def names_of(
    office: Office, slug: str, versions: Sequence[Version]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Give what can be asked for: the agreement's requirements, and every text's clauses."""
    requirements = [
        (item.id, f"{item.id}: {item.title}")
        for item in read_requirements(office.templates)
        if item.document == slug
    ]
    clauses: dict[str, str] = {}
    for item in versions:
        if item.template is None:
            continue
        labels = labels_of(item.template)
        for name, node in item.template.source.names.items():
            if name == node.id:
                told = (labels.get(name, ""), node.heading or node.subheading)
                clauses.setdefault(name, " ".join(filter(None, (*told, f"({name})"))))
    return [("Requirements", requirements), ("Clauses", list(clauses.items()))]


def _choices(versions: Sequence[Version]) -> list[tuple[str, str]]:
    found = [(item.version, item.version) for item in versions]
    return [*found, (PAPER, "the practice’s own paper")]


def _option(value: str, words: str, current: str) -> Option:
    return Option(value=value, words=words, is_chosen=value == current)


def _row(line: ArchivedLine) -> Row:
    return Row(
        cells=(
            Cell(words=line.practice, url=reverse("desk:packet", args=[line.packet_id])),
            Cell(words=line.template_version or "own paper"),
            Cell(badge=Badge.of(line.state)),
            Cell(words=day_words(line.effective_on) or "–"),
            Cell(words=day_words(line.ended_on) or "–"),
        ),
    )
