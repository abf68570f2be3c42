"""What somebody typed and the record could not take yet, kept with their session.

It is shown again where it was typed, after a mistake, a conflict, or a sign-in that had ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from docgen.web.access import rule_of
from docgen.web.account.visitor import person_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from docgen.web.enrollment_form.reading import Fields

SLOT = "typed"
MOST_PAGES = 8
MOST_CHARACTERS = 250_000
_NOT_KEPT = frozenset({"csrfmiddlewaretoken", "once"})


def keep(request: HttpRequest) -> bool:
    """Keep what was sent to this page; of many pages the newest, and nothing beyond a size."""
    fields = {name: given for name, given in request.POST.lists() if name not in _NOT_KEPT}
    size = sum(len(name) + sum(map(len, given)) for name, given in fields.items())
    if not fields or size > MOST_CHARACTERS:
        return False
    kept = request.session.get(SLOT, {})
    kept.pop(request.path, None)
    kept[request.path] = fields
    request.session[SLOT] = dict(list(kept.items())[-MOST_PAGES:])
    return True


def kept(request: HttpRequest) -> Fields | None:
    """Give what was typed on this page and not stored."""
    found: Fields | None = request.session.get(SLOT, {}).get(request.path)
    return found


def forget(request: HttpRequest) -> None:
    """Forget what was typed on this page: it is stored, or not wanted any more."""
    held = request.session.get(SLOT, {})
    if held.pop(request.path, None) is not None:
        request.session[SLOT] = held


def kept_from_another_tab(request: HttpRequest) -> bool:
    """Keep what was sent by a page opened before its person signed in again in another tab.

    Signing in changes the token that every form carries. Only what a page of this very site sent,
    and whoever is signed in, is believed so far; nothing is stored before it is sent once more.
    """
    match = request.resolver_match
    rule = rule_of(match.view_name if match else None)
    ours = f"{request.scheme}://{request.get_host()}"
    is_from_here = request.headers.get("Origin") == ours and person_of(request) is not None
    return bool(rule and rule.keeps and is_from_here and keep(request))


def sign_in_and_come_back(request: HttpRequest) -> HttpResponse:
    """Keep what somebody sent whose session had ended, and lead to the sign-in page and back."""
    if request.method == "POST" and not keep(request):
        return redirect("account_login")
    return redirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
