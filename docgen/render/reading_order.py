"""PDFium's order of a line that mixes directions, put back to the order in which it was set.

PDFium reads a line in which stretches of right-to-left letters outnumber those of left-to-right
letters from its right end (CFX_BidiString). Our lines always run from left to right, so such a line
would come back with its words, and with the cells of a table's row, in reverse. Two lines between
which a hyphen parts a word are one line to it.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff]")
_LEFT, _RIGHT, _WEAK, _NEUTRAL = range(4)
_DIRECTIONS = {
    "L": _LEFT,
    "R": _RIGHT,
    "AL": _RIGHT,
    **dict.fromkeys(("AN", "EN", "NSM", "CS", "ES", "ET", "BN"), _WEAK),
}


def in_line_order(page: str) -> str:
    """Return a page's text with every line's stretches from left to right."""
    if not _RIGHT_TO_LEFT.search(page):
        return page
    return "\n".join(map(_from_the_left, page.split("\n")))


def _from_the_left(line: str) -> str:
    stretches = [(way, "".join(letters)) for way, letters in groupby(line, _direction)]
    ways = [way for way, _ in stretches]
    if ways.count(_RIGHT) <= ways.count(_LEFT):
        return line
    return "".join(stretch for _, stretch in reversed(stretches))


def _direction(letter: str) -> int:
    return _DIRECTIONS.get(unicodedata.bidirectional(letter), _NEUTRAL)
