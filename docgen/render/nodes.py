"""The clause source as values: what the reader makes and the evaluation walks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jinja2 import Template as Compiled

from docgen.domain.document import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

Condition = Callable[[Mapping[str, object]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text: its source, and its compiled form or, where nothing varies, its runs."""

    source: str
    compiled: Compiled | None = None
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceColumn:
    """A column of a table; `value` is evaluated for each row of a list."""

    heading: str
    width: int
    value: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTable:
    """A table over a merge list (`rows_of`, a path of names), or over fixed rows."""

    id: str
    caption: str
    empty: str
    columns: tuple[SourceColumn, ...]
    rows_of: str = ""
    fixed: tuple[tuple[Text, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One element of the source, wherever it stands."""

    id: str = ""
    heading: str = ""
    subheading: str = ""
    text: Text | None = None
    intro: Text | None = None
    tail: Text | None = None
    when_source: str = ""
    when: Condition | None = None
    items: tuple[Node, ...] = ()
    children: tuple[Node, ...] = ()
    table: SourceTable | None = None
    signatures: bool = False

    @property
    def below(self) -> tuple[Node, ...]:
        """The elements inside this one, in printed order."""
        return self.items or self.children

    def walk(self) -> Iterator[Node]:
        """Yield this node and everything below it, in printed order."""
        yield self
        for child in self.below:
            yield from child.walk()

    def texts(self) -> Iterator[Text]:
        """Yield this node's own prose, without what lies below it."""
        for text in (self.intro, self.text, self.tail):
            if text is not None:
                yield text


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A whole document's source, with every name it reads and every id it refers to.

    `conditions` gives for each id the conditions under which it is printed, outermost first.
    """

    subtitle: Text | None
    parts: Mapping[str, tuple[Node, ...]]
    fields: frozenset[str]
    refs: frozenset[str]
    names: Mapping[str, Node] = field(repr=False)
    conditions: Mapping[str, tuple[str, ...]] = field(repr=False)

    def walk(self) -> Iterator[Node]:
        """Yield every node in printed order."""
        for nodes in self.parts.values():
            for node in nodes:
                yield from node.walk()
