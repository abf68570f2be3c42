"""The board: where every practice stands in the three stages, what is due, who waits on whom.

Figures and charts are of all practices; the list below them is narrowed by its filters, to which
every figure leads.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from docgen.domain.task import ProgramStage
from docgen.domain.waiting import Alert, WaitsOn
from docgen.ports.register_query import EnrollmentOrder, EnrollmentQuery, Paging
from docgen.web.desk.asking import choice, chosen, page_number
from docgen.web.desk.board_charts import days_chart, standing_chart
from docgen.web.desk.board_lines import standing_of
from docgen.web.desk.parts import Column, Filters, Pager
from docgen.web.site import office_of

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from docgen.ports.register import StageCount

SIZE = 50
BY_DUE = "due"
_ORDERS = {
    BY_DUE: (EnrollmentOrder.DUE, False),
    "-due": (EnrollmentOrder.DUE, True),
    "practice": (EnrollmentOrder.PRACTICE, False),
    "-practice": (EnrollmentOrder.PRACTICE, True),
    "since": (EnrollmentOrder.WAITING, False),
    "-since": (EnrollmentOrder.WAITING, True),
}
_COLUMNS = (
    Column(words="Practice", key="practice"),
    Column(words="Stage"),
    Column(words="Tasks"),
    Column(words="Next task", key="due"),
    Column(words="Who waits on whom", key="since"),
)
_UNDER_WAY = frozenset(ProgramStage) - {ProgramStage.ENROLLED, ProgramStage.ENDED}


class Due(StrEnum):
    """Which next tasks are asked for by their day."""

    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How many practices of a stage need attention, and where they are listed."""

    words: str
    count: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How many practices stand in a stage, and what is the matter with them."""

    words: str
    count: int
    url: str
    marks: tuple[Mark, ...]


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show where practices stand, and list those asked for."""
    office = office_of(request)
    today = office.today()
    whole = office.register.stage_board(EnrollmentQuery(page=Paging(size=1)), today)
    query = _query(request, today)
    page = office.register.enrollments(query)
    sort = request.GET.get("sort", "")
    context = {
        "figures": [_figure(item) for item in whole.counts],
        "charts": (standing_chart(whole.counts), days_chart(whole.days)),
        "filters": _filters(request),
        "columns": _COLUMNS,
        "sort": sort if sort in _ORDERS else BY_DUE,
        "rows": [standing_of(item, today, office.zone) for item in page.items],
        "pager": Pager.numbered(page.number, page.size, page.total),
        "is_bare": not whole.page.total,
    }
    return render(request, "docgen/desk/board.html", context)


def _query(request: HttpRequest, today: date) -> EnrollmentQuery:
    """Read what is asked for; whatever is no filter of ours asks for nothing."""
    stage = chosen(request, "stage", ProgramStage)
    order, reverse_it = _ORDERS.get(request.GET.get("sort", ""), _ORDERS[BY_DUE])
    return EnrollmentQuery(
        text=request.GET.get("q", "")[:100],
        stages=frozenset({stage} if stage else ()),
        waits_on=chosen(request, "on", WaitsOn),
        alert=chosen(request, "alert", Alert),
        overdue_on=today if chosen(request, "due", Due) else None,
        order=order,
        reverse=reverse_it,
        page=Paging(number=page_number(request), size=SIZE),
    )


def _filters(request: HttpRequest) -> Filters:
    return Filters(
        label="Search practices",
        value=request.GET.get("q", "")[:100],
        hint="practice, former name, facility, NPI, EIN or id",
        choices=(
            choice(request, "stage", "Stage", "all stages", ProgramStage),
            choice(request, "on", "Waits on", "anybody", WaitsOn),
            choice(request, "alert", "Needs a look", "any", Alert),
            choice(request, "due", "Due", "any day", Due),
        ),
    )


def _figure(count: StageCount) -> Figure:
    """Give a stage's figures; what cannot be in a stage is not counted there."""
    stage = count.stage
    alerts = {
        Alert.INVITATION_BOUNCED: count.invitation_bounced,
        Alert.COPY_UNDELIVERED: count.copy_undelivered,
    }
    overdue = Mark(words="Overdue", count=count.overdue, url=_list(stage, due=Due.OVERDUE.value))
    marks = [
        Mark(words=alert.words.capitalize(), count=number, url=_list(stage, alert=alert.value))
        for alert, number in alerts.items()
    ]
    return Figure(
        words=stage.value.capitalize(),
        count=count.practices,
        url=_list(stage),
        marks=tuple([overdue, *marks] if stage in _UNDER_WAY else marks),
    )


def _list(stage: ProgramStage, **asked: str) -> str:
    given = urlencode({"stage": stage.value, **asked})
    return f"{reverse('desk:board')}?{given}#practices"


urlpatterns = [path("board", board, name="board")]
