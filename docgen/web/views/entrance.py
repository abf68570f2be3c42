"""From the mailed link to an identified person. A GET changes nothing: mail scanners open links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from docgen.bootstrap.application import application
from docgen.errors import Refused
from docgen.services.ceremony.enter import identify, request_code, visit_by_link
from docgen.services.ceremony.refer import report_wrong_person
from docgen.services.sweep import run_errand
from docgen.web.views.session import client, remember

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def _context(token: str) -> dict[str, object]:
    visit = visit_by_link(application().office, token)
    later = [
        item for item in visit.ceremony.signers if item.routing_order > visit.signer.routing_order
    ]
    return {
        "token": token,
        "ceremony": visit.ceremony,
        "signer": visit.signer,
        "is_turn": visit.is_turn,
        "next_signers": later,
    }


@require_safe
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Say for whom and what this is, what it costs, who signs next and whom to call."""
    return render(request, "docgen/welcome.html", _context(token))


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest, token: str) -> HttpResponse:
    """Send a one-time code, then exchange it for a session."""
    office = application().office
    context = _context(token)
    if request.method == "POST" and "send" in request.POST:
        run_errand(office, request_code(office, token))
        return redirect("code", token=token)
    if request.method == "POST":
        try:
            session = identify(office, token, request.POST.get("code", ""), client(request))
        except Refused as refusal:
            context["problem"] = str(refusal)
            return render(request, "docgen/code.html", context, status=409)
        response = redirect("next")
        remember(request, response, session)
        return response
    return render(request, "docgen/code.html", context)


@require_http_methods(["GET", "POST"])
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """Let a person say that somebody else signs; the coordinator is told, nothing else happens."""
    context = _context(token)
    if request.method == "POST":
        report_wrong_person(application().office, token, request.POST.get("who", ""))
        context["told"] = True
    return render(request, "docgen/not_me.html", context)
