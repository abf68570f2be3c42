"""What a signing service hands back, compared with what was sent, where bytes cannot be compared.

Our own signer keeps the sent bytes as a prefix. A service that writes the file anew may add its
stamps; it may not change, drop, add or move a line of ours, nor cover one.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from docgen.render.page_picture import looks_changed, same_size
from docgen.render.pdfium import PdfiumError, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pypdfium2 import PdfDocument, PdfPage

    from docgen.domain.document import PanelPlace

MARK_LETTERS = 120  # a service's line of its own on each page, such as its envelope's number
PANEL_LETTERS = 400  # what a person fills into one signature panel


def is_signed(pdf: bytes) -> bool:
    """Say whether a PDF holds a digital signature with content."""
    # Here and below, as a process that serves pages has no need of pypdf.
    from pypdf import PdfReader
    from pypdf.errors import PdfReadError

    try:
        fields = PdfReader(io.BytesIO(pdf)).get_fields() or {}
    except (PdfReadError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
    return any(
        field.get("/FT") == "/Sig" and _has_contents(field.get("/V")) for field in fields.values()
    )


def _has_contents(value: object) -> bool:
    from pypdf.generic import DictionaryObject, PdfObject

    found = value.get_object() if isinstance(value, PdfObject) else None
    return isinstance(found, DictionaryObject) and {"/Contents", "/ByteRange"} <= set(found)


def difference(
    sent: bytes, returned: bytes, places: Sequence[PanelPlace], *, first_page: int = 1
) -> str:
    """Say how the returned document, from its first page on, differs from the sent one, or ""."""
    try:
        with opened(sent) as ours, opened(returned) as theirs:
            return _difference(ours, theirs, places, first_page)
    except PdfiumError:
        return "it cannot be read as a PDF"


def _difference(
    ours: PdfDocument, theirs: PdfDocument, places: Sequence[PanelPlace], first_page: int
) -> str:
    if first_page < 1 or len(theirs) - (first_page - 1) < len(ours):
        return "pages are missing"
    for number in range(1, len(ours) + 1):
        panels = [place for place in places if place.page == number]
        differs = _page_differs(ours[number - 1], theirs[first_page + number - 2], panels)
        if differs:
            return differs.format(number=number)
    return ""


def _page_differs(sent: PdfPage, returned: PdfPage, panels: Sequence[PanelPlace]) -> str:
    """Say how a page differs, with a place for its number; or ""."""
    if not same_size(sent, returned):
        return "page {number} has another size, or was turned or cut"
    before, after = _lines(sent), _lines(returned)
    if not _holds(after, before):
        return "a line of page {number} changed"
    if _letters(after) - _letters(before) > MARK_LETTERS + PANEL_LETTERS * len(panels):
        return "more was added to page {number} than a signature"
    if looks_changed(sent, returned, panels):
        return "page {number} looks otherwise than it was sent, away from where people sign"
    return ""


def _holds(lines: Sequence[str], wanted: Sequence[str]) -> bool:
    """Say whether every wanted line stands there, in order."""
    rest = iter(lines)
    return all(line in rest for line in wanted)


def _letters(lines: Sequence[str]) -> int:
    return sum(len(line) for line in lines)


def _lines(page: PdfPage) -> list[str]:
    """Read a page's lines."""
    text = page.get_textpage()
    try:
        lines = (" ".join(line.split()) for line in text.get_text_range().splitlines())
        return [line for line in lines if line]
    finally:
        text.close()
