"""What the browser keeps while somebody collects executed copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.services.collect import ExecutedSet, visit
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def _name(request: HttpRequest, packet: str) -> str:
    # A __Host- cookie must be Secure, which a loopback demonstration without TLS cannot be.
    return f"{'__Host-' if request.is_secure() else ''}copies-{packet}"


def remember(request: HttpRequest, response: HttpResponse, packet: str, token: str) -> None:
    """Hand the session to the browser."""
    response.set_cookie(
        _name(request, packet),
        token,
        max_age=int(office_of(request).rules.session_period.total_seconds()),
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )


def identified(request: HttpRequest, packet: str) -> ExecutedSet:
    """Find the executed set this browser may open, or raise `NotFound`."""
    return visit(office_of(request), packet, request.COOKIES.get(_name(request, packet), ""))
