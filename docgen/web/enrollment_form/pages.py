"""The form's pages: one section or one item of a list at a time, each stored as a version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render

from docgen.domain.enrollment.findings import Place
from docgen.domain.enrollment.kinds import Many, specs_of
from docgen.domain.enrollment.leaves import rows_of
from docgen.domain.enrollment.record import Enrollment
from docgen.errors import EnrollmentInvalid, NotFound
from docgen.ports.ledger import EnrollmentVersion
from docgen.web.enrollment_form.boxes import Around, Maker, lists_of
from docgen.web.enrollment_form.keeping import forget, keep, kept
from docgen.web.enrollment_form.merging import merged, merged_parts
from docgen.web.enrollment_form.reading import ACT, BASE, WHOLE
from docgen.web.enrollment_form.rows import asked, rearrange
from docgen.web.enrollment_form.sections import SECTIONS, number_of, section_named, section_of
from docgen.web.enrollment_form.standing import steps_of
from docgen.web.enrollment_form.storing import (
    NEW,
    Conflict,
    Page,
    Sent,
    base_of,
    conflict,
    examined,
    followed,
    laid_over,
    read_sent,
    store,
    values_of,
)
from docgen.web.enrollment_form.telling import Teller, places_on

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from docgen.web.enrollment_form.boxes import Item
    from docgen.web.enrollment_form.host import Host
    from docgen.web.enrollment_form.reading import Fields

STAY, NEXT, ANOTHER, AS_DRAFT = "stay", "next", "another", "draft"
_NOT_WHOLE = "The form did not arrive whole, so nothing was stored. Please save it again."
_BLANK = "Nothing is filled in yet, so nothing was stored."
_KEPT = "This is what you typed here before; it is not stored yet."


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What somebody wants stored: on which version it was typed, and the record it would make."""

    page: Page
    base: EnrollmentVersion
    sent: Sent
    values: dict[str, Any]
    act: str
    sentence: str = ""
    conflict: Conflict | None = None

    @property
    def draft(self) -> bool:
        """Say whether a draft would be stored; an accepted form stays one unless asked."""
        return self.base.is_draft or self.act == AS_DRAFT


def page_of_form(request: HttpRequest, host: Host, key: str, item: str = "") -> HttpResponse:
    """Show a page of the form, or store what was typed on it."""
    section = section_named(key)
    if request.method == "POST":
        fields = dict(request.POST.lists())
        return _receive(request, host, _attempt(host, section.key, item, fields), fields)
    typed = kept(request)
    if typed is not None:
        again = _attempt(host, key, item, typed)
        return _show(request, host, _against_newest(host, again), sentence=_KEPT)
    newest = host.office.ledger.enrollments.latest(host.enrollment_id)
    values = values_of(newest)
    page = _page_at(key, item, values)
    if page.number is not None and page.number == len(values.get(page.name, ())):
        values = values | {page.name: [*values.get(page.name, ()), {}]}
    sent = Sent(values=_part_of(page, values), strangers=())
    return _show(request, host, Attempt(page=page, base=newest, sent=sent, values=values, act=""))


def _page_at(key: str, item: str, values: dict[str, Any]) -> Page:
    """Find the page of an address, or raise `NotFound`."""
    section = section_named(key)
    if not item:
        return Page(section=section)
    rows = section.rows
    if rows is None or (item != NEW and not (item.isascii() and item.isdecimal())):
        raise NotFound("The enrollment form has no such page.")
    held = len(values.get(section.names[0], ()))
    number = held if item == NEW else int(item[:6]) - 1
    if not 0 <= number <= held or number >= rows.high:
        raise NotFound("This item is not on the enrollment form any more, or the list is full.")
    return Page(section=section, number=number)


def _part_of(page: Page, values: dict[str, Any]) -> dict[str, Any]:
    if page.number is None:
        return {name: values.get(name) for name in page.section.names}
    rows = values.get(page.name, ())
    return {page.name: rows[page.number] if page.number < len(rows) else {}}


def _attempt(host: Host, key: str, item: str, fields: Fields) -> Attempt:
    """Read what was sent as an attempt on the version it was typed on."""
    base = base_of(host.office, host.enrollment_id, _last(fields, BASE))
    page = _page_at(key, item, values_of(base))
    act = _last(fields, ACT)
    wanted = asked(act)
    sent = read_sent(page, fields, keeps_blank_rows=wanted is not None)
    if wanted is not None:
        what, path = wanted
        inside = path[2:] if page.is_item else path
        rearrange(sent.values[page.name] if page.is_item else sent.values, what, inside)
    sentence = "" if fields.get(WHOLE) or wanted else _NOT_WHOLE
    if not sentence and not wanted and _is_blank(page, sent, values_of(base)):
        sentence = _BLANK
    values = laid_over(values_of(base), page, sent)
    return Attempt(page=page, base=base, sent=sent, values=values, act=act, sentence=sentence)


def _is_blank(page: Page, sent: Sent, values: dict[str, Any]) -> bool:
    """Say whether this would be one more item of which nothing is known."""
    if page.number is None or sent.values[page.name]:
        return False
    return page.number == len(values.get(page.name, ()))


def _last(fields: Fields, name: str) -> str:
    return (fields.get(name) or [""])[-1]


