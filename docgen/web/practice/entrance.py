"""From the mailed link to an identified guest. A GET changes nothing: mail scanners open links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from docgen.errors import NotFound, Refused
from docgen.outcome import outcome_of
from docgen.services.ceremony.flood import Tried
from docgen.services.practice_form import ask_code, enter
from docgen.services.sweep import run_errand
from docgen.web.client import count, refuse_flood
from docgen.web.practice.session import LINK, SESSION, identified, invited, link_of, remember
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address; nothing is recorded, whoever opens the link."""
    try:
        guest = invited(request, token)
    except NotFound as error:
        return render(request, "docgen/practice/no_link.html", {"problem": str(error)}, status=404)
    response = redirect("practice", guest=guest.id)
    response.status_code = 303
    response.headers["Referrer-Policy"] = "no-referrer"
    remember(request, response, LINK, guest.id, token)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, guest: str) -> HttpResponse:
    """Say what the form is for, send a code, and exchange it for a session."""
    try:
        token = link_of(request, guest)
        found = invited(request, token)
    except NotFound as error:
        return render(request, "docgen/practice/no_link.html", {"problem": str(error)}, status=404)
    office = office_of(request)
    local, _, domain = found.email.rpartition("@")
    context: dict[str, object] = {
        "guest": found,
        "address": f"{local[:1]}…@{domain}",
        "minutes": int(office.rules.code_period.total_seconds() // 60),
        "is_asked": "sent" in request.GET,
        "is_inside": _is_inside(request, guest),
    }
    if request.method != "POST":
        return render(request, "docgen/practice/welcome.html", context)
    try:
        if "send" in request.POST:
            refuse_flood(request, Tried.CODE)
            count(request, Tried.CODE)
            run_errand(office, ask_code(office, token))
            return redirect(f"{request.path}?sent=yes")
        session = _enter(request, token)
    except Refused as refusal:
        context |= {"problem": str(refusal), "is_asked": True}
        status = outcome_of(refusal).status
        return render(request, "docgen/practice/welcome.html", context, status=status)
    response = redirect(_next(request, guest))
    remember(request, response, SESSION, guest, session)
    return response


def _is_inside(request: HttpRequest, guest: str) -> bool:
    try:
        identified(request, guest)
    except NotFound:
        return False
    return True


def _enter(request: HttpRequest, token: str) -> str:
    refuse_flood(request, Tried.ANSWER)
    try:
        return enter(office_of(request), token, request.POST.get("code", ""))
    except Refused:
        count(request, Tried.ANSWER)
        raise


def _next(request: HttpRequest, guest: str) -> str:
    """Lead back to the page of this form that somebody came from, else to its overview."""
    wanted, own = request.GET.get("next", ""), f"/practice/{guest}/form"
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if safe and (wanted == own or wanted.startswith(f"{own}/")) else own
