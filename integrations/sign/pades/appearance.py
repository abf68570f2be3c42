"""A signature's appearance stream: glyphs and strokes in one form, with its own embedded fonts."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby, pairwise
from math import isfinite
from typing import TYPE_CHECKING

from docgen.errors import RenderRefused
from integrations.sign.pades.objects import array, dictionary, name, number, stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docgen.ports.signer import DrawnMark
    from integrations.sign.pades.objects import Pdf
    from integrations.sign.pades.panel import Placed, Sheet
    from integrations.sign.pades.revision import Revision
    from integrations.sign.pades.typeface import Typeface

INK = "0.05 0.11 0.42"
_BOX = (1000.0, 300.0)
_POINTS_LIMIT = 20_000
_PEN = 1.1
_DOT = 0.02
_EM = 1000
_NO_SHIFT = 0.01

Numbers = dict["Typeface", "Mapping[int, int]"]


def draw(revision: Revision, sheet: Sheet, drawn: DrawnMark | None) -> Pdf:
    """Add the appearance stream for this sheet.

    Raises:
        RenderRefused: the drawn mark has no strokes, too many points, or numbers that are none.
    """
    names: dict[Typeface, str] = {}
    numbers: Numbers = {}
    fonts: dict[str, Pdf] = {}
    for face, used in _used(sheet).items():
        names[face] = f"F{len(names)}"
        fonts[names[face]], numbers[face] = face.embed(revision, used)
    parts = [*_strokes(drawn, sheet.mark_area)] if drawn is not None else []
    for placed in sheet.texts:
        parts.extend(_text(placed, names, numbers))
    return revision.add_object(
        stream(
            "\n".join(parts).encode("ascii"),
            Type=name("XObject"),
            Subtype=name("Form"),
            BBox=array(number(0), number(0), number(sheet.width), number(sheet.height)),
            Resources=dictionary(Font=dictionary(**fonts)),
        )
    )


def _used(sheet: Sheet) -> Mapping[Typeface, dict[int, str]]:
    used: dict[Typeface, dict[int, str]] = defaultdict(dict)
    for placed in sheet.texts:
        for glyph in placed.line.glyphs:
            used[glyph.face].setdefault(glyph.number, glyph.text)
    return used


def _text(placed: Placed, names: Mapping[Typeface, str], numbers: Numbers) -> Iterator[str]:
    """Show one line; every glyph at its shaped place, kerning and raised marks included."""
    yield f"q {INK if placed.ink else '0 0 0'} rg BT"
    yield f"1 0 0 1 {_number(placed.x)} {_number(placed.y)} Tm"
    wanted = reached = 0.0
    for (face, up), glyphs in groupby(placed.line.glyphs, key=lambda glyph: (glyph.face, glyph.up)):
        yield f"/{names[face]} {_number(placed.size)} Tf {_number(up * placed.size / _EM)} Ts"
        pieces = []
        for glyph in glyphs:
            shift = reached - (wanted + glyph.right)
            code = f"<{numbers[face][glyph.number]:04X}>"
            pieces.append(f"{_number(shift)} {code}" if abs(shift) >= _NO_SHIFT else code)
            reached = wanted + glyph.right + face.width(glyph.number)
            wanted += glyph.advance
        yield f"[{' '.join(pieces)}] TJ"
    yield "ET Q"


def _strokes(drawn: DrawnMark, area: tuple[float, float, float, float]) -> Iterator[str]:
    """Draw the strokes with a round pen, curved through the middles of their points."""
    count = sum(map(len, drawn.strokes))
    finite = all(isfinite(value) for line in drawn.strokes for point in line for value in point)
    if not 0 < count <= _POINTS_LIMIT or not finite:
        raise RenderRefused("The drawn signature cannot be used; draw it again.")
    x, y, width, height = area
    scale = min(width / _BOX[0], height / _BOX[1])

    def place(point: tuple[float, float]) -> tuple[float, float]:
        right, down = (
            min(max(value, 0.0), limit) for value, limit in zip(point, _BOX, strict=True)
        )
        return x + right * scale, y + (_BOX[1] - down) * scale

    yield f"q {INK} RG {_PEN} w 1 J 1 j"
    for stroke in drawn.strokes:
        points = [place(point) for point in stroke]
        if points:
            yield from _stroke(points)
    yield "Q"


def _stroke(points: list[tuple[float, float]]) -> Iterator[str]:
    middles = [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in pairwise(points)]
    yield f"{_pair(points[0])} m {_pair(middles[0] if middles else points[0])} l"
    for control, (start, end) in zip(points[1:-1], pairwise(middles), strict=True):
        # A quadratic curve through its control point, raised to the cubic that PDF knows.
        yield f"{_pair(_toward(start, control))} {_pair(_toward(end, control))} {_pair(end)} c"
    right, up = points[-1]
    yield f"{_pair((right + _DOT, up))} l S"  # a single point is a dot, in every viewer


def _toward(point: tuple[float, float], control: tuple[float, float]) -> tuple[float, float]:
    (a, b), (c, d) = point, control
    return a + (c - a) * 2 / 3, b + (d - b) * 2 / 3


def _pair(point: tuple[float, float]) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") or "0"
