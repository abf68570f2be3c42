"""The page of a list in the form: its items, each with a page of its own, in an order of choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render

from docgen.errors import EnrollmentInvalid
from docgen.web.enrollment_form.boxes import lists_of, lower
from docgen.web.enrollment_form.reading import ACT, BASE
from docgen.web.enrollment_form.rows import ADD, REMOVE, asked, shift
from docgen.web.enrollment_form.sections import SECTIONS, number_of, section_of
from docgen.web.enrollment_form.storing import NEW, base_of, examined, store, values_of
from docgen.web.enrollment_form.telling import Teller, link_to

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from docgen.domain.enrollment import Examined
    from docgen.errors import Problem
    from docgen.web.enrollment_form.host import Host
    from docgen.web.enrollment_form.sections import Section
    from docgen.web.enrollment_form.storing import Conflict

_NAMES = ("legal_name", "name")
_SPOKEN = ("given_name", "family_name")


def page_of_list(request: HttpRequest, host: Host, section: Section) -> HttpResponse:
    """Show a list of the form, or take out or move one of its items."""
    if request.method != "POST":
        return _show(request, host, section)
    base = base_of(host.office, host.enrollment_id, request.POST.get(BASE, ""))
    values = values_of(base)
    name = section.names[0]
    rows = list(values.get(name, ()))
    wanted = asked(request.POST.get(ACT, ""))
    here = host.address(section.key, "")
    if wanted is None or wanted[0] == ADD or not isinstance(wanted[1][-1], int):
        return redirect(here)
    what, path = wanted
    number = int(path[-1])
    gone = _called(section, rows[number], values) if number < len(rows) else ""
    shift(rows, what, number)
    try:
        found = store(
            host.office, base, values | {name: rows}, draft=base.is_draft, actor=host.actor
        )
    except EnrollmentInvalid as refusal:
        return _show(request, host, section, problems=refusal.problems, status=422)
    if found is not None:
        return _show(request, host, section, found=found, status=409)
    if what == REMOVE and gone:
        messages.success(request, f"{gone} was taken out; earlier versions still hold it.")
    return redirect(here)


def _show(
    request: HttpRequest,
    host: Host,
    section: Section,
    *,
    problems: tuple[Problem, ...] = (),
    found: Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    newest = host.office.ledger.enrollments.latest(host.enrollment_id)
    values = values_of(newest)
    checked = examined(host.office, values, draft=newest.is_draft)
    spec = section.rows
    rows = values.get(section.names[0], [])
    teller = Teller(places={}, address=host.address)
    own = [one for one in checked.missing if one.path == section.names[0]]
    context = dict(host.told) | {
        "layout": host.layout,
        "section": section,
        "title": section.title,
        "sections": [
            {"words": one.title, "url": host.address(one.key, ""), "is_here": one is section}
            for one in SECTIONS
        ],
        "rows": [_row(host, section, index, values, checked) for index in range(len(rows))],
        "noun": lower(spec.noun) if spec else "",
        "add": host.address(section.key, NEW) if spec and len(rows) < spec.high else "",
        "base": newest.version,
        "problems": teller.listed(problems),
        "missing": own,
        "conflict": found,
        "who": host.names,
        "back": host.address("", ""),
        "next": _next(host, section),
    }
    return render(request, "docgen/form/list.html", context, status=status)


def _next(host: Host, section: Section) -> str:
    after = SECTIONS[SECTIONS.index(section) + 1 :]
    return host.address(after[0].key if after else "", "")


def _row(
    host: Host, section: Section, index: int, values: dict[str, Any], checked: Examined
) -> dict[str, object]:
    name = section.names[0]
    rows = values[name]

    def count(found: Any) -> int:
        return sum(
            section_of(one.path) is section and number_of(one.path) == index for one in found
        )

    return {
        "words": _called(section, rows[index], values),
        "url": link_to(f"{name}[{index}]", host.address).partition("#")[0],
        "missing": count(checked.missing),
        "warnings": count(checked.warnings),
        "problems": count(checked.problems),
        "name": f"{name}.{index}",
        "is_first": index == 0,
        "is_last": index == len(rows) - 1,
    }


def _called(section: Section, row: dict[str, Any], values: dict[str, Any]) -> str:
    """Name an item: by its own name, else by the person it stands for."""
    own = next((str(row[name]) for name in _NAMES if row.get(name)), "")
    spoken = " ".join(str(row.get(name) or "") for name in _SPOKEN).strip()
    key = str(row.get("contact_id", ""))
    person = dict(lists_of(values)["contacts"]).get(key, "").removeprefix(key)
    noun = section.rows.noun if section.rows else "Item"
    return own or spoken or person or f"{noun} without a name yet"
