"""Spot names whose letters look like others, so that a person takes a second look."""

from __future__ import annotations

import re
import unicodedata

# Letters that cannot be told from a Latin one in print (a subset of Unicode UTS #39 confusables).
_PAIRS = (
    # Cyrillic
    ("\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c", "ABESIJKM"),
    ("\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0430", "HOPCTYXa"),
    ("\u0435\u043e\u0455\u0456\u0458\u0440\u0441\u0443", "eosijpcy"),
    ("\u0445\u0501\u051b\u051d\u04ba\u04bb\u04cf", "xdqwhhl"),
    # Greek
    ("\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c", "ABEZHIKM"),
    ("\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bd\u03bf", "NOPTYXvo"),
    ("\u03c1", "p"),
)
_LOOKALIKE = {
    theirs: ours for letters, latin in _PAIRS for theirs, ours in zip(letters, latin, strict=True)
}
_LATIN = "LATIN"
_LATIN_ONLY = frozenset({_LATIN})
_TOGETHER = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA", _LATIN}),
    frozenset({"CJK", "HANGUL", _LATIN}),
    frozenset({"CJK", "BOPOMOFO", _LATIN}),
)
_SCRIPTS = frozenset(
    [
        *("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN", "HEBREW", "ARABIC", "SYRIAC"),
        *("DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "TAMIL", "TELUGU", "KANNADA"),
        *("MALAYALAM", "SINHALA", "THAI", "LAO", "TIBETAN", "MYANMAR", "KHMER", "ETHIOPIC"),
        *("CHEROKEE", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "COPTIC", "LISU"),
    ]
)


def looks_confusable(text: str) -> bool:
    """Say whether a word mixes alphabets, or imitates Latin letters beside Latin words."""
    if text.isascii():
        return False
    words = [word for word in re.split(r"[\W\d_]+", text) if word]
    spelled = [(word, _scripts(word)) for word in words]
    if any(_mixes(scripts) for _, scripts in spelled):
        return True
    has_latin = any(_LATIN in scripts for _, scripts in spelled)
    return has_latin and any(_imitates(word) for word, _ in spelled)


def skeleton(text: str) -> str:
    """Return a form under which names that look alike in print are equal."""
    plain = "".join(_LOOKALIKE.get(char, char) for char in unicodedata.normalize("NFKC", text))
    return " ".join(plain.casefold().split())


def _scripts(word: str) -> frozenset[str]:
    if word.isascii():
        return _LATIN_ONLY
    names = (unicodedata.name(char, "").split(" ")[0] for char in word)
    return frozenset(name for name in names if name in _SCRIPTS)


def _mixes(scripts: frozenset[str]) -> bool:
    return len(scripts) > 1 and not any(scripts <= group for group in _TOGETHER)


def _imitates(word: str) -> bool:
    return len(word) > 1 and all(char in _LOOKALIKE for char in word)
