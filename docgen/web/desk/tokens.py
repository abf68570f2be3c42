"""Tokens of the API: issue one, see which there are, end one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from docgen.domain.api_token import LONGEST_LIFE, ApiToken
from docgen.domain.person import Role
from docgen.errors import InputError, NotFound, Refused
from docgen.services.token import LONGEST_NAME, Wanted, issue, revoke, tokens_shown_to
from docgen.web.account.again import again_first
from docgen.web.account.sealing import seal, unseal
from docgen.web.account.visitor import acting_person
from docgen.web.desk.parts import Action, Badge, Cell, Column, Crumb, Row, Table, Tone
from docgen.web.desk.wording import day_words
from docgen.web.form import Form
from docgen.web.once import once
from docgen.web.site import office_of
from docgen.web.templatetags.desk import role_words, roles_words

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from docgen.domain.person import Person
    from docgen.services.office import Office

FRESH = "api_token"  # where the session keeps a new token, sealed, until it was shown
USUAL_DAYS = 90
CRUMBS = "API tokens"


class TokenForm(Form):
    """What a new token is for, and what it may do."""

    person = forms.ChoiceField(
        label="For",
        help_text="Whose rights it has. Only a token of their own can approve a plan.",
    )
    name = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        help_text="What uses it, such as: nightly report.",
    )
    roles = forms.MultipleChoiceField(
        label="Roles",
        widget=forms.CheckboxSelectMultiple,
        help_text="No more than the program needs.",
        error_messages={"required": "Choose at least one role."},
    )
    days = forms.IntegerField(
        label="Days",
        min_value=1,
        max_value=LONGEST_LIFE.days,
        initial=USUAL_DAYS,
        help_text=f"How long it is valid, at most {LONGEST_LIFE.days}.",
    )

    def offer(self, office: Office, actor: Person) -> None:
        """Offer an administrator everybody, anybody else themselves and their own roles."""
        everybody = Role.ADMINISTRATOR in actor.roles
        people = [one for one in office.ledger.people.list() if one.is_active and everybody]
        self.fields["person"].choices = [  # type: ignore[attr-defined]  # a choice field has them
            (one.key, one.name) for one in people or [actor]
        ]
        self.fields["person"].initial = actor.key
        self.fields["roles"].choices = [  # type: ignore[attr-defined]  # a choice field has them
            (role.value, role_words(role)) for role in Role if everybody or role in actor.roles
        ]


@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    """List the tokens; a new one is shown here, once."""
    office, actor = office_of(request), acting_person(request)
    now = office.clock.now()
    names = {one.key: one.name for one in office.ledger.people.list()}
    rows = [_row(item, names, now) for item in tokens_shown_to(office, actor)]
    heads = ("Name", "For", "Roles", "Valid until", "Last used", "Standing")
    sealed = request.session.pop(FRESH, "")
    context = {
        "table": Table(
            caption="API tokens",
            columns=tuple(Column(words=words) for words in heads),
            rows=rows,
        ),
        "fresh": unseal(sealed) if sealed else "",
        "crumbs": [Crumb(words="My account", url=reverse("mfa_index"))],
        "actions": [
            Action(words="Issue a token", url=reverse("desk:token-issue"), is_main=True),
        ],
    }
    return render(request, "docgen/desk/tokens/list.html", context)


def _row(item: ApiToken, names: dict[str, str], now: datetime) -> Row:
    return Row(
        cells=(
            Cell(
                words=item.name,
                url=reverse("desk:token-revoke", args=[item.id]),
                below=f"{item.begins}…",
            ),
            Cell(words=names.get(item.person, item.person), below=_issued(item, names)),
            Cell(words=roles_words(item.roles)),
            Cell(words=day_words(item.expires_at.date())),
            Cell(words=day_words(item.last_used_on) or "never"),
            Cell(badge=_badge(item, now)),
        )
    )


def _issued(item: ApiToken, names: dict[str, str]) -> str:
    return "" if item.is_own else f"issued by {names.get(item.issued_by, item.issued_by)}"


def _badge(item: ApiToken, now: datetime) -> Badge:
    if item.revoked_at is not None:
        return Badge(words="revoked")
    if not item.is_valid(now):
        return Badge(words="expired")
    return Badge(words="valid", tone=Tone.GOOD)


@require_http_methods(["GET", "HEAD", "POST"])
@again_first
def token_issue(request: HttpRequest) -> HttpResponse:
    """Issue a token, for oneself or, as an administrator, for anybody."""
    office, actor = office_of(request), acting_person(request)
    form = TokenForm(request.POST or None)
    form.offer(office, actor)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wanted = Wanted(
            person=given["person"],
            name=given["name"],
            roles=frozenset(Role(value) for value in given["roles"]),
            days=given["days"],
        )

        def act() -> str:
            token, _ = issue(office, wanted, actor)
            request.session[FRESH] = seal(token)
            return reverse("desk:tokens")

        try:
            return once(request, act)
        except (InputError, Refused) as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "crumbs": [Crumb(words=CRUMBS, url=reverse("desk:tokens"))]}
    status = 422 if form.is_bound else 200
    return render(request, "docgen/desk/tokens/issue.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def token_revoke(request: HttpRequest, token_id: str) -> HttpResponse:
    """Show one token, and end it."""
    office, actor = office_of(request), acting_person(request)
    found = next((one for one in tokens_shown_to(office, actor) if one.id == token_id), None)
    if found is None:
        raise NotFound("There is no token of this number among those you may see.")
    if request.method == "POST":

        def act() -> str:
            revoke(office, token_id, actor)
            messages.success(request, "Revoked. It opens nothing any more.")
            return reverse("desk:tokens")

        try:
            return once(request, act)
        except (InputError, Refused) as refusal:
            messages.error(request, str(refusal))
            return redirect("desk:tokens")
    now = office.clock.now()
    context = {
        "token": found,
        "badge": _badge(found, now),
        "is_valid": found.is_valid(now),
        "roles": roles_words(found.roles),
        "until": day_words(found.expires_at.date()),
        "crumbs": [Crumb(words=CRUMBS, url=reverse("desk:tokens"))],
    }
    return render(request, "docgen/desk/tokens/token.html", context)


urlpatterns = [
    path("tokens", tokens, name="tokens"),
    path("tokens/issue", token_issue, name="token-issue"),
    path("tokens/token/<str:token_id>", token_revoke, name="token-revoke"),
]
