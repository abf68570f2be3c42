"""What differs between two versions of an agreement, clause by clause."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from docgen.render.inline import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.render.manifest import Template
    from docgen.render.source import Node


def compare(old: Template, new: Template) -> Iterator[str]:
    """Yield one line per clause added, removed or changed, with the words that changed."""
    before, after = old.source.names, new.source.names
    for name in (*before, *(item for item in after if item not in before)):
        if name not in after:
            yield f"removed  {name}"
        elif name not in before:
            yield f"added    {name}: {_words_of(after[name])}"
        elif _whole(before[name]) != _whole(after[name]):
            changed = _changed_words(_whole(before[name]), _whole(after[name]))
            yield f"changed  {name}: {changed}"


def _words_of(node: Node) -> str:
    own = [node.heading, node.subheading]
    own += [plain(text.source) for text in (node.text, node.intro, node.tail) if text]
    return " ".join(part for part in own if part)


def _whole(node: Node) -> str:
    """A node's own words and condition, with those of parts that have no id of their own."""
    unnamed = [_whole(item) for item in (*node.items, *node.children) if not item.id]
    condition = f"[when {node.when_source}]" if node.when_source else ""
    return " ".join(part for part in (condition, _words_of(node), *unnamed) if part)


def _changed_words(old: str, new: str) -> str:
    """Mark what went as [-words-] and what came as {+words+}."""
    before, after = old.split(), new.split()
    pieces = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            kept = before[a:b]
            pieces.append(" ".join(kept) if len(kept) <= 8 else f"{' '.join(kept[:4])} … {' '.join(kept[-3:])}")  # noqa: E501, PLR2004
            continue
        if b > a:
            pieces.append(f"[-{' '.join(before[a:b])}-]")
        if d > c:
            pieces.append(f"{{+{' '.join(after[c:d])}+}}")
    return " ".join(pieces)
