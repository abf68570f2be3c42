"""The register port answered with Django's ORM, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from django.db.models import Count, Min, OrderBy, Q, QuerySet

from docgen.db.codec import from_json
from docgen.db.filters import (
    ARCHIVE_ORDERS,
    ENROLLMENT_ORDERS,
    PACKET_ORDERS,
    apart,
    archive_filter,
    enrollment_filter,
    packet_filter,
    sorting,
)
from docgen.db.history import activity_of
from docgen.db.lines import spaced
from docgen.db.models import (
    ActivityRow,
    EnrollmentVersionRow,
    RegisterDocumentRow,
    RegisterEnrollmentRow,
    RegisterLineRow,
    RegisterPacketRow,
)
from docgen.db.naming import Named, find_named
from docgen.db.tally import tally
from docgen.domain.evidence import Execution
from docgen.domain.packet import IN_EFFECT, PacketState
from docgen.domain.plan import Source
from docgen.domain.waiting import Alert, Need, WaitsOn
from docgen.errors import NotFound
from docgen.ports.register import (
    MOST_A_PAGE,
    MOST_COUNTED,
    ArchivedLine,
    ContractLine,
    CountersignLine,
    EnrollmentLine,
    PacketLine,
    Page,
    StageBoard,
    TemplateUse,
    VersionLine,
    WaitCount,
    Waiting,
)
from docgen.ports.register_query import PacketOrder, Paging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from django.db.models import Model

    from docgen.db.projection import Projection
    from docgen.ports.register_query import ArchiveQuery, EnrollmentQuery, PacketQuery

Line = TypeVar("Line")
Row = TypeVar("Row", bound="Model")


class DatabaseRegister:
    """The register on whichever database Django was configured with."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection

    def enrollments(self, query: EnrollmentQuery) -> Page[EnrollmentLine]:
        """List enrollments."""
        found = _enrollments(query)
        return _page(found, query.page, _enrollment_lines)

    def enrollment(self, enrollment_id: str) -> EnrollmentLine:
        """Give one enrollment's line."""
        row = RegisterLineRow.objects.filter(subject=enrollment_id, is_packet=False).first()
        if row is None:
            raise NotFound("No enrollment is stored under this id.")
        return from_json(row.line, EnrollmentLine)

    def packets(self, query: PacketQuery) -> Page[PacketLine]:
        """List packets."""
        found = _Found(
            rows=RegisterPacketRow.objects.filter(packet_filter(query)),
            named=find_named(query.text, packets=True, reach=_reach(query.page)),
            order=sorting(PACKET_ORDERS[query.order], reverse=query.reverse),
        )
        return _page(found, query.page, _packet_lines)

    def packet(self, packet_id: str) -> PacketLine:
        """Give one packet's line."""
        row = RegisterLineRow.objects.filter(subject=packet_id, is_packet=True).first()
        if row is None:
            raise NotFound("No packet is stored under this id.")
        return from_json(row.line, PacketLine)

    def practices(self, subjects: Sequence[str], *, packets: bool) -> Mapping[str, str]:
        """Name the practice of each of these."""
        rows = RegisterLineRow.objects.filter(subject__in=list(subjects), is_packet=packets)
        return dict(rows.values_list("subject", "line__practice"))

    def countersign_queue(
        self, email: str = "", page: Paging | None = None
    ) -> Page[CountersignLine]:
        """List what waits for the PSO's signature, the longest waiting first."""
        rows = RegisterPacketRow.objects.filter(
            waits_on=WaitsOn.COUNTERSIGNER, need=Need.COUNTERSIGN
        )
        if email:
            rows = rows.filter(countersigner=email.casefold())
        order = sorting(PACKET_ORDERS[PacketOrder.WAITING])
        found = _Found(rows=rows, named=find_named(""), order=order)
        return _page(found, page or Paging(), _countersign_lines)

    def waiting(self, today: date) -> Waiting:
        """Count what waits on whom."""
        alerts = RegisterPacketRow.objects.filter(is_alerted=True).aggregate(
            **{item.value: Count("pk", filter=Q(alerts__contains=spaced(item))) for item in Alert}
        )
        enrollments = RegisterEnrollmentRow.objects.aggregate(
            drafts=Count("pk", filter=Q(is_draft=True)),
            overdue=Count("pk", filter=Q(due_on__lt=today)),
        )
        return Waiting(
            packets=_wait_counts(RegisterPacketRow.objects.all()),
            practices=_wait_counts(RegisterEnrollmentRow.objects.all()),
            alerts=tuple((item, alerts[item.value]) for item in Alert),
            drafts=enrollments["drafts"],
            overdue=enrollments["overdue"],
        )

    def stage_board(self, query: EnrollmentQuery, today: date) -> StageBoard:
        """Say where practices stand and how long the stages took."""
        found = _enrollments(query)
        counts, days = tally(found.rows.filter(found.named.every), today)
        total = sum(item.practices for item in counts)
        page = _page(found, query.page, _enrollment_lines, total=total)
        return StageBoard(counts=counts, days=days, page=page)

    def versions(self, enrollment_id: str) -> tuple[VersionLine, ...]:
        """List an enrollment's versions, the newest first."""
        stored = ActivityRow.objects.filter(subject=enrollment_id).order_by("seq")
        by = {
            item.details.get("version"): item.actor
            for item in map(activity_of, stored)
            if item.kind == "enrollment.stored"
        }
        rows = EnrollmentVersionRow.objects.filter(enrollment_id=enrollment_id)
        found = tuple(
            VersionLine(
                version=row.version,
                practice=row.practice,
                is_draft=row.is_draft,
                stored_by=by.get(row.version, ""),
                at=row.at,
                sha256=row.sha256,
            )
            for row in rows.defer("record").order_by("-version")
        )
        if not found:
            raise NotFound("No enrollment is stored under this id.")
        return found

    def archived(self, query: ArchiveQuery) -> Page[ArchivedLine]:
        """List executed documents."""
        condition = archive_filter(query)
        found = _Found(
            rows=RegisterDocumentRow.objects.filter(condition),
            named=find_named(query.text, packets=True, reach=_reach(query.page)),
            order=sorting(ARCHIVE_ORDERS[query.order], reverse=query.reverse),
            bounded=True,
            whole=not condition and not query.text.strip(),
        )
        return _page(found, query.page, _archived_lines)

    def contracts(self, slug: str) -> tuple[ContractLine, ...]:
        """List every agreement of this kind that took effect; one narrow query, however many."""
        rows = RegisterDocumentRow.objects.filter(slug=slug)
        found = rows.order_by("effective_on", "packet_id", "position").values_list(
            "packet_id", "enrollment_id", "state", "effective_on", "ended_on", "sha256"
        )
        return tuple(
            ContractLine(
                packet_id=packet_id,
                enrollment_id=enrollment_id,
                state=PacketState(state),
                effective_on=effective_on,
                ended_on=ended_on,
                has_copy=bool(sha256),
            )
            for packet_id, enrollment_id, state, effective_on, ended_on, sha256 in found
            if effective_on is not None
        )

    def template_use(self, slug: str) -> tuple[TemplateUse, ...]:
        """Say which versions of a template were signed."""
        rows = RegisterDocumentRow.objects.filter(slug=slug, source=Source.GENERATED)
        found = rows.values("template_version").annotate(
            practices=Count("enrollment_id", distinct=True),
            effective=Count("enrollment_id", distinct=True, filter=Q(state__in=IN_EFFECT)),
        )
        return tuple(
            TemplateUse(
                slug=slug,
                version=item["template_version"],
                practices=item["practices"],
                in_effect=item["effective"],
            )
            for item in found.order_by("template_version")
        )

    def rebuild(self) -> int:
        """Build every line again from the ledger."""
        return self._projection.rebuild()

    def keep_up(self) -> None:
        """Rebuild if the lines were made by other rules, or never."""
        self._projection.keep_up()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found(Generic[Row]):
    """What was asked for: rows, the practices named, and the order."""

    rows: QuerySet[Row]
    named: Named
    order: Sequence[OrderBy]
    bounded: bool = False  # there may be so many that counting all of them takes too long
    whole: bool = False  # nothing was asked: all are meant


