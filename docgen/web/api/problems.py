"""What went wrong, for programs: `application/problem+json` (RFC 9457) with our own codes."""

from __future__ import annotations

import json
from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING

from django.http import HttpResponse

from docgen.bootstrap.logs import REQUEST_ID
from docgen.errors import EnrollmentInvalid, ServiceUnavailable, TokenRefused, TooManyRequests
from docgen.outcome import outcome_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpRequest

API = "/api/"
MEDIA_TYPE = "application/problem+json"
SERVER_FAULT = 500
_FAILED = "Nothing was changed by this request. Please try again in a few minutes."
# What no error of ours stands for: the request never came as far as one of our rules.
_PLAIN: Mapping[int, tuple[str, str]] = {
    400: ("malformed-request", "The request cannot be read."),
    403: ("not-allowed", "This is not for the holder of this token."),
    404: ("not-found", "There is nothing at this address."),
    405: ("method-not-allowed", "This address does not take this method; see the header Allow."),
    413: ("too-large", "The body is too large; it may hold at most one megabyte."),
    415: ("media-type", "Send the body as application/json."),
    429: ("too-many-tries", "Too many tries. Please wait some minutes."),
    500: ("error", _FAILED),
}


def problem_of(request: HttpRequest, error: Exception) -> HttpResponse:
    """Tell one of our errors; what concerns the operator alone is not told."""
    outcome, code = outcome_of(error), str(getattr(error, "code", "error"))
    problems = [
        {"id": item.rule, "path": item.path, "message": item.message}
        for item in (error.problems if isinstance(error, EnrollmentInvalid) else ())
    ]
    hidden = outcome.status >= SERVER_FAULT
    response = _told(
        request,
        status=outcome.status,
        title=outcome.heading,
        code=code,
        detail=_FAILED if hidden else str(error),
        problems=problems,
    )
    if isinstance(error, TokenRefused):
        response.headers["WWW-Authenticate"] = 'Bearer realm="docgen"'
    if isinstance(error, (ServiceUnavailable, TooManyRequests)) and error.retry_after_s:
        # Rounded up: who comes back at that second is not too early.
        response.headers["Retry-After"] = str(ceil(error.retry_after_s))
    return response


def problem(
    request: HttpRequest,
    *,
    status: int,
    detail: str = "",
    problems: Sequence[Mapping[str, str]] = (),
) -> HttpResponse:
    """Tell what is wrong with a request as such."""
    code, sentence = _PLAIN.get(status, ("error", _FAILED))
    return _told(
        request,
        status=status,
        title=HTTPStatus(status).phrase,
        code=code,
        detail=detail or sentence,
        problems=problems,
    )


def as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give a refusal of the framework itself the form of all others."""
    if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return response
    told = problem(request, status=response.status_code)
    told.headers["Allow"] = response.headers["Allow"]
    return told


def unreadable(request: HttpRequest, problems: Sequence[Mapping[str, str]]) -> HttpResponse:
    """Tell every field that cannot be used as it is."""
    return _told(
        request,
        status=422,
        title="This cannot be used as it is",
        code="input",
        detail="The request has fields that cannot be used; each is listed.",
        problems=problems,
    )


def _told(
    request: HttpRequest,
    *,
    status: int,
    title: str,
    code: str,
    detail: str,
    problems: Sequence[Mapping[str, str]],
) -> HttpResponse:
    told = {
        "type": f"urn:docgen:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "problems": list(problems),
        "request_id": str(request.META.get(REQUEST_ID, "")),
    }
    return HttpResponse(json.dumps(told), status=status, content_type=MEDIA_TYPE)
