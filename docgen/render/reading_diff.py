"""What differs between two renderings of one document, as a person reads them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import html as lxml_html

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLOCKS = ("p", "h1", "h2", "h3", "tr", "caption")
_AROUND = 6  # unchanged words shown on each side of a change
_MARGINALIA = frozenset({"mark"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some words of a changed paragraph: new, gone, or the same as before."""

    words: str
    is_new: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One paragraph, heading or table row that differs; `where` is the heading it stands under."""

    where: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    where: str
    words: tuple[str, ...]


def changed_parts(before: str, after: str) -> list[Change]:
    """List what differs between two reading views, in reading order.

    The control line at the foot differs by its nature and is left out.
    """
    old, new = list(_blocks(before)), list(_blocks(after))
    matcher = difflib.SequenceMatcher(
        None, [item.words for item in old], [item.words for item in new], autojunk=False
    )
    changes: list[Change] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            changes += _paired(old[a:b], new[c:d])
    return changes


def _paired(gone: Sequence[_Block], come: Sequence[_Block]) -> Iterator[Change]:
    """Compare paragraphs that stand for each other; the rest are wholly gone or wholly new."""
    both = min(len(gone), len(come))
    for old, new in zip(gone[:both], come[:both], strict=True):
        yield Change(where=new.where, pieces=tuple(_pieces(old.words, new.words)))
    for block in gone[both:]:
        yield Change(where=block.where, pieces=(Piece(words=" ".join(block.words), is_gone=True),))
    for block in come[both:]:
        yield Change(where=block.where, pieces=(Piece(words=" ".join(block.words), is_new=True),))


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield Piece(words=_shortened(old[a:b]))
            continue
        if b > a:
            yield Piece(words=" ".join(old[a:b]), is_gone=True)
        if d > c:
            yield Piece(words=" ".join(new[c:d]), is_new=True)


def _shortened(words: Sequence[str]) -> str:
    if len(words) <= 2 * _AROUND:
        return " ".join(words)
    return f"{' '.join(words[:_AROUND])} … {' '.join(words[-_AROUND:])}"


def _blocks(page: str) -> Iterator[_Block]:
    (main,) = lxml_html.document_fromstring(page).iter("main")
    where = ""
    for element in main.iter(*_BLOCKS):
        if element.get("class") in _MARGINALIA or element.getparent().tag == "td":
            continue
        cells = element.iter("td", "th") if element.tag == "tr" else [element]
        words = tuple(" | ".join(" ".join(cell.text_content().split()) for cell in cells).split())
        if element.tag in {"h1", "h2", "h3"}:
            where = " ".join(words)
        if words:
            yield _Block(where=where, words=words)
