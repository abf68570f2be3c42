"""What differs between two versions of an agreement, clause by clause."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from docgen.render.inline import without_markup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docgen.render.manifest import Template
    from docgen.render.nodes import Node, SourceTable

# Unchanged words shown on each side of a change.
_AROUND = 4
_OWN = ("title", "running_title", "instrument", "packet", "rule_as_of", "language")


def compare(old: Template, new: Template) -> Iterator[str]:
    """Yield one line per clause added, removed or changed, with the words that changed.

    Clauses come in the new version's order; removed ones stand last.
    """
    for key in _OWN:
        before, after = str(getattr(old, key)), str(getattr(new, key))
        if before != after:
            yield f"changed  {key}: {_changed_words(before, after)}"
    mine, theirs = _words_by_id(old), _words_by_id(new)
    for name, words in theirs.items():
        if name not in mine:
            yield f"added    {name}: {words}"
        elif mine[name] != words:
            yield f"changed  {name}: {_changed_words(mine[name], words)}"
    for name in mine:
        if name not in theirs:
            yield f"removed  {name}"


def _words_by_id(template: Template) -> Mapping[str, str]:
    """Give each id's words; parts without an id count with the part above them."""
    source = template.source
    found: dict[str, str] = {}
    if source.subtitle is not None:
        found[f"{template.slug}.subtitle"] = without_markup(source.subtitle.source)
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
    yield from (node.heading, node.subheading)
    for text in (node.intro, node.text):
        if text is not None:
            yield without_markup(text.source)
    if node.table is not None:
        yield from _table_words(node.table)
    if node.signatures:
        yield "[signatures]"
    yield from (_whole(child) for child in node.below if not child.id)
    if node.tail is not None:
        yield without_markup(node.tail.source)


def _table_words(table: SourceTable) -> Iterator[str]:
    yield table.caption
    yield f"[table of {table.rows_of or 'fixed rows'}; if none: {table.empty}]"
    for column in table.columns:
        yield f"{column.heading}:"
        yield column.value.source if column.value else ""
    for row in table.fixed:
        yield " | ".join(cell.source for cell in row)


def _changed_words(old: str, new: str) -> str:
    """Mark what went as [-words-] and what came as {+words+}."""
    before, after = old.split(), new.split()
    pieces = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(_kept(before[a:b]))
            continue
        if b > a:
            pieces.append(f"[-{' '.join(before[a:b])}-]")
        if d > c:
            pieces.append(f"{{+{' '.join(after[c:d])}+}}")
    return " ".join(pieces)


def _kept(words: Sequence[str]) -> str:
    """Shorten words that did not change to those next to a change."""
    if len(words) <= 2 * _AROUND:
        return " ".join(words)
    return f"{' '.join(words[:_AROUND])} … {' '.join(words[-_AROUND:])}"
