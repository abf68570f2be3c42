"""How a visit ends: signed, declined, on paper, or too late; and the copies to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from docgen.bootstrap.application import application
from docgen.errors import Refused
from docgen.services.ceremony.sign import LONGEST_REASON, decline_packet
from docgen.services.sweep import run_due
from docgen.web.views.session import identified

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAPER = "The signer asked to sign on paper instead."


@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest) -> HttpResponse:
    """Decline the packet with a reason."""
    visit = identified(request)
    context: dict[str, object] = {
        "ceremony": visit.ceremony,
        "signer": visit.signer,
        "longest": LONGEST_REASON,
    }
    if request.method == "POST":
        try:
            decline_packet(application().office, visit, request.POST.get("reason", ""))
        except Refused as refusal:
            context["problem"] = str(refusal)
            return render(request, "docgen/decline.html", context, status=409)
        run_due(application().office)
        return redirect("done")
    return render(request, "docgen/decline.html", context)


@require_http_methods(["GET", "POST"])
def paper(request: HttpRequest) -> HttpResponse:
    """Choose paper: the electronic packet ends, and the coordinator sends paper."""
    visit = identified(request)
    if request.method == "POST":
        decline_packet(application().office, visit, PAPER)
        run_due(application().office)
        return redirect("done")
    context = {"ceremony": visit.ceremony, "signer": visit.signer}
    return render(request, "docgen/paper.html", context)


@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """Say how things stand for this person, and offer the copies."""
    visit = identified(request)
    context = {
        "ceremony": visit.ceremony,
        "signer": visit.signer,
        "fully_executed": visit.ceremony.ended == "fully_executed",
        "waiting": [item for item in visit.ceremony.signers if not item.done],
    }
    return render(request, "docgen/done.html", context)
