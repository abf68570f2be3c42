"""What the browser keeps for one envelope: the link it came by, and the session its code opened.

Each envelope has cookies of its own, so that a person may sign several packets side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.errors import NotFound
from docgen.services.ceremony.enter import Visit, visit_by_link, visit_by_session
from docgen.services.ceremony.flood import Tried
from docgen.services.ceremony.secret import split_token
from docgen.web.client import client_address, count, refuse_flood
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NO_COOKIE = (
    "Please open the link in your message again. If this page comes back, your browser keeps no "
    "cookies: allow them for this site, or use another browser."
)


def _name(request: HttpRequest, what: str, envelope: str) -> str:
    # A __Host- cookie must be Secure, which a loopback demonstration without TLS cannot be.
    return f"{'__Host-' if request.is_secure() else ''}{what}-{envelope}"


def _keep(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(office_of(request).rules.session_period.total_seconds()),
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )


def remember_link(request: HttpRequest, response: HttpResponse, token: str) -> None:
    """Move the link's token from the address into a cookie; another person's session ends here."""
    envelope, key = split_token(token)
    _keep(request, response, _name(request, "link", envelope), token)
    session = _name(request, "session", envelope)
    if split_token(request.COOKIES.get(session, ""))[1] != key:
        response.delete_cookie(session)


def remember_session(request: HttpRequest, response: HttpResponse, envelope: str, it: str) -> None:
    """Hand the session to the browser."""
    _keep(request, response, _name(request, "session", envelope), it)


def link_of(request: HttpRequest, envelope: str) -> str:
    """Give the token this browser came by, or raise `NotFound`."""
    token = request.COOKIES.get(_name(request, "link", envelope), "")
    if not token or split_token(token)[0] != envelope:
        raise NotFound(NO_COOKIE)
    return token


def invited(request: HttpRequest, envelope: str) -> Visit:
    """Find who the link this browser came by is for, or raise `NotFound`."""
    return visit_of(request, link_of(request, envelope))


def visit_of(request: HttpRequest, token: str) -> Visit:
    """Find who a link is for; a client that guesses links is counted and then refused."""
    refuse_flood(request, Tried.LINK)
    try:
        return visit_by_link(office_of(request), token)
    except NotFound:
        count(request, Tried.LINK)
        raise


def identified(request: HttpRequest, envelope: str, *, outside: bool = False) -> Visit:
    """Find the identified person behind this request, or raise `NotFound`.

    A page asks for who signs here, or for who signs `outside`; neither finds the other.
    """
    cookie = request.COOKIES.get(_name(request, "session", envelope), "")
    return visit_by_session(office_of(request), envelope, cookie, outside=outside)


def is_identified(request: HttpRequest, visit: Visit) -> bool:
    """Say whether this browser already holds a session of this very person."""
    try:
        envelope, outside = visit.ceremony.envelope_id, bool(visit.ceremony.outside)
        found = identified(request, envelope, outside=outside)
    except NotFound:
        return False
    return found.signer.key == visit.signer.key


def client(request: HttpRequest) -> dict[str, str]:
    """Give what the person's own side claims of itself, shortened."""
    return {
        "address": client_address(request),
        "browser": request.headers.get("User-Agent", "")[:300],
    }
