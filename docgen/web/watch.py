"""Pages for programs that watch the site: is it alive, can it work, what are its figures."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from docgen.services.watch import EXPOSITION, exposition, unready
from docgen.web.client import client_address, handed_over_by_a_stranger
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest

PLAIN = "text/plain; charset=utf-8"


def may_watch(request: HttpRequest) -> bool:
    """Say whether a request comes from this machine or a network that the settings list.

    What a proxy passed on that no setting names came from anywhere, though it arrives by loopback.
    """
    if handed_over_by_a_stranger(request):
        return False
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    watchers = office_of(request).rules.watchers
    return mapped.is_loopback or any(mapped in network for network in watchers)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # nothing of it matters
    """Answer 200: the process is alive. Nothing else is asked, so nothing else can fail it."""
    return HttpResponse("ok\n", content_type=PLAIN)


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when this process can work; 503 names what is amiss: database, tables, stores."""
    amiss = unready(office_of(request))
    words = "\n".join(f"not ready: {name}" for name in amiss) or "ready"
    return HttpResponse(f"{words}\n", status=503 if amiss else 200, content_type=PLAIN)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the figures in Prometheus' text format."""
    return HttpResponse(exposition(office_of(request)), content_type=EXPOSITION)
