"""Stand-ins for values that nobody has given: bracketed blanks, for review ahead of enrollment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPARISON = re.compile(r"(\w+) (==|!=) [\"'](\w+)[\"']")


class Blank:
    """Prints as a bracketed description of itself, and so does everything below it."""

    def __init__(self, group: str, path: str = "") -> None:
        self._group = group
        self._path = path

    def __getattr__(self, name: str) -> Blank:
        if name.startswith("_"):
            raise AttributeError(name)
        return Blank(self._group, f"{self._path} {name}".strip())

    def __str__(self) -> str:
        group = spoken(self._group)
        return f"[{group}: {spoken(self._path)}]" if self._path else f"[{group}]"

    def __iter__(self) -> Iterator[Blank]:
        yield self

    def __len__(self) -> int:
        return 1

    def __contains__(self, item: object) -> bool:
        return True


def spoken(name: str) -> str:
    """Write a field's name as words."""
    return name.removesuffix("_text").replace("_", " ")


def condition_note(condition: str) -> str:
    """Write a condition as a note for readers, in our inline markup."""
    words = _COMPARISON.sub(
        lambda match: f"{match[1]} {'is' if match[2] == '==' else 'is not'} “{match[3]}”",
        condition,
    )
    words = words.replace("flags.", "").replace(".", ": ").replace("_", " ")
    return f"*[The next part is printed when: {words}.]*"
