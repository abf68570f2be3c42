"""What a signing service hands back, compared with what was sent, where bytes cannot be compared.

Our own signer keeps the sent bytes as a prefix. A service that writes the file anew may add its
stamps; it may not change, drop, add or move a line of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.document import PanelPlace

MARK_LETTERS = 120  # a service's line of its own on each page, such as its envelope's number
PANEL_LETTERS = 400  # what a person fills into one signature panel


def difference(sent: bytes, returned: bytes, places: Sequence[PanelPlace]) -> str:
    """Say how the returned document differs from the sent one, or ""."""
    ours, theirs = _pages(sent), _pages(returned)
    if not theirs:
        return "it cannot be read as a PDF"
    if len(theirs) < len(ours):
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
