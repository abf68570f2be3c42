"""The first page: what waits for this person, by role, and what somebody must look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from docgen.domain.person import Role
from docgen.domain.waiting import WaitsOn
from docgen.web.account.visitor import acting_person
from docgen.web.site import office_of, settings_file_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from docgen.domain.person import Person
    from docgen.ports.register import Waiting
    from docgen.services.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One kind of work, how much of it waits, and where it is listed."""

    role: Role
    words: str
    count: int
    url: str


# Who is waited for, in what words, and which page lists it.
_PACKETS = (
    (Role.COORDINATOR, WaitsOn.COORDINATOR, "to generate, approve, send or look at", ""),
    (Role.LEGAL_APPROVER, WaitsOn.LEGAL_APPROVER, "with departures to approve", ""),
    (
        Role.PSO_COUNTERSIGNER,
        WaitsOn.COUNTERSIGNER,
        "the practice has signed",
        "desk:countersign",
    ),
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person who is signed in."""
    person = acting_person(request)
    office, administers = office_of(request), Role.ADMINISTRATOR in person.roles
    context = {
        "waiting": _work(office, person),
        "administers": administers,
        "may_name": administers and office.pso is None and settings_file_of(request) is not None,
    }
    return render(request, "docgen/desk/home.html", context)


def _work(office: Office, person: Person) -> list[Work]:
    waiting = office.register.waiting(office.today())
    work = [
        Work(
            role=role,
            words=f"{_named('packet', waiting.of(on))} {words}",
            count=waiting.of(on),
            url=reverse(page) if page else _list("packets", on=on.value),
        )
        for role, on, words, page in _PACKETS
        if role in person.roles
    ]
    return work + (_for_coordinators(waiting) if Role.COORDINATOR in person.roles else [])


def _for_coordinators(waiting: Waiting) -> list[Work]:
    """List the forms to follow up, and each alert that there is."""
    role = Role.COORDINATOR
    drafts, overdue = _list("enrollments", status="draft"), _list("board", due="overdue")
    alerts = [
        Work(
            role=role,
            words=f"{_named('packet', count)}: {alert.words}",
            count=count,
            url=_alert(alert.value),
        )
        for alert, count in waiting.alerts
        if count
    ]
    forms = f"{_named('enrollment form', waiting.drafts)} in draft"
    practices = f"{_named('practice', waiting.overdue)} with an overdue task"
    return [
        Work(role=role, words=forms, count=waiting.drafts, url=drafts),
        Work(role=role, words=practices, count=waiting.overdue, url=overdue),
        *alerts,
    ]


def _named(thing: str, count: int) -> str:
    return thing if count == 1 else f"{thing}s"


def _alert(value: str) -> str:
    return _list("packets", alert=value)


def _list(page: str, **asked: str) -> str:
    return f"{reverse(f'desk:{page}')}?{urlencode(asked)}"


urlpatterns = [path("", home, name="home")]
