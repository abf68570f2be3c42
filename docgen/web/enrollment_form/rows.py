"""Rows inside a page: added, removed and moved by a button that submits and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docgen.domain.enrollment.leaves import undotted

if TYPE_CHECKING:
    from docgen.domain.enrollment.leaves import Path

ADD, REMOVE, UP, DOWN = "add", "remove", "up", "down"
ACTS = frozenset({ADD, REMOVE, UP, DOWN})


def asked(act: str) -> tuple[str, Path] | None:
    """Read what a button asks for, as `up:practice.dba.2`; None when it is no such button."""
    what, _, name = act.partition(":")
    return (what, undotted(name)) if what in ACTS and name else None


def rearrange(values: dict[str, Any], act: str, path: Path) -> None:
    """Carry out a button's act on the values; one that leads nowhere changes nothing."""
    number = path[-1] if act != ADD and isinstance(path[-1], int) else None
    node: Any = values
    for piece in path if number is None else path[:-1]:
        if isinstance(node, dict):
            node = node.setdefault(piece, [] if act == ADD and piece == path[-1] else {})
        elif isinstance(node, list) and isinstance(piece, int) and piece < len(node):
            node = node[piece]
        else:
            return
    if isinstance(node, list):
        shift(node, act, len(node) if number is None else number)


def shift(rows: list[Any], act: str, number: int) -> None:
    """Add, remove or move one row."""
    if act == ADD:
        rows.append({})
    elif number < len(rows):
        row = rows.pop(number)
        if act != REMOVE:
            rows.insert(max(number + (1 if act == DOWN else -1), 0), row)
