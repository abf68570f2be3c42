"""Where each agreement of a practice comes from: our template, its own paper, on file, left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from docgen.domain.packet import PacketKind
from docgen.domain.person import Role
from docgen.domain.plan import Source
from docgen.errors import InputError, NotFound, Refused
from docgen.outcome import outcome_of
from docgen.services.sources import (
    CHOSEN,
    SLUGS,
    choices_of,
    generate_ours,
    leave_out,
    pin_copy,
    refer_to,
    take_paper,
)
from docgen.web.account.visitor import acting_person
from docgen.web.desk.enrollments.record import head
from docgen.web.desk.enrollments.source_forms import (
    FORMS,
    CopyForm,
    LeaveOutForm,
    OnFileForm,
    PaperForm,
    requirements_of,
)
from docgen.web.desk.incoming import PDF, bytes_of, handed_over, look_into
from docgen.web.desk.parts import Badge, Cell, Column, Crumb, Fact, Row, Table, Tone
from docgen.web.desk.wording import day_words
from docgen.web.once import once
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

    from docgen.domain.history import Activity
    from docgen.services.office import Office
    from docgen.services.sources import Choice

TITLES = {"psa": "PSO agreement (PSA)", "baa": "Business associate agreement (BAA)"}
WAYS = {
    "paper": "Use the practice’s own document",
    "on-file": "Refer to an executed agreement",
    "copy": "Pin a copy of the agreement on file",
    "leave-out": "Leave the document out",
    "ours": "Go back to our own template",
}
_BADGES = {
    None: Badge(words="our template", tone=Tone.GOOD),
    Source.COUNTERPARTY_PAPER: Badge(words="the practice’s own paper", tone=Tone.WAIT),
    Source.ALREADY_ON_FILE: Badge(words="already on file", tone=Tone.WAIT),
    Source.NOT_APPLICABLE: Badge(words="not applicable", tone=Tone.WAIT),
}
_STALE = "Packets of this practice that were not sent yet are out of date now; generate again."


@require_safe
def sources(request: HttpRequest, enrollment_id: str) -> HttpResponse:
    """Show where each agreement comes from."""
    office = office_of(request)
    line = office.register.enrollment(enrollment_id)
    coordinates = Role.COORDINATOR in acting_person(request).roles
    names = {item.key: item.name for item in office.ledger.people.list()}
    chosen = {
        str(item.details["document"]): item
        for item in office.ledger.history.of(enrollment_id)
        if item.kind == CHOSEN
    }
    choices = choices_of(office, enrollment_id)
    context = head(line, "enrollment-sources", acting_person(request)) | {
        "documents": [
            _document(office, enrollment_id, slug, choices.get(slug), chosen.get(slug), names)
            for slug in SLUGS[PacketKind.CONTRACTING]
        ],
        "coordinates": coordinates,
    }
    return render(request, "docgen/desk/enrollments/sources.html", context)


def _document(  # one fact each
    office: Office,
    enrollment_id: str,
    slug: str,
    choice: Choice | None,
    chosen: Activity | None,
    names: dict[str, str],
) -> dict[str, Any]:
    """Give one agreement as the page shows it."""
    facts: list[Fact] = []
    if chosen is not None:
        who = chosen.actor.partition(":")[2]
        facts += [
            Fact(term="Chosen by", words=names.get(who, who)),
            Fact(term="Chosen", at=chosen.at),
        ]
    if choice is not None:
        facts = [*_facts(enrollment_id, slug, choice, names), *facts]
    return {
        "slug": slug,
        "title": TITLES[slug],
        "badge": _BADGES[choice.source if choice else None],
        "facts": facts,
        "met": _met(office, slug, choice),
        "ways": [
            (WAYS[way], reverse("desk:enrollment-source", args=[enrollment_id, slug, way]))
            for way in _offered(choice)
        ],
    }


def _offered(choice: Choice | None) -> list[str]:
    """List what can be chosen instead of this."""
    on_file = choice is not None and choice.on_file is not None
    dropped = {"copy"} if not on_file else set()
    return [way for way in WAYS if way not in dropped and (way != "ours" or choice is not None)]


def _facts(enrollment_id: str, slug: str, choice: Choice, names: dict[str, str]) -> list[Fact]:
    file = reverse("desk:enrollment-source-file", args=[enrollment_id, slug])
    if choice.paper:
        checker = choice.paper.checked_by
        return [
            Fact(term="Document", words=f"{choice.paper.pages} pages (PDF)", url=file),
            Fact(term="Checked by", words=names.get(checker, checker)),
        ]
    if choice.on_file:
        known = choice.on_file
        copy = [Fact(term="Copy", words=f"{known.pages} pages (PDF)", url=file)]
        return [
            Fact(term="Title", words=known.title),
            Fact(term="Executed", words=_iso_day(known.dated)),
            Fact(term="Kept at", words=known.kept_at),
            *(copy if known.file_sha256 else []),
        ]
    return [Fact(term="Reason", words=choice.reason)]


def _iso_day(text: str) -> str:
    from datetime import date

    return day_words(date.fromisoformat(text))


def _met(office: Office, slug: str, choice: Choice | None) -> Table | None:
    """Give where in the practice's own paper each requirement of law is met."""
    if choice is None or choice.paper is None:
        return None
    said = {item.id: item for item in requirements_of(office, slug)}
    rows = [
        Row(
            cells=(
                Cell(
                    words=said[item.requirement].title if item.requirement in said else "",
                    below=item.requirement,
                ),
                Cell(words=str(item.page)),
                Cell(words=item.section),
            )
        )
        for item in choice.paper.met
    ]
    columns = (
        Column(words="Requirement"),
        Column(words="Page", is_number=True),
        Column(words="Section"),
    )
    return Table(caption="Where each requirement of law is met", columns=columns, rows=rows)


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, enrollment_id: str, slug: str, way: str) -> HttpResponse:
    """Choose another source for one agreement, on a page of its own."""
    office = office_of(request)
    line = office.register.enrollment(enrollment_id)
    if slug not in TITLES or way not in WAYS:
        raise NotFound("There is no such document or no such choice.")
    if way == "copy" and "copy" not in _offered(choices_of(office, enrollment_id).get(slug)):
        raise Refused("Only of an agreement that is on file a copy is pinned; refer to it first.")
    form = FORMS[way](office, slug, request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _carry_out(request, enrollment_id, slug, form)
            except (InputError, Refused) as refusal:
                form.add_error(None, str(refusal))
                status = outcome_of(refusal).status
    shown = head(line, "")
    context = {
        "form": form,
        "requirements": form.groups() if isinstance(form, PaperForm) else [],
        "title": WAYS[way],
        "lead": f"{TITLES[slug]} of {shown['title']}",
        "has_file": form.is_multipart(),
        "crumbs": [
            Crumb(words="Enrollments", url=reverse("desk:enrollments")),
            Crumb(
                words=str(shown["title"]),
                url=reverse("desk:enrollment-sources", args=[enrollment_id]),
            ),
        ],
    }
    return render(request, "docgen/desk/enrollments/source.html", context, status=status)


def _carry_out(request: HttpRequest, enrollment_id: str, slug: str, form: Form) -> HttpResponse:
    """Look into the file first, then record the choice once."""
    apply = _choice_of(request, enrollment_id, slug, form)

    def act() -> str:
        apply()
        messages.success(request, f"Recorded. {_STALE}")
        return reverse("desk:enrollment-sources", args=[enrollment_id])

    return once(request, act)


def _choice_of(
    request: HttpRequest, enrollment_id: str, slug: str, form: Form
) -> Callable[[], object]:
    office, person, given = office_of(request), acting_person(request), form.cleaned_data
    if isinstance(form, (PaperForm, CopyForm)):
        data = bytes_of(given["file"])
        look_into(data, "document" if isinstance(form, PaperForm) else "copy", person)
        if isinstance(form, PaperForm):
            sheet = form.checklist()
            return lambda: take_paper(office, enrollment_id, slug, data, sheet, person)
        return lambda: pin_copy(office, enrollment_id, slug, data, person)
    if isinstance(form, OnFileForm):
        return lambda: refer_to(
            office, enrollment_id, slug, given["title"], given["dated"], given["kept_at"], person
        )
    if isinstance(form, LeaveOutForm):
        return lambda: leave_out(office, enrollment_id, slug, given["reason"], person)
    return lambda: generate_ours(office, enrollment_id, slug, person)


@require_safe
def file(request: HttpRequest, enrollment_id: str, slug: str) -> HttpResponse:
    """Hand over the practice's own paper, or the copy of what is on file, exactly as it came."""
    office = office_of(request)
    choice = choices_of(office, enrollment_id).get(slug)
    if choice is None or not choice.file_sha256:
        raise Http404
    return handed_over(office.work.open(choice.file_sha256), PDF, f"{enrollment_id}-{slug}.pdf")
