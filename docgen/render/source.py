"""The clause source: YAML read strictly into nodes, each text compiled once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import yaml
from jinja2 import Template as Compiled

from docgen.errors import TemplateInvalid
from docgen.render.expressions import (
    compile_condition,
    compile_text,
    condition_as_text,
    names_used,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_SOURCE = 2_000_000
_ID = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+")

Condition = Callable[[Mapping[str, object]], bool]

_TOP = ("subtitle", "preamble", "recitals", "articles", "closing", "exhibits")
_KEYS = {
    "preamble": {"id", "text", "when", "table"},
    "recitals": {"id", "text", "when"},
    "articles": {"id", "heading", "when", "intro", "clauses"},
    "clauses": {"id", "heading", "when", "text", "items", "tail"},
    "items": {"id", "when", "text", "items"},
    "blocks": {
        *("id", "heading", "when", "text", "items", "tail"),
        *("subheading", "table", "signatures"),
    },
    "closing": {"id", "text", "when", "signatures"},
    "exhibits": {"id", "heading", "when", "blocks"},
}
_CHILDREN = {"articles": "clauses", "exhibits": "blocks"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text: its source and its compiled form."""

    source: str
    compiled: Compiled


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceColumn:
    """A column of a table; `value` is evaluated for each row of a list."""

    heading: str
    width: int
    value: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTable:
    """A table over a merge list (`rows_of`), or over fixed rows."""

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

    def walk(self) -> Iterator[Node]:
        """Yield this node and everything below it, in printed order."""
        yield self
        for child in (*self.items, *self.children):
            yield from child.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A whole document's source, with every name it reads and every id it refers to."""

    subtitle: Text | None
    parts: Mapping[str, tuple[Node, ...]]
    fields: frozenset[str]
    refs: frozenset[str]
    names: Mapping[str, Node] = field(repr=False)


class _StrictLoader(yaml.BaseLoader):
    """Keeps every scalar a string; refuses duplicate keys, anchors and tags."""

    def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("anchors and aliases are not used here")
        return super().compose_node(parent, index)

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False  # noqa: FBT001, FBT002  # PyYAML's own
    ) -> dict[object, object]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"the key {key!r} stands twice{node.start_mark}")
        return super().construct_mapping(node, deep)


def parse_source(data: bytes, slug: str) -> Source:
    """Read a clause source and compile every text in it.

    Raises:
        TemplateInvalid: the message names the clause and what to change.
    """
    reader = _Reader(slug)
    top = reader.load(data)
    subtitle = reader.text(top, "subtitle", "subtitle")
    parts = {
        name: reader.nodes(cast("list[object]", top.get(name, [])), name, name)
        for name in _TOP[1:]
    }
    names: dict[str, Node] = {}
    for node in (item for nodes in parts.values() for top_node in nodes for item in top_node.walk()):
        for used in (node.id, node.table.id if node.table else ""):
            if used and used in names:
                raise TemplateInvalid(f"{slug}: the id {used} stands twice.")
            if used:
                names[used] = node
    unknown = sorted(reader.refs - set(names))
    if unknown:
        raise TemplateInvalid(f"{slug}: a reference leads to {unknown[0]}, which does not exist.")
    return Source(
        subtitle=subtitle,
        parts=parts,
        fields=frozenset(reader.fields),
        refs=frozenset(reader.refs),
        names=names,
    )


class _Reader:
    """Reads one source, collecting the names its texts use."""

    def __init__(self, slug: str) -> None:
        self._slug = slug
        self.fields: set[str] = set()
        self.refs: set[str] = set()

    def load(self, data: bytes) -> dict[str, object]:
        """Read the YAML."""
        if len(data) > LARGEST_SOURCE:
            raise TemplateInvalid(f"{self._slug}: clauses.yaml is too large.")
        try:
            top = yaml.load(data.decode("utf-8"), _StrictLoader)  # noqa: S506  # BaseLoader's heir
        except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
            raise TemplateInvalid(f"{self._slug}: clauses.yaml is not valid: {error}.") from error
        if not isinstance(top, dict) or set(top) - set(_TOP):
            raise TemplateInvalid(
                f"{self._slug}: clauses.yaml may hold only: {', '.join(_TOP)}."
            )
        return cast("dict[str, object]", top)

    def nodes(self, raw: object, place: str, where: str) -> tuple[Node, ...]:
        """Read a list of elements."""
        if not isinstance(raw, list):
            raise TemplateInvalid(f"{self._slug}: {where} must be a list.")
        return tuple(
            self._node(item, place, f"{where}[{number}]") for number, item in enumerate(raw, 1)
        )

    def _node(self, raw: object, place: str, where: str) -> Node:
        if not isinstance(raw, dict):
            raise TemplateInvalid(f"{self._slug}: {where} must be an element with keys.")
        where = str(raw.get("id", where))
        unknown = sorted(set(raw) - _KEYS[place])
        if unknown:
            raise TemplateInvalid(f"{self._slug}: {where} has the unknown key {unknown[0]!r}.")
        if "id" in raw and not _ID.fullmatch(str(raw["id"])):
            raise TemplateInvalid(f"{self._slug}: {where} is not an id like psa.term.renewal.")
        below = _CHILDREN.get(place, "")
        when = str(raw.get("when", ""))
        if when:
            self._note(condition_as_text(when), where)
        return Node(
            id=str(raw.get("id", "")),
            heading=str(raw.get("heading", "")),
            subheading=str(raw.get("subheading", "")),
            text=self.text(raw, "text", where),
            intro=self.text(raw, "intro", where),
            tail=self.text(raw, "tail", where),
            when_source=when,
            when=compile_condition(when, where) if when else None,
            items=self.nodes(raw.get("items", []), "items", f"{where}.items"),
            children=self.nodes(raw.get(below, []), below, f"{where}.{below}") if below else (),
            table=self._table(raw["table"], where) if "table" in raw else None,
            signatures=raw.get("signatures") == "true",
        )

    def text(self, raw: Mapping[str, object], key: str, where: str) -> Text | None:
        """Read and compile one text."""
        if key not in raw:
            return None
        return self._compiled(raw[key], where)

    def _compiled(self, raw: object, where: str) -> Text:
        if not isinstance(raw, str):
            raise TemplateInvalid(f"{self._slug}: {where} must be a text.")
        compiled = compile_text(raw, where)
        self._note(raw, where)
        return Text(source=raw, compiled=compiled)

    def _note(self, source: str, where: str) -> None:
        for kind, name in names_used(source, where):
            (self.fields if kind == "field" else self.refs).add(name)

    def _table(self, raw: object, where: str) -> SourceTable:
        if not isinstance(raw, dict) or set(raw) - {"id", "caption", "rows", "empty", "columns"}:
            raise TemplateInvalid(f"{self._slug}: {where} has a table with an unknown key.")
        rows = raw.get("rows", [])
        if isinstance(rows, str):
            self._note(condition_as_text(rows), where)
        columns = tuple(
            SourceColumn(
                heading=str(item["heading"]),
                width=int(str(item.get("width", "1"))),
                value=self.text(item, "value", where),
            )
            for item in cast("list[dict[str, object]]", raw["columns"])
        )
        fixed = [] if isinstance(rows, str) else cast("list[list[str]]", rows)
        return SourceTable(
            id=str(raw.get("id", "")),
            caption=str(raw.get("caption", "")),
            empty=str(raw.get("empty", "None.")),
            columns=columns,
            rows_of=rows if isinstance(rows, str) else "",
            fixed=tuple(tuple(self._compiled(cell, where) for cell in row) for row in fixed),
        )
