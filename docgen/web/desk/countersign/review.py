"""One packet to countersign: what it is, agree, read each document, sign. Each is its own act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from docgen.errors import InputError, NotAllowed, Refused
from docgen.outcome import outcome_of
from docgen.services.ceremony.countersign import (
    Declared,
    agree_at_desk,
    decline_at_desk,
    read_at_desk,
    sign_at_desk,
    visit_at_desk,
)
from docgen.services.ceremony.disclosure import disclosure_text
from docgen.services.ceremony.sign import AUTHORITY, INTENT
from docgen.services.ceremony.standing import Standing
from docgen.services.ceremony.words import LONGEST_NAME
from docgen.services.given import LONGEST_REASON
from docgen.services.sweep import run_due_here
from docgen.web.account.again import again_first
from docgen.web.account.visitor import acting_person
from docgen.web.desk.countersign.queue import STANDARD, age_badge, signed_for
from docgen.web.desk.countersign.sitting import (
    count_signed,
    fresh_until,
    place_of,
    presence_of,
    signed_in_sitting,
)
from docgen.web.desk.parts import Crumb, Moment
from docgen.web.desk.wording import kind_words
from docgen.web.once import SENT_BEFORE
from docgen.web.signing.ceremony import PDF_POLICY
from docgen.web.signing.reading import contents, embedded_part
from docgen.web.site import office_of
from docgen.web.viewing import Viewing, refuse_other

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from docgen.domain.ceremony import CeremonyDocument
    from docgen.domain.history import Activity
    from docgen.services.ceremony.enter import Visit


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Show one packet to its countersigner, and carry out what they press."""
    try:
        return (_act if request.method == "POST" else _page)(request, packet_id)
    except NotAllowed:
        raise
    except Refused as refusal:
        return _back(request, refusal)


