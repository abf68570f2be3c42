"""What differs between two texts of one document, as a person reads them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import html as lxml_html

from docgen.render.word_diff import Piece, pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLOCKS = ("p", "h1", "h2", "h3", "tr", "caption")
_AROUND = 6  # unchanged words shown on each side of a change
_MARGINALIA = frozenset({"mark"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One paragraph, heading or table row that differs; `where` is the heading it stands under."""

    where: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, heading or table row as its words, and the heading it stands under."""

    where: str
    words: tuple[str, ...]


def changed_parts(before: str, after: str) -> list[Change]:
    """List what differs between two reading views, in reading order.

    The control line at the foot differs by its nature and is left out.
    """
    return differences(list(_blocks(before)), list(_blocks(after)))


def differences(old: Sequence[Block], new: Sequence[Block]) -> list[Change]:
    """List what differs between two texts, in reading order."""
    matcher = difflib.SequenceMatcher(
        None, [item.words for item in old], [item.words for item in new], autojunk=False
    )
    changes: list[Change] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            changes += _paired(old[a:b], new[c:d])
    return changes


def _paired(gone: Sequence[Block], come: Sequence[Block]) -> Iterator[Change]:
    """Compare paragraphs that stand for each other; the rest are wholly gone or wholly new."""
    both = min(len(gone), len(come))
    for old, new in zip(gone[:both], come[:both], strict=True):
        found = pieces_of(old.words, new.words)
        yield Change(where=new.where, pieces=tuple(item.shortened(_AROUND) for item in found))
    for block in gone[both:]:
        yield Change(where=block.where, pieces=(Piece(words=" ".join(block.words), is_gone=True),))
    for block in come[both:]:
        yield Change(where=block.where, pieces=(Piece(words=" ".join(block.words), is_new=True),))


def _blocks(page: str) -> Iterator[Block]:
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
            yield Block(where=where, words=words)
