"""Our own people: who may sign in, and what each may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from docgen.domain.person import Person, Role
from docgen.errors import InputError, Refused
from docgen.services.people import LONGEST_NAME, add_person, change_person, set_active
from docgen.web.account.visitor import acting_person
from docgen.web.desk.parts import Action, Badge, Cell, Column, Crumb, Row, Table, Tone
from docgen.web.form import Form
from docgen.web.once import once
from docgen.web.site import office_of
from docgen.web.templatetags.desk import role_words, roles_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

MEANINGS = {
    Role.COORDINATOR: "Enters enrollments; generates, approves and sends packets.",
    Role.LEGAL_APPROVER: "Approves departures from standard terms and adopts templates.",
    Role.PSO_COUNTERSIGNER: "Signs for the PSO after the practice has signed.",
    Role.AUDITOR: "Reads and verifies everything on file; changes nothing.",
    Role.ADMINISTRATOR: "Manages people and settings.",
}
TWO_PEOPLE = (
    "Some steps need two people: who proposes a departure from standard terms cannot also approve "
    "it, and a legal hold is lifted by two. One person may hold several roles, but never counts "
    "twice."
)


class PersonForm(Form):
    """Name, address and roles of one person."""

    name = forms.CharField(label="Name", max_length=LONGEST_NAME, help_text="As records show it.")
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        help_text="One person's own mailbox: sign-in codes go there.",
    )
    roles = forms.MultipleChoiceField(
        label="Roles",
        choices=[(role.value, role_words(role)) for role in Role],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role."},
    )


class NewPersonForm(PersonForm):
    """The same for somebody new, with the short name that never changes."""

    key = forms.CharField(
        label="Short name",
        max_length=64,
        help_text="Lower-case letters and digits, such as ada. It stays for ever.",
    )
    field_order = ("name", "email", "key", "roles")


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List everybody."""
    rows = [
        Row(
            cells=(
                Cell(words=item.name, url=reverse("desk:person", args=[item.key]), below=item.key),
                Cell(words=item.email),
                Cell(words=roles_words(item.roles)),
                Cell(badge=_badge(item)),
            )
        )
        for item in office_of(request).ledger.people.list()
    ]
    columns = tuple(Column(words=words) for words in ("Name", "E-mail", "Roles", "Standing"))
    context = {
        "table": Table(caption="People", columns=columns, rows=rows),
        "actions": [Action(words="Add a person", url=reverse("desk:person-add"), is_main=True)],
        "meanings": [(role_words(role), words) for role, words in MEANINGS.items()],
        "two_people": TWO_PEOPLE,
    }
    return render(request, "docgen/desk/people.html", context)


def _badge(person: Person) -> Badge:
    if person.is_active:
        return Badge(words="active", tone=Tone.GOOD)
    return Badge(words="deactivated", tone=Tone.QUIET)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add somebody, who can sign in from then on."""
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        person = _person(str(given["key"]), given)

        def act() -> str:
            add_person(office_of(request), person, _actor(request))
            messages.success(request, "Added. They can sign in with a code by mail.")
            return reverse("desk:people")

        done = _try(request, form, act)
        if done is not None:
            return done
    return _form_page(request, form, "Add a person", "Add")


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, key: str) -> HttpResponse:
    """Show one person and change what may change."""
    found = office_of(request).ledger.people.get(key)
    kept = {"name": found.name, "email": found.email, "roles": sorted(found.roles)}
    form = PersonForm(request.POST or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        changed = _person(key, form.cleaned_data, is_active=found.is_active)

        def act() -> str:
            change_person(office_of(request), changed, _actor(request))
            messages.success(request, "Stored.")
            return reverse("desk:people")

        done = _try(request, form, act)
        if done is not None:
            return done
    return _form_page(request, form, found.name, "Store", found)


def _form_page(
    request: HttpRequest, form: forms.Form, title: str, button: str, found: Person | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "button": button,
        "found": found,
        "badge": _badge(found) if found else None,
        "is_me": found is not None and found.key == acting_person(request).key,
        "crumbs": [Crumb(words="People", url=reverse("desk:people"))],
        "meanings": [(role_words(role), words) for role, words in MEANINGS.items()],
        "two_people": TWO_PEOPLE,
    }
    status = 422 if form.is_bound else 200
    return render(request, "docgen/desk/person.html", context, status=status)


def _try(request: HttpRequest, form: forms.Form, act: Callable[[], str]) -> HttpResponse | None:
    """Carry out an act; what the service refuses is shown beside the form."""
    try:
        return once(request, act)
    except (InputError, Refused) as refusal:
        form.add_error(None, str(refusal))
        return None


def _person(key: str, given: dict[str, Any], *, is_active: bool = True) -> Person:
    roles = frozenset(Role(value) for value in given["roles"])
    return Person(
        key=key, name=given["name"], email=given["email"], roles=roles, is_active=is_active
    )


@require_POST
def active(request: HttpRequest, key: str) -> HttpResponse:
    """Deactivate somebody, or take that back."""
    is_active = request.POST.get("active") == "yes"

    def act() -> str:
        set_active(office_of(request), key, _actor(request), active=is_active)
        messages.success(request, "Active again." if is_active else "Deactivated and signed out.")
        return reverse("desk:people")

    try:
        return once(request, act)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:person", key=key)


def _actor(request: HttpRequest) -> str:
    return f"user:{acting_person(request).key}"


urlpatterns = [
    path("people", people, name="people"),
    path("people/add", add, name="person-add"),
    path("people/person/<str:key>", person, name="person"),
    path("people/person/<str:key>/active", active, name="person-active"),
]
