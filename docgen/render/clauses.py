"""Evaluate a template: conditions and numbers first, then every text, into printed blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from docgen.domain.document import Block, BlockKind, Column, Document, Table
from docgen.errors import TemplateInvalid
from docgen.render.expressions import CLOSE, OPEN, compile_condition, evaluate_text
from docgen.render.inline import NBSP, parse_inline, plain
from docgen.render.numbering import alphabetic, item_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docgen.domain.document import Attachment, Run, SignaturePanel
    from docgen.render.manifest import Template
    from docgen.render.source import Node, SourceTable, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Dressing:
    """What a document carries besides its text."""

    control_line: str
    mark: str
    author: str
    dated: str
    attachment: Attachment | None = None


def evaluate(
    template: Template,
    fields: Mapping[str, object],
    *,
    panels: Sequence[SignaturePanel],
    dressing: Dressing,
) -> Document:
    """Fill in a template; the same fields give an equal document.

    Raises:
        TemplateInvalid: a field is missing, or a reference leads to a clause that is left out.
    """
    missing = sorted(set(template.fields) - set(fields))
    if missing:
        raise TemplateInvalid(f"{template.slug}: no value was given for the field {missing[0]!r}.")
    return _Evaluation(template, fields, tuple(panels), every_branch=False).document(dressing)


def evaluate_blank(
    template: Template,
    fields: Mapping[str, object],
    *,
    panels: Sequence[SignaturePanel],
    dressing: Dressing,
) -> Document:
    """Fill in a template with every conditional part shown, each with a note of its condition."""
    return _Evaluation(template, fields, tuple(panels), every_branch=True).document(dressing)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A node that is printed, with its number and the label references use."""

    node: Node
    kind: BlockKind
    number: str = ""
    label: str = ""
    level: int = 0
    below: tuple[_Place, ...] = field(default=())


