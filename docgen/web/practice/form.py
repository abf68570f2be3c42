"""The practice's own form: the same pages as on the desk, in the practice's layout."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from docgen.errors import EnrollmentInvalid, NotFound
from docgen.services.practice_form import submit
from docgen.web.desk.parts import Crumb
from docgen.web.enrollment_form.host import Host
from docgen.web.enrollment_form.keeping import keep
from docgen.web.enrollment_form.lists import page_of_list
from docgen.web.enrollment_form.overview import page_of_overview
from docgen.web.enrollment_form.pages import page_of_form
from docgen.web.enrollment_form.sections import section_named
from docgen.web.practice.session import identified
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from docgen.domain.form_guest import FormGuest

PAGES = ["GET", "HEAD", "POST"]


def _for_guest(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponse]:
    """Open a page to an identified guest; what was typed after the visit ended is kept."""

    @wraps(view)
    def inside(request: HttpRequest, guest: str, **given: str) -> HttpResponse:
        try:
            found = identified(request, guest)
        except NotFound:
            if request.method == "POST":
                keep(request)
            door = reverse("practice", args=[guest])
            return redirect(f"{door}?{urlencode({'next': request.path})}")
        newest = office_of(request).ledger.enrollments.latest(found.enrollment_id)
        if not newest.is_draft:
            return render(request, "docgen/practice/submitted.html", {"newest": newest})
        return view(request, found, **given)

    return require_http_methods(PAGES)(inside)


def _host(request: HttpRequest, guest: FormGuest) -> Host:
    office = office_of(request)

    def address(section: str, item: str) -> str:
        if item:
            return reverse("practice-form-item", args=[guest.id, section, item])
        if section:
            return reverse("practice-form-section", args=[guest.id, section])
        return reverse("practice-form", args=[guest.id])

    return Host(
        office=office,
        enrollment_id=guest.enrollment_id,
        actor=guest.actor,
        layout="docgen/practice/base.html",
        address=address,
        told={"crumbs": [Crumb(words="Enrollment form", url=address("", ""))]},
        names={},
    )


@_for_guest
def form(request: HttpRequest, guest: FormGuest) -> HttpResponse:
    """Show how far the form is, or hand it in."""
    host = _host(request, guest)
    newest = host.office.ledger.enrollments.latest(guest.enrollment_id)
    more = {
        "title": newest.practice or "Your enrollment form",
        "lead": "Each page you save is kept. You can stop and come back with the same link.",
        "after": "docgen/practice/form_after.html",
        "crumbs": [],
    }
    if request.method != "POST":
        return page_of_overview(request, host, more=more)
    try:
        submit(host.office, guest)
    except EnrollmentInvalid as refusal:
        return page_of_overview(request, host, problems=refusal.problems, more=more, status=422)
    messages.success(request, "Thank you: your form is submitted.")
    return redirect(host.address("", ""))


@_for_guest
def section(request: HttpRequest, guest: FormGuest, section: str) -> HttpResponse:
    """Show or store one section."""
    found = section_named(section)
    if found.rows is not None:
        return page_of_list(request, _host(request, guest), found)
    return page_of_form(request, _host(request, guest), section)


@_for_guest
def item(request: HttpRequest, guest: FormGuest, section: str, item: str) -> HttpResponse:
    """Show or store one item of a section's list."""
    return page_of_form(request, _host(request, guest), section, item)
