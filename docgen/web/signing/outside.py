"""The way to an outside service and back, for whoever signs there by our invitation.

A form's redirect to another site would break our own policy of forms, and an address in a redirect
is followed by whatever fetches it: so the address is a plain link on a page that nothing keeps.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from docgen.domain.signing import service_name
from docgen.errors import DocgenError, IntegrationError, NotFound, Refused
from docgen.outcome import outcome_of
from docgen.services.ceremony.standing import Standing
from docgen.services.lead import come_back, lead
from docgen.services.sweep import run_errand
from docgen.web.signing.session import identified
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from docgen.services.ceremony.enter import Visit

SILENT = (
    "The signing service does not answer now. Nothing is lost; please try again in a few minutes. "
    "If it lasts, the coordinator can help."
)


def _context(visit: Visit) -> dict[str, object]:
    return {
        "ceremony": visit.ceremony,
        "signer": visit.signer,
        "standing": visit.standing,
        "place": service_name(visit.ceremony.outside),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def outside(request: HttpRequest, envelope: str) -> HttpResponse:
    """Say where it is signed; asked to go on, show the way there as a link, this once."""
    visit = identified(request, envelope, outside=True)
    context = _context(visit)
    status = 200
    if request.method == "POST":
        try:
            context["address"] = lead(office_of(request), visit)
        except Refused as refusal:
            context = _context(identified(request, envelope, outside=True))
            context["problem"], status = str(refusal), outcome_of(refusal).status
        except IntegrationError:
            context["problem"], status = SILENT, 503
    page = "led" if "address" in context else "outside"
    response = render(request, f"docgen/signing/{page}.html", context, status=status)
    if "address" in context:
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def back(request: HttpRequest, envelope: str) -> HttpResponse:
    """Have the packet read again and say how it stands; what the address claims is not looked at.

    Somebody whose session ended meanwhile is told what comes next, and nothing about any packet.
    """
    try:
        visit = identified(request, envelope, outside=True)
    except NotFound:
        return render(request, "docgen/signing/back.html")
    if visit.standing is Standing.OPEN:
        _read_again(request, visit)
        visit = identified(request, envelope, outside=True)
    return render(request, "docgen/signing/back.html", _context(visit))


def _read_again(request: HttpRequest, visit: Visit) -> None:
    """Ask the service now; what it does not answer now is asked again by itself."""
    office = office_of(request)
    errand = come_back(office, visit)
    with suppress(DocgenError):
        run_errand(office, errand)
