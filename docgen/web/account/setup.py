"""Who administers this site: a page that opens once, by an address from the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_http_methods

from docgen.bootstrap.demonstration import furnish
from docgen.bootstrap.first_run import setup_path
from docgen.domain.person import Person, Role
from docgen.errors import InputError, Refused
from docgen.services.people import LONGEST_NAME, add_person
from docgen.web.account.visitor import open_session
from docgen.web.form import Form
from docgen.web.site import office_of, settings_file_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from docgen.services.office import Office

ACTOR = "user:first-run"
FURNISHED = (
    "You are the administrator. The sample practices are there: sign in as one of these invented "
    "people to see what each does, such as the coordinator."
)


class SetupForm(Form):
    """The first administrator."""

    name = forms.CharField(label="Your name", max_length=LONGEST_NAME)
    email = forms.EmailField(
        label="Your e-mail", max_length=254, help_text="Codes for signing in go there."
    )
    key = forms.CharField(
        label="Short name",
        max_length=64,
        help_text="Lower-case letters and digits, such as ada. It stays for ever.",
    )
    invented = forms.BooleanField(
        label="Also add sample practices, and an invented person for each role",
        required=False,
    )
    demonstration = forms.BooleanField(
        label="Only to look around: an invented PSO, sample practices, and an invented person for "
        "each role. Nothing signed here will bind anyone.",
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """Add the first administrator; any other address, and any later visit, finds nothing."""
    office = office_of(request)
    path = setup_path(office)
    if path is None or not constant_time_compare(path.rpartition("/")[2], token):
        raise Http404
    form = _form(request, office)
    if request.method == "POST" and form.is_valid():
        try:
            _add(office, form)
        except (InputError, Refused) as refusal:
            form.add_error(None, str(refusal))
        else:
            open_session(request, str(form.cleaned_data["key"]))
            return _onward(request, form)
    status = 422 if form.is_bound else 200
    return render(request, "docgen/account/setup.html", {"form": form}, status=status)


def _form(request: HttpRequest, office: Office) -> SetupForm:
    """Make the form; it offers what this site can still become."""
    form, file = SetupForm(request.POST or None), settings_file_of(request)
    if not office.rules.demo:
        del form.fields["invented"]
    if file is None or office.rules.demo or not file.is_untouched():
        del form.fields["demonstration"]
    return form


def _onward(request: HttpRequest, form: SetupForm) -> HttpResponse:
    """Lead on: to the sample practices, or to who the PSO is."""
    file, given = settings_file_of(request), form.cleaned_data
    if given.get("demonstration") and file is not None:
        file.become_demonstration()
    if given.get("demonstration") or given.get("invented"):
        furnish(office_of(request), ACTOR)
        messages.success(request, FURNISHED)
        return redirect("desk:people")
    messages.success(request, "You are the administrator.")
    if file is not None and office_of(request).pso is None:
        return redirect("desk:settings-pso")
    return redirect("desk:settings")


def _add(office: Office, form: SetupForm) -> None:
    given = form.cleaned_data
    person = Person(
        key=given["key"],
        name=given["name"],
        email=given["email"],
        roles=frozenset({Role.ADMINISTRATOR}),
    )
    with office.ledger.transaction():
        if setup_path(office) is None:
            raise Refused("Somebody was quicker: there is an administrator already.")
        add_person(office, person, ACTOR)
