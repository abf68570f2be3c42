"""Where each agreement of a practice comes from: our template, its own paper, on file, left out.

A file of the practice is looked at by a person, so its own paper and copies come in on the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from ninja import Router

from docgen.domain.packet import PacketKind
from docgen.domain.plan import Source
from docgen.errors import NotFound
from docgen.services.sources import SLUGS, choices_of, generate_ours, leave_out, refer_to
from docgen.web.account.visitor import acting_person
from docgen.web.api.bodies import OnFileTaken, ReasonTaken
from docgen.web.api.idempotency import carry_out
from docgen.web.api.packets import handed_over
from docgen.web.api.refusals import PDF, gives, refusals
from docgen.web.api.schemas import ListOf
from docgen.web.api.schemas_review import ForeignPaperItem, OnFileItem, SourceItem
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.services.office import Office
    from docgen.services.sources import Choice

router = Router(tags=["enrollments"])
_AT = "/{str:enrollment_id}/sources"
_ACT = {200: ListOf[SourceItem], **refusals(404, 409, 413, 415)}


@router.get(_AT, response={200: ListOf[SourceItem], **refusals(404)}, url_name="enrollment-sources")
def sources(request: HttpRequest, enrollment_id: str) -> ListOf[SourceItem]:
    """Say where each agreement comes from, as chosen on record."""
    return _told(office_of(request), enrollment_id)


@router.post(f"{_AT}/{{str:slug}}/on-file", response=_ACT, url_name="enrollment-source-on-file")
def on_file(request: HttpRequest, enrollment_id: str, slug: str, body: OnFileTaken) -> HttpResponse:
    """Refer to an agreement that was executed before, instead of making one."""

    def act() -> Choice:
        person = acting_person(request)
        return refer_to(
            office_of(request), enrollment_id, slug, body.title, body.dated, body.kept_at, person
        )

    return _carry_out(request, enrollment_id, act)


@router.post(f"{_AT}/{{str:slug}}/leave-out", response=_ACT, url_name="enrollment-source-leave-out")
def left_out(
    request: HttpRequest, enrollment_id: str, slug: str, body: ReasonTaken
) -> HttpResponse:
    """Leave a document out of this practice's packets; the reason stands in the plan."""

    def act() -> Choice:
        return leave_out(
            office_of(request), enrollment_id, slug, body.reason, acting_person(request)
        )

    return _carry_out(request, enrollment_id, act)


@router.post(f"{_AT}/{{str:slug}}/ours", response=_ACT, url_name="enrollment-source-ours")
def ours(request: HttpRequest, enrollment_id: str, slug: str) -> HttpResponse:
    """Go back to the document from our own template. This takes no body."""

    def act() -> Choice:
        return generate_ours(office_of(request), enrollment_id, slug, acting_person(request))

    return _carry_out(request, enrollment_id, act)


@router.get(
    f"{_AT}/{{str:slug}}/file",
    response={200: bytes, **refusals(404)},
    url_name="enrollment-source-file",
    openapi_extra=gives(PDF),
)
def file(request: HttpRequest, enrollment_id: str, slug: str) -> HttpResponse:
    """Fetch the practice's own paper, or the copy of what is on file, exactly as it came."""
    office = office_of(request)
    choice = choices_of(office, enrollment_id).get(slug)
    if choice is None or not choice.file_sha256:
        raise NotFound("No file was taken in for this document.")
    data = office.work.open(choice.file_sha256)
    return handed_over(data, PDF, f"{enrollment_id}-{slug}.pdf")


def _carry_out(request: HttpRequest, enrollment_id: str, act: Callable[[], Choice]) -> HttpResponse:
    return carry_out(request, act, lambda _: _told(office_of(request), enrollment_id))


def _told(office: Office, enrollment_id: str) -> ListOf[SourceItem]:
    office.ledger.enrollments.latest(enrollment_id)
    choices = choices_of(office, enrollment_id)
    return ListOf(
        items=[_source(slug, choices.get(slug)) for slug in SLUGS[PacketKind.CONTRACTING]]
    )


def _source(slug: str, choice: Choice | None) -> SourceItem:
    if choice is None:
        return SourceItem(slug=slug, source=Source.GENERATED, reason="")
    return SourceItem(
        slug=slug,
        source=choice.source,
        reason=choice.reason,
        paper=ForeignPaperItem.model_validate(choice.paper) if choice.paper else None,
        on_file=OnFileItem.model_validate(choice.on_file) if choice.on_file else None,
    )