def _back(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Lead back to the queue from a packet that waits for nobody here any more."""
    messages.error(request, str(refusal))
    return redirect("desk:countersign")


@again_first
def _act(request: HttpRequest, packet_id: str) -> HttpResponse:
    if "agree" in request.POST:
        return _agree(request, packet_id)
    if "sign" in request.POST:
        return _sign(request, packet_id)
    if "decline" in request.POST or "paper" in request.POST:
        return _decline(request, packet_id)
    raise InputError("This form is not whole; open the page again and repeat your last step.")


def _agree(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Record who this is and their agreement, then lead to the first document."""
    if request.POST.get("agreed") != "yes":
        return _page(request, packet_id, "Please tick the box to agree; nothing was recorded.")
    try:
        agree_at_desk(office_of(request), packet_id, presence_of(request))
    except NotAllowed:
        raise
    except Refused as refusal:
        return _page(request, packet_id, str(refusal))
    return _lead(request, packet_id)


def _sign(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Sign, then lead to the next packet; what was signed before is not signed a second time."""
    office, person = office_of(request), acting_person(request)
    visit, following = visit_at_desk(office, packet_id, person), place_of(request, packet_id)
    shown = {item.slug: request.POST.get(f"shown_{item.slug}", "") for item in _documents(visit)}
    declared = Declared(
        typed=request.POST.get("typed", "").strip(),
        attests_authority=request.POST.get("authority") == "yes",
        shown=shown,
    )
    try:
        sign_at_desk(office, packet_id, presence_of(request), declared)
    except NotAllowed:
        raise
    except Refused as refusal:
        if visit_at_desk(office, packet_id, person).standing is Standing.SIGNED:
            messages.info(request, SENT_BEFORE)
            return _onward(following.following)
        return _page(request, packet_id, str(refusal))
    count_signed(request)
    run_due_here(office)
    messages.success(
        request,
        f"Signed for {visit.signer.organization}: {visit.ceremony.practice}. "
        f"{following.number} of {following.count} done.",
    )
    return _onward(following.following)


def _decline(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Decline the packet, or ask for paper; either ends it, and the coordinators are told."""
    paper, following = "paper" in request.POST, place_of(request, packet_id).following
    reason = request.POST.get("reason", "")
    try:
        decline_at_desk(office_of(request), packet_id, presence_of(request), reason, paper=paper)
    except NotAllowed:
        raise
    except Refused as refusal:
        return _page(request, packet_id, str(refusal))
    run_due_here(office_of(request))
    messages.success(
        request, "Paper was asked for." if paper else "Declined. The coordinators are told."
    )
    return _onward(following)


def _onward(packet_id: str) -> HttpResponse:
    if packet_id:
        return redirect("desk:countersign-packet", packet_id=packet_id)
    return redirect("desk:countersign")


def _lead(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Lead to the first document not read yet, or to the signature."""
    visit = visit_at_desk(office_of(request), packet_id, acting_person(request))
    unread = next(
        (item for item in _documents(visit) if item.slug not in visit.signer.viewed), None
    )
    if unread is None:
        return redirect(f"{reverse('desk:countersign-packet', args=[packet_id])}#sign")
    return redirect("desk:countersign-read", packet_id=packet_id, slug=unread.slug)


def _documents(visit: Visit) -> Sequence[CeremonyDocument]:
    return visit.ceremony.documents


def _page(request: HttpRequest, packet_id: str, problem: str = "") -> HttpResponse:
    """Show the packet as it stands for this person."""
    office, person = office_of(request), acting_person(request)
    visit = visit_at_desk(office, packet_id, person)
    if visit.standing is not Standing.OPEN:
        messages.info(request, _CLOSED.get(visit.standing, _NOT_NOW))
        return redirect("desk:countersign")
    line = office.register.packet(packet_id)
    title, *paragraphs = [part for part in disclosure_text().split("\n\n") if part.strip()]
    read = visit.signer.viewed
    context = {
        "title": line.practice,
        "lead": kind_words(line.kind),
        "badge": age_badge(office, line.wait.since),
        "crumbs": [Crumb(words="To countersign", url=reverse("desk:countersign"))],
        "line": line,
        "visit": visit,
        "signer": visit.signer,
        "place": place_of(request, packet_id),
        "departures": line.departures or (STANDARD,),
        "documents": [(item, item.slug in read) for item in _documents(visit)],
        "step": _step(visit),
        "moments": [_moment(item) for item in signed_for(office, [packet_id])[packet_id]],
        "name": person.name,
        "is_other_name": visit.signer.name not in {person.name, visit.signer.title},
        "until": fresh_until(request),
        "disclosure_title": title,
        "paragraphs": paragraphs,
        "is_first": not signed_in_sitting(request),
        "intent": INTENT,
        "authority": AUTHORITY,
        "longest": LONGEST_NAME,
        "longest_reason": LONGEST_REASON,
        "problem": problem,
        "given": request.POST,
    }
    status = 409 if problem else 200
    return render(request, "docgen/desk/countersign/review.html", context, status=status)


_CLOSED = {
    Standing.SIGNED: "You have signed this packet already.",
    Standing.WAITING: "Somebody else signs this packet first.",
}
_NOT_NOW = "This packet is no longer open for your signature."


def _step(visit: Visit) -> str:
    """Name the step this packet is at: agree, read or sign."""
    if visit.signer.consented_at is None or visit.signer.identified_at is None:
        return "agree"
    return (
        "read" if set(visit.signer.viewed) < {item.slug for item in _documents(visit)} else "sign"
    )


def _moment(signed: Activity) -> Moment:
    told = signed.details
    return Moment(
        at=signed.at,
        words=f"{told['name']}, {told['title']}",
        who=str(told["organization"]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest, packet_id: str, slug: str) -> HttpResponse:
    """Show one document, with the very PDF that is signed beside it; going on records it."""
    office, person = office_of(request), acting_person(request)
    visit = visit_at_desk(office, packet_id, person)
    item, problem = _document(visit, slug), ""
    if visit.standing is not Standing.OPEN or visit.signer.consented_at is None:
        return redirect("desk:countersign-packet", packet_id=packet_id)
    if request.method == "POST":
        try:
            read_at_desk(office, packet_id, person, slug, request.POST.get("shown", ""))
        except NotAllowed:
            raise
        except Refused as refusal:
            problem = str(refusal)
        else:
            return _lead(request, packet_id)
    html = office.work.open(item.html_sha256).decode("utf-8")
    # The page's own heading is the document's title already.
    part = embedded_part(html).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    practice = visit.ceremony.practice
    context = {
        "title": item.title,
        "lead": f"Document {_documents(visit).index(item) + 1} of {len(_documents(visit))}",
        "crumbs": [
            Crumb(words="To countersign", url=reverse("desk:countersign")),
            Crumb(words=practice, url=reverse("desk:countersign-packet", args=[packet_id])),
        ],
        "document": item,
        "viewing": Viewing(
            title=item.title,
            address=reverse("desk:countersign-file", args=[packet_id, slug]),
            sha256=item.current_sha256,
        ),
        "contents": contents(part),
        "is_read": slug in visit.signer.viewed,
        "problem": problem,
        # Our own renderer's escaped output, fixed by its digest when the envelope was opened.
        "reading": mark_safe(part),  # noqa: S308  # our own rendering
    }
    status = outcome_of(Refused()).status if problem else 200
    return render(request, "docgen/desk/countersign/read.html", context, status=status)


@require_safe
def file(request: HttpRequest, packet_id: str, slug: str) -> HttpResponse:
    """Hand over the very bytes that are signed next, with the signatures they hold already."""
    office = office_of(request)
    item = _document(visit_at_desk(office, packet_id, acting_person(request)), slug)
    refuse_other(request, item.current_sha256)
    response = HttpResponse(office.work.open(item.current_sha256), content_type="application/pdf")
    how = "attachment" if "save" in request.GET else "inline"
    response.headers["Content-Disposition"] = f'{how}; filename="{packet_id}-{slug}.pdf"'
    response.headers["Content-Security-Policy"] = PDF_POLICY
    return response


def _document(visit: Visit, slug: str) -> CeremonyDocument:
    for item in _documents(visit):
        if item.slug == slug:
            return item
    raise Http404
