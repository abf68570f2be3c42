"""A PDF file read back to the words a person sees, with PDFium, which did not make it.

Letters that a person cannot see, and whatever is drawn over letters, are refused. PDFium does not
say what a clip leaves of a shape, so a dark ground beneath letters is not told from a rule.
"""

from __future__ import annotations

import ctypes
import re
import threading
from typing import TYPE_CHECKING

import pypdfium2
import pypdfium2.raw as pdfium

from docgen.errors import RenderRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docgen.domain.document import Attachment

# PDFium's sign for a hyphen at a line's end within a word; it joins the two lines.
_LINE_END_HYPHEN = re.compile(r"(?<=\w)\ufffe(?=\w)")
_FILLED, _OPAQUE, _LIGHTEST, _THICKEST_RULE = 0, 0xFF, 0x90, 3.0

# PDFium keeps global state: one thread at a time.
_PDFIUM = threading.Lock()

_Bounds = tuple[float, float, float, float]


def read_pdf(pdf: bytes) -> Sequence[str]:
    """Read each page's text as PDFium orders it, lines ended by LF.

    Raises:
        RenderRefused: the file cannot be read, or prints a character that has no glyph.
    """
    with _PDFIUM:
        return _cleaned([text for text, _ in _pages(pdf, look=False)])


def read_plain_pdf(pdf: bytes, attachment: Attachment | None) -> Sequence[str]:
    """Read each page's text of a file that hides nothing and carries only our own data.

    Raises:
        RenderRefused: letters are invisible, light or transparent, something is drawn over them, or
            the file carries notes, form fields, layers, scripts or a foreign attachment.
    """
    if b"/OCProperties" in pdf or b"/JavaScript" in pdf:
        raise RenderRefused("The PDF form has layers or scripts; nothing was used.")
    with _PDFIUM:
        pages = list(_pages(pdf, look=True))
        attached = _attachments(pdf)
    if attached != ([(attachment.name, attachment.data)] if attachment else []):
        raise RenderRefused(
            "The PDF form carries a file that is not the document's own; nothing was used."
        )
    for number, (_, plain) in enumerate(pages, start=1):
        if not plain:
            raise RenderRefused(
                f"Page {number} of the PDF form draws something that could hide words, or carries "
                "notes; nothing was used."
            )
    return _cleaned([text for text, _ in pages])


def _cleaned(pages: Sequence[str]) -> Sequence[str]:
    text = [_LINE_END_HYPHEN.sub("-", page.replace("\r\n", "\n")) for page in pages]
    if any(sign in page for page in text for sign in "\ufffd\ufffe\uffff\x00"):
        raise RenderRefused("The PDF form prints a character without a glyph; nothing was used.")
    return text


def _open(pdf: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise RenderRefused("The PDF form cannot be read back; nothing was used.") from error


def _pages(pdf: bytes, *, look: bool) -> Iterator[tuple[str, bool]]:
    """Yield each page's text, and whether it is plain (always so if not asked to look)."""
    document = _open(pdf)
    try:
        for index in range(len(document)):
            page = document[index]
            reading = page.get_textpage()
            yield reading.get_text_range(), not look or _is_plain(page)
            reading.close()
            page.close()
    except pypdfium2.PdfiumError as error:
        raise RenderRefused("The PDF form cannot be read back; nothing was used.") from error
    finally:
        document.close()


def _attachments(pdf: bytes) -> list[tuple[str, bytes]]:
    document = _open(pdf)
    try:
        found = map(document.get_attachment, range(document.count_attachments()))
        return [(item.get_name(), bytes(item.get_data())) for item in found]
    finally:
        document.close()


def _is_plain(page: pypdfium2.PdfPage) -> bool:
    """Tell whether a page holds only visible letters and shapes that cover none of them."""
    raw = page.raw
    if pdfium.FPDFPage_GetAnnotCount(raw):
        return False
    letters = _Letters()
    for at in range(pdfium.FPDFPage_CountObjects(raw)):
        thing = pdfium.FPDFPage_GetObject(raw, at)
        kind = pdfium.FPDFPageObj_GetType(thing)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            if not letters.add_visible(thing):
                return False
        elif kind != pdfium.FPDF_PAGEOBJ_PATH or letters.are_covered(thing):
            return False
    return True


class _Letters:
    """The letters drawn on a page so far; where they lie is asked only once a shape is drawn."""

    def __init__(self) -> None:
        self._waiting: list[object] = []
        self._bounds: list[_Bounds] = []
        self._color = tuple(ctypes.c_uint() for _ in range(4))

    def add_visible(self, text: object) -> bool:
        """Add letters; False if they are invisible, light or transparent."""
        self._waiting.append(text)
        if pdfium.FPDFTextObj_GetTextRenderMode(text) != _FILLED:
            return False
        if not pdfium.FPDFPageObj_GetFillColor(text, *self._color):
            return False
        *color, alpha = (part.value for part in self._color)
        return alpha == _OPAQUE and min(color) <= _LIGHTEST

    def are_covered(self, path: object) -> bool:
        """Tell whether a shape, too thick for a rule, lies over letters drawn before it."""
        left, bottom, right, top = _bounds(path)
        if min(right - left, top - bottom) < _THICKEST_RULE:
            return False
        self._bounds += map(_bounds, self._waiting)
        self._waiting.clear()
        return any(
            left < other[2] and other[0] < right and bottom < other[3] and other[1] < top
            for other in self._bounds
        )


def _bounds(thing: object) -> _Bounds:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(thing, left, bottom, right, top)
    return left.value, bottom.value, right.value, top.value
