"""What a signing service hands back, compared with what was sent, where bytes cannot be compared.

Our own signer keeps the sent bytes as a prefix. A service that writes the file anew may add its
stamps; it may not change, drop, add or move a line of ours.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pypdfium2
from pypdf import PdfReader
from pypdf.errors import PdfReadError
from pypdf.generic import DictionaryObject, PdfObject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.document import PanelPlace

MARK_LETTERS = 120  # a service's line of its own on each page, such as its envelope's number
PANEL_LETTERS = 400  # what a person fills into one signature panel


def is_signed(pdf: bytes) -> bool:
    """Say whether a PDF holds a digital signature with content."""
    try:
        fields = PdfReader(io.BytesIO(pdf)).get_fields() or {}
    except (PdfReadError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
    return any(
        field.get("/FT") == "/Sig" and _has_contents(field.get("/V")) for field in fields.values()
    )


def _has_contents(value: object) -> bool:
    found = value.get_object() if isinstance(value, PdfObject) else None
    return isinstance(found, DictionaryObject) and {"/Contents", "/ByteRange"} <= set(found)


def difference(
    sent: bytes, returned: bytes, places: Sequence[PanelPlace], *, first_page: int = 1
) -> str:
    """Say how the returned document, from its first page on, differs from the sent one, or ""."""
    ours, theirs = _pages(sent), _pages(returned)
    if not theirs:
        return "it cannot be read as a PDF"
    theirs = theirs[first_page - 1 :]
    if first_page < 1 or len(theirs) < len(ours):
        return "pages are missing"
    for number, (before, after) in enumerate(zip(ours, theirs, strict=False), start=1):
        if not _holds(after, before):
            return f"a line of page {number} changed"
        panels = sum(1 for place in places if place.page == number)
        if _letters(after) - _letters(before) > MARK_LETTERS + PANEL_LETTERS * panels:
            return f"more was added to page {number} than a signature"
    return ""


def _holds(lines: Sequence[str], wanted: Sequence[str]) -> bool:
    """Say whether every wanted line stands there, in order."""
    rest = iter(lines)
    return all(line in rest for line in wanted)


def _letters(lines: Sequence[str]) -> int:
    return sum(len(line) for line in lines)


def _pages(pdf: bytes) -> list[list[str]]:
    """Read each page's lines; none when the file cannot be read."""
    pages = []
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        return []
    try:
        for index in range(len(document)):
            page = document[index]
            text = page.get_textpage()
            lines = (" ".join(line.split()) for line in text.get_text_range().splitlines())
            pages.append([line for line in lines if line])
            text.close()
            page.close()
    except pypdfium2.PdfiumError:
        return []
    finally:
        document.close()
    return pages
