"""The list of enrollments: searched, filtered, sorted, and picked from to generate many packets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from docgen.domain.batch import Act
from docgen.domain.person import Role
from docgen.domain.stage import EnrollmentStatus
from docgen.domain.task import ProgramStage
from docgen.domain.waiting import WaitsOn
from docgen.ports.register_query import EnrollmentOrder, EnrollmentQuery, Paging
from docgen.web.account.visitor import acting_person
from docgen.web.desk.asking import begin_batch, choice, chosen, page_number
from docgen.web.desk.parts import (
    Action,
    Badge,
    Cell,
    Column,
    Filters,
    Pager,
    Row,
    Table,
    Tone,
)
from docgen.web.desk.wording import day_words, wait_words
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from docgen.ports.register import EnrollmentLine

SIZE = 50
BULK = (Act.GENERATE_CONTRACTING, Act.GENERATE_ONBOARDING)
_ORDERS = {
    "practice": (EnrollmentOrder.PRACTICE, False),
    "-practice": (EnrollmentOrder.PRACTICE, True),
    "due": (EnrollmentOrder.DUE, False),
    "-due": (EnrollmentOrder.DUE, True),
    "since": (EnrollmentOrder.WAITING, False),
    "-since": (EnrollmentOrder.WAITING, True),
    "changed": (EnrollmentOrder.NEWEST, True),
    "-changed": (EnrollmentOrder.NEWEST, False),
}
_COLUMNS = (
    Column(words="Practice", key="practice"),
    Column(words="Status"),
    Column(words="Waits on", key="since"),
    Column(words="Due", key="due"),
    Column(words="Changed", key="changed"),
)
_NAMES = ("q", "stage", "status", "on")
_TONES = {
    EnrollmentStatus.DRAFT: Tone.WAIT,
    EnrollmentStatus.ENROLLED: Tone.GOOD,
    EnrollmentStatus.TERMINATED: Tone.QUIET,
}


@require_safe
def enrollments(request: HttpRequest) -> HttpResponse:
    """List the enrollments asked for."""
    page = office_of(request).register.enrollments(_query(request))
    is_coordinator = Role.COORDINATOR in acting_person(request).roles
    table = Table(
        caption="Enrollments",
        columns=_COLUMNS,
        rows=[_row(item) for item in page.items],
        sort=request.GET.get("sort", ""),
        picks="enrollment" if is_coordinator else "",
        pager=Pager.numbered(page.number, page.size, page.total),
    )
    context = {
        "table": table,
        "filters": _filters(request),
        "acts": BULK if is_coordinator else (),
        "actions": _actions() if is_coordinator else (),
        "is_narrowed": any(request.GET.get(name) for name in _NAMES),
    }
    return render(request, "docgen/desk/enrollments/list.html", context)


def _actions() -> tuple[Action, ...]:
    return (
        Action(words="New enrollment", url=reverse("desk:enrollment-new"), is_main=True),
        Action(words="Upload a form", url=reverse("desk:enrollments-upload")),
    )


def _query(request: HttpRequest) -> EnrollmentQuery:
    stage, status = (
        chosen(request, "stage", ProgramStage),
        chosen(request, "status", EnrollmentStatus),
    )
    order, reverse_it = _ORDERS.get(request.GET.get("sort", ""), (EnrollmentOrder.NEWEST, False))
    return EnrollmentQuery(
        text=request.GET.get("q", "")[:100],
        stages=frozenset({stage} if stage else ()),
        statuses=frozenset({status} if status else ()),
        waits_on=chosen(request, "on", WaitsOn),
        order=order,
        reverse=reverse_it,
        page=Paging(number=page_number(request), size=SIZE),
    )


def _filters(request: HttpRequest) -> Filters:
    return Filters(
        label="Search enrollments",
        value=request.GET.get("q", "")[:100],
        hint="practice, former name, facility, NPI, EIN or id",
        choices=(
            choice(request, "stage", "Stage", "all stages", ProgramStage),
            choice(request, "status", "Status", "any status", EnrollmentStatus),
            choice(request, "on", "Waits on", "anybody", WaitsOn),
        ),
    )


def status_badge(line: EnrollmentLine) -> Badge:
    """Give the badge of an enrollment's status."""
    return Badge(words=line.status.value, tone=_TONES.get(line.status, Tone.BUSY))


def _row(line: EnrollmentLine) -> Row:
    facilities = f"{line.facilities} facilit{'y' if line.facilities == 1 else 'ies'}"
    return Row(
        pick=line.enrollment_id,
        cells=(
            Cell(
                words=line.practice or "without a name yet",
                url=reverse("desk:enrollment", args=[line.enrollment_id]),
                below=facilities,
            ),
            Cell(badge=status_badge(line), below="; ".join(item.words for item in line.alerts)),
            Cell(words=wait_words(line.wait)),
            Cell(
                words=day_words(line.due_on),
                below=line.next_task.words if line.next_task else "",
            ),
            Cell(at=line.changed_at),
        ),
    )


@require_POST
def act_on_many(request: HttpRequest) -> HttpResponse:
    """Begin a batch for the enrollments picked in the list."""
    return begin_batch(request, "enrollment", BULK, "desk:enrollments")
