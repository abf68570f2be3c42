"""From the mailed link to an identified person. A GET changes nothing: mail scanners open links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from docgen.domain.signing import service_name
from docgen.errors import InputError, Refused
from docgen.outcome import outcome_of
from docgen.services.asked import ask_to_reassign
from docgen.services.ceremony.enter import identify, request_code
from docgen.services.ceremony.flood import Tried
from docgen.services.ceremony.refer import LONGEST_HINT, report_wrong_person
from docgen.services.reassign import NewSigner
from docgen.services.replaced import replacement_for
from docgen.services.sweep import run_errand
from docgen.web.client import count, refuse_flood
from docgen.web.signing.session import (
    client,
    invited,
    is_identified,
    link_of,
    remember_link,
    remember_session,
    visit_of,
)
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from docgen.services.ceremony.enter import Visit
    from docgen.services.office import Office


@require_safe
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address; nothing is recorded, whoever opens the link."""
    visit = visit_of(request, token)
    response = redirect("welcome", envelope=visit.ceremony.envelope_id)
    response.status_code = 303
    response.headers["Referrer-Policy"] = "no-referrer"
    remember_link(request, response, token)
    return response


def _onward(visit: Visit) -> str:
    """Name the page that an identified person goes on to."""
    return "outside" if visit.ceremony.outside else "next"


def _context(office: Office, visit: Visit) -> dict[str, object]:
    after = [
        item for item in visit.ceremony.signers if item.routing_order > visit.signer.routing_order
    ]
    return {
        "visit": visit,
        "ceremony": visit.ceremony,
        "signer": visit.signer,
        "standing": visit.standing,
        "replacement": replacement_for(office, visit),
        "address": shortened(visit.signer.email),
        "next_signers": after,
        "onward": _onward(visit),
        "place": service_name(visit.ceremony.outside),
    }


@require_safe
def welcome(request: HttpRequest, envelope: str) -> HttpResponse:
    """Say for whom and what this is, what it costs, who signs next and whom to call."""
    visit = invited(request, envelope)
    context = _context(office_of(request), visit)
    context["identified"] = is_identified(request, visit)
    return render(request, "docgen/signing/welcome.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, envelope: str) -> HttpResponse:
    """Send a one-time code, then exchange it for a session."""
    visit = invited(request, envelope)
    office, token = office_of(request), link_of(request, envelope)
    context = _context(office, visit)
    context["minutes"] = int(office.rules.code_period.total_seconds() // 60)
    if request.method == "POST":
        try:
            if "send" in request.POST:
                refuse_flood(request, Tried.CODE)
                count(request, Tried.CODE)
                run_errand(office, request_code(office, token))
                return redirect("code", envelope=envelope)
            session = _identify(request, token)
        except Refused as refusal:
            context["problem"] = str(refusal)
            return render(
                request, "docgen/signing/code.html", context, status=outcome_of(refusal).status
            )
        response = redirect(_onward(visit), envelope=envelope)
        remember_session(request, response, envelope, session)
        return response
    return render(request, "docgen/signing/code.html", context)


def _identify(request: HttpRequest, token: str) -> str:
    """Exchange the code for a session; a client that guesses codes is counted and then refused."""
    refuse_flood(request, Tried.ANSWER)
    given = request.POST.get("code", "")
    try:
        return identify(office_of(request), token, given, client(request))
    except Refused:
        count(request, Tried.ANSWER)
        raise


def shortened(address: str) -> str:
    """Show enough of an address for its owner to know it."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _tell(office: Office, token: str, given: dict[str, str]) -> None:
    """Ask for the person who is named; who names nobody is still heard."""
    if not any(given[name].strip() for name in ("name", "title", "email")):
        report_wrong_person(office, token, given["who"])
        return
    wanted = NewSigner(
        name=given["name"], title=given["title"], email=given["email"], reason=given["who"]
    )
    ask_to_reassign(office, token, wanted)


@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest, envelope: str) -> HttpResponse:
    """Let a person say that somebody else signs; the coordinator is told, nothing else happens."""
    context = _context(office_of(request), invited(request, envelope)) | {"longest": LONGEST_HINT}
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in ("name", "title", "email", "who")}
        try:
            _tell(office_of(request), link_of(request, envelope), given)
        except (InputError, Refused) as refusal:
            context |= {"problem": str(refusal), "given": given}
            return render(request, "docgen/signing/not_me.html", context, status=409)
        context["told"] = True
    return render(request, "docgen/signing/not_me.html", context)
