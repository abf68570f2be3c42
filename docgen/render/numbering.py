"""Numbers of everything that is printed, and the labels by which references name it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.domain.document import BlockKind
from docgen.render.inline import NBSP
from docgen.render.nodes import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docgen.render.nodes import Source

_ALPHABET = 26
_ROMAN = ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def alphabetic(number: int) -> str:
    """Count A, B ... Z, AA, AB ... for 1, 2 ..."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, _ALPHABET)
        letters = chr(ord("A") + rest) + letters
    return letters


def roman(number: int) -> str:
    """Write a number below 90 in small Roman numerals."""
    text = ""
    for value, letters in _ROMAN:
        while number >= value:
            text += letters
            number -= value
    return text


def item_number(position: int, level: int) -> str:
    """Number an item: (a) at level 1, (i) at level 2, (A) at level 3."""
    match level:
        case 1:
            return f"({alphabetic(position).lower()})"
        case 2:
            return f"({roman(position)})"
        case _:
            return f"({alphabetic(position)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A node that is printed, with its number and the label references use ("" for none)."""

    node: Node
    kind: BlockKind
    number: str = ""
    label: str = ""
    level: int = 0
    below: tuple[Place, ...] = field(default=())

    def walk(self) -> Iterator[Place]:
        """Yield this place and every one below it, in printed order."""
        yield self
        for place in self.below:
            yield from place.walk()


def number_places(source: Source, is_shown: Callable[[Node], bool]) -> tuple[Place, ...]:
    """Number what is shown, in printed order; what is left out takes no number."""
    return tuple(_Numbering(is_shown).places(source))


class _Numbering:
    """One counting through a source."""

    def __init__(self, is_shown: Callable[[Node], bool]) -> None:
        self._is_shown = is_shown

    def _counted(self, nodes: Sequence[Node]) -> Iterator[tuple[int, Node]]:
        return enumerate((node for node in nodes if self._is_shown(node)), start=1)

    def places(self, source: Source) -> Iterator[Place]:
        """Yield the top of the document's tree."""
        parts = source.parts
        for _, node in self._counted(parts["preamble"]):
            yield Place(node=node, kind=BlockKind.PARAGRAPH)
        for position, node in self._counted(parts["recitals"]):
            letter = alphabetic(position)
            label = f"Recital{NBSP}{letter}"
            yield Place(node=node, kind=BlockKind.RECITAL, number=f"{letter}.", label=label)
        for position, node in self._counted(parts["articles"]):
            yield self._article(node, position)
        for _, node in self._counted(parts["closing"]):
            yield Place(node=node, kind=BlockKind.PARAGRAPH)
        for position, node in self._counted(parts["exhibits"]):
            yield self._exhibit(node, alphabetic(position))

    def _article(self, node: Node, number: int) -> Place:
        return Place(
            node=node,
            kind=BlockKind.ARTICLE,
            number=f"{number}.",
            label=f"Article{NBSP}{number}",
            below=tuple(
                self._clause(child, f"{number}.{position}")
                for position, child in self._counted(node.children)
            ),
        )

    def _clause(self, node: Node, number: str) -> Place:
        label = f"Section{NBSP}{number}"
        return Place(
            node=node,
            kind=BlockKind.CLAUSE,
            number=number,
            label=label,
            below=self._items(node, lambda path: f"{label}{path}"),
        )

    def _items(
        self, node: Node, name: Callable[[str], str], above: str = "", level: int = 1
    ) -> tuple[Place, ...]:
        places = []
        for position, child in self._counted(node.items):
            number = item_number(position, level)
            path = f"{above}{number}"
            places.append(
                Place(
                    node=child,
                    kind=BlockKind.ITEM,
                    number=number,
                    label=name(path),
                    level=level,
                    below=self._items(child, name, path, level + 1),
                )
            )
        return tuple(places)

    def _exhibit(self, node: Node, letter: str) -> Place:
        label = f"Exhibit{NBSP}{letter}"
        below: list[Place] = []
        clauses = 0
        for _, child in self._counted(node.children):
            if child.heading:
                clauses += 1
                below.append(self._clause(child, f"{letter}.{clauses}"))
            elif child.subheading:
                below.append(Place(node=child, kind=BlockKind.SUBHEADING))
            else:
                items = self._items(child, lambda path: f"paragraph{NBSP}{path} of {label}")
                below.append(Place(node=child, kind=BlockKind.PARAGRAPH, below=items))
        return Place(
            node=node, kind=BlockKind.EXHIBIT, number=label, label=label, below=tuple(below)
        )
