"""Style, script and typefaces, served by digest so that browsers may keep them."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from docgen.domain.canonical import sha256_hex

if TYPE_CHECKING:
    from django.http import HttpRequest

# Name, where it lies, and what it is.
_ASSETS = {
    "site.css": ("docgen.web", "assets/site.css", "text/css; charset=utf-8"),
    "desk.css": ("docgen.web", "assets/desk.css", "text/css; charset=utf-8"),
    "desk.js": ("docgen.web", "assets/desk.js", "text/javascript; charset=utf-8"),
    "passkey.js": ("docgen.web", "assets/passkey.js", "text/javascript; charset=utf-8"),
    "htmx.min.js": ("docgen.web", "assets/htmx.min.js", "text/javascript; charset=utf-8"),
    "draw.js": ("docgen.web", "assets/draw.js", "text/javascript; charset=utf-8"),
    "icon.svg": ("docgen.web", "assets/icon.svg", "image/svg+xml"),
    "serif.ttf": ("docgen.fonts", "DocgenSerif-Regular.ttf", "font/ttf"),
    "serif-bold.ttf": ("docgen.fonts", "DocgenSerif-Bold.ttf", "font/ttf"),
    "serif-italic.ttf": ("docgen.fonts", "DocgenSerif-Italic.ttf", "font/ttf"),
    "hand.ttf": ("docgen.fonts", "MarckScript-Regular.ttf", "font/ttf"),
}
_DIGITS = 16


@cache
def _asset(name: str) -> tuple[bytes, bytes, str]:
    """Read an asset; give it plain, compressed, and its digest."""
    package, place, _ = _ASSETS[name]
    data = files(package).joinpath(place).read_bytes()
    if name == "site.css":
        for other in _ASSETS:
            if other.endswith(".ttf"):
                data = data.replace(f"url({other})".encode(), f"url({asset_url(other)})".encode())
    return data, gzip.compress(data, mtime=0), sha256_hex(data)[:_DIGITS]


def asset_url(name: str) -> str:
    """Give the address of an asset's present version."""
    return f"/assets/{_asset(name)[2]}/{name}"


@require_safe
def asset(request: HttpRequest, digest: str, name: str) -> HttpResponse:
    """Serve one version of an asset."""
    if name not in _ASSETS or digest != _asset(name)[2]:
        raise Http404
    plain, compressed, _ = _asset(name)
    small = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(compressed if small else plain, content_type=_ASSETS[name][2])
    if small:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
