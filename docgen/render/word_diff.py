"""Two texts compared word by word, as pieces to be shown."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some words of a changed text: new, gone, or the same as before."""

    words: str
    is_new: bool = False
    is_gone: bool = False

    def shortened(self, around: int) -> Piece:
        """Leave of words that stayed only so many beside each change."""
        words = self.words.split()
        if self.is_new or self.is_gone or len(words) <= 2 * around:
            return self
        return replace(self, words=f"{' '.join(words[:around])} … {' '.join(words[-around:])}")

    @property
    def marked(self) -> str:
        """Write it for a terminal: what went as [-words-], what came as {+words+}."""
        if self.is_gone:
            return f"[-{self.words}-]"
        return f"{{+{self.words}+}}" if self.is_new else self.words


def pieces_of(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    """Yield all words of two texts, those that went before those that came in their place."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield Piece(words=" ".join(old[a:b]))
            continue
        if b > a:
            yield Piece(words=" ".join(old[a:b]), is_gone=True)
        if d > c:
            yield Piece(words=" ".join(new[c:d]), is_new=True)
