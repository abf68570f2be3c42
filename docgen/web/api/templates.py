"""The agreements' texts: which versions there are, and which clause meets which duty."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from docgen.render.coverage import report
from docgen.render.manifest import list_templates, load_template
from docgen.web.api.refusals import refusals
from docgen.web.api.schemas import ListOf
from docgen.web.api.schemas_templates import CoverageItem, TemplateItem
from docgen.web.site import office_of

router = Router(tags=["templates"])


@router.get("", response={200: ListOf[TemplateItem], **refusals()}, url_name="templates")
def templates(request: HttpRequest) -> ListOf[TemplateItem]:
    """List every version of every template, and whether the PSO adopted it."""
    office = office_of(request)
    found = [load_template(office.templates, *one) for one in list_templates(office.templates)]
    return ListOf(
        items=[
            TemplateItem(
                slug=item.slug,
                version=item.version,
                title=item.title,
                digest=item.digest,
                adopted=office.ledger.people.adoption(item.digest) is not None,
            )
            for item in found
        ]
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
