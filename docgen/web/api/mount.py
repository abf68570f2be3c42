"""Where the API is mounted: its modules are read when the first request for it comes.

Pydantic and django-ninja take 15 MB, which a site that nobody asks by program need not spend.
"""

from __future__ import annotations

from django.urls import URLResolver
from django.urls.resolvers import RoutePattern

NAMESPACE = "api"


class ReadLater(URLResolver):
    """Addresses of a namespace that are read when one of them is asked for."""

    def _populate(self) -> None:
        """Tell the addresses above nothing: names in a namespace are looked up here alone."""


def mounted(route: str) -> URLResolver:
    """Mount the API under a route."""
    return ReadLater(
        RoutePattern(route, is_endpoint=False),
        "docgen.web.api.urls",
        app_name=NAMESPACE,
        namespace=NAMESPACE,
    )
