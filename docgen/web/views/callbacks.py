"""The callback endpoint: believe, store, answer; everything else happens later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from docgen.bootstrap.application import application
from docgen.errors import CallbackRejected, NotFound
from docgen.ports.esign import RawCallback
from docgen.services.receive import accept

if TYPE_CHECKING:
    from django.http import HttpRequest


@csrf_exempt
@require_POST
def callback(request: HttpRequest, service: str) -> HttpResponse:
    """Answer 200 once the callback is stored, 401 when it is not believed, 404 for no service."""
    office = application().office
    raw = RawCallback(
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
        received_at=office.clock.now(),
    )
    try:
        accept(office, service, raw)
    except CallbackRejected:
        return HttpResponse("not believed\n", status=401, content_type="text/plain")
    except NotFound:
        return HttpResponse("no such service\n", status=404, content_type="text/plain")
    return HttpResponse("stored\n", content_type="text/plain")


def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer that the process serves and the database reads."""
    application().office.ledger.people.list()
    return HttpResponse("ok\n", content_type="text/plain")
