"""What one signature shows: lines of text and a mark, laid on the panel's printed rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.errors import RenderRefused
from integrations.sign.pades.typeface import Typeface
from integrations.sign.pades.wording import Line, check_characters, set_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from docgen.ports.signer import Act
ROWS = 4  # Signature, Name, Title, Date and time: the labels printed left of the blanks
_TEXT, _SMALL, _HAND, _PLAIN_HAND = (
    "DocgenSerif-Regular.ttf",
    "DocgenSerifSmall-Italic.ttf",
    "MarckScript-Regular.ttf",
    "DocgenSerif-Italic.ttf",
)
_OTHER_SCRIPTS = ("Amiri-Regular.ttf", "DroidSansFallback.ttf")
_LEFT = 2.0
_BASELINE = 0.2  # of a row's height above its rule
_MARK_SHARE = 0.58  # of the width; the meaning stands in the rest
# Sizes for one, two and three lines, largest first; a row is about 22 pt high.
_TEXT_SIZES = (
    (1, (9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5)),
    (2, (6.5, 6.0, 5.5, 5.0, 4.5)),
    (3, (4.5, 4.0, 3.5)),
)
_MARK_SIZES = (
    (1, tuple(size / 2 for size in range(40, 15, -1))),
    (2, (8.0, 7.0, 6.0)),
    (3, (6.0, 5.0, 4.0)),
)
_MEANING_SIZES = ((2, (6.0,)), (3, (5.6, 5.2, 4.8)), (4, (4.6, 4.3, 4.0, 3.7, 3.4)))
_LEADING = 1.12
_LONGEST = 1000  # characters; no size fits so many, and none is tried
DEVELOPMENT_NOTE = "Development certificate, not for production"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One line of glyphs at a place and size."""

    line: Line
    x: float
    y: float
    size: float
    ink: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything one signature shows within its field."""

    width: float
    height: float
    texts: tuple[Placed, ...]
    mark_area: tuple[float, float, float, float]


class Panel:
    """Lays out signatures with the shipped fonts."""

    def __init__(self, fonts: Path) -> None:
        """Load the fonts once.

        Raises:
            ConfigurationError: a font is missing.
        """
        others = tuple(Typeface(fonts / name) for name in _OTHER_SCRIPTS)
        self._text = (Typeface(fonts / _TEXT), *others)
        self._small = (Typeface(fonts / _SMALL), *others)
        self._hands = tuple((Typeface(fonts / name), *others) for name in (_HAND, _PLAIN_HAND))

    def lay_out(self, act: Act, width: float, height: float, *, development: bool) -> Sheet:
        """Set an act's words on the rules of a field of this size.

        Raises:
            RenderRefused: a character has no glyph, or a text is too long for its rule.
        """
        row = height / ROWS
        rules = [height - (index + 1) * row for index in range(ROWS)]
        full = width - 2 * _LEFT
        mark_width = full * _MARK_SHARE
        texts: list[Placed] = []
        if act.drawn is None:
            texts += self._mark(act.typed, (_LEFT + 1, rules[0], mark_width - 1, row))
        area = (_LEFT + mark_width + 4, rules[0], full - mark_width - 4, row)
        texts += self._lines(act.meaning, self._small, area, _MEANING_SIZES)
        words = (act.name, act.title)
        for rule, text in zip(rules[1:3], words, strict=True):
            texts += self._lines(text, self._text, (_LEFT, rule, full, row), _TEXT_SIZES)
        texts += self._date(act.at, (_LEFT, rules[3], full, row), development=development)
        return Sheet(
            width=width,
            height=height,
            texts=tuple(texts),
            mark_area=(_LEFT, rules[0] + 1.5, mark_width, row - 2.5),
        )

    def _mark(self, typed: str, area: tuple[float, float, float, float]) -> Iterator[Placed]:
        """Write the adopted signature by hand, or in italics where the hand lacks a letter."""
        hand, plain = self._hands
        missing = (letter for letter in typed if not hand[0].covers(letter))
        faces = plain if any(plain[0].covers(letter) for letter in missing) else hand
        for placed in self._lines(typed, faces, area, _MARK_SIZES):
            yield replace(placed, ink=True)

    def _date(
        self, at: datetime, area: tuple[float, float, float, float], *, development: bool
    ) -> list[Placed]:
        x, rule, width, row = area
        text = f"{at:%B} {at.day}, {at:%Y, %H:%M:%S} UTC"
        share = 0.64 if development else 1.0
        placed = self._lines(text, self._text, (x, rule, width * share, row), _TEXT_SIZES)
        if development:
            note = (x + width * share + 4, rule, width * (1 - share) - 4, row)
            placed += self._lines(DEVELOPMENT_NOTE, self._small, note, _MEANING_SIZES)
        return placed

    def _lines(
        self,
        text: str,
        faces: Sequence[Typeface],
        area: tuple[float, float, float, float],
        choices: Sequence[tuple[int, Sequence[float]]],
    ) -> list[Placed]:
        """Set a text on its rule as large as fits, in as few lines as fit."""
        text = " ".join(text.split())
        if len(text) > _LONGEST:
            raise _too_long()
        check_characters(text, faces)
        x, rule, width, row = area
        whole = set_line(text, faces).width
        for count, sizes in choices:
            for size in sizes:
                if whole * size > width * count:
                    continue  # a long text is refused in one look, however long
                lines = _wrap(text, faces, width / size)
                step = size * _LEADING
                if lines is not None and len(lines) <= count and step * len(lines) <= row:
                    last = rule + (_BASELINE * row if len(lines) == 1 else size * 0.4)
                    return [
                        Placed(line=line, x=x, y=last + step * (len(lines) - 1 - index), size=size)
                        for index, line in enumerate(lines)
                    ]
        raise _too_long()


def _wrap(text: str, faces: Sequence[Typeface], width: float) -> list[Line] | None:
    """Break at spaces, or within a word that is wider than a line; `width` in ems."""
    lines: list[Line] = []
    current = ""
    for word in text.split(" "):
        tried = f"{current} {word}" if current else word
        if set_line(tried, faces).width <= width:
            current = tried
            continue
        if current:
            lines.append(set_line(current, faces))
        current = word
        while set_line(current, faces).width > width:
            cut = _longest(current, faces, width)
            if cut == 0:
                return None
            lines.append(set_line(current[:cut], faces))
            current = current[cut:]
    return [*lines, set_line(current, faces)]


def _longest(word: str, faces: Sequence[Typeface], width: float) -> int:
    low, high = 0, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if set_line(word[:middle], faces).width <= width else (low, middle - 1)
        )
    return low


def _too_long() -> RenderRefused:
    return RenderRefused(
        "A text of this signature is too long for its line; enter a shorter form of it."
    )
