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


def _pdfjs(name: str) -> tuple[str, str, str]:
    return "docgen.web", f"assets/pdfjs/{name}", "text/javascript; charset=utf-8"


# Name, where it lies, and what it is.
_ASSETS = {
    "site.css": ("docgen.web", "assets/site.css", "text/css; charset=utf-8"),
    "desk.css": ("docgen.web", "assets/desk.css", "text/css; charset=utf-8"),
    "desk.js": ("docgen.web", "assets/desk.js", "text/javascript; charset=utf-8"),
    "passkey.js": ("docgen.web", "assets/passkey.js", "text/javascript; charset=utf-8"),
    "htmx.min.js": ("docgen.web", "assets/htmx.min.js", "text/javascript; charset=utf-8"),
    "draw.js": ("docgen.web", "assets/draw.js", "text/javascript; charset=utf-8"),
    "viewer.css": ("docgen.web", "assets/viewer.css", "text/css; charset=utf-8"),
    "viewer.js": ("docgen.web", "assets/viewer.js", "text/javascript; charset=utf-8"),
    # PDF.js under the names by which its parts ask for each other (assets/pdfjs/README.md).
    "pdf.min.mjs": _pdfjs("pdf.min.js"),
    "pdf.worker.min.mjs": _pdfjs("pdf.worker.min.js"),
    "jbig2_nowasm_fallback.js": _pdfjs("jbig2.min.js"),
    "openjpeg_nowasm_fallback.js": _pdfjs("openjpeg.min.js"),
    "icon.svg": ("docgen.web", "assets/icon.svg", "image/svg+xml"),
    "serif.ttf": ("docgen.fonts", "DocgenSerif-Regular.ttf", "font/ttf"),
    "serif-bold.ttf": ("docgen.fonts", "DocgenSerif-Bold.ttf", "font/ttf"),
    "serif-italic.ttf": ("docgen.fonts", "DocgenSerif-Italic.ttf", "font/ttf"),
    "hand.ttf": ("docgen.fonts", "MarckScript-Regular.ttf", "font/ttf"),
}
_DIGITS = 16


def _plain(name: str) -> bytes:
    """Read an asset; a style names its typefaces by their present version."""
    package, place, _ = _ASSETS[name]
    data = files(package).joinpath(place).read_bytes()
    if name == "site.css":
        for other in _ASSETS:
            if other.endswith(".ttf"):
                data = data.replace(f"url({other})".encode(), f"url({asset_url(other)})".encode())
    return data


@cache
def _digest(name: str) -> str:
    """Give an asset's version; the parts of PDF.js share one, because they share one place."""
    parts = [item for item in _ASSETS if _ASSETS[item][1].startswith("assets/pdfjs/")]
    together = parts if name in parts else [name]
    return sha256_hex(b"".join(map(_plain, together)))[:_DIGITS]


@cache
def _compressed(name: str) -> bytes:
    """Keep an asset as nearly every browser takes it; the plain form, far larger, is not kept."""
    return gzip.compress(_plain(name), mtime=0)


def asset_url(name: str) -> str:
    """Give the address of an asset's present version."""
    return f"/assets/{_digest(name)}/{name}"


@require_safe
def asset(request: HttpRequest, digest: str, name: str) -> HttpResponse:
    """Serve one version of an asset."""
    if name not in _ASSETS or digest != _digest(name):
        raise Http404
    small = "gzip" in request.headers.get("Accept-Encoding", "")
    data = _compressed(name) if small else _plain(name)
    response = HttpResponse(data, content_type=_ASSETS[name][2])
    if small:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
