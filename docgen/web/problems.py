"""Pages for what went wrong: a heading, one sentence, no details of the inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render

from docgen.bootstrap.logs import REQUEST_ID
from docgen.outcome import outcome_of
from docgen.web.api.problems import API, problem, problem_of
from docgen.web.commands import for_pages

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SERVER_FAULT = 500
OURS = ("/desk/", "/account/", "/setup/")  # pages of our own people


def problem_page(request: HttpRequest, error: Exception) -> HttpResponse:
    """Show one of our errors; what concerns the operator alone is not told to a signer."""
    if request.path.startswith(API):
        return problem_of(request, error)
    outcome = outcome_of(error)
    if outcome.status >= SERVER_FAULT:
        return _page(request, "Something went wrong", _FAILED, outcome.status)
    return _page(request, outcome.heading, for_pages(str(error)), outcome.status)


def _page(request: HttpRequest, heading: str, sentence: str, status: int) -> HttpResponse:
    if request.path.startswith(API):
        return problem(request, status=status)
    context = {"heading": heading, "sentence": sentence}
    if status >= SERVER_FAULT:
        context["number"] = str(request.META.get(REQUEST_ID, ""))
    is_ours = request.path.startswith(OURS)
    page = "docgen/desk/problem.html" if is_ours else "docgen/signing/problem.html"
    return render(request, page, context, status=status)


_NOWHERE = "There is no page here. Please use the link in your message."
_NOWHERE_OURS = "There is no page here. Please use the menu."
_FAILED = "Nothing was signed or changed by this step. Please try again in a few minutes."


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django's signature
    """Answer a form that does not carry this browser's token; what was typed in ours is kept."""
    from docgen.web.enrollment_form.keeping import kept_from_another_tab

    if kept_from_another_tab(request):
        return redirect(request.path)
    return _page(
        request,
        "This form is too old",
        "Nothing was done. Please open the page again and repeat your last step; if that does not "
        "help, allow cookies for this site.",
        403,
    )


def unusable(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """Answer a request that no browser of a signer sends."""
    return _page(
        request,
        "This request cannot be used",
        "Nothing was done. Please use the link in your message.",
        400,
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """Answer an address that leads nowhere."""
    return _page(
        request, "Not found", _NOWHERE_OURS if request.path.startswith(OURS) else _NOWHERE, 404
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """Answer what is not for this person."""
    return _page(request, "Not allowed", "Nothing was done. This page is not for you.", 403)


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer somebody who tries too often."""
    return _page(request, "Please wait a little", "Too many tries. Please wait some minutes.", 429)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer when something inside failed; it was logged without personal data."""
    return _page(request, "Something went wrong", _FAILED, 500)
