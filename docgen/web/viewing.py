"""What a page needs to show a PDF's pages in the browser; the server draws nothing.

The browser checks the digest before it shows anything, so the pages a person sees are those of the
very bytes that the page's form names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.errors import Refused
from docgen.web.asset import asset_url

if TYPE_CHECKING:
    from django.http import HttpRequest

CHANGED = "This document has changed since the page was opened; load the page again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """One PDF: its title, the address that serves it, and the digest its bytes must have."""

    title: str
    address: str
    sha256: str

    @property
    def pinned(self) -> str:
        """The address that serves these bytes or none."""
        return f"{self.address}?shown={self.sha256}"

    @property
    def style_url(self) -> str:
        """The style of the viewer."""
        return asset_url("viewer.css")

    @property
    def script_url(self) -> str:
        """Our own script, which draws the frame around the pages."""
        return asset_url("viewer.js")

    @property
    def reader_url(self) -> str:
        """PDF.js, which reads and draws."""
        return asset_url("pdf.min.mjs")

    @property
    def worker_url(self) -> str:
        """The part of PDF.js that works beside the page."""
        return asset_url("pdf.worker.min.mjs")


def refuse_other(request: HttpRequest, sha256: str) -> None:
    """Refuse to serve bytes in place of others that the page was opened with.

    Raises:
        Refused: the address names the bytes that were shown, and they are not these.
    """
    if request.GET.get("shown", sha256) != sha256:
        raise Refused(CHANGED)
