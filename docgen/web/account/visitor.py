"""Who is signed in, and for how long: idle sessions end, and so does every session in the end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth import login, logout

from docgen.bootstrap.sign_in import ABSOLUTE, IDLE
from docgen.errors import NotAllowed, NotFound
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from docgen.db.models import Account
    from docgen.domain.person import Person

BEGAN, SEEN = "began", "seen"
BY_CODE = "allauth.account.auth_backends.AuthenticationBackend"
SEEN_EVERY_S = 60  # a session is written at most this often, not at every page


def person_of(request: HttpRequest) -> Person | None:
    """Give who is signed in; None when nobody is, or no longer."""
    if not hasattr(request, "docgen_person"):
        request.docgen_person = _person(request)  # type: ignore[attr-defined]  # ours, for one request
    return cast("Person | None", request.docgen_person)  # type: ignore[attr-defined]  # set by our middleware


def acting_person(request: HttpRequest) -> Person:
    """Give who does this, for the services and the history.

    Raises:
        NotAllowed: nobody is signed in.
    """
    person = person_of(request)
    if person is None:
        raise NotAllowed("Sign in first; this page is for our own people.")
    return person


def open_session(request: HttpRequest, key: str) -> None:
    """Sign in whom the first-run page just made an administrator; mail may not work yet.

    It does not count as having shown who they are, so what asks for that still asks.
    """
    from docgen.db.models import Account

    login(request, Account.objects.get(key=key), backend=BY_CODE)
    request.__dict__.pop("docgen_person", None)


def _person(request: HttpRequest) -> Person | None:
    # A request refused early, such as one for another host, has no user yet.
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return None
    if not _in_time(request):
        logout(request)
        messages.info(
            request,
            "You were signed out because your time was up. What you sent last was not stored.",
        )
        return None
    account = cast("Account", request.user)
    try:
        person = office_of(request).ledger.people.get(account.key)
    except NotFound:
        return None
    return person if person.is_active else None


def _in_time(request: HttpRequest) -> bool:
    """Say whether the session still runs, and note that it was used."""
    now, session = office_of(request).clock.now(), request.session
    began = _moment(session.get(BEGAN), now)
    seen = _moment(session.get(SEEN), now)
    if now - began > ABSOLUTE or now - seen > IDLE:
        return False
    if BEGAN not in session or (now - seen).total_seconds() >= SEEN_EVERY_S:
        session[BEGAN], session[SEEN] = began.isoformat(), now.isoformat()
    return True


def _moment(stored: object, otherwise: datetime) -> datetime:
    return datetime.fromisoformat(stored) if isinstance(stored, str) else otherwise
