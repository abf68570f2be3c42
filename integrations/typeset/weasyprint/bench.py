"""The printing itself, as it runs in a child process with little memory and time."""

from __future__ import annotations

from functools import cached_property
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from docgen.errors import RenderRefused
from integrations.typeset.glyphs import coverage
from integrations.typeset.weasyprint.form import FormPress
from integrations.typeset.weasyprint.press import Press

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

# The shipped fonts for every script, whatever the page's root asks for; the rest is a default.
_DEFAULTS = """
:root { font-family: "Docgen Serif", "Amiri", "Droid Sans Fallback" !important; font-size: 10pt; }
@page {
  size: letter; margin: 72pt;
  font-family: "Docgen Serif Small", "Amiri", "Droid Sans Fallback" !important;
}
"""
PAGE, FORM = "page", "form"
_FIRST_PAGE = """<!doctype html><html lang="en"><head><title>First page</title></head><body>
<h1>Heading</h1><h2>Second heading</h2><p>Words, <b>bold</b>, <i>slanted</i>, 0123,
Παράδειγμα, Пример, مثال, 例.</p><ul><li>one</li></ul>
<table><thead><tr><th scope="col">When</th></tr></thead><tbody><tr><td>now</td></tr></tbody></table>
</body></html>""".encode()


class Bench:
    """Prints pages and forms with the shipped fonts and nothing from outside."""

    def __init__(self, fonts: Path, assets: Mapping[str, tuple[bytes, str]]) -> None:
        """Keep the folder of the shipped fonts; pages may name `assets` as `asset:NAME`."""
        self._fonts = fonts
        self._assets = assets
        self._prepared: set[str] = set()

    @cached_property
    def _page_press(self) -> tuple[Press, Any]:
        press = Press(self._fonts, self._assets)
        return press, press.stylesheet(_DEFAULTS)

    @cached_property
    def _form_press(self) -> tuple[FormPress, Any]:
        press = FormPress(self._fonts)
        return press, press.stylesheet(_DEFAULTS)

    def prepare(self, kind: str) -> None:
        """Print a page of our own once, so that whatever loads at first use is loaded."""
        if kind not in self._prepared:
            self.print(kind, _FIRST_PAGE, "first page")
            self._prepared.add(kind)

    def print(self, kind: str, html: bytes, title: str) -> bytes:
        """Print one page, as PDF/A-3a with the PDF/UA-1 mark, or as a tagged form.

        Raises:
            RenderRefused: it cannot be printed as it is.
        """
        try:
            text = html.decode("utf-8")
        except UnicodeDecodeError:
            message = f"The {kind} is not UTF-8 text; write it as UTF-8."
            raise RenderRefused(message) from None
        self._check_glyphs(title + text)
        if kind == FORM:
            forms, defaults = self._form_press
            return forms.print_form(text, title, defaults)
        press, defaults = self._page_press
        laid = press.lay_out(text, defaults)
        laid.metadata.title = title
        return press.write(laid)

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
