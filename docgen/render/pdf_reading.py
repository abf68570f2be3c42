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
# A full stop of the smallest type is larger than this, in points.
_SMALLEST = 0.5

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
    look = _Look(page.get_bbox())
    letters: list[_Bounds] = []
    for at in range(pdfium.FPDFPage_CountObjects(raw)):
        thing = pdfium.FPDFPage_GetObject(raw, at)
        kind = pdfium.FPDFPageObj_GetType(thing)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            bounds = look.bounds(thing)
            if not look.is_visible(thing, bounds):
                return False
            letters.append(bounds)
        elif kind != pdfium.FPDF_PAGEOBJ_PATH or _covers(look.bounds(thing), letters):
            return False
    return True


class _Look:
    """Looks at the things on one page."""

    def __init__(self, sheet: _Bounds) -> None:
        self._sheet = sheet
        self._colour = tuple(ctypes.c_uint() for _ in range(4))
        self._edges = tuple(ctypes.c_float() for _ in range(4))
        # Made once: a page has a hundred things, and PDFium is asked three questions about each.
        self._to_colour = tuple(ctypes.pointer(part) for part in self._colour)
        self._to_edges = tuple(ctypes.pointer(edge) for edge in self._edges)

    def bounds(self, thing: object) -> _Bounds:
        """Measure a thing: left, bottom, right, top."""
        pdfium.FPDFPageObj_GetBounds(thing, *self._to_edges)
        left, bottom, right, top = self._edges
        return left.value, bottom.value, right.value, top.value

    def is_visible(self, text: object, bounds: _Bounds) -> bool:
        """Tell whether letters are filled with dark, opaque ink, on the sheet and large enough."""
        if pdfium.FPDFTextObj_GetTextRenderMode(text) != _FILLED:
            return False
        if not pdfium.FPDFPageObj_GetFillColor(text, *self._to_colour):
            return False
        red, green, blue, alpha = self._colour
        if alpha.value != _OPAQUE or min(red.value, green.value, blue.value) > _LIGHTEST:
            return False
        left, bottom, right, top = bounds
        edges = self._sheet
        inside = left >= edges[0] and bottom >= edges[1] and right <= edges[2] and top <= edges[3]
        return inside and (right == left or top - bottom >= _SMALLEST or right - left >= _SMALLEST)


def _covers(path: _Bounds, letters: Sequence[_Bounds]) -> bool:
    """Tell whether a shape, too thick for a rule, lies over letters drawn before it."""
    left, bottom, right, top = path
    if min(right - left, top - bottom) < _THICKEST_RULE:
        return False
    return any(
        left < other[2] and other[0] < right and bottom < other[3] and other[1] < top
        for other in letters
    )
