"""Addresses of the API under /api/v1, and its description at /api/v1/openapi.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer

from docgen.errors import InputError, MalformedRequest
from docgen.services.enrollment_file import read_enrollment
from docgen.web.account.visitor import person_of
from docgen.web.api import (
    acts,
    archive,
    batches,
    blanks,
    board,
    disposals,
    enrollments,
    exports,
    holds,
    packets,
    progress,
    reports,
    review,
    site,
    sources,
    templates,
)
from docgen.web.api.description import DescribedApi
from docgen.web.api.mount import NAMESPACE
from docgen.web.api.problems import problem, problem_of, unreadable

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from docgen.domain.person import Person

VERSION = "1"
_ABOUT = (
    "What a coordinator or an auditor does on the desk, for programs. Every request carries "
    "`Authorization: Bearer` with a token from the desk; every POST carries an `Idempotency-Key`. "
    "What is refused comes as application/problem+json with a stable `code`."
)


class Token(HttpBearer):
    """Says in the API's description how one is let in; `docgen.web.access` decides before."""

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:  # noqa: ARG002  # ninja's signature
        """Give whom the door let in."""
        return person_of(request)


class StrictJson(Parser):
    """Reads a body as an enrollment file is read: nothing twice, nothing too deep, no NaN."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Give the values of the body, or raise `MalformedRequest`."""
        if not request.body:
            raise MalformedRequest("This request needs a body of JSON.")
        try:
            return read_enrollment(request.body, suffix=".json")
        except InputError as error:
            told = str(error).replace("enrollment file", "body")
            raise MalformedRequest(told) from error


api = DescribedApi(
    title="docgen",
    version=VERSION,
    description=_ABOUT,
    urls_namespace=NAMESPACE,
    docs_url=None,
    auth=Token(),
    parser=StrictJson(),
)
api.add_router("", site.router)
api.add_router("", board.router)
api.add_router("", blanks.router)
api.add_router("/enrollments", enrollments.router)
api.add_router("/enrollments", progress.router)
api.add_router("/enrollments", sources.router)
api.add_router("/packets", review.router)
api.add_router("/packets", packets.router)
api.add_router("/packets", acts.router)
api.add_router("/packets", archive.record_router)
api.add_router("/packets", holds.router)
api.add_router("/packets", disposals.router)
api.add_router("/batches", batches.router)
api.add_router("/archive", archive.router)
api.add_router("/archive", reports.router)
api.add_router("/exports", exports.router)
api.add_router("/templates", templates.router)


@api.exception_handler(ValidationError)
def _unusable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return unreadable(request, [_problem(one) for one in error.errors])


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    if isinstance(cause, MalformedRequest):
        return problem_of(request, cause)
    return problem(request, status=error.status_code)


@api.exception_handler(Http404)
def _nothing(request: HttpRequest, error: Http404) -> HttpResponse:  # noqa: ARG001  # ninja's signature
    return problem(request, status=404)


def _problem(error: dict[str, Any]) -> dict[str, str]:
    """Say which field is wrong; what stood there is not repeated."""
    _, *where = map(str, error["loc"])  # the first says which part of the request
    if where and where[0] in {"body", "asked"}:
        where = where[1:]  # our own name for that part
    return {"id": f"api.{error['type']}", "path": ".".join(where), "message": str(error["msg"])}


urlpatterns, _, _ = api.urls
