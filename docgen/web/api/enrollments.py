"""Enrollments: list, read, store, and generate their packets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from docgen.domain.stage import EnrollmentStatus
from docgen.domain.task import ProgramStage
from docgen.domain.waiting import Alert, WaitsOn
from docgen.ports.register_query import EnrollmentOrder, EnrollmentQuery
from docgen.services.enroll import enroll
from docgen.services.enrollment_file import read_enrollment
from docgen.services.generate import generate
from docgen.services.versions import what_changed
from docgen.web.account.visitor import acting_person
from docgen.web.api.bodies import (
    EnrollmentTaken,
    GenerateTaken,
    VersionTaken,
)
from docgen.web.api.idempotency import carry_out, carry_out_apart
from docgen.web.api.packets import Number
from docgen.web.api.paging import AddressAsked, PageAsked
from docgen.web.api.refusals import refusals
from docgen.web.api.schemas import (
    DifferenceItem,
    EnrollmentItem,
    EnrollmentWhole,
    ListOf,
    MissingItem,
    PacketItem,
    PageOf,
    ProblemItem,
    Stored,
    TaskStanding,
    VersionItem,
    VersionWhole,
)
from docgen.web.site import office_of

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.ports.ledger import EnrollmentVersion
    from docgen.services.enroll import Enrolled

router = Router(tags=["enrollments"])
_AT = "/{str:enrollment_id}"


class EnrollmentsAsked(PageAsked):
    """Which enrollments; a field left out asks nothing of them."""

    q: str = ""
    stage: list[ProgramStage] = []
    status: list[EnrollmentStatus] = []
    draft: bool | None = None
    waits_on: WaitsOn | None = None
    alert: Alert | None = None
    overdue: bool = False
    order: EnrollmentOrder = EnrollmentOrder.NEWEST
    reverse: bool = False


class DifferencesAsked(AddressAsked):
    """With which version another is compared."""

    since: int | None = Field(
        None, ge=1, le=1_000_000, description="Left out: the version before this one."
    )


@router.get("", response={200: PageOf[EnrollmentItem], **refusals()}, url_name="enrollments")
def enrollments(request: HttpRequest, asked: Query[EnrollmentsAsked]) -> PageOf[EnrollmentItem]:
    """List enrollments, changed last first."""
    query = EnrollmentQuery(
        text=asked.q[:100],
        stages=frozenset(asked.stage),
        statuses=frozenset(asked.status),
        draft=asked.draft,
        waits_on=asked.waits_on,
        alert=asked.alert,
        overdue_on=office_of(request).today() if asked.overdue else None,
        order=asked.order,
        reverse=asked.reverse,
        page=asked.paging(request),
    )
    page = office_of(request).register.enrollments(query)
    items = [EnrollmentItem.model_validate(line) for line in page.items]
    return PageOf(items=items, total=page.total, next=asked.next(page))


@router.get(_AT, response={200: EnrollmentWhole, **refusals(404)}, url_name="enrollment")
def enrollment(request: HttpRequest, enrollment_id: str) -> EnrollmentWhole:
    """Give one enrollment with its tasks and its newest record."""
    office = office_of(request)
    line = office.register.enrollment(enrollment_id)
    version = office.ledger.enrollments.latest(enrollment_id)
    return EnrollmentWhole(
        **EnrollmentItem.model_validate(line).model_dump(),
        tasks=[TaskStanding.model_validate(one) for one in line.tasks],
        record=_record(version),
    )


@router.get(
    f"{_AT}/versions",
    response={200: ListOf[VersionItem], **refusals(404)},
    url_name="enrollment-versions",
)
def versions(request: HttpRequest, enrollment_id: str) -> ListOf[VersionItem]:
    """List the versions, the newest first."""
    found = office_of(request).register.versions(enrollment_id)
    return ListOf(items=[VersionItem.model_validate(one) for one in found])


@router.get(
    f"{_AT}/versions/{{int:number}}",
    response={200: VersionWhole, **refusals(404)},
    url_name="enrollment-version",
)
def version(request: HttpRequest, enrollment_id: str, number: Number) -> VersionWhole:
    """Give one version with its record."""
    found = office_of(request).ledger.enrollments.get(enrollment_id, number)
    return VersionWhole(
        enrollment_id=found.enrollment_id,
        version=found.version,
        is_draft=found.is_draft,
        at=found.at,
        sha256=found.sha256,
        record=_record(found),
    )


@router.get(
    f"{_AT}/versions/{{int:number}}/differences",
    response={200: ListOf[DifferenceItem], **refusals(404)},
    url_name="enrollment-differences",
)
def version_differences(
    request: HttpRequest, enrollment_id: str, number: Number, asked: Query[DifferencesAsked]
) -> ListOf[DifferenceItem]:
    """Say what this version changed in an earlier one, field by field."""
    asked.refuse_unknown(request)
    office = office_of(request)
    since = asked.since or max(number - 1, 1)
    found = what_changed(office, enrollment_id, since, number)
    return ListOf(items=[DifferenceItem.model_validate(one) for one in found])


@router.post("", response={201: Stored, **refusals(409, 413, 415)}, url_name="enrollments")
def store(request: HttpRequest, body: EnrollmentTaken) -> HttpResponse:
    """Check and store a record; every problem is listed, and then nothing is stored."""

    def act() -> Enrolled:
        return enroll(
            office_of(request),
            body.record,
            draft=body.draft,
            actor=_actor(request),
            as_new=body.as_new,
        )

    return carry_out(request, act, _stored, 201)


@router.post(
    f"{_AT}/versions",
    response={201: Stored, **refusals(404, 409, 413, 415)},
    url_name="enrollment-versions",
)
def store_version(request: HttpRequest, enrollment_id: str, body: VersionTaken) -> HttpResponse:
    """Check and store a record as the enrollment's next version."""

    def act() -> Enrolled:
        return enroll(
            office_of(request),
            body.record,
            draft=body.draft,
            actor=_actor(request),
            onto=enrollment_id,
        )

    return carry_out(request, act, _stored, 201)


@router.post(
    f"{_AT}/packets",
    response={201: ListOf[PacketItem], **refusals(404, 409, 413, 415)},
    url_name="enrollment-packets",
)
def generate_packets(request: HttpRequest, enrollment_id: str, body: GenerateTaken) -> HttpResponse:
    """Generate the packet of this kind, one for each contracting party."""
    office = office_of(request)

    def act() -> tuple[Packet, ...]:
        return generate(office, enrollment_id, body.kind, _actor(request))

    def tell(made: tuple[Packet, ...]) -> ListOf[PacketItem]:
        lines = [office.register.packet(one.id) for one in made]
        return ListOf(items=[PacketItem.model_validate(line) for line in lines])

    return carry_out_apart(request, act, tell, 201)


def _actor(request: HttpRequest) -> str:
    return f"user:{acting_person(request).key}"


def _record(version: EnrollmentVersion) -> dict[str, Any]:
    return cast("dict[str, Any]", read_enrollment(version.record, suffix=".json"))


def _stored(result: Enrolled) -> Stored:
    stored = result.version
    return Stored(
        enrollment_id=stored.enrollment_id,
        version=stored.version,
        is_draft=stored.is_draft,
        sha256=stored.sha256,
        is_new=result.is_new,
        warnings=[
            ProblemItem(id=item.rule, path=item.path, message=item.message)
            for item in result.checked.warnings
        ],
        missing=[
            MissingItem(path=item.path, needed_for=str(item.needed_for), message=item.message)
            for item in result.checked.missing
        ],
    )
