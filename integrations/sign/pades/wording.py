"""Words in any script as one line of glyphs: the right font for each part, in reading order."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from docgen.errors import RenderRefused
from integrations.sign.pades.typeface import Glyph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integrations.sign.pades.typeface import Typeface

_JOINERS = "\u200c\u200d"
_LEFTWARDS = {"R", "AL"}
_NUMBERS = {"EN", "AN"}
_EM = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Glyphs in the order they are drawn, and their width at size 1."""

    glyphs: tuple[Glyph, ...]

    @property
    def width(self) -> float:
        """Give the width in ems."""
        return sum(glyph.advance for glyph in self.glyphs) / _EM


def check_characters(text: str, faces: Sequence[Typeface]) -> None:
    """Refuse what no shipped font shows, and what would show as something else.

    Raises:
        RenderRefused: the message names code points, never the text.
    """
    bad = sorted({character for character in text if not _shows(character, faces)})
    if bad:
        points = ", ".join(f"U+{ord(character):04X}" for character in bad[:8])
        raise RenderRefused(
            f"The signature cannot show {points}; enter the name and the other words without."
        )


def set_line(text: str, faces: Sequence[Typeface]) -> Line:
    """Shape one line; the first face that has a character draws it."""
    levels = _levels(text)
    glyphs: list[Glyph] = []
    for level, start, end in _ordered(levels):
        part = text[start:end]
        runs = [
            (face, "".join(character for _, character in group))
            for face, group in groupby(_faces(part, faces), key=lambda item: item[0])
        ]
        leftwards = level % 2 == 1
        for face, words in reversed(runs) if leftwards else runs:
            glyphs.extend(face.shape(words, leftwards=leftwards))
    return Line(glyphs=tuple(glyphs))


def _shows(character: str, faces: Sequence[Typeface]) -> bool:
    if character in _JOINERS:
        return True
    printable = unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return printable and any(face.covers(character) for face in faces)


def _faces(text: str, faces: Sequence[Typeface]) -> list[tuple[Typeface, str]]:
    """Give each character its face; marks, joiners and spaces stay with what they follow."""
    chosen: list[tuple[Typeface, str]] = []
    for character in text:
        before = chosen[-1][0] if chosen else None
        first = next((face for face in faces if face.covers(character)), faces[0])
        stays = (
            unicodedata.category(character)[0] in "MZP" or character in _JOINERS
        ) and before is not None
        if stays and before is not None and (before.covers(character) or character in _JOINERS):
            first = before
        chosen.append((first, character))
    return chosen


def _levels(text: str) -> list[int]:
    """Give each character its embedding level, after the Unicode bidirectional algorithm.

    Explicit controls are refused earlier, so the rules for strong, number and neutral characters
    are all there is (UAX #9, P2, I1, I2 and N1, N2 in a simple form).
    """
    kinds = [unicodedata.bidirectional(character) for character in text]
    strong = [kind for kind in kinds if kind == "L" or kind in _LEFTWARDS]
    base = 1 if strong and strong[0] in _LEFTWARDS else 0
    if base == 0 and not any(kind in _LEFTWARDS for kind in strong):
        return [0] * len(text)
    levels: list[int | None] = []
    within = base
    for kind in kinds:
        if kind in _LEFTWARDS:
            within = 1
            levels.append(1)
        elif kind == "L":
            within = 2 * base
            levels.append(within)
        elif kind in _NUMBERS:
            levels.append(2 if within == 1 else within)
        else:
            levels.append(None)
    return _settle(levels, base)


def _settle(levels: Sequence[int | None], base: int) -> list[int]:
    """Let neutral characters follow their neighbours where those agree, else the line."""
    settled: list[int] = []
    for index, level in enumerate(levels):
        if level is not None:
            settled.append(level)
            continue
        before = next((item for item in reversed(levels[:index]) if item is not None), base)
        after = next((item for item in levels[index:] if item is not None), base)
        # A number counts as leftwards here (N1): its neighbours are what it stands among.
        sides = {1 if base == 0 and side == 2 else side for side in (before, after)}  # noqa: PLR2004 -- a bidi level
        settled.append(sides.pop() if len(sides) == 1 else base)
    return settled


def _ordered(levels: Sequence[int]) -> list[tuple[int, int, int]]:
    """Give runs of one level as (level, start, end) in the order they are drawn (UAX #9, L2)."""
    runs: list[tuple[int, int, int]] = []
    for index, level in enumerate(levels):
        if runs and runs[-1][0] == level:
            runs[-1] = (level, runs[-1][1], index + 1)
        else:
            runs.append((level, index, index + 1))
    for threshold in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(runs):
            end = start
            while end < len(runs) and runs[end][0] >= threshold:
                end += 1
            runs[start:end] = reversed(runs[start:end])
            start = max(end, start + 1)
    return runs
