"""Two reports: the contracts of each 24 months, and the register of agreements with its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from docgen.services.export import MOST_PACKETS
from docgen.services.register_report import CONTRACTS_NEEDED, contract_periods, draw_up, packed
from docgen.web.account.visitor import acting_person
from docgen.web.desk.parts import Badge, Cell, Column, Crumb, Row, Table, Tone
from docgen.web.desk.wording import day_words
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from docgen.ports.register import ContractLine
    from docgen.services.register_report import ContractPeriod

MOST_SHOWN = 20
_COLUMNS = tuple(Column(words=item) for item in ("Practice", "In effect from", "Until", "State"))
RULE = "42 U.S.C. 299b-24(b)(1)(C), 42 CFR 3.102(b)(2)(i)(C)"


@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    """Show for each period of 24 months which providers were under contract."""
    office = office_of(request)
    begun = office.pso.listed_on if office.pso else None
    found = contract_periods(office, office.today())
    shown = {
        line.packet_id
        for item in found
        for line in (*item.contracts[:MOST_SHOWN], *item.without_copy[:MOST_SHOWN])
    }
    names = office.register.practices(sorted(shown), packets=True)
    context = {
        "title": "Two contracts in every 24 months",
        "lead": f"{RULE}; counted from the PSO’s listing.",
        "crumbs": [Crumb(words="Archive", url=reverse("desk:archive"))],
        "listed_on": day_words(begun),
        "periods": [_period(item, names) for item in found],
    }
    return render(request, "docgen/desk/archive/contracts.html", context)


def _period(period: ContractPeriod, names: Mapping[str, str]) -> dict[str, object]:
    shown = period.contracts[:MOST_SHOWN]
    met = Badge(words="two or more health care providers", tone=Tone.GOOD)
    short = Badge(
        words=f"{period.providers} of {CONTRACTS_NEEDED} health care providers",
        tone=Tone.WAIT if period.is_running else Tone.BAD,
    )
    words = f"{day_words(period.first)} to {day_words(period.last)}"
    picked = list(dict.fromkeys(item.packet_id for item in period.contracts))[:MOST_PACKETS]
    return {
        "words": words,
        "anchor": f"period-{period.first.isoformat()}",
        "is_running": period.is_running,
        "badge": met if period.is_met else short,
        "counted": period.providers,
        "more": len(period.contracts) - len(shown),
        "without_copy": [names[item.packet_id] for item in period.without_copy[:MOST_SHOWN]],
        "more_without_copy": max(0, len(period.without_copy) - MOST_SHOWN),
        "copies": f"{reverse('desk:archive-export')}?{urlencode({'packet': picked}, doseq=True)}"
        if picked
        else "",
        "copies_more": len({item.packet_id for item in period.contracts}) - len(picked),
        "table": Table(
            caption=f"Contracts in effect, {words}",
            columns=_COLUMNS,
            rows=[_row(item, names[item.packet_id]) for item in shown],
        ),
    }


def _row(line: ContractLine, practice: str) -> Row:
    return Row(
        cells=(
            Cell(words=practice, url=reverse("desk:archive-record", args=[line.packet_id])),
            Cell(words=day_words(line.effective_on)),
            Cell(words=day_words(line.ended_on) or "still in effect"),
            Cell(badge=Badge.of(line.state)),
        )
    )


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Explain the register of agreements, or draw it up and hand it over with its proof."""
    if request.method == "POST":
        office = office_of(request)
        made = draw_up(office, acting_person(request))
        day = office.today().isoformat()
        response = HttpResponse(packed(made), content_type="application/zip")
        response.headers["Content-Disposition"] = f'attachment; filename="register-{day}.zip"'
        return response
    context = {
        "title": "Register of agreements",
        "crumbs": [Crumb(words="Archive", url=reverse("desk:archive"))],
    }
    return render(request, "docgen/desk/archive/register.html", context)
