"""One log line and the protective headers for every answer; one table from errors to answers."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from docgen.bootstrap.logs import NO_PAGE, REQUEST_ID
from docgen.errors import ConfigurationError, DocgenError, EvidenceError, NotAllowed
from docgen.web.access import Audience, rule_of
from docgen.web.api.problems import API, as_problem
from docgen.web.headers import HEADERS
from docgen.web.problems import problem_page
from docgen.web.site import office_of
from docgen.web.watch import may_watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.urls import ResolverMatch

    from docgen.web.access import Rule

log = logging.getLogger("docgen.web")

SERVER_FAULT = 500
OPEN = {Audience.PUBLIC, Audience.SIGNER}
NO_ROLE = "This page is for another role than yours; an administrator can give it to you."
NO_WATCHER = "This page is for programs that watch the site, from a network its settings list."


class RequestLog:
    """Logs and counts each answer by the pattern of its address, never by the address itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then write one line; the answer carries the line's number."""
        began = time.perf_counter()
        request.META[REQUEST_ID] = office_of(request).ids.salt()[:8]
        response = self._get_response(request)
        response.headers["X-Request-Id"] = request.META[REQUEST_ID]
        told, took = told_of(request), time.perf_counter() - began
        log.info(
            "answered", extra=told | {"status": response.status_code, "ms": round(took * 1000)}
        )
        office_of(request).answered.count(
            str(told["path"]), str(told["method"]), response.status_code, took
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


class Access:
    """Opens a page to whom the table of routes names; a route without a line opens to nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; pages tell time in the PSO's zone, as its letters do."""
        pso = office_of(request).pso
        if request.path.startswith(API):
            return as_problem(request, self._get_response(request))
        if pso is None:
            return self._get_response(request)
        with timezone.override(pso.time_zone):
            return self._get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Let the request pass, ask to sign in, or refuse."""
        match: ResolverMatch | None = request.resolver_match
        rule = rule_of(match.view_name if match else None)
        if rule is None:
            log.error("a route has no line in docgen.web.access", extra=told_of(request))
            return problem_page(request, NotAllowed("This page is open to nobody."))
        if rule.who in OPEN:
            return None
        if rule.who is Audience.WATCHER:
            return _unless_watching(request)
        if rule.by_token:
            from docgen.web.api.tokens import refusal

            return refusal(request, rule)
        from docgen.web.account.visitor import person_of

        person = person_of(request)
        if person is None:
            return _ask_to_sign_in(request, rule)
        return None if rule.admits(person) else problem_page(request, NotAllowed(NO_ROLE))


def _unless_watching(request: HttpRequest) -> HttpResponse | None:
    return None if may_watch(request) else problem_page(request, NotAllowed(NO_WATCHER))


def _ask_to_sign_in(request: HttpRequest, rule: Rule) -> HttpResponse:
    if not rule.keeps:
        return _to_sign_in(request)
    from docgen.web.enrollment_form.keeping import sign_in_and_come_back

    return sign_in_and_come_back(request)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page and back again; a script's request makes the whole page go there."""
    address = reverse("account_login")
    if request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
        address = f"{address}?{urlencode({'next': request.get_full_path()})}"
    response = redirect(address)
    if request.headers.get("HX-Request"):
        response.status_code = 204
        response.headers["HX-Redirect"] = address
        del response.headers["Location"]
    return response
