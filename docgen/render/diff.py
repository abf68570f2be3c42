"""What differs between two versions of an agreement, clause by clause."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from docgen.render.inline import without_markup
from docgen.render.word_diff import Piece, pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docgen.render.manifest import Template
    from docgen.render.nodes import Node, SourceTable

# Unchanged words shown on each side of a change.
_AROUND = 4
_REFERENCE = re.compile(r"\{\{\s*ref\(\s*[\"']([^\"']+)[\"']\s*\)\s*\}\}")
_INSIDE = re.compile(r"\{[{%]-?\s*(.*?)\s*-?[}%]\}")
_OWN = ("title", "running_title", "instrument", "packet", "rule_as_of", "language")


class Change(StrEnum):
    """What became of a clause."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One clause that differs, or one fact of the manifest; the pieces hold all its words."""

    id: str
    change: Change
    pieces: tuple[Piece, ...]


def differences(old: Template, new: Template) -> Iterator[Difference]:
    """Yield every clause added, removed or changed, with all its words.

    The manifest's facts come first, then clauses in the new version's order; a removed one stands
    after what stood before it.
    """
    for key in _OWN:
        before, after = str(getattr(old, key)), str(getattr(new, key))
        if before != after:
            yield _changed(key, before, after)
    mine, theirs = words_by_id(old), words_by_id(new)
    for name in _together(list(mine), list(theirs)):
        if name not in mine:
            piece = Piece(words=theirs[name], is_new=True)
            yield Difference(id=name, change=Change.ADDED, pieces=(piece,))
        elif name not in theirs:
            piece = Piece(words=mine[name], is_gone=True)
            yield Difference(id=name, change=Change.REMOVED, pieces=(piece,))
        elif mine[name] != theirs[name]:
            yield _changed(name, mine[name], theirs[name])


def compare(old: Template, new: Template) -> Iterator[str]:
    """Yield one line per difference, with the words that changed and some around them."""
    for item in differences(old, new):
        match item.change:
            case Change.REMOVED:
                yield f"removed  {item.id}"
            case Change.ADDED:
                yield f"added    {item.id}: {item.pieces[0].words}"
            case Change.CHANGED:
                yield f"changed  {item.id}: {_line(item)}"


def difference_rows(old: Template, new: Template) -> list[dict[str, object]]:
    """List every difference for programs: id, change, and each piece with what became of it."""
    return [asdict(item) for item in differences(old, new)]


def _line(item: Difference) -> str:
    return " ".join(piece.shortened(_AROUND).marked for piece in item.pieces)


def _together(old: Sequence[str], new: Sequence[str]) -> Sequence[str]:
    """Join two orders: the new one, with what it lacks after what stood before that."""
    known, order, at = set(new), list(new), 0
    for name in old:
        if name in known:
            at = order.index(name) + 1
        else:
            order.insert(at, name)
            at += 1
    return order


def words_by_id(template: Template) -> Mapping[str, str]:
    """Give each id's words; parts without an id count with the part above them.

    What is filled in, and what says when a part is printed, stands in square brackets.
    """
    source = template.source
    found: dict[str, str] = {}
    if source.subtitle is not None:
        found[f"{template.slug}.subtitle"] = _readable(source.subtitle.source)
    for part, nodes in source.parts.items():
        for node in nodes:
            found |= dict(_named(node))
        unnamed = " ".join(_whole(node) for node in nodes if not node.id)
        if unnamed:
            found[f"{template.slug}: {part}"] = unnamed
    return found


def _named(node: Node) -> Iterator[tuple[str, str]]:
    for part in node.walk():
        if part.id:
            yield part.id, _whole(part)


def _whole(node: Node) -> str:
    """Give a node's condition and words, with those of the parts in it that have no id."""
    return " ".join(piece for piece in _pieces(node) if piece)


def _pieces(node: Node) -> Iterator[str]:
    if node.when_source:
        yield f"[when {node.when_source}]"
    if node.heading:
        yield f"{node.heading}."
    yield node.subheading
    for text in (node.intro, node.text):
        if text is not None:
            yield _readable(text.source)
    if node.table is not None:
        yield from _table_words(node.table)
    if node.signatures:
        yield "[signatures]"
    yield from (_whole(child) for child in node.below if not child.id)
    if node.tail is not None:
        yield _readable(node.tail.source)


def _table_words(table: SourceTable) -> Iterator[str]:
    yield table.caption
    yield f"[table of {table.rows_of or 'fixed rows'}; if none: {table.empty}]"
    for column in table.columns:
        yield f"{column.heading}:"
        yield _readable(column.value.source) if column.value else ""
    for row in table.fixed:
        yield " | ".join(_readable(cell.source) for cell in row)


def _readable(source: str) -> str:
    """Write a source text for people: no markup, and fields and conditions in square brackets."""
    words = _REFERENCE.sub(r"[see \1]", without_markup(source))
    return _INSIDE.sub(r"[\1]", words)


def _changed(name: str, old: str, new: str) -> Difference:
    """Compare two texts word by word."""
    pieces = tuple(pieces_of(old.split(), new.split()))
    return Difference(id=name, change=Change.CHANGED, pieces=pieces)
