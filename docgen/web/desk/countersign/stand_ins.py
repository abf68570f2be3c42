"""Stand-ins: who signs while the PSO's countersigner is away, appointed and ended on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from docgen.errors import InputError, NotAllowed, Refused
from docgen.services.ceremony.words import LONGEST_NAME
from docgen.services.given import LONGEST_REASON
from docgen.services.stand_in import (
    Appointment,
    appoint,
    candidates,
    end,
    may_appoint,
    principal,
)
from docgen.web.account.again import again_first
from docgen.web.account.visitor import acting_person
from docgen.web.desk.parts import Badge, Tone
from docgen.web.desk.wording import day_words
from docgen.web.form import Form
from docgen.web.once import once
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from docgen.domain.person import Person
    from docgen.domain.stand_in import StandIn

MOST_SHOWN = 50


class DayInput(forms.DateInput):
    """A day, by the browser's own calendar."""

    input_type = "date"

    def format_value(self, value: object) -> str:
        """Write the day as browsers do."""
        return str(value or "")


class StandInForm(Form):
    """Who stands in, as what, from when to when, and why."""

    person = forms.ChoiceField(label="Who stands in")
    title = forms.CharField(
        label="Their title", max_length=LONGEST_NAME, help_text="As it stands under the signature."
    )
    first = forms.DateField(label="First day", widget=DayInput)
    last = forms.DateField(label="Last day", widget=DayInput, help_text="At most three months.")
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It stays in the history of every packet they take over.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def stand_ins(request: HttpRequest) -> HttpResponse:
    """List appointments, and let who may do so make one."""
    if request.method == "POST":
        return _appoint(request)
    return _page(request, _form(request))


def _form(request: HttpRequest) -> StandInForm:
    office = office_of(request)
    form = StandInForm(request.POST or None, initial={"first": office.today()})
    choices = [(one.key, one.name) for one in candidates(office) if one != acting_person(request)]
    form.fields["person"].choices = [("", "choose"), *choices]  # type: ignore[attr-defined]  # a ChoiceField
    return form


@again_first
def _appoint(request: HttpRequest) -> HttpResponse:
    """Appoint somebody, once."""
    form = _form(request)
    if not form.is_valid():
        return _page(request, form)
    given = Appointment(**form.cleaned_data)

    def act() -> str:
        appoint(office_of(request), given, acting_person(request))
        messages.success(request, "Appointed. They can take over packets in the queue.")
        return reverse("desk:stand-ins")

    try:
        return once(request, act)
    except NotAllowed:
        raise
    except (InputError, Refused) as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form)


def _page(request: HttpRequest, form: StandInForm) -> HttpResponse:
    office, person = office_of(request), acting_person(request)
    people = {one.key: one for one in office.ledger.people.list()}
    named, day = principal(office), office.today()
    appoints = may_appoint(office, person)
    found = office.ledger.stand_ins.latest(MOST_SHOWN)
    context = {
        "form": form,
        "appoints": appoints and named is not None,
        "named": named,
        "nobody": not candidates(office),
        "appointments": [_told(one, people, day, person, appoints=appoints) for one in found],
    }
    status = 422 if form.is_bound else 200
    return render(request, "docgen/desk/countersign/stand_ins.html", context, status=status)


def _told(
    one: StandIn, people: Mapping[str, Person], day: date, person: Person, *, appoints: bool
) -> dict[str, object]:
    """Tell one appointment."""

    def name(key: str) -> str:
        return people[key].name if key in people else key

    return {
        "id": one.id,
        "name": name(one.person),
        "title": one.title,
        "principal": name(one.principal),
        "first": day_words(one.first),
        "last": day_words(one.last),
        "reason": one.reason,
        "by": name(one.appointed_by),
        "at": one.appointed_at,
        "ended_by": name(one.ended_by),
        "ended_at": one.ended_at,
        "badge": _badge(one, day),
        "may_end": one.ended_at is None
        and day <= one.last
        and (appoints or one.person == person.key),
    }


def _badge(one: StandIn, day: date) -> Badge:
    if one.ended_at is not None:
        return Badge(words="ended early")
    if one.holds_on(day):
        return Badge(words="in force", tone=Tone.GOOD)
    return Badge(words="to come", tone=Tone.BUSY) if day < one.first else Badge(words="over")


@require_POST
def end_stand_in(request: HttpRequest, stand_in_id: str) -> HttpResponse:
    """End an appointment before its last day."""

    def act() -> str:
        end(office_of(request), stand_in_id, acting_person(request))
        messages.success(request, "Ended. What they took over before stays with them.")
        return reverse("desk:stand-ins")

    try:
        return once(request, act)
    except NotAllowed:
        raise
    except (InputError, Refused) as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:stand-ins")
