"""What our forms find wrong is said in our own sentences, never in the framework's."""

from __future__ import annotations

import inspect
import pkgutil
from html import unescape
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

import docgen.web
from docgen.bootstrap.first_run import setup_path
from tests.app.desk.test_settings import PAGE, served_alone
from tests.app.signing_site import Site

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from django.forms import BaseForm
    from django.test import Client

    from docgen.services.office import Office
    from docgen.web.form import Form
    from integrations.system.clock import StandingClock
    from tests.app.desk.staff import Desk

NONSENSE = {
    "name": "x" * 500,
    "email": "nowhere",
    "key": "x\x00y",
    "roles": ["emperor"],
    "expires_after_days": "soon",
    "remind_after_days": "-1",
}
ADD_APP = "/account/app/add"
SENT: tuple[Mapping[str, Any], ...] = (
    {"sent": "yes"},  # as a browser sends an empty form, with a field that is none of the form's
    NONSENSE,
    {**NONSENSE, "name": "\x00", "expires_after_days": "99999999", "remind_after_days": "1.5"},
)


def theirs() -> frozenset[str]:
    """Give the beginnings of all sentences that Django's fields and validators have."""
    from django import forms
    from django.core import validators

    found: list[object] = []
    for module in (forms.fields, validators):
        for _, kind in inspect.getmembers(module, inspect.isclass):
            found += getattr(kind, "default_error_messages", {}).values()
            found.append(getattr(kind, "message", ""))
    whole = [str(one) for one in found if type(one).__name__ != "NumberAwareString"]
    return frozenset(one.partition("%")[0].strip() for one in whole) - {""} | COUNTED


# Django's sentences in singular and plural, whose wording waits for the number.
COUNTED = frozenset({"Ensure this value", "Ensure this filename", "Ensure that there are"})


def theirs_in(page: str) -> list[str]:
    """List Django's sentences that a page shows."""
    return [one for one in theirs() if one in unescape(page)]


def refused(client: Client, address: str, given: Mapping[str, Any]) -> str:
    """Send a form that is refused; give the page."""
    answer = client.post(address, given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="problem"' in page
    return page


@pytest.mark.parametrize("given", SENT, ids=["empty", "nonsense", "more-nonsense"])
@pytest.mark.parametrize("address", ["/desk/people/add", "/desk/people/person/auditor"])
def test_people_are_told_in_our_words(desk: Desk, address: str, given: Mapping[str, Any]) -> None:
    """The forms of people: added and changed."""
    assert theirs_in(refused(desk.as_("administrator"), address, given)) == []


@pytest.mark.parametrize("given", SENT, ids=["empty", "nonsense", "more-nonsense"])
def test_settings_are_refused_in_our_words(
    desk: Desk, tmp_path: Path, given: Mapping[str, Any]
) -> None:
    """The form of days on the settings page."""
    client = served_alone(desk, tmp_path)
    assert theirs_in(refused(client, f"{PAGE}/days", given)) == []


@pytest.mark.parametrize("given", SENT, ids=["empty", "nonsense", "more-nonsense"])
def test_the_first_run_is_refused_in_our_words(
    office: Office, clock: StandingClock, given: Mapping[str, Any]
) -> None:
    """The form of the first administrator."""
    site = Site.of(office, clock)
    path = setup_path(site.office) or ""
    assert theirs_in(refused(site.client(), path, given)) == []


@pytest.mark.parametrize("given", [{"sent": "yes"}, {"email": "nowhere"}, {"email": "\x00"}])
def test_signing_in_is_refused_in_our_words(desk: Desk, given: Mapping[str, str]) -> None:
    """The form that asks for a code by mail."""
    page = desk.client().post("/account/sign-in", given).content.decode()
    assert theirs_in(page) == []
    assert "Give one e-mail address" in page or "Fill this in." in page


@pytest.mark.parametrize("given", [{"sent": "yes"}, {"code": "\x00"}])
def test_a_code_is_refused_in_our_words(desk: Desk, given: Mapping[str, str]) -> None:
    """The form that takes the code from the letter, and the first code of an app."""
    client = desk.client()
    client.post("/account/sign-in", {"email": "auditor@example.org"})
    for browser, path in ((client, "/account/sign-in/code"), (desk.as_("auditor"), ADD_APP)):
        page = browser.post(path, given).content.decode()
        assert theirs_in(page) == []
        assert "Fill this in." in page or "Retype this" in page


def every_kind() -> tuple[type[Form], type[BaseForm]]:
    """Give one form with every kind of field that our pages use: ours, and Django's own."""
    from django import forms

    from docgen.web.form import Form

    class Everything(forms.Form):
        """In Django's words, but for one."""

        line = forms.CharField(max_length=3)
        mail = forms.EmailField()
        number = forms.IntegerField(min_value=2, max_value=5)
        day = forms.DateField()
        tick = forms.BooleanField()
        file = forms.FileField()
        one = forms.ChoiceField(choices=[("a", "A")])
        some = forms.MultipleChoiceField(choices=[("a", "A")])
        own = forms.CharField(error_messages={"required": "Say so."})

    class InOurWords(Form, Everything):
        """The same."""

    return InOurWords, Everything


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"line": "long", "mail": "m", "number": "1", "day": "x", "one": "b", "some": ["b"]},
        {"line": "\x00", "mail": "\x00", "number": "9", "day": "9", "one": "", "some": "b"},
        {"line": "a", "mail": "a@", "number": "x", "day": "2026-02-30"},
    ],
)
@pytest.mark.usefixtures("desk")
def test_every_kind_of_field_has_our_words(given: dict[str, object]) -> None:
    """Whatever is wrong; the control shows that Django's own form says it in its words."""
    ours, control = (kind(given) for kind in every_kind())
    assert theirs_in(str(ours.errors)) == []
    assert theirs_in(str(control.errors)) != []
    assert ours.errors.keys() == control.errors.keys()
    assert ours.errors["own"] == ["Say so."]


@pytest.mark.usefixtures("desk")
def test_every_form_of_our_pages_is_one_of_these() -> None:
    """None is made from Django's class directly."""
    from django import forms

    from docgen.web.form import Form

    found = [
        kind
        for module in pkgutil.walk_packages(docgen.web.__path__, "docgen.web.")
        for _, kind in inspect.getmembers(import_module(module.name), inspect.isclass)
        if kind.__module__.startswith("docgen.web") and issubclass(kind, forms.BaseForm)
    ]
    assert len(found) > 10
    assert [kind for kind in found if not issubclass(kind, Form)] == []
