"""The versions of one practice's form: who stored them when, and how two of them differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from docgen.errors import NotFound
from docgen.services.versions import what_changed
from docgen.web.account.visitor import acting_person
from docgen.web.desk.asking import page_number
from docgen.web.desk.enrollments.record import head
from docgen.web.desk.parts import Badge, Cell, Column, Pager, Row, Table, Tone
from docgen.web.desk.wording import person_words
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from docgen.services.office import Office

SIZE = 50
_STORED = "enrollment.stored"


@require_safe
def versions(request: HttpRequest, enrollment_id: str) -> HttpResponse:
    """List the versions, newest first, with what differs between two of them."""
    office = office_of(request)
    line = office.register.enrollment(enrollment_id)
    newest = office.ledger.enrollments.latest(enrollment_id)
    new = _asked(request, "new", newest.version, newest.version)
    old = _asked(request, "old", max(new - 1, 1), newest.version)
    context = head(line, "enrollment-versions", acting_person(request)) | {
        "table": _table(office, enrollment_id, newest.version, page_number(request)),
        "old": old,
        "new": new,
        "numbers": range(newest.version, 0, -1) if newest.version <= SIZE else (),
        "newest": newest.version,
        "changes": what_changed(office, enrollment_id, old, new) if old != new else None,
    }
    return render(request, "docgen/desk/enrollments/versions.html", context)


def _asked(request: HttpRequest, name: str, otherwise: int, most: int) -> int:
    """Give the version asked for, if there is one of this number."""
    given = request.GET.get(name, "")
    number = int(given[:9]) if given.isascii() and given.isdecimal() else otherwise
    if not 1 <= number <= most:
        raise NotFound("The enrollment has no version of this number.")
    return number


def _table(office: Office, enrollment_id: str, newest: int, page: int) -> Table:
    people = {one.key: one.name for one in office.ledger.people.list()}
    told = [one for one in office.ledger.history.of(enrollment_id) if one.kind == _STORED]
    shown = sorted(told, key=lambda one: int(str(one.details["version"])), reverse=True)
    first = (page - 1) * SIZE
    at = reverse("desk:enrollment-versions", args=[enrollment_id])
    rows = []
    for one in shown[first : first + SIZE]:
        number = int(str(one.details["version"]))
        is_draft = bool(one.details.get("draft"))
        compare = f"{at}?old={number - 1}&new={number}#differences" if number > 1 else ""
        badge = Badge(
            words="draft" if is_draft else "submitted", tone=Tone.WAIT if is_draft else Tone.GOOD
        )
        rows.append(
            Row(
                cells=(
                    Cell(words=f"Version {number}", below="newest" if number == newest else ""),
                    Cell(badge=badge),
                    Cell(words=_who(one.actor, people)),
                    Cell(at=one.at),
                    Cell(words="What changed" if compare else "", url=compare),
                )
            )
        )
    columns = ("Version", "State", "Stored by", "When", "Differences")
    return Table(
        caption="Versions of the form",
        columns=tuple(Column(words=words) for words in columns),
        rows=rows,
        pager=Pager.numbered(page, SIZE, len(shown)),
    )


def _who(actor: str, people: dict[str, str]) -> str:
    kind, _, key = actor.partition(":")
    if kind == "practice":
        return "the practice"
    return "the site" if kind == "system" else person_words(key, people)
