"""What every printer of HTML pages keeps to."""

from __future__ import annotations

import abc
import io
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from docgen.errors import RenderRefused

if TYPE_CHECKING:
    from docgen.ports.printer import Printer

PAGE = (
    '<!doctype html><html lang="en"><head><title>t</title></head><body>'
    "<h1>Certificate</h1><p>María, Παράδειγμα &amp; 42</p></body></html>"
).encode()


class PrinterContract(abc.ABC):
    """One suite for all; subclasses give `printer`."""

    @pytest.fixture
    @abc.abstractmethod
    def printer(self) -> Printer:
        """Give a printer."""

    def test_the_words_are_on_the_page(self, printer: Printer) -> None:
        """In any script the shipped fonts hold, with the title in the file's properties."""
        reader = PdfReader(io.BytesIO(printer.print_page(PAGE, title="A certificate")))
        text = reader.pages[0].extract_text()
        assert all(word in text for word in ("Certificate", "María", "Παράδειγμα", "42"))
        assert reader.metadata is not None
        assert reader.metadata.title == "A certificate"

    def test_the_same_page_gives_the_same_bytes(self, printer: Printer) -> None:
        """No clock and no randomness get in."""
        assert printer.print_page(PAGE, title="t") == printer.print_page(PAGE, title="t")

    @pytest.mark.parametrize(
        "reference",
        ["http://127.0.0.1:9/x.png", "https://example.org/x.png", "file:///etc/hostname", "x.png"],
    )
    def test_nothing_outside_the_page_is_fetched(self, printer: Printer, reference: str) -> None:
        """A page that refers to something else is refused."""
        page = PAGE.replace(b"</body>", f'<img src="{reference}" alt="x"></body>'.encode())
        with pytest.raises(RenderRefused):
            printer.print_page(page, title="t")
