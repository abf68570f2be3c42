"""An export: first what it would hold, then the file itself, whose size the browser knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from docgen.errors import InputError
from docgen.ports.register_query import Paging
from docgen.services.export import MOST_PACKETS, export, select
from docgen.web.account.visitor import acting_person
from docgen.web.desk.archive.asked import asked_of
from docgen.web.desk.parts import Crumb, Fact, Trouble
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from docgen.services.export import Selection


@require_http_methods(["GET", "HEAD", "POST"])
def export_selection(request: HttpRequest) -> HttpResponseBase:
    """Say what an export would hold, or hand it over."""
    try:
        selection = _selection(request)
    except InputError as refusal:
        return _page(request, None, str(refusal), status=422)
    if request.method == "POST":
        try:
            made = export(office_of(request), selection, acting_person(request))
        except InputError as refusal:
            return _page(request, selection, str(refusal), status=422)
        response = StreamingHttpResponse(made.pieces, content_type="application/zip")
        response.headers["Content-Length"] = str(made.size)
        response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
        return response
    return _page(request, selection, selection.refusal)


def _selection(request: HttpRequest) -> Selection:
    """Find what is meant: the packets picked, or all that the filters in the address find."""
    office = office_of(request)
    if request.GET.get("all") == "yes":
        asked = asked_of(request)
        if asked.problems:
            raise InputError(asked.problems[0].words)
        return select(office, (), replace(asked.query, page=Paging()))
    return select(office, request.GET.getlist("packet")[: MOST_PACKETS + 1])


def _page(
    request: HttpRequest, selection: Selection | None, refusal: str, *, status: int = 200
) -> HttpResponse:
    context = {
        "title": "Export from the archive",
        "crumbs": [Crumb(words="Archive", url=reverse("desk:archive"))],
        "selection": selection,
        "problems": [Trouble(words=refusal)] if refusal else [],
        "facts": _facts(selection) if selection else [],
        "address": request.get_full_path(),
    }
    return render(request, "docgen/desk/archive/export.html", context, status=status)


def _facts(selection: Selection) -> list[Fact]:
    if selection.is_too_much:
        return [Fact(term="Packets", words=f"more than {MOST_PACKETS}")]
    packets = len({item.packet_id for item in selection.lines})
    return [
        Fact(term="Packets", words=str(packets)),
        Fact(term="Executed documents", words=str(len(selection.lines))),
        Fact(term="Evidence bundles", words=str(len(selection.bundles))),
        Fact(term="Size", words=f"{selection.size / 1_000_000:.1f} MB"),
    ]
