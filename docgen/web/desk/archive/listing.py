"""The list of executed documents: searched, filtered, sorted, and picked from for an export.

Looking at the list is no activity of any packet; opening a record is, and a search is the person's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from docgen.services.search import search_archive
from docgen.web.account.visitor import acting_person
from docgen.web.desk.archive.asked import asked_of
from docgen.web.desk.parts import Action, Badge, Cell, Column, Pager, Row, Table, Tone
from docgen.web.desk.wording import day_words
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from docgen.ports.register import ArchivedLine

_COLUMNS = (
    Column(words="Practice", key="practice"),
    Column(words="Document"),
    Column(words="State"),
    Column(words="Signed", key="signed"),
    Column(words="Keep until", key="kept"),
)


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """List the executed documents asked for."""
    asked = asked_of(request)
    table = None
    if not asked.problems:
        page = search_archive(office_of(request), asked.query, acting_person(request))
        table = Table(
            caption="Executed documents",
            columns=_COLUMNS,
            rows=[_row(item) for item in page.items],
            sort=request.GET.get("sort", ""),
            picks="packet",
            pager=Pager.numbered(page.number, page.size, page.total, counted=page.counted),
        )
    context = {
        "asked": asked,
        "table": table,
        "problems": asked.problems,
        "actions": [
            Action(words="Two contracts", url=reverse("desk:archive-contracts")),
            Action(words="Register of agreements", url=reverse("desk:archive-register")),
        ],
        "whole": f"{reverse('desk:archive-export')}?all=yes&{request.GET.urlencode()}",
    }
    return render(request, "docgen/desk/archive/list.html", context)


def _row(line: ArchivedLine) -> Row:
    version = f"version {line.template_version}" if line.template_version else "not our template"
    return Row(
        pick=line.packet_id,
        cells=(
            Cell(
                words=line.practice,
                url=reverse("desk:archive-record", args=[line.packet_id]),
                below=line.packet_id,
            ),
            Cell(words=line.title, below=version),
            Cell(badge=Badge.of(line.state), below=_standing(line)),
            Cell(
                words=day_words(line.effective_on) or "–",
                below=f"until {day_words(line.ended_on)}" if line.ended_on else "",
            ),
            Cell(
                words=day_words(line.retain_until) or "no date yet",
                below="on legal hold" if line.on_hold else "",
            ),
        ),
    )


def _standing(line: ArchivedLine) -> str:
    """Say that a packet without a bundle is not archived, whatever its state is called."""
    if line.disposed_on:
        return f"disposed of on {day_words(line.disposed_on)}"
    return "" if line.bundle_sha256 else "no evidence bundle"


def hold_badge(*, on_hold: bool) -> Badge | None:
    """Give the badge of what lies on hold."""
    return Badge(words="on legal hold", tone=Tone.WAIT) if on_hold else None
