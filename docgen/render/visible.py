"""What a person sees of a text, in one spelling, so that two readings of it can be compared."""

from __future__ import annotations

import re
import unicodedata

from docgen.render.inline import NBSP

# Nothing a person sees: soft hyphens, joiners, places to break, marks and isolates of direction.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def visible(text: str) -> str:
    """Reduce a text to what a person sees, in one spelling."""
    if text.isascii():
        return text
    # A no-break space becomes a space anyway; without it, most texts are in this spelling already.
    plain = text.replace(NBSP, " ")
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", plain)).replace("\u2010", "-")


def letters(text: str) -> str:
    """Give the letters a person sees, without what stands between them."""
    return "".join(visible(text).split())
