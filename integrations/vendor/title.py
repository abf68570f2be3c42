"""Titles and letters, cut to what a service takes."""

from __future__ import annotations

_MORE = "…"


def shortened(text: str, longest: int) -> str:
    """Give the text, or as much of it as fits, with a sign that there was more."""
    return text if len(text) <= longest else text[: longest - len(_MORE)] + _MORE
