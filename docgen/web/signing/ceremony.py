"""The ceremony: consent, each document, the signature. Each page does one thing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from docgen.errors import Refused
from docgen.ports.signer import DrawnMark
from docgen.services.ceremony.disclosure import disclosure_text
from docgen.services.ceremony.read import accept_disclosure, record_reading
from docgen.services.ceremony.sign import AUTHORITY, INTENT, Intent, sign_packet
from docgen.services.ceremony.standing import Standing
from docgen.services.ceremony.words import LONGEST_NAME
from docgen.services.disposed import open_working
from docgen.services.sweep import run_due_here
from docgen.web.signing.reading import contents, embedded_part
from docgen.web.signing.session import client, identified
from docgen.web.site import office_of
from docgen.web.viewing import Viewing, refuse_other

if TYPE_CHECKING:
    from django.http import HttpRequest

    from docgen.domain.ceremony import CeremonyDocument
    from docgen.services.ceremony.enter import Visit

MOST_STROKES = 100
MOST_POINTS = 5_000
PDF_POLICY = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
)


def _unread(visit: Visit) -> CeremonyDocument | None:
    unread = (item for item in visit.ceremony.documents if item.slug not in visit.signer.viewed)
    return next(unread, None)


def _step(visit: Visit) -> str:
    """Name the step this person is at."""
    if visit.standing is not Standing.OPEN:
        return "done"
    if visit.signer.consented_at is None:
        return "consent"
    return "read" if _unread(visit) else "sign"


def _lead(visit: Visit) -> HttpResponse:
    """Lead to the page where the person left off."""
    step, unread, envelope = _step(visit), _unread(visit), visit.ceremony.envelope_id
    if step == "read" and unread is not None:
        return redirect("read", envelope=envelope, slug=unread.slug)
    return redirect(step, envelope=envelope)


@require_safe
def next_page(request: HttpRequest, envelope: str) -> HttpResponse:
    """Lead to the page where the person left off, so that a reload or a new visit loses nothing."""
    return _lead(identified(request, envelope))


def _context(visit: Visit, here: str) -> dict[str, object]:
    steps = ["consent", *(item.slug for item in visit.ceremony.documents), "sign"]
    return {
        "ceremony": visit.ceremony,
        "signer": visit.signer,
        "step": steps.index(here) + 1,
        "steps": len(steps),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, envelope: str) -> HttpResponse:
    """Show the electronic records disclosure; agreeing is an act of its own."""
    visit = identified(request, envelope)
    if visit.standing is not Standing.OPEN:
        return _lead(visit)
    context = _context(visit, "consent")
    if request.method == "POST" and request.POST.get("agree") == "yes":
        accept_disclosure(office_of(request), visit)
        return redirect("next", envelope=envelope)
    if request.method == "POST":
        context["problem"] = "Please tick the box to agree, or choose to sign on paper instead."
    title, *paragraphs = [part for part in disclosure_text().split("\n\n") if part.strip()]
    context |= {"disclosure_title": title, "paragraphs": paragraphs}
    status = 409 if "problem" in context else 200
    return render(request, "docgen/signing/consent.html", context, status=status)


def document_of(visit: Visit, slug: str) -> CeremonyDocument:
    """Find one document of the packet, or answer 404."""
    for item in visit.ceremony.documents:
        if item.slug == slug:
            return item
    raise Http404


def viewing_of(visit: Visit, item: CeremonyDocument) -> Viewing:
    """Give the PDF of a document as it now stands, for its pages to be seen."""
    address = reverse("document", args=[visit.ceremony.envelope_id, item.slug])
    return Viewing(title=item.title, address=address, sha256=item.current_sha256)


@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest, envelope: str, slug: str) -> HttpResponse:
    """Show one document as readable text, with the PDF beside it; going on records the reading."""
    visit = identified(request, envelope)
    office, item = office_of(request), document_of(visit, slug)
    if visit.standing is not Standing.OPEN or visit.signer.consented_at is None:
        return _lead(visit)
    context = _context(visit, slug)
    if request.method == "POST":
        try:
            record_reading(office, visit, slug, request.POST.get("shown", ""))
        except Refused as refusal:
            context["problem"] = str(refusal)
        else:
            return redirect("next", envelope=envelope)
    part = embedded_part(office.work.open(item.html_sha256).decode("utf-8"))
    context |= {
        "document": item,
        "viewing": viewing_of(visit, item),
        "number": visit.ceremony.documents.index(item) + 1,
        "seen": slug in visit.signer.viewed,
        "contents": contents(part),
        # Our own renderer's escaped output, fixed by its digest when the envelope was opened.
        "reading": mark_safe(part),  # noqa: S308  # our own rendering
    }
    status = 409 if "problem" in context else 200
    return render(request, "docgen/signing/read.html", context, status=status)


@require_safe
def document(request: HttpRequest, envelope: str, slug: str) -> HttpResponse:
    """Serve the very bytes that are signed, for reading, saving and printing."""
    visit = identified(request, envelope)
    item = document_of(visit, slug)
    refuse_other(request, item.current_sha256)
    pdf = open_working(office_of(request), visit.ceremony.subject, item.current_sha256)
    response = HttpResponse(pdf, content_type="application/pdf")
    how = "attachment" if "save" in request.GET else "inline"
    response.headers["Content-Disposition"] = f'{how}; filename="{slug}.pdf"'
    response.headers["Content-Security-Policy"] = PDF_POLICY
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, envelope: str) -> HttpResponse:
    """Take name, title, authority and signature, and sign every document of the packet."""
    visit = identified(request, envelope)
    office = office_of(request)
    context = _context(visit, "sign")
    if request.method == "POST":
        try:
            sign_packet(office, visit, _intent(request, visit))
        except Refused as refusal:
            visit = identified(request, envelope)
            if visit.signer.signed_at is not None:  # sent again: the first answer was lost
                return redirect("done", envelope=envelope)
            if _step(visit) != "sign":
                return _stopped(request, visit, str(refusal))
            context |= {"problem": str(refusal), "given": request.POST}
        else:
            run_due_here(office)
            return redirect("done", envelope=envelope)
    elif _step(visit) != "sign":
        return _lead(visit)
    context |= {"intent": INTENT, "authority": AUTHORITY, "longest": LONGEST_NAME}
    status = 409 if "problem" in context else 200
    return render(request, "docgen/signing/sign.html", context, status=status)


def _stopped(request: HttpRequest, visit: Visit, sentence: str) -> HttpResponse:
    """Say that nothing was signed, and offer the step that is wanting."""
    context = {"heading": "Not signed yet", "sentence": sentence, "envelope": visit.ceremony}
    return render(request, "docgen/signing/stopped.html", context, status=409)


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
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise Refused("The drawn signature could not be read; please type it instead.") from error
    points = [point for stroke in strokes for point in stroke]
    fits = all(0 <= x <= 1000 and 0 <= y <= 300 for x, y in points)  # noqa: PLR2004  # the pad's box
    if not fits or len(strokes) > MOST_STROKES or len(points) > MOST_POINTS:
        raise Refused("The drawn signature is too large; please draw it again or type it.")
    return DrawnMark(strokes=strokes) if points else None