def _enrollments(query: EnrollmentQuery) -> _Found[RegisterEnrollmentRow]:
    return _Found(
        rows=RegisterEnrollmentRow.objects.filter(enrollment_filter(query)),
        named=find_named(query.text, reach=_reach(query.page)),
        order=sorting(ENROLLMENT_ORDERS[query.order], reverse=query.reverse),
    )


def _page(
    asked: _Found[Row],
    page: Paging,
    make: Callable[[Sequence[Row]], Iterable[Line]],
    *,
    total: int | None = None,
) -> Page[Line]:
    """Count what was found and make the lines of one page; a few queries, whatever was found."""
    size = min(max(1, page.size), MOST_A_PAGE)
    number = max(1, page.number)
    if total is None:
        total, exact = _count(asked, number * size)
    else:
        exact = True
    number = min(number, max(1, -(-total // size))) if exact else number
    found = _rows(asked, number, size, total if exact else None)
    if not found and number > 1:  # beyond the end of what was not counted whole
        total = asked.rows.filter(asked.named.every).count()
        return _page(asked, Paging(number=-(-total // size), size=size), make, total=total)
    seen = (number - 1) * size + len(found)
    if not exact:
        total, exact = (seen, True) if len(found) <= size else (max(total, seen), False)
    items = tuple(make(found[:size]))
    return Page(items=items, total=total, number=number, size=size, exact=exact)


def _reach(page: Paging) -> int:
    return max(1, page.number) * min(max(1, page.size), MOST_A_PAGE)


def _count(asked: _Found[Row], needed: int) -> tuple[int, bool]:
    """Count what was found; say whether that is all.

    What may be too much is counted as far as many, and as far as the page needs: whoever asks for
    so much narrows the question, or goes on page by page.
    """
    if asked.whole or not asked.bounded:
        return asked.rows.filter(asked.named.every).count(), True
    most = max(MOST_COUNTED, needed)
    some = asked.named.some
    counted = asked.rows.filter(asked.named.every if some is None else some)
    found = counted.order_by()[: most + 1].count()
    return min(found, most), found <= most and some is None


def _rows(asked: _Found[Row], number: int, size: int, total: int | None) -> list[Row]:
    """Read a page, and one row more where it is not known whether there is one.

    A page nearer to the end is read from there, so that fewer rows are passed over; and of all
    lines first the ids, which a narrow index holds, and then what belongs to them.
    """
    start = (number - 1) * size
    rows = asked.rows.filter(asked.named.listed)
    order = [apart(one) for one in asked.order] if asked.named.by_ids else asked.order
    if total is None:
        return list(rows.order_by(*order)[start : start + size + 1])
    end = min(total, start + size)
    if start <= total - end:
        return _these(asked, rows.order_by(*order)[start:end])
    turned = [one.copy() for one in order]
    for one in turned:
        one.reverse_ordering()
    return _these(asked, rows.order_by(*turned)[total - end : total - start])[::-1]


def _these(asked: _Found[Row], rows: QuerySet[Row]) -> list[Row]:
    """Read the rows of a page, in their order."""
    if not asked.whole:
        return list(rows)
    ids = list(rows.values_list("pk", flat=True))
    there = asked.rows.in_bulk(ids)
    return [there[key] for key in ids if key in there]


def _lines(subjects: Sequence[str]) -> dict[str, object]:
    rows = RegisterLineRow.objects.filter(subject__in=set(subjects))
    return dict(rows.values_list("subject", "line"))


def _enrollment_lines(rows: Sequence[RegisterEnrollmentRow]) -> Iterable[EnrollmentLine]:
    lines = _lines([row.enrollment_id for row in rows])
    return [from_json(lines[row.enrollment_id], EnrollmentLine) for row in rows]


def _packet_lines(rows: Sequence[RegisterPacketRow]) -> Iterable[PacketLine]:
    lines = _lines([row.packet_id for row in rows])
    return [from_json(lines[row.packet_id], PacketLine) for row in rows]


def _countersign_lines(rows: Sequence[RegisterPacketRow]) -> Iterable[CountersignLine]:
    return [
        CountersignLine(packet=line, countersigner=line.wait.name, email=row.countersigner)
        for row, line in zip(rows, _packet_lines(rows), strict=True)
    ]


def _archived_lines(rows: Sequence[RegisterDocumentRow]) -> Iterable[ArchivedLine]:
    lines = _lines([row.packet_id for row in rows])
    packets = {key: from_json(line, PacketLine) for key, line in lines.items()}
    return [
        ArchivedLine(
            packet_id=row.packet_id,
            enrollment_id=row.enrollment_id,
            practice=packets[row.packet_id].practice,
            kind=packets[row.packet_id].kind,
            slug=row.slug,
            title=row.title,
            source=Source(row.source),
            template_version=row.template_version,
            execution=Execution(row.execution) if row.execution else None,
            state=PacketState(row.state),
            effective_on=row.effective_on,
            ended_on=row.ended_on,
            retain_until=row.retain_until,
            on_hold=row.on_hold,
            sha256=row.sha256,
            bundle_sha256=packets[row.packet_id].bundle_sha256,
            disposed_on=row.disposed_on,
        )
        for row in rows
    ]


def _wait_counts(
    rows: QuerySet[RegisterPacketRow] | QuerySet[RegisterEnrollmentRow],
) -> tuple[WaitCount, ...]:
    found = rows.exclude(waits_on=WaitsOn.NOBODY).values("waits_on", "need")
    counted = found.annotate(count=Count("pk"), oldest=Min("waiting_since"))
    return tuple(
        WaitCount(
            on=WaitsOn(item["waits_on"]),
            need=Need(item["need"]),
            count=item["count"],
            oldest=item["oldest"],
        )
        for item in counted.order_by("waits_on", "need")
    )
