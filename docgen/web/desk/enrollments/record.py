"""One practice: where it stands, its tasks, its packets, and the versions of its form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from docgen.domain.batch import Act
from docgen.domain.packet import PacketKind
from docgen.domain.person import Role
from docgen.domain.task import RULES, THREE_STAGES, Task
from docgen.domain.waiting import WaitsOn
from docgen.errors import InputError, Refused
from docgen.ports.register_query import PacketQuery
from docgen.services.batch import begin
from docgen.services.replaced import ended_unreplaced
from docgen.services.task import mark_done, mark_open
from docgen.web.access import ROUTES
from docgen.web.account.visitor import acting_person
from docgen.web.desk.activity import moments_of
from docgen.web.desk.enrollments.listing import status_badge
from docgen.web.desk.parts import Badge, Cell, Column, Crumb, Row, Tab, Table
from docgen.web.desk.wording import day_words, kind_words, wait_words
from docgen.web.once import once
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from docgen.domain.person import Person
    from docgen.ports.register import EnrollmentLine, PacketLine
    from docgen.services.office import Office

_GENERATE = {
    PacketKind.CONTRACTING: Act.GENERATE_CONTRACTING,
    PacketKind.ONBOARDING: Act.GENERATE_ONBOARDING,
}


@require_safe
def record(request: HttpRequest, enrollment_id: str) -> HttpResponse:
    """Show one practice."""
    office = office_of(request)
    line = office.register.enrollment(enrollment_id)
    context = head(line, "enrollment", acting_person(request)) | {
        "line": line,
        "stages": _stages(line),
        "packets": _packets(office, enrollment_id),
        "to_replace": bool(ended_unreplaced(office, enrollment_id)),
        "kinds": [(kind.value, kind_words(kind)) for kind in PacketKind],
        "is_coordinator": Role.COORDINATOR in acting_person(request).roles,
    }
    return render(request, "docgen/desk/enrollments/record.html", context)


def head(line: EnrollmentLine, here: str, person: Person | None = None) -> dict[str, object]:
    """Give what the head of each page of an enrollment shows, with the tabs open to this person."""
    pages = {
        "enrollment": "Overview",
        "enrollment-form": "Form",
        "enrollment-sources": "Documents’ sources",
        "enrollment-versions": "Versions",
        "enrollment-history": "History",
    }
    waits = wait_words(line.wait)
    return {
        "title": line.practice or "Practice without a name yet",
        "badge": status_badge(line),
        "lead": "" if waits == "nobody" else f"Waits on {waits}.",
        "crumbs": [Crumb(words="Enrollments", url=reverse("desk:enrollments"))],
        "tabs": [
            Tab(
                words=words,
                url=reverse(f"desk:{name}", args=[line.enrollment_id]),
                is_here=name == here,
            )
            for name, words in pages.items()
            if person is None or ROUTES[f"desk:{name}"].admits(person)
        ],
    }


def _stages(line: EnrollmentLine) -> list[dict[str, object]]:
    """Group the tasks by stage, each with its days and whether a person may tick it."""
    return [
        {
            "stage": stage.value,
            "is_here": stage is line.stage,
            "tasks": [
                {
                    "state": state,
                    "words": state.task.words,
                    "due": day_words(state.due_on) if state.done_at is None else "",
                    "ticked": RULES[state.task].ticked,
                    "on": "" if state.on is WaitsOn.NOBODY else state.on.words,
                }
                for state in line.tasks
                if RULES[state.task].stage is stage
            ],
        }
        for stage in THREE_STAGES
    ]


def _packets(office: Office, enrollment_id: str) -> Table:
    found = office.register.packets(PacketQuery(enrollment_id=enrollment_id))
    columns = tuple(Column(words=words) for words in ("Packet", "State", "Waits on", "Changed"))
    return Table(caption="Packets", columns=columns, rows=[_row(item) for item in found.items])


def _row(line: PacketLine) -> Row:
    return Row(
        cells=(
            Cell(
                words=kind_words(line.kind),
                url=reverse("desk:packet", args=[line.packet_id]),
                below=f"form version {line.enrollment_version}",
            ),
            Cell(badge=Badge.of(line.state)),
            Cell(words=wait_words(line.wait)),
            Cell(at=line.changed_at),
        )
    )


@require_safe
def history(request: HttpRequest, enrollment_id: str) -> HttpResponse:
    """Show everything that happened to one enrollment, newest first."""
    office = office_of(request)
    line = office.register.enrollment(enrollment_id)
    people = {item.key: item.name for item in office.ledger.people.list()}
    told = office.ledger.history.of(enrollment_id)
    shown = head(line, "enrollment-history", acting_person(request))
    context = shown | {"moments": moments_of(told, people, {})}
    return render(request, "docgen/desk/packets/history.html", context)


@require_POST
def generate(request: HttpRequest, enrollment_id: str) -> HttpResponse:
    """Ask for a packet; the batch page says how it goes and leads to it."""

    def act() -> str:
        kind = request.POST.get("kind", "")
        if kind not in {item.value for item in PacketKind}:
            raise InputError("Choose which packet to generate.")
        office = office_of(request)
        office.ledger.enrollments.latest(enrollment_id)
        act = _GENERATE[PacketKind(kind)]
        batch = begin(office, act, [enrollment_id], acting_person(request))
        return reverse("desk:batch", args=[batch.id])

    return _carry_out(request, enrollment_id, act)


@require_POST
def tick(request: HttpRequest, enrollment_id: str) -> HttpResponse:
    """Say that a task is done, or take that back."""

    def act() -> str:
        given = request.POST.get("task", "")
        task = next((item for item in Task if item.value == given), None)
        if task is None:
            raise InputError("Choose a task of this practice.")
        change = mark_open if request.POST.get("open") == "yes" else mark_done
        change(office_of(request), enrollment_id, task, acting_person(request))
        return reverse("desk:enrollment", args=[enrollment_id])

    return _carry_out(request, enrollment_id, act)


def _carry_out(request: HttpRequest, enrollment_id: str, act: Callable[[], str]) -> HttpResponse:
    try:
        return once(request, act)
    except (InputError, Refused) as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:enrollment", enrollment_id=enrollment_id)
