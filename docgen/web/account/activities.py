"""Signing in and out as activities of the history: who, when and how, never from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import authentication_step_completed, login_code_rejected
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out

from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from docgen.db.models import Account


def connect() -> None:
    """Listen from now on."""
    user_logged_in.connect(_signed_in, dispatch_uid="docgen.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="docgen.signed_out")
    authentication_step_completed.connect(_remember, dispatch_uid="docgen.shown")
    login_code_rejected.connect(_refused, dispatch_uid="docgen.refused")
    authenticator_added.connect(_added, dispatch_uid="docgen.added")
    authenticator_removed.connect(_removed, dispatch_uid="docgen.removed")


def note(request: HttpRequest, account: Account, kind: str, **details: object) -> None:
    """Write one activity about a person's own account."""
    office = office_of(request)
    with office.ledger.transaction():
        office.note(f"user:{account.key}", kind, f"user:{account.key}", **details)


def ways(request: HttpRequest, account: Account) -> list[str]:
    """Give how this session was opened, such as `code` and `totp`, each once and in order."""
    records = get_authentication_records(request, account)
    found = [str(item.get("type") or item.get("method")) for item in records]
    return list(dict.fromkeys("house" if item == "socialaccount" else item for item in found))


def _remember(request: HttpRequest, **_: Any) -> None:
    from docgen.web.account.again import remember_shown

    remember_shown(request)


def _signed_in(request: HttpRequest, user: Account, **_: Any) -> None:
    note(request, user, "account.signed_in", ways=ways(request, user))


def _signed_out(request: HttpRequest, user: Account | None, **_: Any) -> None:
    if user is not None:
        note(request, user, "account.signed_out")


def _refused(request: HttpRequest, user: Account, **_: Any) -> None:
    note(request, user, "account.code_refused")


def _added(request: HttpRequest, user: Account, authenticator: Any, **_: Any) -> None:
    note(request, user, "account.second_factor_added", what=authenticator.type)


def _removed(request: HttpRequest, user: Account, authenticator: Any, **_: Any) -> None:
    note(request, user, "account.second_factor_removed", what=authenticator.type)
