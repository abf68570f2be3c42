"""The list of packets: searched, filtered, sorted, and picked from for acts on many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from docgen.domain.batch import Act
from docgen.domain.packet import PacketKind, PacketState
from docgen.domain.person import Role
from docgen.domain.waiting import Alert, WaitsOn
from docgen.ports.register_query import PacketOrder, PacketQuery, Paging
from docgen.web.account.visitor import acting_person
from docgen.web.desk.asking import begin_batch, choice, chosen, page_number
from docgen.web.desk.parts import Badge, Cell, Column, Filters, Pager, Row, Table
from docgen.web.desk.wording import kind_words, wait_words
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from docgen.ports.register import PacketLine

SIZE = 50
_ORDERS = {
    "practice": (PacketOrder.PRACTICE, False),
    "-practice": (PacketOrder.PRACTICE, True),
    "since": (PacketOrder.WAITING, False),
    "-since": (PacketOrder.WAITING, True),
    "changed": (PacketOrder.NEWEST, True),
    "-changed": (PacketOrder.NEWEST, False),
}
_COLUMNS = (
    Column(words="Practice", key="practice"),
    Column(words="State"),
    Column(words="Waits on", key="since"),
    Column(words="Departures", is_number=True),
    Column(words="Changed", key="changed"),
)
BULK = (Act.SEND, Act.REMIND)


@require_safe
def packets(request: HttpRequest) -> HttpResponse:
    """List the packets asked for."""
    query = _query(request)
    page = office_of(request).register.packets(query)
    is_coordinator = Role.COORDINATOR in acting_person(request).roles
    table = Table(
        caption="Packets",
        columns=_COLUMNS,
        rows=[_row(item) for item in page.items],
        sort=request.GET.get("sort", ""),
        picks="packet" if is_coordinator else "",
        pager=Pager.numbered(page.number, page.size, page.total),
    )
    context = {
        "table": table,
        "filters": _filters(request),
        "acts": BULK if is_coordinator else (),
        "is_narrowed": any(request.GET.get(name) for name in ("q", "state", "kind", "on", "alert")),
    }
    return render(request, "docgen/desk/packets/list.html", context)


def _query(request: HttpRequest) -> PacketQuery:
    state, kind = chosen(request, "state", PacketState), chosen(request, "kind", PacketKind)
    order, reverse_it = _ORDERS.get(request.GET.get("sort", ""), (PacketOrder.NEWEST, False))
    return PacketQuery(
        text=request.GET.get("q", "")[:100],
        states=frozenset({state} if state else ()),
        kind=kind,
        waits_on=chosen(request, "on", WaitsOn),
        alert=chosen(request, "alert", Alert),
        order=order,
        reverse=reverse_it,
        page=Paging(number=page_number(request), size=SIZE),
    )


def _filters(request: HttpRequest) -> Filters:
    return Filters(
        label="Search packets",
        value=request.GET.get("q", "")[:100],
        hint="practice, facility, signer, NPI or id",
        choices=(
            choice(request, "state", "State", "all states", PacketState),
            choice(request, "kind", "Kind", "both kinds", PacketKind),
            choice(request, "on", "Waits on", "anybody", WaitsOn),
            choice(request, "alert", "Needs a look", "any", Alert),
        ),
    )


def _row(line: PacketLine) -> Row:
    return Row(
        pick=line.packet_id,
        cells=(
            Cell(
                words=line.practice,
                url=reverse("desk:packet", args=[line.packet_id]),
                below=kind_words(line.kind),
            ),
            Cell(
                badge=Badge.of(line.state),
                below="; ".join(item.words for item in line.alerts),
            ),
            Cell(words=wait_words(line.wait)),
            Cell(words=str(len(line.departures) or "–")),
            Cell(at=line.changed_at),
        ),
    )


@require_POST
def act_on_many(request: HttpRequest) -> HttpResponse:
    """Begin a batch for the packets picked in the list."""
    return begin_batch(request, "packet", BULK, "desk:packets")
