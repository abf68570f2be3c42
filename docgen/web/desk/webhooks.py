"""Callbacks to other systems: the addresses, what each was told, and what came of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from docgen.domain.webhook import KINDS, TEST, Attempt, Dispatch, Endpoint, Standing
from docgen.errors import ConfigurationError, InputError, Refused
from docgen.render.completion import WORDS
from docgen.services.webhook import (
    LONGEST_NAME,
    Wanted,
    register,
    resend,
    rotate,
    send_test,
    switch,
)
from docgen.web.account.again import again_first
from docgen.web.account.sealing import seal, unseal
from docgen.web.account.visitor import acting_person
from docgen.web.desk.asking import page_number
from docgen.web.desk.parts import (
    Action,
    Badge,
    Cell,
    Column,
    Crumb,
    Fact,
    Pager,
    Row,
    Table,
    Tone,
)
from docgen.web.form import Form
from docgen.web.once import once
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

FRESH = "callback_secret"  # where the session keeps a new secret, sealed, until it was shown
SIZE = 25
TITLE = "Callbacks"


class AddressForm(Form):
    """An address, and what it is told of."""

    name = forms.CharField(
        label="Name", max_length=LONGEST_NAME, help_text="Whose it is, such as: records system."
    )
    url = forms.CharField(
        label="Address",
        max_length=500,
        help_text="Where we post to. It begins with https:// and is open to the internet.",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    kinds = forms.MultipleChoiceField(
        label="Told of",
        widget=forms.CheckboxSelectMultiple,
        choices=[(kind, WORDS[kind]) for kind in KINDS],
        help_text="It gets numbers and states only, never a name, an address or a document.",
        error_messages={"required": "Choose at least one kind of activity."},
    )


@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """List the addresses."""
    heads = ("Name", "Address", "Told of", "Standing")
    context = {
        "table": Table(
            caption=TITLE,
            columns=tuple(Column(words=words) for words in heads),
            rows=[_row(item) for item in office_of(request).ledger.webhooks.list()],
        ),
        "actions": [Action(words="Add an address", url=reverse("desk:webhook-add"), is_main=True)],
        "crumbs": [Crumb(words="Settings", url=reverse("desk:settings"))],
    }
    return render(request, "docgen/desk/webhooks/list.html", context)


def _row(item: Endpoint) -> Row:
    count = len(item.kinds)
    return Row(
        cells=(
            Cell(words=item.name, url=reverse("desk:webhook", args=[item.id])),
            Cell(words=item.url),
            Cell(words="1 kind of activity" if count == 1 else f"{count} kinds of activity"),
            Cell(badge=_standing(item)),
        )
    )


def _standing(item: Endpoint) -> Badge:
    if not item.is_on:
        return Badge(words="switched off")
    if item.is_failing:
        return Badge(words="failing", tone=Tone.BAD)
    return Badge(words="on", tone=Tone.GOOD)


@require_http_methods(["GET", "HEAD", "POST"])
@again_first
def webhook_add(request: HttpRequest) -> HttpResponse:
    """Register an address."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wanted = Wanted(name=given["name"], url=given["url"], kinds=frozenset(given["kinds"]))

        def act() -> str:
            secret, endpoint = register(office_of(request), wanted, acting_person(request))
            return _to_show(request, endpoint.id, secret)

        try:
            return once(request, act)
        except (InputError, Refused, ConfigurationError) as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "crumbs": _crumbs()}
    status = 422 if form.is_bound else 200
    return render(request, "docgen/desk/webhooks/add.html", context, status=status)


