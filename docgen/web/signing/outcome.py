"""How a visit ends: signed, declined, on paper, or too late; and the copies to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from docgen.errors import Refused
from docgen.services.ceremony.sign import decline_packet
from docgen.services.ceremony.standing import Standing
from docgen.services.given import LONGEST_REASON
from docgen.services.replaced import replacement_for
from docgen.services.sweep import run_due_here
from docgen.web.signing.ceremony import document_of, viewing_of
from docgen.web.signing.entrance import shortened
from docgen.web.signing.session import identified
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, envelope: str) -> HttpResponse:
    """Decline the packet with a reason."""
    visit = identified(request, envelope)
    if visit.standing is not Standing.OPEN:
        return redirect("done", envelope=envelope)
    reason = request.POST.get("reason", "")
    context: dict[str, object] = {
        "ceremony": visit.ceremony,
        "signer": visit.signer,
        "longest": LONGEST_REASON,
        "given": reason,
    }
    if request.method == "POST":
        try:
            decline_packet(office_of(request), visit, reason)
        except Refused as refusal:
            context["problem"] = str(refusal)
            return render(request, "docgen/signing/decline.html", context, status=409)
        run_due_here(office_of(request))
        return redirect("done", envelope=envelope)
    return render(request, "docgen/signing/decline.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest, envelope: str) -> HttpResponse:
    """Choose paper: the electronic packet ends, and the coordinator sends paper."""
    visit = identified(request, envelope)
    if visit.standing is not Standing.OPEN:
        return redirect("done", envelope=envelope)
    if request.method == "POST":
        decline_packet(office_of(request), visit, "", paper=True)
        run_due_here(office_of(request))
        return redirect("done", envelope=envelope)
    context = {"ceremony": visit.ceremony, "signer": visit.signer}
    return render(request, "docgen/signing/paper.html", context)


@require_safe
def done(request: HttpRequest, envelope: str) -> HttpResponse:
    """Say how things stand for this person, and offer the copies."""
    visit = identified(request, envelope)
    if visit.standing is Standing.OPEN:
        return redirect("next", envelope=envelope)
    context = {
        "ceremony": visit.ceremony,
        "signer": visit.signer,
        "standing": visit.standing,
        "replacement": replacement_for(office_of(request), visit),
        "address": shortened(visit.signer.email),
        "waiting": [item for item in visit.ceremony.signers if not item.done],
    }
    return render(request, "docgen/signing/done.html", context)


@require_safe
def copy(request: HttpRequest, envelope: str, slug: str) -> HttpResponse:
    """Show the pages of one document as it stands when this person has nothing more to do."""
    visit = identified(request, envelope)
    item = document_of(visit, slug)
    if visit.standing is Standing.OPEN:
        return redirect("read", envelope=envelope, slug=slug)
    context = {
        "practice": visit.ceremony.practice,
        "viewing": viewing_of(visit, item),
        "back": reverse("done", args=[envelope]),
    }
    return render(request, "docgen/signing/copy.html", context)
