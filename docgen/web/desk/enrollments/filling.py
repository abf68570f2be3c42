"""The enrollment form on the desk: begun with a name, filled in section by section, handed in."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from docgen.domain.enrollment.vocabulary import Source
from docgen.errors import EnrolledAlready, EnrollmentInvalid
from docgen.services.enroll import enroll
from docgen.services.replaced import ended_unreplaced
from docgen.web.account.visitor import acting_person
from docgen.web.desk.enrollments.again import endings
from docgen.web.desk.enrollments.record import head
from docgen.web.desk.parts import Crumb
from docgen.web.enrollment_form.host import Host
from docgen.web.enrollment_form.lists import page_of_list
from docgen.web.enrollment_form.overview import page_of_overview
from docgen.web.enrollment_form.pages import page_of_form
from docgen.web.enrollment_form.sections import section_named
from docgen.web.enrollment_form.storing import store, values_of
from docgen.web.once import once
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGES = ["GET", "HEAD", "POST"]


@require_http_methods(PAGES)
def begin(request: HttpRequest) -> HttpResponse:
    """Begin an enrollment with the practice's name; the rest is filled in afterwards."""
    context: dict[str, object] = {
        "crumbs": [Crumb(words="Enrollments", url=reverse("desk:enrollments"))]
    }
    if request.method != "POST":
        return render(request, "docgen/desk/enrollments/new.html", context)
    name = request.POST.get("name", "")

    def act() -> str:
        office = office_of(request)
        made = uuid.uuid5(uuid.NAMESPACE_URL, office.ids.token())
        raw = {
            "record_id": str(made),
            "source": Source.WEB.value,
            "practice": {"display_name": name},
        }
        enrolled = enroll(
            office,
            raw,
            draft=True,
            actor=f"user:{acting_person(request).key}",
            as_new=request.POST.get("act") == "as-new",
        )
        place = [enrolled.version.enrollment_id, "practice"]
        return reverse("desk:enrollment-form-section", args=place)

    try:
        if not name.strip():
            context |= {"error": "Write the name of the practice; everything else can wait."}
        else:
            return once(request, act)
    except EnrollmentInvalid as refusal:
        context |= {"error": refusal.problems[0].message}
    except EnrolledAlready as refusal:
        context |= {"error": str(refusal), "known": refusal.enrollment_id}
    return render(request, "docgen/desk/enrollments/new.html", context | {"name": name}, status=422)


def host_of(request: HttpRequest, enrollment_id: str) -> Host:
    """Give the form's pages what they need on the desk."""
    office = office_of(request)
    line = office.register.enrollment(enrollment_id)

    def address(section: str, item: str) -> str:
        if item:
            return reverse("desk:enrollment-form-item", args=[enrollment_id, section, item])
        if section:
            return reverse("desk:enrollment-form-section", args=[enrollment_id, section])
        return reverse("desk:enrollment-form", args=[enrollment_id])

    told = head(line, "enrollment-form")
    practice = str(told["title"])
    crumbs = [
        Crumb(words="Enrollments", url=reverse("desk:enrollments")),
        Crumb(words=practice, url=reverse("desk:enrollment", args=[enrollment_id])),
        Crumb(words="Form", url=address("", "")),
    ]
    return Host(
        office=office,
        enrollment_id=enrollment_id,
        actor=f"user:{acting_person(request).key}",
        layout="docgen/desk/base.html",
        address=address,
        told={
            "crumbs": crumbs,
            "practice": practice,
            "badge": told["badge"],
            "again": f"{address('', '')}#again" if ended_unreplaced(office, enrollment_id) else "",
        },
        names={},
    )


@require_http_methods(PAGES)
def form(request: HttpRequest, enrollment_id: str) -> HttpResponse:
    """Show how far the form is, or hand it in."""
    host = host_of(request, enrollment_id)
    line = host.office.register.enrollment(enrollment_id)
    more = head(line, "enrollment-form") | {
        "before": "docgen/desk/enrollments/form_again.html",
        "after": "docgen/desk/enrollments/form_after.html",
        "ended": endings(host.office, enrollment_id),
        "line": line,
    }
    if request.method != "POST":
        return page_of_overview(request, host, more=more)
    newest = host.office.ledger.enrollments.latest(enrollment_id)

    def act() -> str:
        store(host.office, newest, values_of(newest), draft=False, actor=host.actor)
        messages.success(request, "The form is submitted.")
        return reverse("desk:enrollment", args=[enrollment_id])

    try:
        return once(request, act)
    except EnrollmentInvalid as refusal:
        return page_of_overview(request, host, problems=refusal.problems, more=more, status=422)


@require_http_methods(PAGES)
def section(request: HttpRequest, enrollment_id: str, section: str) -> HttpResponse:
    """Show or store one section of the form."""
    host = host_of(request, enrollment_id)
    found = section_named(section)
    if found.rows is not None:
        return page_of_list(request, host, found)
    return page_of_form(request, host, section)


@require_http_methods(PAGES)
def item(request: HttpRequest, enrollment_id: str, section: str, item: str) -> HttpResponse:
    """Show or store one item of a section's list."""
    return page_of_form(request, host_of(request, enrollment_id), section, item)


def to_form(enrollment_id: str) -> HttpResponse:
    """Lead to the form's overview."""
    return redirect("desk:enrollment-form", enrollment_id=enrollment_id)
