"""The printer: what is born as HTML (certificates, reports) onto PDF pages."""

from __future__ import annotations

from typing import ClassVar, Protocol


class Printer(Protocol):
    """Typesets HTML pages; reaches for nothing outside the page it was given."""

    key: ClassVar[str]

    def print_page(self, html: bytes, *, title: str) -> bytes:
        """Print one HTML page as PDF; the same page gives the same bytes.

        Raises:
            RenderRefused: the page refers to anything outside itself, or cannot be laid out.
        """
        ...

    def print_form(self, html: bytes, *, title: str) -> bytes:
        """Print one HTML page whose inputs become fields to fill in, named by their dotted names.

        Raises:
            RenderRefused: the page refers to anything outside itself, or cannot be laid out.
        """
        ...
