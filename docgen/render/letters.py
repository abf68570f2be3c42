"""Text as the gate compares it: letters and figures, without what layout adds or takes away."""

from __future__ import annotations

import re
import unicodedata

# What typesetting may insert, drop or break at: spaces, hyphens of every kind, marks of direction.
_LAYOUT = re.compile(r"[\s\u00ad\u2010\u2011\u2012\u002d\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufffe\ufeff]")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufffe\ufeff]")
_FIGURES = re.compile(r"\d+")


def letters(text: str) -> str:
    """Reduce a text to what must be equal in every form (NFKC, no white space, no hyphens)."""
    return _LAYOUT.sub("", unicodedata.normalize("NFKC", text))


def figures(text: str) -> list[str]:
    """List the whole numbers of a text in order, so that a shifted digit shows."""
    return _FIGURES.findall(_visible(text))


def inner_figures(line: str) -> list[str]:
    """List the numbers of a line that touch neither its beginning nor its end."""
    text = _visible(line).strip()
    return [
        match.group() for match in _FIGURES.finditer(text) if match.start() and match.end() < len(text)
    ]


def _visible(text: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