class _Evaluation:
    """One evaluation of one template."""

    def __init__(
        self,
        template: Template,
        fields: Mapping[str, object],
        panels: tuple[SignaturePanel, ...],
        *,
        every_branch: bool,
    ) -> None:
        self._template = template
        self._panels = panels
        self._every_branch = every_branch
        self._labels: dict[str, str] = {}
        self._fields = dict(fields) | {"ref": self._ref}

    def document(self, dressing: Dressing) -> Document:
        """Number everything that is printed, then evaluate it."""
        template = self._template
        places = list(self._number_all())
        for place in places:
            self._note_labels(place)
        blocks = [Block(kind=BlockKind.TITLE, runs=parse_inline(template.title, "title"))]
        if template.source.subtitle is not None:
            runs = self._runs(template.source.subtitle, "subtitle")
            blocks.append(Block(kind=BlockKind.SUBTITLE, runs=runs))
        for place in places:
            blocks += self._blocks(place)
        return Document(
            slug=template.slug,
            version=template.version,
            title=template.title,
            running_title=template.running_title,
            control_line=dressing.control_line,
            mark=dressing.mark,
            language=template.language,
            author=dressing.author,
            dated=dressing.dated,
            blocks=tuple(blocks),
            attachment=dressing.attachment,
        )

    # -- first pass: what is printed, and under which number --------------------------------

    def _number_all(self) -> Iterator[_Place]:
        parts = self._template.source.parts
        for node in self._shown(parts["preamble"]):
            yield _Place(node=node, kind=BlockKind.PARAGRAPH)
        for number, node in enumerate(self._shown(parts["recitals"]), start=1):
            letter = f"{alphabetic(number)}."
            yield _Place(node=node, kind=BlockKind.RECITAL, number=letter, label=f"Recital {letter}")
        for number, node in enumerate(self._shown(parts["articles"]), start=1):
            yield self._article(node, number)
        for node in self._shown(parts["closing"]):
            yield _Place(node=node, kind=BlockKind.PARAGRAPH)
        for number, node in enumerate(self._shown(parts["exhibits"]), start=1):
            yield self._exhibit(node, alphabetic(number))

    def _shown(self, nodes: Sequence[Node]) -> list[Node]:
        if self._every_branch:
            return list(nodes)
        return [node for node in nodes if node.when is None or node.when(self._fields)]

    def _article(self, node: Node, number: int) -> _Place:
        clauses = tuple(
            self._clause(child, f"{number}.{position}")
            for position, child in enumerate(self._shown(node.children), start=1)
        )
        label = f"Article{NBSP}{number}"
        return _Place(
            node=node, kind=BlockKind.ARTICLE, number=f"{number}.", label=label, below=clauses
        )

    def _clause(self, node: Node, number: str) -> _Place:
        label = f"Section{NBSP}{number}"
        return _Place(
            node=node,
            kind=BlockKind.CLAUSE,
            number=number,
            label=label,
            below=self._items(node, label, 1),
        )

    def _items(self, node: Node, above: str, level: int) -> tuple[_Place, ...]:
        places = []
        for position, child in enumerate(self._shown(node.items), start=1):
            number = item_number(position, level)
            label = f"{above}{number}" if above else number
            places.append(
                _Place(
                    node=child,
                    kind=BlockKind.ITEM,
                    number=number,
                    label=label,
                    level=level,
                    below=self._items(child, label, level + 1),
                )
            )
        return tuple(places)

    def _exhibit(self, node: Node, letter: str) -> _Place:
        below, count = [], 0
        for child in self._shown(node.children):
            if child.heading:
                count += 1
                below.append(self._clause(child, f"{letter}.{count}"))
            elif child.subheading:
                below.append(_Place(node=child, kind=BlockKind.SUBHEADING))
            else:
                below.append(
                    _Place(
                        node=child, kind=BlockKind.PARAGRAPH, below=self._items(child, "", 1)
                    )
                )
        label = f"Exhibit{NBSP}{letter}"
        return _Place(
            node=node, kind=BlockKind.EXHIBIT, number=label, label=label, below=tuple(below)
        )

    def _note_labels(self, place: _Place) -> None:
        if place.node.id and place.label:
            self._labels[place.node.id] = place.label
        for child in place.below:
            self._note_labels(child)

    # -- second pass: the words --------------------------------------------------------------

    def _ref(self, target: str) -> str:
        if target not in self._labels:
            raise TemplateInvalid(
                f"{self._template.slug}: a reference leads to {target}, which is left out here or "
                "has no number; guard the reference with the same condition."
            )
        return self._labels[target]

    def _runs(self, text: Text, where: str) -> tuple[Run, ...]:
        return parse_inline(evaluate_text(text.compiled, self._fields, where), where)

    def _blocks(self, place: _Place) -> Iterator[Block]:
        node = place.node
        where = node.id or self._template.slug
        if self._every_branch and node.when_source:
            yield Block(kind=BlockKind.CONTINUATION, runs=_note(node.when_source))
        if place.kind is BlockKind.SUBHEADING:
            heading = parse_inline(node.subheading, where)
            yield Block(kind=BlockKind.SUBHEADING, id=node.id, runs=heading)
        elif place.kind in {BlockKind.ARTICLE, BlockKind.EXHIBIT} or node.text is not None:
            yield Block(
                kind=place.kind,
                id=node.id,
                number=place.number,
                heading=node.heading,
                runs=self._runs(node.text, where) if node.text else (),
                level=place.level,
            )
        if node.intro is not None:
            yield Block(kind=BlockKind.PARAGRAPH, runs=self._runs(node.intro, where))
        if node.table is not None:
            yield from self._table(node.table, where)
        for child in place.below:
            yield from self._blocks(child)
        if node.tail is not None:
            yield Block(kind=BlockKind.CONTINUATION, runs=self._runs(node.tail, where))
        if node.signatures:
            yield Block(kind=BlockKind.SIGNATURES, panels=self._panels)

    def _table(self, table: SourceTable, where: str) -> Iterator[Block]:
        rows = tuple(self._rows(table, where))
        if not rows:
            runs = parse_inline(f"{table.caption}: {table.empty}", where)
            yield Block(kind=BlockKind.PARAGRAPH, id=table.id, runs=runs)
            return
        columns = tuple(Column(heading=item.heading, width=item.width) for item in table.columns)
        printed = Table(caption=table.caption, columns=columns, rows=rows)
        yield Block(kind=BlockKind.TABLE, id=table.id, table=printed)

    def _rows(self, table: SourceTable, where: str) -> Iterator[tuple[str, ...]]:
        for fixed in table.fixed:
            yield tuple(plain(evaluate_text(cell.compiled, self._fields, where)) for cell in fixed)
        if table.rows_of:
            for row in _listed(table.rows_of, self._fields, where):
                fields = self._fields | {"row": row}
                yield tuple(
                    plain(evaluate_text(column.value.compiled, fields, where))
                    if column.value
                    else ""
                    for column in table.columns
                )


def _listed(name: str, fields: Mapping[str, object], where: str) -> Sequence[object]:
    """Find the list a table prints: a field, or a list within one (`pses.locations`)."""
    compile_condition(name, where)
    found: object = fields
    for part in name.split("."):
        found = cast("Mapping[str, object]", found)[part]
    if not isinstance(found, (list, tuple)):
        raise TemplateInvalid(f"{where}: the table's rows are not a list.")
    return found


def _note(condition: str) -> tuple[Run, ...]:
    """Say, in a blank copy, when the next part is printed."""
    words = condition.replace(OPEN, "").replace(CLOSE, "")
    return parse_inline(f"*[The next part is printed when: {words}]*", "note")
