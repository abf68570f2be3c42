"""Showing once more that it is you, before something that must not be done at an open desk.

Whoever has a second factor gives it; anybody else gets a code by mail. It holds for ten minutes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_http_methods

from docgen.services.ceremony.flood import Tried
from docgen.services.ceremony.secret import same
from docgen.services.sign_in import ask_for_code_letter
from docgen.web.account.activities import note
from docgen.web.client import count, refuse_flood
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from docgen.db.models import Account

    Rest = ParamSpec("Rest")

SHOWN, CODE = "shown", "again"
HOLDS = timedelta(minutes=10)
MOST_TRIES = 3


def is_fresh(request: HttpRequest) -> bool:
    """Say whether this person showed within ten minutes that it is them."""
    shown = request.session.get(SHOWN)
    now = office_of(request).clock.now()
    return isinstance(shown, str) and now - datetime.fromisoformat(shown) < HOLDS


def remember_shown(request: HttpRequest, **_: Any) -> None:
    """Note that the person just showed who they are."""
    request.session[SHOWN] = office_of(request).clock.now().isoformat()


def again_first(
    view: Callable[Concatenate[HttpRequest, Rest], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponse]:
    """Ask for a code or a second factor first, unless that was done within ten minutes.

    A form that was sent is not carried out; its page comes back to be sent again.
    """

    @wraps(view)
    def asking(request: HttpRequest, /, *args: Rest.args, **named: Rest.kwargs) -> HttpResponse:
        if is_fresh(request):
            return view(request, *args, **named)
        address = reverse("account_reauthenticate")
        return redirect(f"{address}?{urlencode({'next': request.get_full_path()})}")

    return asking


@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """Ask whoever has a second factor for it, anybody else for a code by mail."""
    account = cast("Account", request.user)
    if is_mfa_enabled(account):
        return redirect(f"{reverse('mfa_reauthenticate')}?{request.GET.urlencode()}")
    context: dict[str, object] = {"sent": CODE in request.session}
    if request.method == "POST" and "send" in request.POST:
        _send(request, account)
        return redirect(request.get_full_path())
    if request.method == "POST":
        if _is_right(request, account):
            record_authentication(request, account, method="code", reauthenticated=True)
            return redirect(_onward(request))
        context |= {"problem": _WRONG, "sent": CODE in request.session}
    status = 409 if "problem" in context else 200
    return render(request, "docgen/account/again.html", context, status=status)


_WRONG = "That is not the code we sent, or it is too old. Please look again or ask for a new one."


def _send(request: HttpRequest, account: Account) -> None:
    refuse_flood(request, Tried.CODE)
    count(request, Tried.CODE)
    office = office_of(request)
    code = get_adapter().generate_login_code()
    request.session[CODE] = {"code": code, "at": office.clock.now().isoformat(), "tries": 0}
    with office.ledger.transaction():
        ask_for_code_letter(office, account.email, code)
    messages.info(request, "A code is on its way to your mailbox.")


def _is_right(request: HttpRequest, account: Account) -> bool:
    """Compare the code; three wrong ones, or ten minutes, and a new one is needed."""
    stored = request.session.get(CODE)
    if not stored:
        return False
    fresh = office_of(request).clock.now() - datetime.fromisoformat(stored["at"]) < HOLDS
    given = "".join(request.POST.get("code", "").split()).replace("-", "").upper()
    if fresh and same(given, str(stored["code"]).replace("-", "").upper()):
        del request.session[CODE]
        return True
    note(request, account, "account.code_refused")
    stored["tries"] += 1
    if stored["tries"] >= MOST_TRIES or not fresh:
        del request.session[CODE]
    else:
        request.session[CODE] = stored
    return False


def _onward(request: HttpRequest) -> str:
    """Give the page that asked, if it is one of ours."""
    following = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(following, allowed_hosts=None):
        return following
    return reverse("desk:home")
