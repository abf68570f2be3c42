"""What a returned redline proposes, as lines for a person and as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docgen.render.reading_diff import Change
    from docgen.services.proposals import Proposals


def told(proposed: Proposals) -> Iterator[str]:
    """Yield one line per change and comment; what went stands in [-…-], what came in {+…+}."""
    if not proposed.count:
        yield "It proposes nothing: the words are those of the draft."
        return
    yield from _listed("Changes to the words", proposed.changes)
    yield from _listed("Made without being tracked", proposed.silent)
    if proposed.comments:
        yield f"Comments: {len(proposed.comments)}"
        yield from (f"  {item.author}: {item.words}" for item in proposed.comments)


def shown(proposed: Proposals) -> dict[str, object]:
    """Give the same as plain data."""
    return {
        "changes": [_line(item) for item in proposed.changes],
        "untracked": [_line(item) for item in proposed.silent],
        "comments": [{"author": item.author, "words": item.words} for item in proposed.comments],
    }


def _listed(title: str, changes: Sequence[Change]) -> Iterator[str]:
    if changes:
        yield f"{title}: {len(changes)}"
        yield from (f"  {_line(item)}" for item in changes)


def _line(change: Change) -> str:
    words = " ".join(piece.marked for piece in change.pieces)
    return f"{change.where}: {words}" if change.where else words
