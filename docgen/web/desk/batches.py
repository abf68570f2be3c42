"""One batch: how far it is, and what came of each line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from docgen.domain.batch import Act, Result
from docgen.web.commands import for_pages
from docgen.web.desk.asking import chosen, page_number
from docgen.web.desk.parts import (
    Badge,
    Cell,
    Column,
    Crumb,
    Pager,
    Row,
    Table,
    Tone,
)
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from docgen.domain.batch import Batch, BatchLine

SIZE = 100
TONES = {Result.WAITING: Tone.BUSY, Result.DONE: Tone.GOOD, Result.REFUSED: Tone.BAD}
_GENERATING = {Act.GENERATE_CONTRACTING, Act.GENERATE_ONBOARDING}
_COLUMNS = tuple(Column(words=words) for words in ("For", "Result", "What happened"))


@require_safe
def batch(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Show a batch; the page looks again by itself while lines wait."""
    office = office_of(request)
    found = office.ledger.batches.get(batch_id)
    wanted, number = chosen(request, "result", Result), page_number(request)
    lines = [line for line in found.lines if wanted is None or line.result is wanted]
    shown = lines[(number - 1) * SIZE : number * SIZE]
    made = _made(found)
    if made and request.headers.get("HX-Request"):  # whoever waited for this one is led to it
        response = HttpResponse()
        response.headers["HX-Redirect"] = made
        return response
    names = office.register.practices(
        [line.subject for line in shown], packets=found.act.is_for_packets
    )
    context = {
        "batch": found,
        "title": found.act.words.capitalize(),
        "done": len(found.lines) - found.count(Result.WAITING),
        "refused": found.count(Result.REFUSED),
        "made": made,
        "poll": request.get_full_path() if found.is_running else "",
        "table": Table(
            caption="Results",
            columns=_COLUMNS,
            rows=[_row(found, line, names) for line in shown],
            pager=Pager.numbered(number, SIZE, len(lines)),
        ),
        "results": [(item.value, found.count(item)) for item in Result],
        "crumbs": [_crumb(found)],
    }
    return render(request, "docgen/desk/batch.html", context)


def _made(found: Batch) -> str:
    """Give the address of the one packet that generating for one practice made, or ""."""
    if found.act not in _GENERATING or len(found.lines) != 1 or len(found.lines[0].made) != 1:
        return ""
    return reverse("desk:packet", args=[found.lines[0].made[0]])


def _crumb(found: Batch) -> Crumb:
    if found.act.is_for_packets:
        return Crumb(words="Packets", url=reverse("desk:packets"))
    return Crumb(words="Enrollments", url=reverse("desk:enrollments"))


def _row(found: Batch, line: BatchLine, names: Mapping[str, str]) -> Row:
    page = "desk:packet" if found.act.is_for_packets else "desk:enrollment"
    known = line.subject in names
    made = line.made[0] if line.made else ""
    return Row(
        cells=(
            Cell(
                words=names.get(line.subject, line.subject),
                url=reverse(page, args=[line.subject]) if known else "",
            ),
            Cell(badge=Badge(words=line.result.value, tone=TONES[line.result])),
            Cell(
                words=for_pages(line.words), url=reverse("desk:packet", args=[made]) if made else ""
            ),
        )
    )


urlpatterns = [path("batches/<str:batch_id>", batch, name="batch")]
