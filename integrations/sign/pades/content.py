"""Where the marked pieces of a page begin, read from its content stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content_stream_parser import parse_content_stream
from pyhanko.pdf_utils.misc import PdfError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integrations.sign.pades.objects import Pdf

Matrix = tuple[float, float, float, float, float, float]

_UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_MATRIX_LENGTH = 6


def places_of_marks(page: generic.DictionaryObject) -> Mapping[int, tuple[float, float]]:
    """Tell for each marked-content id where its first text begins, in PDF points.

    A page that cannot be read this way has no known places.
    """
    reading = _Reading()
    try:
        contents = page["/Contents"]
        streams = contents if isinstance(contents, generic.ArrayObject) else [contents]
        for operation in parse_content_stream([part.get_object() for part in streams]):
            reading.take(operation.op, operation.args)
    except (PdfError, KeyError, ValueError, TypeError, IndexError, AssertionError):
        return {}
    return reading.places


class PageMarks:
    """The places of marks on the pages of one file; each page is read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Mapping[int, tuple[float, float]]] = {}

    def on(self, page: Pdf) -> Mapping[int, tuple[float, float]]:
        """Give `places_of_marks` of a page, which whoever places fields on it leaves as it is."""
        name = (page.idnum, page.generation)
        if name not in self._known:
            self._known[name] = places_of_marks(page.get_object())
        return self._known[name]


class _Reading:
    """The part of a graphics state that places text."""

    def __init__(self) -> None:
        self.places: dict[int, tuple[float, float]] = {}
        self._page = _UNIT
        self._saved: list[Matrix] = []
        self._line = _UNIT
        self._marks: list[int | None] = []

    def take(self, operator: str, arguments: list[Any]) -> None:
        """Follow one operator."""
        match operator:
            case "q":
                self._saved.append(self._page)
            case "Q":
                self._page = self._saved.pop()
            case "cm":
                self._page = _times(_matrix(arguments), self._page)
            case "BT" | "Tm" | "Td" | "TD":
                self._move(operator, arguments)
            case "BMC" | "BDC" | "EMC":
                self._mark(operator, arguments)
            case "Tj" | "TJ" | "'" | '"':
                self._show()
            case _:
                pass

    def _move(self, operator: str, arguments: list[Any]) -> None:
        match operator:
            case "BT":
                self._line = _UNIT
            case "Tm":
                self._line = _matrix(arguments)
            case _:
                right, up = (float(value) for value in arguments)
                self._line = _times((1.0, 0.0, 0.0, 1.0, right, up), self._line)

    def _mark(self, operator: str, arguments: list[Any]) -> None:
        if operator == "EMC":
            self._marks.pop()
            return
        properties = arguments[-1] if operator == "BDC" else None
        known = isinstance(properties, generic.DictionaryObject) and "/MCID" in properties
        self._marks.append(int(properties["/MCID"]) if known and properties is not None else None)

    def _show(self) -> None:
        mark = next((mark for mark in reversed(self._marks) if mark is not None), None)
        if mark is not None and mark not in self.places:
            *_, x, y = _times(self._line, self._page)
            self.places[mark] = (x, y)


def _matrix(arguments: list[Any]) -> Matrix:
    if len(arguments) != _MATRIX_LENGTH:
        raise ValueError
    a, b, c, d, e, f = (float(value) for value in arguments)
    return a, b, c, d, e, f


def _times(left: Matrix, right: Matrix) -> Matrix:
    a, b, c, d, e, f = left
    g, h, i, j, k, m = right
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )
