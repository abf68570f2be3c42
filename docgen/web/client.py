"""Who is at the other end: the address a request came from, and how often it may try.

`X-Forwarded-For` is whatever the sender wrote, so it is read only where a proxy that the settings
name ([site] trusted_proxies) handed the request over, and from its end: what such a proxy added is
true, what stood there before is a claim.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from docgen.services.ceremony.flood import Tried
    from docgen.settings import Network


def client_address(request: HttpRequest) -> str:
    """Give the address of the client, as far as proxies named in the settings vouch for it."""
    nearest = str(request.META.get("REMOTE_ADDR", ""))
    trusted = office_of(request).rules.trusted_proxies
    if not trusted:
        return nearest
    hops = [item.strip() for item in request.headers.get("X-Forwarded-For", "").split(",")]
    while hops and _is_trusted(nearest, trusted):
        following = hops.pop()
        if not _is_address(following):
            break
        nearest = following
    return nearest


def handed_over_by_a_stranger(request: HttpRequest) -> bool:
    """Say whether somebody passed this request on whom the settings do not name."""
    passed_on = any(
        name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP")
    )
    nearest = str(request.META.get("REMOTE_ADDR", ""))
    return passed_on and not _is_trusted(nearest, office_of(request).rules.trusted_proxies)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in trusted)


def refuse_flood(request: HttpRequest, tried: Tried) -> None:
    """Let this request pass unless its client has tried this too often, else `TooManyTries`."""
    office = office_of(request)
    office.floodgate.refuse_flood(client_address(request), tried, office.clock.now())


def count(request: HttpRequest, tried: Tried) -> None:
    """Count one try against this request's client."""
    office = office_of(request)
    office.floodgate.count(client_address(request), tried, office.clock.now())
