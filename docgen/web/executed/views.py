"""Ask for a code, enter it, fetch the files. No page tells whether an address is entitled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from docgen.errors import NotFound, Refused
from docgen.outcome import outcome_of
from docgen.services.ceremony.flood import Tried
from docgen.services.collect import ask_code, enter, gone_words, hand_over
from docgen.web.client import client_address, count, refuse_flood
from docgen.web.executed.session import identified, remember
from docgen.web.signing.ceremony import PDF_POLICY
from docgen.web.site import office_of
from docgen.web.viewing import Viewing

if TYPE_CHECKING:
    from django.http import HttpRequest

LONGEST_BROWSER = 300


@require_http_methods(["GET", "HEAD", "POST"])
def entrance(request: HttpRequest, packet: str) -> HttpResponse:
    """Take an e-mail address, have a code mailed if it is entitled, and ask for the code.

    Of a packet that was disposed of, everybody is told so.
    """
    context: dict[str, object]
    gone = gone_words(office_of(request), packet)
    if gone:
        context = {"packet": packet, "gone": gone}
        return render(request, "docgen/executed/entrance.html", context, status=410)
    address = request.POST.get("address", "").strip()
    context = {"packet": packet, "address": address}
    if request.method != "POST" or not address:
        return render(request, "docgen/executed/entrance.html", context)
    office = office_of(request)
    context["minutes"] = int(office.rules.code_period.total_seconds() // 60)
    if "code" not in request.POST:
        refuse_flood(request, Tried.CODE)
        count(request, Tried.CODE)
        # The sweep mails it: a letter sent here would tell, by its time, who is entitled.
        ask_code(office, packet, address)
        return render(request, "docgen/executed/code.html", context)
    try:
        token = _enter(request, packet, address)
    except Refused as refusal:
        context["problem"] = str(refusal)
        return render(
            request, "docgen/executed/code.html", context, status=outcome_of(refusal).status
        )
    response = redirect("executed-set", packet=packet)
    remember(request, response, packet, token)
    return response


def _enter(request: HttpRequest, packet: str, address: str) -> str:
    """Exchange the code for a session; a client that guesses codes is counted and then refused."""
    refuse_flood(request, Tried.ANSWER)
    claimed = {
        "address": client_address(request),
        "browser": request.headers.get("User-Agent", "")[:LONGEST_BROWSER],
    }
    try:
        return enter(office_of(request), packet, address, request.POST["code"], claimed)
    except Refused:
        count(request, Tried.ANSWER)
        raise


@require_safe
def executed_set(request: HttpRequest, packet: str) -> HttpResponse:
    """Show what is in the executed set."""
    try:
        found = identified(request, packet)
    except NotFound:
        return redirect("executed", packet=packet)
    return render(request, "docgen/executed/set.html", {"found": found, "packet": found.packet})


@require_safe
def pages(request: HttpRequest, packet: str, sha256: str) -> HttpResponse:
    """Show the pages of one executed document."""
    try:
        found = identified(request, packet)
    except NotFound:
        return redirect("executed", packet=packet)
    title = next((item.title for item in found.files if item.sha256 == sha256), None)
    if title is None:
        raise Http404
    address = reverse("executed-file", args=[packet, sha256])
    context = {
        "practice": found.packet.plan.practice,
        "viewing": Viewing(title=title, address=address, sha256=sha256),
        "back": reverse("executed-set", args=[packet]),
    }
    return render(request, "docgen/signing/copy.html", context)


@require_safe
def file(request: HttpRequest, packet: str, sha256: str) -> HttpResponse:
    """Hand over one file of the set."""
    found = identified(request, packet)
    data = hand_over(office_of(request), found, sha256)
    is_bundle = sha256 == found.bundle_sha256
    names = {item.sha256: item.name for item in found.files}
    name = f"{packet}.bundle.zip" if is_bundle else names[sha256]
    kind = "application/zip" if is_bundle else "application/pdf"
    response = HttpResponse(data, content_type=kind)
    how = "inline" if not is_bundle and "save" not in request.GET else "attachment"
    response.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    response.headers["Content-Security-Policy"] = PDF_POLICY
    return response
