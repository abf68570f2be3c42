"""Who the PSO is, asked once: the page of a new site whose settings name nobody yet.

It writes the settings file. What stands there is corrected there, where it is reviewed and kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from docgen.bootstrap.settings_file import usual_pso
from docgen.domain.enrollment.findings import Place
from docgen.domain.enrollment.leaves import dotted, leaves
from docgen.domain.pso import PsoSettings, check_pso
from docgen.web.account.visitor import acting_person
from docgen.web.desk.parts import Crumb, Trouble
from docgen.web.enrollment_form.boxes import Around, Maker
from docgen.web.enrollment_form.reading import Reader
from docgen.web.enrollment_form.telling import nearest, places_on
from docgen.web.site import office_of, settings_file_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from docgen.web.enrollment_form.boxes import Item

_BY_HAND = frozenset({"open_terms"})  # names of terms as the file writes them; most sites have none


@require_http_methods(["GET", "HEAD", "POST"])
def name_the_pso(request: HttpRequest) -> HttpResponse:
    """Ask who the PSO is, check every value, write them to the settings and go on with them."""
    file = settings_file_of(request)
    if file is None or office_of(request).pso is not None:
        return redirect("desk:settings")
    if request.method != "POST":
        return _page(request, usual_pso(), {})
    raw = Reader(dict(request.POST.lists())).record(PsoSettings, ())
    _, wrong = check_pso(raw)
    if wrong:
        return _page(request, raw, wrong, status=422)
    file.name_pso(raw)
    office, actor = office_of(request), f"user:{acting_person(request).key}"
    with office.ledger.transaction():
        office.note(actor, "pso.named", actor)
    messages.success(request, "The PSO is named. Now add the people who work here.")
    return redirect("desk:people")


def _page(
    request: HttpRequest, values: Mapping[str, object], wrong: Mapping[str, str], status: int = 200
) -> HttpResponse:
    around = Around(place=Place(), path=(), is_asked=False)
    items = Maker(lists={}).record(PsoSettings, values, around)
    items = [one for one in items if one.path not in _BY_HAND]
    places = places_on(items)
    for leaf in leaves(PsoSettings):
        if leaf.spec.need is None and dotted(leaf.path) in places:
            places[dotted(leaf.path)].label += " (optional)"
    context = {
        "items": items,
        "problems": [_told(places, path, wrong[path]) for path in _in_order(places, wrong)],
        "crumbs": [Crumb(words="Settings", url=reverse("desk:settings"))],
    }
    return render(request, "docgen/desk/pso.html", context, status=status)


def _in_order(places: Mapping[str, Item], wrong: Mapping[str, str]) -> list[str]:
    """Give the paths in the order of the page; what has no place on it comes last."""
    order = {path: number for number, path in enumerate(places)}

    def number_of(path: str) -> int:
        item = nearest(places, path)
        return len(order) if item is None else order[item.path]

    return sorted(wrong, key=number_of)


def _told(places: Mapping[str, Item], path: str, message: str) -> Trouble:
    """Put a message beside its field, and give it for the list above the form."""
    item = nearest(places, path)
    if item is None:
        return Trouble(words=message)
    short = message.removeprefix(f"{item.spoken}: ")
    item.problems.append(f"{short[:1].upper()}{short[1:]}.")
    return Trouble(words=f"{message}.", anchor=item.id)
