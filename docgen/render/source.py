"""The clause source: YAML read strictly into nodes, each text checked and compiled once."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from docgen.errors import TemplateInvalid
from docgen.render.expressions import (
    compile_condition,
    compile_text,
    has_expressions,
    names_in_condition,
    names_in_text,
)
from docgen.render.inline import fold, parse_inline
from docgen.render.nodes import Node, Source, SourceColumn, SourceTable, Text
from docgen.render.strict_yaml import Plain, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from docgen.render.nodes import Condition

FILE = "clauses.yaml"
DEEPEST_ITEMS = 3

_ID = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+")
_PATH = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_TOP = ("subtitle", "preamble", "recitals", "articles", "closing", "exhibits")
_KEYS = {
    "preamble": {"id", "text", "when", "table"},
    "recitals": {"id", "text", "when"},
    "articles": {"id", "heading", "when", "intro", "clauses"},
    "clauses": {"id", "heading", "when", "text", "items", "tail"},
    "items": {"id", "when", "text", "items"},
    "closing": {"id", "text", "when", "signatures"},
    "exhibits": {"id", "heading", "when", "blocks"},
    "blocks": {
        *("id", "heading", "when", "text", "items", "tail"),
        *("subheading", "table", "signatures"),
    },
}
_NEEDED = {
    "recitals": ("id", "text"),
    "articles": ("id", "heading"),
    "clauses": ("id", "text"),
    "items": ("text",),
    "exhibits": ("id", "heading"),
}
_CHILDREN = {"articles": "clauses", "exhibits": "blocks"}
# What a block prints; one of them at least must be there.
_SUBSTANCE = ("text", "subheading", "table", "signatures")
_TABLE_KEYS = {"id", "caption", "rows", "empty", "columns"}
_COLUMN_KEYS = {"heading", "value", "width"}


def parse_source(data: bytes, slug: str) -> Source:
    """Read a clause source, check it and compile every text in it.

    Raises:
        TemplateInvalid: the message names the clause and what to change.
    """
    top = read_yaml(data, f"{slug}/{FILE}")
    if not isinstance(top, dict) or set(top) - set(_TOP):
        raise TemplateInvalid(f"{slug}/{FILE} may hold only these keys: {', '.join(_TOP)}.")
    reader = _Reader(slug)
    subtitle = reader.text(top, "subtitle", f"{slug}.subtitle")
    parts = {name: reader.nodes(top.get(name, []), name, name) for name in _TOP[1:]}
    names: dict[str, Node] = {}
    conditions: dict[str, tuple[str, ...]] = {}
    for node, outer in _with_conditions(chain(*parts.values())):
        for used in (node.id, node.table.id if node.table else ""):
            if used in names:
                raise TemplateInvalid(f"{slug}/{FILE}: the id {used} stands twice.")
            if used:
                names[used] = node
                conditions[used] = outer
    unknown = sorted(reader.refs - set(names))
    if unknown:
        raise TemplateInvalid(
            f"{slug}/{FILE}: a reference leads to {unknown[0]}, which does not exist."
        )
    return Source(
        subtitle=subtitle,
        parts=parts,
        fields=frozenset(reader.fields),
        refs=frozenset(reader.refs),
        names=names,
        conditions=conditions,
    )


def _with_conditions(
    nodes: Iterable[Node], above: tuple[str, ...] = ()
) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Yield every node with the conditions that stand on it and above it, in printed order."""
    for node in nodes:
        own = (*above, node.when_source) if node.when_source else above
        yield node, own
        yield from _with_conditions(node.below, own)


def _needed(raw: Mapping[str, Plain], place: str) -> tuple[str, ...]:
    """Name the keys an element must have where it stands."""
    if place == "preamble" and "text" in raw:
        return ("id",)
    if place == "blocks" and "heading" in raw:
        return ("id", "text")
    if place not in _NEEDED and not set(raw) & set(_SUBSTANCE):
        return ("text",)
    return _NEEDED.get(place, ())


