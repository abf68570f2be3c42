"""Who of a practice was invited to fill in its form: invite, look, withdraw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from docgen.errors import InputError, Refused
from docgen.outcome import outcome_of
from docgen.services.practice_form import invite, revoke
from docgen.web.account.visitor import acting_person
from docgen.web.desk.enrollments.record import head
from docgen.web.once import once
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
def guests(request: HttpRequest, enrollment_id: str) -> HttpResponse:
    """List who was invited, and invite somebody."""
    office = office_of(request)
    line = office.register.enrollment(enrollment_id)
    now = office.clock.now()
    context = head(line, "enrollment-form") | {
        "line": line,
        "guests": [
            {"guest": one, "may_come": one.may_come(now)}
            for one in office.ledger.form_guests.of_enrollment(enrollment_id)
        ],
        "is_draft": line.is_draft,
        "name": request.POST.get("name", ""),
        "email": request.POST.get("email", ""),
    }
    if request.method != "POST":
        return render(request, "docgen/desk/enrollments/guests.html", context)

    def act() -> str:
        given = request.POST
        person = acting_person(request)
        invite(office, enrollment_id, given.get("name", ""), given.get("email", ""), person)
        messages.success(request, "The link is on its way.")
        return reverse("desk:enrollment-guests", args=[enrollment_id])

    try:
        return once(request, act)
    except (InputError, Refused) as refusal:
        context["problem"] = str(refusal)
        status = outcome_of(refusal).status
        return render(request, "docgen/desk/enrollments/guests.html", context, status=status)


@require_POST
def withdraw(request: HttpRequest, enrollment_id: str, guest: str) -> HttpResponse:
    """End somebody's link and visit."""

    def act() -> str:
        revoke(office_of(request), enrollment_id, guest, acting_person(request))
        messages.success(request, "The invitation is withdrawn.")
        return reverse("desk:enrollment-guests", args=[enrollment_id])

    return once(request, act)
