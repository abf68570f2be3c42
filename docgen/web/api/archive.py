"""The archive: every executed document, searched and filtered."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpRequest
from ninja import Query, Router

from docgen.domain.evidence import Execution
from docgen.domain.packet import PacketState
from docgen.domain.plan import Source
from docgen.ports.register_query import ArchiveOrder, ArchiveQuery, RetentionState
from docgen.web.api.paging import PageAsked
from docgen.web.api.refusals import refusals
from docgen.web.api.schemas import ArchiveItem, PageOf
from docgen.web.site import office_of

router = Router(tags=["archive"])


class ArchiveAsked(PageAsked):
    """Which executed documents; a field left out asks nothing of them."""

    q: str = ""
    enrollment_id: str = ""
    packet_id: str = ""
    slug: str = ""
    template_version: list[str] = []
    source: list[Source] = []
    state: list[PacketState] = []
    execution: Execution | None = None
    retention: RetentionState | None = None
    on_hold: bool | None = None
    order: ArchiveOrder = ArchiveOrder.SIGNED
    reverse: bool = False


@router.get("", response={200: PageOf[ArchiveItem], **refusals()}, url_name="archive")
def archive(request: HttpRequest, asked: Query[ArchiveAsked]) -> PageOf[ArchiveItem]:
    """List executed documents, signed last first."""
    office = office_of(request)
    zone = ZoneInfo(office.pso.time_zone if office.pso else "UTC")
    query = ArchiveQuery(
        text=asked.q[:100],
        enrollment_id=asked.enrollment_id,
        packet_id=asked.packet_id,
        slug=asked.slug,
        template_versions=frozenset(asked.template_version),
        sources=frozenset(asked.source),
        states=frozenset(asked.state),
        execution=asked.execution,
        retention=asked.retention,
        today=office.clock.now().astimezone(zone).date(),
        on_hold=asked.on_hold,
        order=asked.order,
        reverse=asked.reverse,
        page=asked.paging(request),
    )
    page = office.register.archived(query)
    items = [ArchiveItem.model_validate(line) for line in page.items]
    return PageOf(items=items, total=page.total, total_exact=page.exact, next=asked.next(page))
