"""Inline markup to runs: `**bold**`, `*italic*`, folded white space, spaces that never break."""

from __future__ import annotations

import re
from functools import lru_cache

from docgen.domain.document import Run
from docgen.errors import TemplateInvalid
from docgen.render.expressions import CLOSE, OPEN

NBSP = "\u00a0"

_PIECES = re.compile(f"({OPEN}[^{CLOSE}]*{CLOSE}|\\*\\*|\\*)")
_ABBREVIATED = re.compile(rf"\w\.{CLOSE}\Z")
_STOP = re.compile(r"\.(?!\.)")
_FOLD = re.compile(r"[ \t\r\n]{2,}|[\t\r\n]")
# A label and its number stay on one line, and so do the parts of a citation.
_KEEP_TOGETHER = re.compile(
    r"(§|\bSections?|\bArticles?|\bExhibits?|\bPart|\bCFR|U\.S\.C\.) (?=[\d§]|[A-Z]\b|Part\b)"
    r"|(\d) (?=CFR\b|FR\b|U\.S\.C\.)"
)


# Most texts of an agreement stand in every packet; the bound keeps a long-running worker flat.
@lru_cache(maxsize=4096)
def parse_inline(text: str, where: str) -> tuple[Run, ...]:
    """Turn an evaluated text into runs; what stands in a value is never markup.

    Raises:
        TemplateInvalid: an asterisk is left open.
    """
    bold = italic = abbreviated = False
    pieces: list[tuple[str, bool, bool]] = []
    for piece in _PIECES.split(text):
        if piece == "**":
            bold = not bold
        elif piece == "*":
            italic = not italic
        elif piece.startswith(OPEN):
            pieces.append((piece[1:-1], bold, italic))
            abbreviated = _ABBREVIATED.search(piece) is not None
        elif piece:
            # A value that ends in the period of an abbreviation ("Inc.") also ends the sentence.
            own = piece[1:] if abbreviated and _STOP.match(piece) else piece
            pieces.append((_tied(own), bold, italic))
            abbreviated = False
    if bold or italic:
        raise TemplateInvalid(f"{where}: a ** or * is opened and never closed.")
    return _folded(pieces)


@lru_cache(maxsize=4096)
def _tied(piece: str) -> str:
    """Fold the white space of our own words and keep together what belongs together."""
    text = _FOLD.sub(" ", piece)
    return _KEEP_TOGETHER.sub(lambda match: f"{match[1] or match[2]}{NBSP}", text)


def _folded(pieces: list[tuple[str, bool, bool]]) -> tuple[Run, ...]:
    """Fold white space across pieces, trim both ends, and join pieces of one style."""
    runs: list[Run] = []
    at_space = True
    for piece, bold, italic in pieces:
        text = _FOLD.sub(" ", piece)
        if at_space:
            text = text.lstrip(" ")
        if not text:
            continue
        at_space = text.endswith(" ")
        if runs and (runs[-1].bold, runs[-1].italic) == (bold, italic):
            text = runs.pop().text + text
        runs.append(Run(text=text, bold=bold, italic=italic))
    if runs and runs[-1].text.endswith(" "):
        last = runs.pop()
        trimmed = last.text.rstrip(" ")
        if trimmed:
            runs.append(Run(text=trimmed, bold=last.bold, italic=last.italic))
    return tuple(runs)


def plain(text: str) -> str:
    """Give an evaluated text without markup or wrapping, white space folded."""
    return fold(text.replace(OPEN, "").replace(CLOSE, ""))


def fold(text: str) -> str:
    """Fold white space to single spaces and trim both ends."""
    return _FOLD.sub(" ", text).strip(" ")


def without_markup(source: str) -> str:
    """Give a source text's words: asterisks gone, white space folded."""
    return fold(source.replace("*", ""))
