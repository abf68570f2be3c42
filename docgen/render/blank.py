"""Stand-ins for values that nobody has given: bracketed blanks, for review before anyone enrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Blank:
    """Prints as a bracketed description of itself, and so does everything below it."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __getattr__(self, name: str) -> Blank:
        if name.startswith("__"):
            raise AttributeError(name)
        return Blank(f"{self._path}: {name}" if self._path else name)

    def __str__(self) -> str:
        words = self._path.replace("_text", "").replace("_", " ")
        return f"[{words}]"

    def __html__(self) -> str:
        return str(self)

    def __iter__(self) -> Iterator[Blank]:
        yield Blank(self._path)

    def __len__(self) -> int:
        return 1

    def __contains__(self, item: object) -> bool:
        return True
