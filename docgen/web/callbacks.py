"""The callback endpoint: believe, store, answer; everything else happens later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from docgen.errors import CallbackRejected, NotFound
from docgen.ports.esign import RawCallback
from docgen.services.receive import answer, greet
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest


def _plain(words: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{words}\n", status=status, content_type="text/plain; charset=utf-8")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def callback(request: HttpRequest, service: str) -> HttpResponse:
    """Answer 200 once the callback is stored, 401 when it is not believed, 404 for no service.

    A GET stores nothing: some services ask by it whether callbacks are wanted here at all.
    """
    office = office_of(request)
    try:
        body = request.body
    except RequestDataTooBig:
        return _plain("too large", 413)
    except UnreadablePostError:
        return _plain("cut short", 400)
    raw = RawCallback(
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        received_at=office.clock.now(),
        query=request.META.get("QUERY_STRING", ""),
    )
    take = answer if request.method == "POST" else greet
    try:
        reply = take(office, service, raw)
    except CallbackRejected:
        return _plain("not believed", 401)
    except NotFound:
        return _plain("no such service", 404)
    # Without its length said, the server would end the connection that the sender keeps open.
    headers = {**reply.headers, "Content-Length": str(len(reply.body))}
    return HttpResponse(reply.body, content_type=reply.media, headers=headers)


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the process serves and the database reads, 503 when it does not."""
    try:
        office_of(request).ledger.people.list()
    except DatabaseError:
        return _plain("the database does not answer", 503)
    return _plain("ok")
