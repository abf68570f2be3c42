"""An export: what it would hold, how far its bundles are read, then the file of known size."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from docgen.domain.batch import Result
from docgen.errors import InputError
from docgen.ports.register_query import Paging
from docgen.services.ask_export import ask_export, asked_export, fetch_export
from docgen.services.export import MOST_PACKETS, select
from docgen.web.account.visitor import acting_person
from docgen.web.desk.archive.asked import asked_of
from docgen.web.desk.batches import TONES
from docgen.web.desk.parts import Badge, Cell, Column, Crumb, Fact, Row, Table, Trouble
from docgen.web.once import once
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from docgen.domain.batch import BatchLine
    from docgen.services.export import Selection

_COLUMNS = tuple(Column(words=words) for words in ("Practice", "Result", "Evidence bundle"))
_RESULTS = {Result.WAITING: "waiting", Result.DONE: "ready", Result.REFUSED: "cannot be used"}


@require_http_methods(["GET", "HEAD", "POST"])
def export_selection(request: HttpRequest) -> HttpResponse:
    """Say what an export would hold, or ask for it."""
    try:
        selection = _selection(request)
    except InputError as refusal:
        return _page(request, None, str(refusal), status=422)
    if request.method != "POST":
        return _page(request, selection, selection.refusal)

    def act() -> str:
        asked = ask_export(office_of(request), selection, acting_person(request))
        return reverse("desk:archive-export-asked", args=[asked.id])

    try:
        return once(request, act)
    except InputError as refusal:
        return _page(request, selection, str(refusal), status=422)


@require_safe
def asked(request: HttpRequest, export_id: str) -> HttpResponse:
    """Show how far an export is; the page looks again by itself while bundles are read."""
    office = office_of(request)
    found = asked_export(office, export_id, acting_person(request))
    done = [line for line in found.lines if line.result is Result.DONE]
    names = office.register.practices([line.subject for line in found.lines], packets=True)
    context = {
        "title": "Export from the archive",
        "crumbs": [Crumb(words="Archive", url=reverse("desk:archive"))],
        "export": found,
        "total": len(found.lines),
        "done": len(found.lines) - found.count(Result.WAITING),
        "refused": found.count(Result.REFUSED),
        "without": _address([line.subject for line in done]) if done else "",
        "poll": request.get_full_path() if found.is_running else "",
        "table": Table(
            caption="Packets of this export",
            columns=_COLUMNS,
            rows=[_row(line, names) for line in found.lines],
        ),
    }
    return render(request, "docgen/desk/archive/export_asked.html", context)


@require_POST
def file(request: HttpRequest, export_id: str) -> HttpResponseBase:
    """Hand over an export whose bundles were all read; that it is, is noted."""
    made = fetch_export(office_of(request), export_id, acting_person(request))
    response = StreamingHttpResponse(made.pieces, content_type="application/zip")
    response.headers["Content-Length"] = str(made.size)
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


def _address(packets: list[str]) -> str:
    return f"{reverse('desk:archive-export')}?{urlencode({'packet': packets}, doseq=True)}"


def _row(line: BatchLine, names: Mapping[str, str]) -> Row:
    words = names.get(line.subject, line.subject)
    return Row(
        cells=(
            Cell(words=words, url=reverse("desk:archive-record", args=[line.subject])),
            Cell(badge=Badge(words=_RESULTS[line.result], tone=TONES[line.result])),
            Cell(words=line.words),
        )
    )


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
