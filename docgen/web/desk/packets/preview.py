"""A packet's documents on the desk: the reading view beside the PDF, and every form as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from docgen.services.disposed import open_working
from docgen.services.earlier import changes_from_earlier
from docgen.web.desk.packets.record import head
from docgen.web.desk.parts import Action, Crumb
from docgen.web.signing.ceremony import PDF_POLICY
from docgen.web.signing.reading import contents, embedded_part
from docgen.web.site import office_of
from docgen.web.viewing import Viewing

if TYPE_CHECKING:
    from django.http import HttpRequest

    from docgen.domain.packet import Packet, RenderedDocument

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
def document(request: HttpRequest, packet_id: str, slug: str) -> HttpResponse:
    """Show one document to read, beside its PDF, and what differs from the packet it replaces."""
    office = office_of(request)
    packet = office.ledger.packets.get(packet_id)
    item = _document(packet, slug)
    html = open_working(office, packet_id, item.html_sha256).decode("utf-8")
    # The page's own heading is the document's title already.
    part = embedded_part(html).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    titles = {one.slug: one.title for one in packet.plan.documents}
    pdf = reverse("desk:packet-file", args=[packet_id, slug, "pdf"])
    context = head(packet, "") | {
        "packet": packet,
        "title": titles[slug],
        "badge": None,
        "lead": f"{item.pages} pages, plan {packet.plan.short_checksum}",
        "actions": [
            Action(words="Open or print the PDF", url=pdf),
            Action(words="Save the PDF", url=f"{pdf}?save"),
            Action(words="Word", url=reverse("desk:packet-file", args=[packet_id, slug, "docx"])),
        ],
        "crumbs": [
            Crumb(words="Packets", url=reverse("desk:packets")),
            Crumb(words=packet.plan.practice, url=reverse("desk:packet", args=[packet_id])),
        ],
        "viewing": Viewing(title=titles[slug], address=pdf, sha256=item.pdf_sha256),
        "contents": contents(part),
        "changes": changes_from_earlier(office, packet, slug),
        "supersedes": packet.supersedes,
        # Our own renderer's escaped output, fixed by its digest when the packet was generated.
        "reading": mark_safe(part),  # noqa: S308  # our own rendering
    }
    return render(request, "docgen/desk/packets/document.html", context)


@require_safe
def file(request: HttpRequest, packet_id: str, slug: str, form: str) -> HttpResponse:
    """Hand over one form of one document as a file."""
    office = office_of(request)
    item = _document(office.ledger.packets.get(packet_id), slug)
    forms = {"pdf": (item.pdf_sha256, "application/pdf"), "docx": (item.docx_sha256, WORD)}
    if form not in forms:
        raise Http404
    digest, kind = forms[form]
    response = HttpResponse(open_working(office, packet_id, digest), content_type=kind)
    how = "inline" if form == "pdf" and "save" not in request.GET else "attachment"
    response.headers["Content-Disposition"] = f'{how}; filename="{packet_id}-{slug}.{form}"'
    response.headers["Content-Security-Policy"] = PDF_POLICY
    return response


def _document(packet: Packet, slug: str) -> RenderedDocument:
    found = next((item for item in packet.rendered if item.slug == slug), None)
    if found is None:
        raise Http404
    return found
