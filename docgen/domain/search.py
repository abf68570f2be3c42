"""Search: one plain form for names and numbers, so that case, accents and marks do not matter."""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS = 8
LONGEST_WORD = 60
# Letters that stand for themselves in Unicode's decomposition, but that people type without marks.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_APOSTROPHES = re.compile("['’ʼ`´]")
_BETWEEN = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Give the text without case, accents and punctuation, its words one space apart."""
    letters = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text))
    spread = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", letters).casefold())
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return _BETWEEN.sub(" ", bare.translate(_PLAIN)).strip()


def words_of(text: str) -> tuple[str, ...]:
    """Give the words to look for; what is longer or more than anybody types is cut off."""
    return tuple(word[:LONGEST_WORD] for word in fold(text[:1000]).split()[:MOST_WORDS])


def searchable(*texts: str) -> str:
    """Give everything to be found as one folded text, each word once.

    A number written in groups, such as an EIN, is found as written and without its hyphens.
    """
    found: dict[str, None] = {}
    for text in texts:
        found |= dict.fromkeys(fold(text).split())
        if any(letter.isdigit() for letter in text):
            found |= dict.fromkeys(fold(text.replace("-", "")).split())
    return " ".join(found)
