"""The ceremony: consent, each document, the signature. Each page does one thing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from docgen.bootstrap.application import application
from docgen.errors import Refused
from docgen.ports.signer import DrawnMark
from docgen.services.ceremony.disclosure import disclosure_text
from docgen.services.ceremony.read import accept_disclosure, record_reading
from docgen.services.ceremony.sign import AUTHORITY, INTENT, LONGEST_NAME, Intent, sign_packet
from docgen.services.sweep import run_due
from docgen.web.views.session import client, identified

if TYPE_CHECKING:
    from django.http import HttpRequest

    from docgen.domain.ceremony import CeremonyDocument
    from docgen.services.ceremony.enter import Visit

MOST_STROKES = 100
MOST_POINTS = 5_000


def _unread(visit: Visit) -> CeremonyDocument | None:
    unread = (item for item in visit.ceremony.documents if item.slug not in visit.signer.viewed)
    return next(unread, None)


@require_safe
def next_page(request: HttpRequest) -> HttpResponse:
    """Lead to the page where the person left off, so that a reload or a new visit loses nothing."""
    visit = identified(request)
    if visit.ceremony.ended or visit.signer.done or not visit.is_turn:
        return redirect("done")
    if visit.signer.consented_at is None:
        return redirect("consent")
    unread = _unread(visit)
    return redirect("read", slug=unread.slug) if unread else redirect("sign")


def _context(visit: Visit, here: str) -> dict[str, object]:
    steps = ["consent", *(item.slug for item in visit.ceremony.documents), "sign"]
    return {
        "ceremony": visit.ceremony,
        "signer": visit.signer,
        "step": steps.index(here) + 1,
        "steps": len(steps),
    }


@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """Show the electronic records disclosure; agreeing is an act of its own."""
    visit = identified(request)
    context = _context(visit, "consent")
    if request.method == "POST" and request.POST.get("agree") == "yes":
        accept_disclosure(application().office, visit)
        return redirect("next")
    if request.method == "POST":
        context["problem"] = "Please tick the box to agree, or choose to sign on paper instead."
    context["paragraphs"] = [part for part in disclosure_text().split("\n\n") if part.strip()]
    return render(request, "docgen/consent.html", context)


def _document(visit: Visit, slug: str) -> CeremonyDocument:
    for item in visit.ceremony.documents:
        if item.slug == slug:
            return item
    raise Http404


@require_http_methods(["GET", "POST"])
def read(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one document as readable text, with the PDF beside it; going on records the reading."""
    visit = identified(request)
    office = application().office
    item = _document(visit, slug)
    if request.method == "POST":
        record_reading(office, visit, slug)
        return redirect("next")
    reading = office.work.open(item.html_sha256).decode("utf-8")
    context = _context(visit, slug)
    context["document"] = item
    # Our own renderer's escaped output, fixed by its digest when the envelope was opened.
    context["reading"] = mark_safe(_main_part(reading))  # noqa: S308
    return render(request, "docgen/read.html", context)


def _main_part(page: str) -> str:
    """Take the document's own part out of its stand-alone reading page."""
    _, _, rest = page.partition("<main")
    _, _, rest = rest.partition(">")
    return rest.rpartition("</main>")[0]


@require_safe
def document(request: HttpRequest, slug: str) -> HttpResponse:
    """Serve the very bytes that are signed, for reading, saving and printing."""
    visit = identified(request)
    item = _document(visit, slug)
    pdf = application().office.work.open(item.current_sha256)
    response = HttpResponse(pdf, content_type="application/pdf")
    how = "attachment" if "save" in request.GET else "inline"
    response.headers["Content-Disposition"] = f'{how}; filename="{slug}.pdf"'
    return response


@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest) -> HttpResponse:
    """Take name, title, authority and signature, and sign every document of the packet."""
    visit = identified(request)
    office = application().office
    context = _context(visit, "sign")
    if visit.signer.done or visit.ceremony.ended:
        return redirect("done")
    if _unread(visit) is not None or visit.signer.consented_at is None:
        return redirect("next")
    if request.method == "POST":
        try:
            sign_packet(office, visit, _intent(request, visit))
        except Refused as refusal:
            context["problem"] = str(refusal)
            context["given"] = request.POST
        else:
            run_due(office)
            return redirect("done")
    context |= {"intent": INTENT, "authority": AUTHORITY, "longest": LONGEST_NAME}
    status = 409 if "problem" in context else 200
    return render(request, "docgen/sign.html", context, status=status)


def _intent(request: HttpRequest, visit: Visit) -> Intent:
    form = request.POST
    return Intent(
        name=form.get("name", "").strip(),
        title=form.get("title", "").strip(),
        typed=form.get("typed", "").strip(),
        drawn=_drawn(form.get("drawn", "")),
        attests_authority=form.get("authority") == "yes",
        shown={item.slug: form.get(f"shown_{item.slug}", "") for item in visit.ceremony.documents},
        client=client(request),
    )


def _drawn(text: str) -> DrawnMark | None:
    """Read a drawn signature's strokes; nothing drawn gives None.

    Raises:
        Refused: the strokes are not what our script sends.
    """
    if not text:
        return None
    try:
        strokes = tuple(
            tuple((float(x), float(y)) for x, y in stroke) for stroke in json.loads(text)
        )
    except (ValueError, TypeError, RecursionError) as error:
        raise Refused("The drawn signature could not be read; please type it instead.") from error
    points = [point for stroke in strokes for point in stroke]
    fits = all(0 <= x <= 1000 and 0 <= y <= 300 for x, y in points)  # noqa: PLR2004  # the pad's box
    if not fits or len(strokes) > MOST_STROKES or len(points) > MOST_POINTS:
        raise Refused("The drawn signature is too large; please draw it again or type it.")
    return DrawnMark(strokes=strokes) if points else None