@require_safe
def webhook(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    """Show an address and what it was told; a new secret is shown here, once."""
    rows, number = office_of(request).ledger.webhooks, page_number(request)
    found, total = rows.get(endpoint_id), rows.count(endpoint_id)
    page = rows.dispatches(endpoint_id, skip=(number - 1) * SIZE, limit=SIZE)
    heads = ("Activity", "When", "Tries", "Standing")
    context = {
        "found": found,
        "badge": _standing(found),
        "facts": _facts(found, office_of(request).clock.now()),
        "told_of": [(WORDS[kind], kind) for kind in KINDS if kind in found.kinds],
        "fresh": _secret_to_show(request, endpoint_id),
        "table": Table(
            caption="What it was told",
            columns=tuple(Column(words=words) for words in heads),
            rows=[_told(item) for item in page],
            pager=Pager.numbered(number, SIZE, total),
        ),
        "crumbs": _crumbs(),
    }
    return render(request, "docgen/desk/webhooks/address.html", context)


def _facts(found: Endpoint, now: datetime) -> list[Fact]:
    facts = [Fact(term="Address", words=found.url), Fact(term="Since", at=found.registered_at)]
    if len(found.sealed_secrets(now)) > 1:
        facts.append(Fact(term="The secret before signs too until", at=found.previous_until))
    if not found.is_on:
        facts.append(Fact(term="Off because", words=found.off_because))
    return facts


def _told(item: Dispatch) -> Row:
    return Row(
        cells=(
            Cell(
                words=_kind(item.kind),
                url=reverse("desk:webhook-message", args=[item.id]),
                below=item.id,
            ),
            Cell(at=item.at),
            Cell(words=str(len(item.attempts))),
            Cell(badge=_result(item)),
        )
    )


def _kind(kind: str) -> str:
    return "Test" if kind == TEST else WORDS.get(kind, kind)


def _result(item: Dispatch) -> Badge:
    tones = {Standing.DELIVERED: Tone.GOOD, Standing.GIVEN_UP: Tone.BAD}
    return Badge(words=item.standing.value, tone=tones.get(item.standing, Tone.BUSY))


@require_http_methods(["GET", "HEAD", "POST"])
@again_first
def webhook_secret(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    """Change the secret; the old one signs beside the new for a day."""
    office, actor = office_of(request), acting_person(request)
    found = office.ledger.webhooks.get(endpoint_id)
    if request.method == "POST":
        return once(
            request, lambda: _to_show(request, endpoint_id, rotate(office, endpoint_id, actor))
        )
    here = reverse("desk:webhook", args=[endpoint_id])
    context = {"found": found, "crumbs": [*_crumbs(), Crumb(words=found.name, url=here)]}
    return render(request, "docgen/desk/webhooks/secret.html", context)


@require_POST
def webhook_try(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    """Ask for a test."""

    def act() -> str:
        sent = send_test(office_of(request), endpoint_id, acting_person(request))
        messages.success(request, "A test is on its way; open this page again to see what came.")
        return reverse("desk:webhook-message", args=[sent.id])

    return _done(request, act, reverse("desk:webhook", args=[endpoint_id]))


@require_POST
def webhook_switch(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    """Switch an address off, or on again."""
    on, here = request.POST.get("on") == "yes", reverse("desk:webhook", args=[endpoint_id])

    def act() -> str:
        switch(office_of(request), endpoint_id, acting_person(request), on=on)
        messages.success(request, "Switched on." if on else "Switched off.")
        return here

    return _done(request, act, here)


@require_http_methods(["GET", "HEAD", "POST"])
def webhook_message(request: HttpRequest, dispatch_id: str) -> HttpResponse:
    """Show one callback with every try, and send it once more."""
    office, here = office_of(request), reverse("desk:webhook-message", args=[dispatch_id])
    if request.method == "POST":

        def act() -> str:
            resend(office, dispatch_id, acting_person(request))
            messages.success(request, "It is sent once more within seconds.")
            return here

        return _done(request, act, here)
    item = office.ledger.webhooks.dispatch(dispatch_id)
    endpoint = office.ledger.webhooks.get(item.endpoint)
    facts = [Fact(term="Number", words=item.id), Fact(term="When", at=item.at)]
    if item.due_at is not None:
        facts.append(Fact(term="Next try", at=item.due_at))
    context = {
        "title": _kind(item.kind),
        "badge": _result(item),
        "facts": facts,
        "body": json.dumps(json.loads(item.body), indent=2),
        "is_on": endpoint.is_on,
        "here": here,
        "table": Table(
            caption="Tries",
            columns=tuple(Column(words=words) for words in ("When", "Result", "Answer")),
            rows=[_try(attempt) for attempt in reversed(item.attempts)],
        ),
        "crumbs": [
            *_crumbs(),
            Crumb(words=endpoint.name, url=reverse("desk:webhook", args=[endpoint.id])),
        ],
    }
    return render(request, "docgen/desk/webhooks/message.html", context)


def _try(attempt: Attempt) -> Row:
    words = str(attempt.status) if attempt.status else "no answer"
    tone = Tone.GOOD if attempt.worked else Tone.BAD
    return Row(
        cells=(
            Cell(at=attempt.at),
            Cell(badge=Badge(words=words, tone=tone)),
            Cell(words=attempt.trouble or attempt.answer or "–"),
        )
    )


def _crumbs() -> list[Crumb]:
    return [
        Crumb(words="Settings", url=reverse("desk:settings")),
        Crumb(words=TITLE, url=reverse("desk:webhooks")),
    ]


def _to_show(request: HttpRequest, endpoint_id: str, secret: str) -> str:
    """Keep a new secret for the next page."""
    request.session[FRESH] = seal(f"{endpoint_id} {secret}")
    return reverse("desk:webhook", args=[endpoint_id])


def _secret_to_show(request: HttpRequest, endpoint_id: str) -> str:
    """Give a new secret of this address once."""
    sealed = request.session.get(FRESH, "")
    of, _, secret = unseal(sealed).partition(" ") if sealed else ("", "", "")
    if of != endpoint_id:
        return ""
    del request.session[FRESH]
    return secret


def _done(request: HttpRequest, act: Callable[[], str], here: str) -> HttpResponse:
    """Carry out an act; what is refused is said on the page it was asked from."""
    try:
        return once(request, act)
    except (InputError, Refused) as refusal:
        messages.error(request, str(refusal))
        return redirect(here)


urlpatterns = [
    path("webhooks", webhooks, name="webhooks"),
    path("webhooks/add", webhook_add, name="webhook-add"),
    path("webhooks/address/<str:endpoint_id>", webhook, name="webhook"),
    path("webhooks/address/<str:endpoint_id>/secret", webhook_secret, name="webhook-secret"),
    path("webhooks/address/<str:endpoint_id>/test", webhook_try, name="webhook-try"),
    path("webhooks/address/<str:endpoint_id>/switch", webhook_switch, name="webhook-switch"),
    path("webhooks/message/<str:dispatch_id>", webhook_message, name="webhook-message"),
]