def _receive(request: HttpRequest, host: Host, attempt: Attempt, fields: Fields) -> HttpResponse:
    """Store the attempt, or show it again with what stands in the way."""
    keep(request)
    if asked(_last(fields, ACT)):
        return _show(request, host, attempt)
    if attempt.sentence or attempt.sent.strangers:
        return _show(request, host, attempt, status=422)
    try:
        found = store(
            host.office, attempt.base, attempt.values, draft=attempt.draft, actor=host.actor
        )
    except EnrollmentInvalid:
        return _show(request, host, attempt, status=422)
    if found is not None:
        return _show(request, host, _moved(attempt, found), status=409)
    forget(request)
    messages.success(request, f"{attempt.page.section.title}: saved.")
    return redirect(_following(host, attempt))


def _against_newest(host: Host, attempt: Attempt) -> Attempt:
    """Say so when a newer version was stored since something was typed."""
    newest = host.office.ledger.enrollments.latest(host.enrollment_id)
    if newest.version == attempt.base.version:
        return attempt
    return _moved(attempt, conflict(host.office, attempt.base, newest))


def _moved(attempt: Attempt, found: Conflict) -> Attempt:
    """Lay what was changed here over the newer version instead."""
    before, newest = values_of(attempt.base), values_of(found.newest)
    page = followed(attempt.page, before, newest)
    sent = replace(
        attempt.sent,
        values=_merged(
            page,
            _part_of(attempt.page, before),
            attempt.sent.values,
            _part_of(page, newest),
        ),
    )
    return replace(
        attempt,
        page=page,
        base=found.newest,
        sent=sent,
        values=laid_over(newest, page, sent),
        conflict=found,
    )


def _merged(
    page: Page, base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
) -> dict[str, Any]:
    specs = specs_of(Enrollment)
    row = rows_of(specs[page.name])
    if page.is_item and row is not None:
        parts = (one.get(page.name) or {} for one in (base, mine, theirs))
        return {page.name: merged_parts(row, *parts)}
    return {
        name: merged(specs[name], base.get(name), mine.get(name), theirs.get(name))
        for name in page.section.names
    }


def _following(host: Host, attempt: Attempt) -> str:
    """Say where saving leads: on, back to the same page, or to one more item."""
    page = attempt.page
    if page.number is not None:
        places = {ANOTHER: NEW, STAY: str(page.number + 1)}
        return host.address(page.section.key, places.get(attempt.act, ""))
    if attempt.act in {STAY, AS_DRAFT}:
        return host.address(page.section.key, "")
    after = SECTIONS[SECTIONS.index(page.section) + 1 :]
    return host.address(after[0].key if after else "", "")


def _show(
    request: HttpRequest, host: Host, attempt: Attempt, *, status: int = 200, sentence: str = ""
) -> HttpResponse:
    """Render a page with everything the check found."""
    page = attempt.page
    found = examined(host.office, attempt.values, draft=attempt.draft)
    items = _items(page, attempt.sent.values, lists_of(attempt.values))
    teller = Teller(places=places_on(items), address=host.address)
    teller.beside(found.problems, _here(page, found.warnings))
    missing = [one for one in found.missing if _is_here(page, one.path)]
    context = dict(host.told) | {
        "layout": host.layout,
        "section": page.section,
        "sections": _menu(host, page),
        "items": items,
        "is_item": page.is_item,
        "title": _title(page),
        "problems": teller.listed((*attempt.sent.strangers, *found.problems)),
        "warnings": teller.listed(_here(page, found.warnings)),
        "steps": steps_of(missing, teller.lead),
        "base": attempt.base.version,
        "is_draft": attempt.base.is_draft,
        "conflict": attempt.conflict,
        "who": host.names,
        "problem": attempt.sentence if status != 200 else "",  # noqa: PLR2004 - HTTP's own word
        "note": sentence,
        "back": host.address(page.section.key if page.is_item else "", ""),
        "here": host.address(page.section.key, _number(attempt)),
    }
    return render(request, "docgen/form/page.html", context, status=status)


def _number(attempt: Attempt) -> str:
    page = attempt.page
    if page.number is None:
        return ""
    held = len(values_of(attempt.base).get(page.name, ()))
    return NEW if page.number == held else str(page.number + 1)


def _is_here(page: Page, path: str) -> bool:
    return section_of(path) is page.section and (
        page.number is None or number_of(path) == page.number
    )


def _here(page: Page, found: Any) -> list[Any]:
    return [one for one in found if _is_here(page, one.path)]


def _items(
    page: Page, values: dict[str, Any], lists: dict[str, list[tuple[str, str]]]
) -> list[Item]:
    maker, specs, top = Maker(lists=lists), specs_of(Enrollment), Around(place=Place(), path=())
    if page.number is None:
        return [
            maker.item(Enrollment, name, specs[name], values.get(name), top.of(name, specs[name]))
            for name in page.section.names
        ]
    spec = specs[page.name]
    row = rows_of(spec)
    if not isinstance(spec, Many) or row is None:
        raise NotFound("The enrollment form has no such page.")
    around = top.of(page.name, spec).inside(spec, [1]).row(page.number, spec.noun)
    return maker.record(row, values.get(page.name), around)


def _title(page: Page) -> str:
    rows = page.section.rows
    if page.number is None or rows is None:
        return page.section.title
    return f"{rows.noun} {page.number + 1}"


def _menu(host: Host, page: Page) -> list[dict[str, object]]:
    return [
        {
            "words": one.title,
            "url": host.address(one.key, ""),
            "is_here": one is page.section,
        }
        for one in SECTIONS
    ]
