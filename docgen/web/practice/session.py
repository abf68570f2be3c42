"""What the browser of a practice keeps: the link it came by, and the session its code opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.errors import NotFound
from docgen.services.ceremony.flood import Tried
from docgen.services.ceremony.secret import split_token
from docgen.services.practice_form import NO_LINK, guest_by_link, guest_by_session
from docgen.web.client import count, refuse_flood
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from docgen.domain.form_guest import FormGuest

LINK, SESSION = "form-link", "form-visit"


def _name(request: HttpRequest, what: str, guest: str) -> str:
    # A __Host- cookie must be Secure, which a loopback demonstration without TLS cannot be.
    return f"{'__Host-' if request.is_secure() else ''}{what}-{guest}"


def remember(
    request: HttpRequest, response: HttpResponse, what: str, guest: str, value: str
) -> None:
    """Hand the link or the session to the browser."""
    response.set_cookie(
        _name(request, what, guest),
        value,
        max_age=int(office_of(request).rules.session_period.total_seconds()),
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )


def link_of(request: HttpRequest, guest: str) -> str:
    """Give the token this browser came by, or raise `NotFound`."""
    token = request.COOKIES.get(_name(request, LINK, guest), "")
    if split_token(token)[0] != guest:
        raise NotFound("Please open the link in your message again.")
    return token


def invited(request: HttpRequest, token: str) -> FormGuest:
    """Find whom a link was sent to; a client that guesses links is counted and then refused."""
    refuse_flood(request, Tried.LINK)
    try:
        return guest_by_link(office_of(request), token)
    except NotFound:
        count(request, Tried.LINK)
        raise


def identified(request: HttpRequest, guest: str) -> FormGuest:
    """Find the guest behind this request, or raise `NotFound`."""
    cookie = request.COOKIES.get(_name(request, SESSION, guest), "")
    return guest_by_session(office_of(request), guest, cookie)


__all__ = ["LINK", "NO_LINK", "SESSION", "identified", "invited", "link_of", "remember"]
