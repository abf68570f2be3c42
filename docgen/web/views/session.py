"""The signer's browser session: a cookie that names the envelope and proves the code was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.bootstrap.application import application
from docgen.services.ceremony.enter import Visit, visit_by_session

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def _name(request: HttpRequest) -> str:
    # A __Host- cookie must be Secure, which a loopback demonstration without TLS cannot be.
    return "__Host-signing" if request.is_secure() else "signing"


def remember(request: HttpRequest, response: HttpResponse, cookie: str) -> None:
    """Hand the session to the browser."""
    period = application().office.rules.session_period
    response.set_cookie(
        _name(request),
        cookie,
        max_age=int(period.total_seconds()),
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )


def identified(request: HttpRequest) -> Visit:
    """Find the identified person behind this request, or raise `NotFound`."""
    return visit_by_session(application().office, request.COOKIES.get(_name(request), ""))


def client(request: HttpRequest) -> dict[str, str]:
    """Give what the person's own side claims of itself, shortened."""
    return {
        "address": str(request.META.get("REMOTE_ADDR", "")),
        "browser": request.headers.get("User-Agent", "")[:300],
    }
