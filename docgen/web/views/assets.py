"""Style and script, served by digest so that browsers may keep them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse

from docgen.domain.canonical import sha256_hex

if TYPE_CHECKING:
    from django.http import HttpRequest

_TYPES = {"site.css": "text/css; charset=utf-8", "draw.js": "text/javascript; charset=utf-8"}
_DIGITS = 16


@cache
def _asset(name: str) -> tuple[bytes, str]:
    data = files("docgen.web").joinpath("assets", name).read_bytes()
    return data, sha256_hex(data)[:_DIGITS]


def asset_url(name: str) -> str:
    """Give the address of an asset's present version."""
    return f"/assets/{_asset(name)[1]}/{name}"


def asset(request: HttpRequest, digest: str, name: str) -> HttpResponse:  # noqa: ARG001
    """Serve one version of an asset."""
    if name not in _TYPES:
        raise Http404
    data, current = _asset(name)
    if digest != current:
        raise Http404
    response = HttpResponse(data, content_type=_TYPES[name])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
