"""A PDF file read back to the words a person sees, with PDFium, which did not make it.

Letters that a person cannot see, and whatever is drawn over letters, are refused. PDFium does not
say what a clip leaves of a shape, so a dark ground beneath letters is not told from a rule.
"""

from __future__ import annotations

import ctypes
import math
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import pypdfium2.raw as pdfium

from docgen.errors import RenderRefused
from docgen.render.pdfium import PdfiumError, opened
from docgen.render.reading_order import in_line_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pypdfium2 import PdfDocument

    from docgen.domain.document import Attachment

# PDFium's sign for a hyphen at a line's end within a word; it joins the two lines.
_LINE_END_HYPHEN = re.compile(r"(?<=\w)\ufffe(?=\w)")
_FILLED, _OPAQUE, _LIGHTEST, _THICKEST_RULE = 0, 0xFF, 0x90, 3.0
# A full stop of the smallest type is larger than this, in points.
_SMALLEST = 0.5
# Letters that kerning alone parts stand at most 0.06 of their size apart, those that a space parts
# 0.09 and more.
_NEAR = 0.08
_BETWEEN_LETTERS = re.compile(r"(?<=[^\s\ufffe]) (?=[^\s\ufffe])")

_Bounds = tuple[float, float, float, float]


def read_pdf(pdf: bytes) -> Sequence[str]:
    """Read each page's text as PDFium orders it, lines ended by LF.

    Raises:
        RenderRefused: the file cannot be read, or prints a character that has no glyph.
    """
    with _opened(pdf) as document:
        return _cleaned([text for text, _ in _pages(document, look=False)])


def read_plain_pdf(
    pdf: bytes, attachment: Attachment | None, *, measured: bool = False
) -> Sequence[str]:
    """Read each page's text of a file that hides nothing and carries only our own data.

    PDFium takes the kerning of some bold letters, as in “GulfView”, for a space. `measured`, which
    takes longer, leaves out the spaces that it made up between letters that all but touch.

    Raises:
        RenderRefused: letters are invisible, light or transparent, something is drawn over them, or
            the file carries notes, form fields, layers, scripts or a foreign attachment.
    """
    if b"/OCProperties" in pdf or b"/JavaScript" in pdf:
        raise RenderRefused("The PDF form has layers or scripts; nothing was used.")
    with _opened(pdf) as document:
        pages, attached = _pages(document, look=True, measured=measured), _attachments(document)
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
    lines = (in_line_order(page.replace("\r\n", "\n")) for page in pages)
    text = [_LINE_END_HYPHEN.sub("-", page) for page in lines]
    if any(sign in page for page in text for sign in "\ufffd\ufffe\uffff\x00"):
        raise RenderRefused("The PDF form prints a character without a glyph; nothing was used.")
    return text


@contextmanager
def _opened(pdf: bytes) -> Iterator[PdfDocument]:
    """Open a file for as long as it is read."""
    try:
        with opened(pdf) as document:
            yield document
    except PdfiumError as error:
        raise _unreadable() from error


def _unreadable() -> RenderRefused:
    return RenderRefused("The PDF form cannot be read back; nothing was used.")


def _pages(document: PdfDocument, *, look: bool, measured: bool = False) -> list[tuple[str, bool]]:
    """Read each page's text, and whether it is plain (always so if not asked to look)."""
    opened: list[object] = []
    try:
        pages = []
        for index in range(pdfium.FPDF_GetPageCount(document.raw)):
            page = pdfium.FPDF_LoadPage(document.raw, index)
            if not page:
                raise _unreadable()
            # Pages stay open until the last is read: PDFium forgets a font that no page holds.
            opened.append(page)
            pages.append((_text(page, measured=measured), not look or _is_plain(page)))
        return pages
    finally:
        for page in opened:
            pdfium.FPDF_ClosePage(page)


def _text(page: object, *, measured: bool) -> str:
    """Read a page's letters in PDFium's order, in one call."""
    reading = pdfium.FPDFText_LoadPage(page)
    if not reading:
        raise _unreadable()
    try:
        count = pdfium.FPDFText_CountChars(reading)
        if count < 0:
            raise _unreadable()
        letters = (ctypes.c_ushort * (count + 1))()
        written = pdfium.FPDFText_GetText(reading, 0, count, letters)
        text = bytes(letters)[: 2 * max(written - 1, 0)].decode("utf-16-le", "ignore")
        return _without_made_up_spaces(reading, text) if measured else text
    finally:
        pdfium.FPDFText_ClosePage(reading)


