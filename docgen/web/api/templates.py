"""The agreements' texts: versions and clauses, which duty each meets, and who signed which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from docgen.domain.packet import IN_EFFECT
from docgen.errors import InputError, NotFound
from docgen.ports.register_query import ArchiveOrder, ArchiveQuery
from docgen.render.contents import contents_of, labels_of
from docgen.render.coverage import report
from docgen.render.diff import differences
from docgen.render.manifest import list_templates, load_template
from docgen.services.survey import survey
from docgen.web.api.paging import AddressAsked, PageAsked
from docgen.web.api.refusals import refusals
from docgen.web.api.schemas import ArchiveItem, ListOf
from docgen.web.api.schemas_review import PieceItem
from docgen.web.api.schemas_templates import (
    ClauseChange,
    ClauseItem,
    ClauseMoved,
    CoverageItem,
    FindingItem,
    RequirementItem,
    SignedPage,
    TemplateDifferences,
    TemplateItem,
    TemplateWhole,
)
from docgen.web.desk.agreements.difference import FACTS, moved_of
from docgen.web.desk.agreements.signed import OWN_PAPER, findings_of, lines_of, names_of
from docgen.web.desk.agreements.standing import version_of, versions_of
from docgen.web.site import office_of

if TYPE_CHECKING:
    from docgen.render.manifest import Template
    from docgen.services.survey import Version

router = Router(tags=["templates"])
_AT = "/{str:slug}"


@router.get("", response={200: ListOf[TemplateItem], **refusals()}, url_name="templates")
def templates(request: HttpRequest) -> ListOf[TemplateItem]:
    """List every version of every template, whether the PSO adopted it and how many signed it."""
    found = survey(office_of(request))
    return ListOf(items=[_told(item) for versions in found.values() for item in versions])


def _told(item: Version) -> TemplateItem:
    adoption = item.adoption
    return TemplateItem(
        slug=item.slug,
        version=item.version,
        title=item.template.title if item.template else "",
        digest=item.template.digest if item.template else "",
        adopted=adoption is not None,
        adopted_by=adoption.person if adoption else "",
        adopted_at=adoption.at if adoption else None,
        fault=item.fault,
        practices=item.practices,
        in_effect=item.in_effect,
    )


@router.get(
    "/coverage",
    response={200: ListOf[CoverageItem], **refusals()},
    url_name="template-coverage",
)
def coverage(request: HttpRequest) -> ListOf[CoverageItem]:
    """Say for each legal requirement which clauses meet it, and in which words."""
    root = office_of(request).templates
    found = [load_template(root, *one) for one in list_templates(root)]
    return ListOf(items=[CoverageItem.model_validate(row) for row in report(found, root)])


@router.get(
    f"{_AT}/versions/{{str:version}}",
    response={200: TemplateWhole, **refusals(404)},
    url_name="template-version",
)
def template(request: HttpRequest, slug: str, version: str) -> TemplateWhole:
    """Give one version clause by clause, with the requirements each meets."""
    office = office_of(request)
    found = version_of(versions_of(office, slug), version)
    text = _text(found)
    contents = contents_of(text, office.templates)
    return TemplateWhole(
        **_told(found).model_dump(),
        rule_as_of=text.rule_as_of,
        clauses=[ClauseItem.model_validate(item) for item in contents.clauses],
        unmet=[RequirementItem.model_validate(item) for item in contents.unmet],
    )


def _text(version: Version) -> Template:
    if version.template is None:
        raise NotFound(
            version.fault
            or "The text of this version is no longer here. Each signed copy is on its packet."
        )
    return version.template


class DifferencesAsked(AddressAsked):
    """Which two versions are compared."""

    old: str = Field("", max_length=32, description="Left out: the one before `new`.")
    new: str = Field("", max_length=32, description="Left out: the newest.")


@router.get(
    f"{_AT}/differences",
    response={200: TemplateDifferences, **refusals(404)},
    url_name="template-differences",
)
def compare(request: HttpRequest, slug: str, asked: Query[DifferencesAsked]) -> TemplateDifferences:
    """Say what one version changes in another, clause by clause and word by word."""
    asked.refuse_unknown(request)
    versions = versions_of(office_of(request), slug)
    here = [item for item in versions if item.template]
    if not here:
        raise NotFound("No text of this agreement can be read here, so nothing can be compared.")
    new = version_of(versions, asked.new) if asked.new else here[0]
    later = versions[versions.index(new) + 1 :]
    before = next((item for item in later if item.template), new)
    return _compared(version_of(versions, asked.old) if asked.old else before, new)


def _compared(old: Version, new: Version) -> TemplateDifferences:
    was, now = _text(old), _text(new)
    before, after = labels_of(was), labels_of(now)
    found = list(differences(was, now))
    touched = {item.id for item in found}
    return TemplateDifferences(
        old=old.version,
        new=new.version,
        changes=[
            ClauseChange(
                id=item.id,
                label=FACTS.get(item.id) or after.get(item.id, ""),
                was=before.get(item.id, ""),
                change=item.change,
                pieces=[PieceItem.model_validate(piece) for piece in item.pieces],
            )
            for item in found
        ],
        moved=[ClauseMoved.model_validate(item) for item in moved_of(before, after, touched)],
    )


class SignedAsked(PageAsked):
    """Which signed agreements; a field left out asks nothing of them."""

    q: str = ""
    version: str = ""
    own_paper: bool = Field(default=False, description="Only those on the practice's own paper.")
    in_effect: bool = Field(default=False, description="Only those in effect.")
    lacks: str = Field(
        "", max_length=200, description="A requirement or clause that the signed text lacks."
    )
    order: ArchiveOrder = ArchiveOrder.PRACTICE
    reverse: bool = False


@router.get(
    f"{_AT}/practices",
    response={200: SignedPage, **refusals(404)},
    url_name="template-practices",
)
def practices(request: HttpRequest, slug: str, asked: Query[SignedAsked]) -> SignedPage:
    """List which practices signed which version, or whose version lacks a clause."""
    office = office_of(request)
    versions = versions_of(office, slug)
    names = {value for _, group in names_of(office, slug, versions) for value, _ in group}
    if asked.lacks and asked.lacks not in names:
        raise InputError("This agreement has no requirement or clause of this id.")
    query = ArchiveQuery(
        text=asked.q[:100],
        slug=slug,
        template_versions=frozenset({asked.version} if asked.version else ()),
        sources=OWN_PAPER if asked.own_paper else frozenset(),
        states=IN_EFFECT if asked.in_effect else frozenset(),
        order=asked.order,
        reverse=asked.reverse,
        page=asked.paging(request),
    )
    findings = findings_of(versions, asked.lacks) if asked.lacks else []
    page = lines_of(office.register, query, findings, is_asked=bool(asked.lacks))
    return SignedPage(
        items=[ArchiveItem.model_validate(line) for line in page.items],
        total=page.total,
        total_exact=page.exact,
        next=asked.next(page),
        findings=[
            FindingItem(
                version=item.version.version,
                holds=item.held.holds,
                when=item.held.when,
                practices=item.version.practices,
            )
            for item in findings
        ],
    )
