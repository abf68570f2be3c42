"""One log line and the protective headers for every answer; one table from errors to answers."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from docgen.bootstrap.logs import NO_PAGE, REQUEST_ID
from docgen.errors import ConfigurationError, DocgenError, EvidenceError
from docgen.web.site import office_of
from docgen.web.views.problems import problem_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

log = logging.getLogger("docgen.web")

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    # Not `no-referrer`: browsers then send `Origin: null`, and no form could be told from a forged
    # one. No page's address holds a token, and other sites are told nothing.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
SERVER_FAULT = 500


class RequestLog:
    """Logs each answer by the pattern of its address, never by the address itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then write one line; the answer carries the line's number."""
        began = time.perf_counter()
        request.META[REQUEST_ID] = office_of(request).ids.salt()[:8]
        response = self._get_response(request)
        response.headers["X-Request-Id"] = request.META[REQUEST_ID]
        log.info(
            "answered",
            extra=told_of(request)
            | {
                "status": response.status_code,
                "ms": round((time.perf_counter() - began) * 1000),
            },
        )
        return response


def told_of(request: HttpRequest) -> dict[str, object]:
    """Give what a log line may hold of a request."""
    match = request.resolver_match
    known = request.method in {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}
    return {
        "request_id": request.META.get(REQUEST_ID, ""),
        "method": request.method if known else "other",
        "path": match.route if match else NO_PAGE,
    }


class SafeHeaders:
    """Adds the protective headers to every answer; a view may say its own where it must differ."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers added."""
        response = self._get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.is_secure():
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response


class ErrorPages:
    """Turns our errors into pages that say what to do; anything else becomes a plain 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, if it is meant for this site."""
        request.get_host()
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show one of our errors; leave any other, and its log line, to the framework."""
        if not isinstance(error, (DocgenError, ConfigurationError)):
            return None
        page = problem_page(request, error)
        if page.status_code >= SERVER_FAULT or isinstance(error, EvidenceError):
            log.error("failed: %s", error.code, extra=told_of(request), exc_info=error)
        return page