def _without_made_up_spaces(reading: object, text: str) -> str:
    """Leave out each space that the page does not hold, between letters that all but touch."""

    def measured(space: re.Match[str]) -> str:
        at = pdfium.FPDFText_GetCharIndexFromTextIndex(reading, space.start())
        made_up = at > 0 and pdfium.FPDFText_IsGenerated(reading, at) == 1
        return "" if made_up and _gap(reading, at) < _NEAR else " "

    return _BETWEEN_LETTERS.sub(measured, text)


def _gap(reading: object, at: int) -> float:
    """Measure the white between the letters around a place, in parts of their size."""
    before, after = (_box(reading, letter) for letter in (at - 1, at + 1))
    size = pdfium.FPDFText_GetFontSize(reading, at - 1)
    return (after.left - before.right) / size if after.left > before.left else math.inf


def _box(reading: object, letter: int) -> pdfium.FS_RECTF:
    """Measure the place that a letter takes in its line."""
    box = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(reading, letter, box):
        raise _unreadable()
    return box


def _attachments(document: PdfDocument) -> list[tuple[str, bytes]]:
    found = map(document.get_attachment, range(document.count_attachments()))
    return [(item.get_name(), bytes(item.get_data())) for item in found]


def _is_plain(page: object) -> bool:
    """Tell whether a page holds only visible letters and shapes that cover none of them."""
    if pdfium.FPDFPage_GetAnnotCount(page):
        return False
    look = _Look(page)
    letters: list[_Bounds] = []
    for at in range(pdfium.FPDFPage_CountObjects(page)):
        thing = look.thing(at)
        kind, bounds = _get_type(thing), look.bounds(thing)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            if not look.is_visible(thing, bounds):
                return False
            letters.append(bounds)
        elif kind != pdfium.FPDF_PAGEOBJ_PATH or _covers(bounds, letters):
            return False
    return True


def _asked_plainly(function: object, gives: object, *takes: object) -> Callable[..., int]:
    """Let a function of PDFium be called with addresses as whole numbers.

    A page has a hundred things and PDFium is asked four questions about each; wrapping each address
    in an object of its own, or letting go of the interpreter, would take longer than the answers.
    """
    address = ctypes.cast(cast("Any", function), ctypes.c_void_p).value
    kind: Any = ctypes.PYFUNCTYPE(cast("Any", gives), *cast("Any", takes))
    return cast("Callable[..., int]", kind(address))


_ADDRESS, _INT = ctypes.c_void_p, ctypes.c_int
_get_object = _asked_plainly(pdfium.FPDFPage_GetObject, _ADDRESS, _ADDRESS, _INT)
_get_type = _asked_plainly(pdfium.FPDFPageObj_GetType, _INT, _ADDRESS)
_get_mode = _asked_plainly(pdfium.FPDFTextObj_GetTextRenderMode, _INT, _ADDRESS)
_get_bounds = _asked_plainly(pdfium.FPDFPageObj_GetBounds, _INT, *[_ADDRESS] * 5)
_get_colour = _asked_plainly(pdfium.FPDFPageObj_GetFillColor, _INT, *[_ADDRESS] * 5)


class _Look:
    """Looks at the things on one page."""

    def __init__(self, page: object) -> None:
        self._page = ctypes.cast(cast("Any", page), ctypes.c_void_p).value
        sheet = pdfium.FS_RECTF()
        if not pdfium.FPDF_GetPageBoundingBox(page, sheet):
            raise _unreadable()
        self._sheet: _Bounds = (sheet.left, sheet.bottom, sheet.right, sheet.top)
        self._colour, self._edges = (ctypes.c_uint * 4)(), (ctypes.c_float * 4)()
        self._to_colour, self._to_edges = (
            tuple(ctypes.addressof(parts) + 4 * at for at in range(4))
            for parts in (self._colour, self._edges)
        )

    def thing(self, at: int) -> int:
        """Find a thing on the page."""
        return _get_object(self._page, at)

    def bounds(self, thing: int) -> _Bounds:
        """Measure a thing: left, bottom, right, top."""
        if not _get_bounds(thing, *self._to_edges):
            raise _unreadable()
        left, bottom, right, top = self._edges[:]
        return left, bottom, right, top

    def is_visible(self, text: int, bounds: _Bounds) -> bool:
        """Tell whether letters are filled with dark, opaque ink, on the sheet and large enough."""
        if _get_mode(text) != _FILLED or not _get_colour(text, *self._to_colour):
            return False
        red, green, blue, alpha = self._colour[:]
        if alpha != _OPAQUE or (red > _LIGHTEST and green > _LIGHTEST and blue > _LIGHTEST):
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
