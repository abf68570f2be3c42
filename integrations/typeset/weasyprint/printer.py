"""The printer port answered by WeasyPrint: certificates and reports onto accessible pages."""

from __future__ import annotations

from functools import cached_property
from html.parser import HTMLParser
from typing import TYPE_CHECKING, ClassVar

from docgen.errors import RenderRefused
from integrations.typeset.glyphs import coverage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from integrations.typeset.weasyprint.press import Press

# The shipped fonts for every script, whatever the page's root asks for; the rest is a default.
_DEFAULTS = """
:root { font-family: "Docgen Serif", "Amiri", "Droid Sans Fallback" !important; font-size: 10pt; }
@page {
  size: letter; margin: 72pt;
  font-family: "Docgen Serif Small", "Amiri", "Droid Sans Fallback" !important;
}
"""


class WeasyprintPrinter:
    """Prints what is born as HTML, with the shipped fonts and nothing from outside the page."""

    key: ClassVar[str] = "weasyprint"

    def __init__(self, fonts: Path, assets: Mapping[str, tuple[bytes, str]] | None = None) -> None:
        """Keep the folder of the shipped fonts; pages may name `assets` as `asset:NAME`."""
        self._fonts = fonts
        self._assets = assets

    @cached_property
    def _press(self) -> Press:
        # Only when something is printed: a process that serves pages has no need of WeasyPrint.
        from integrations.typeset.weasyprint.press import Press

        return Press(self._fonts, self._assets)

    @cached_property
    def _defaults(self) -> Any:
        return self._press.stylesheet(_DEFAULTS)

    def print_page(self, html: bytes, *, title: str) -> bytes:
        """Print one HTML page as PDF/A-3a with the PDF/UA-1 mark."""
        try:
            text = html.decode("utf-8")
        except UnicodeDecodeError:
            message = "The page is not UTF-8 text; write it as UTF-8."
            raise RenderRefused(message) from None
        self._check_glyphs(title + text)
        laid = self._press.lay_out(text, self._defaults)
        laid.metadata.title = title
        return self._press.write(laid)

    def _check_glyphs(self, text: str) -> None:
        """Refuse characters without a glyph, also those written as references."""
        reader = _Text(convert_charrefs=True)
        reader.feed(text)
        reader.close()
        allowed = coverage(self._fonts) | {ord("\r"), ord("\t")}
        missing = sorted({ord(character) for character in "".join(reader.texts)} - allowed)
        if missing:
            points = ", ".join(f"U+{point:04X}" for point in missing[:8])
            message = (
                f"The shipped fonts have no glyph for {points} on the page; "
                "write this text with other characters."
            )
            raise RenderRefused(message)


class _Text(HTMLParser):
    """Collects the text between tags."""

    def __init__(self, *, convert_charrefs: bool) -> None:
        super().__init__(convert_charrefs=convert_charrefs)
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep one piece of text."""
        self.texts.append(data)