class _Reader:
    """Reads one source, collecting the names its texts use."""

    def __init__(self, slug: str) -> None:
        self._slug = slug
        self.fields: set[str] = set()
        self.refs: set[str] = set()

    def nodes(self, raw: Plain, place: str, where: str, depth: int = 0) -> tuple[Node, ...]:
        """Read a list of elements."""
        if not isinstance(raw, list):
            raise self._fault(where, "this must be a list")
        if raw and depth > DEEPEST_ITEMS:
            raise self._fault(where, f"items nest {DEEPEST_ITEMS} deep at most: (a), (i), (A)")
        return tuple(
            self._node(item, place, f"{where}[{number}]", depth)
            for number, item in enumerate(raw, start=1)
        )

    def _node(self, raw: Plain, place: str, where: str, depth: int) -> Node:
        if not isinstance(raw, dict):
            raise self._fault(where, "this must be an element with keys")
        where = str(raw.get("id", where))
        self._check_shape(raw, place, where)
        below = _CHILDREN.get(place, "")
        when = self._word(raw, "when", where)
        return Node(
            id=self._word(raw, "id", where),
            heading=self._label(raw, "heading", where),
            subheading=self._label(raw, "subheading", where),
            text=self.text(raw, "text", where),
            intro=self.text(raw, "intro", where),
            tail=self.text(raw, "tail", where),
            when_source=when,
            when=self._condition(when, where) if when else None,
            items=self.nodes(raw.get("items", []), "items", f"{where}.items", depth + 1),
            children=self.nodes(raw.get(below, []), below, f"{where}.{below}") if below else (),
            table=self._table(raw["table"], where) if "table" in raw else None,
            signatures="signatures" in raw,
        )

    def _check_shape(self, raw: Mapping[str, Plain], place: str, where: str) -> None:
        unknown = sorted(set(raw) - _KEYS[place])
        if unknown:
            raise self._fault(where, f"the key {unknown[0]!r} is unknown here")
        lacking = [key for key in _needed(raw, place) if key not in raw]
        if lacking:
            raise self._fault(where, f"the key {lacking[0]!r} is missing")
        name = raw.get("id", f"{self._slug}.x")
        if not isinstance(name, str) or not _ID.fullmatch(name):
            raise self._fault(where, "this is not an id like psa.term.renewal")
        if not name.startswith(f"{self._slug}."):
            raise self._fault(where, f"an id of this agreement begins with {self._slug!r}")
        if raw.get("signatures", "true") != "true":
            raise self._fault(where, "write `signatures: true`, or leave it out")

    def text(self, raw: Mapping[str, Plain], key: str, where: str) -> Text | None:
        """Read and compile one text, or give None where there is none."""
        return self._compiled(raw[key], where) if key in raw else None

    def _compiled(self, raw: Plain, where: str, *, marked: bool = True) -> Text:
        if not isinstance(raw, str):
            raise self._fault(where, "this must be a text")
        if not marked and "*" in raw:
            raise self._fault(where, "a table cell has no bold or italic words")
        source = fold(raw)
        if not has_expressions(source):
            return Text(source=source, runs=parse_inline(source, where))
        self._note(names_in_text(source, where))
        return Text(source=source, compiled=compile_text(source, where))

    def _condition(self, source: str, where: str) -> Condition:
        self._note(names_in_condition(source, where))
        return compile_condition(source, where)

    def _note(self, found: Iterator[tuple[str, str]]) -> None:
        for kind, name in found:
            (self.fields if kind == "field" else self.refs).add(name)

    def _word(self, raw: Mapping[str, Plain], key: str, where: str) -> str:
        word = raw.get(key, "")
        if not isinstance(word, str):
            raise self._fault(where, f"{key!r} must be a text")
        return word

    def _label(self, raw: Mapping[str, Plain], key: str, where: str) -> str:
        """Read words that are printed as they stand."""
        label = " ".join(self._word(raw, key, where).split())
        if has_expressions(label) or "*" in label:
            raise self._fault(where, f"{key!r} may hold no field and no markup")
        if key == "heading" and label.endswith((".", ":", ";", ",", "?", "!")):
            raise self._fault(where, "a heading ends without a point; it is added in print")
        return label

    def _table(self, raw: Plain, where: str) -> SourceTable:
        if not isinstance(raw, dict) or set(raw) - _TABLE_KEYS or "columns" not in raw:
            keys = ", ".join(sorted(_TABLE_KEYS))
            raise self._fault(where, f"a table needs `columns` and may hold only: {keys}")
        rows = raw.get("rows", [])
        if isinstance(rows, str):
            if not _PATH.fullmatch(rows):
                raise self._fault(where, "`rows` names a list of the fields, like facilities")
            self.fields.add(rows.partition(".")[0])
        columns = raw["columns"]
        if not isinstance(columns, list) or not columns:
            raise self._fault(where, "`columns` must be a list")
        read = tuple(self._column(item, where, listed=isinstance(rows, str)) for item in columns)
        return SourceTable(
            id=self._word(raw, "id", where),
            caption=self._label(raw, "caption", where),
            empty=self._label(raw, "empty", where) or "None.",
            columns=read,
            rows_of=rows if isinstance(rows, str) else "",
            fixed=() if isinstance(rows, str) else self._fixed(rows, len(read), where),
        )

    def _column(self, raw: Plain, where: str, *, listed: bool) -> SourceColumn:
        if not isinstance(raw, dict) or set(raw) - _COLUMN_KEYS or "heading" not in raw:
            raise self._fault(where, "a column needs `heading`, and may have `value` and `width`")
        if listed and "value" not in raw:
            raise self._fault(where, "a column of a list needs `value`")
        width = self._word(raw, "width", where) or "1"
        if not (width.isascii() and width.isdigit() and int(width)):
            raise self._fault(where, "a column's width is a whole number")
        value = self._compiled(raw["value"], where, marked=False) if "value" in raw else None
        heading = self._label(raw, "heading", where)
        return SourceColumn(heading=heading, width=int(width), value=value)

    def _fixed(self, rows: Plain, columns: int, where: str) -> tuple[tuple[Text, ...], ...]:
        found = []
        for row in rows:
            if not isinstance(row, list) or len(row) != columns:
                raise self._fault(where, f"each row of this table has {columns} cells")
            found.append(tuple(self._compiled(cell, where, marked=False) for cell in row))
        return tuple(found)

    def _fault(self, where: str, what: str) -> TemplateInvalid:
        return TemplateInvalid(f"{self._slug}/{FILE}, {where}: {what}.")
