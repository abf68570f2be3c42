"""Evaluate a template: conditions and numbers first, then every text, into printed blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.domain.document import Attachment, Block, BlockKind, Column, Document, Table
from docgen.errors import TemplateInvalid
from docgen.render.blank import Blank, condition_note, with_every_branch
from docgen.render.expressions import CLOSE, OPEN, compile_text, evaluate_text
from docgen.render.inline import parse_inline, plain
from docgen.render.numbering import number_places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docgen.domain.document import Run, SignaturePanel
    from docgen.render.manifest import Template
    from docgen.render.nodes import Node, SourceTable, Text
    from docgen.render.numbering import Place

_EMPTY = OPEN + CLOSE
_HEADED = frozenset({BlockKind.ARTICLE, BlockKind.EXHIBIT})


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
        TemplateInvalid: a field is missing, empty where it is printed, or cannot be printed, or a
            reference leads to a clause that is left out; the message names the clause.
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
    """Fill in a template, usually with blanks; a note stands at every conditional part.

    Alternatives within a text stand side by side, each in brackets after its condition.
    """
    return _Evaluation(template, fields, tuple(panels), every_branch=True).document(dressing)


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
        self._fields = {**fields, "ref": self._ref}

    def document(self, dressing: Dressing) -> Document:
        """Number everything that is printed, then evaluate it."""
        template = self._template
        places = number_places(template.source, self._is_shown)
        for top in places:
            for place in top.walk():
                if place.node.id and place.label:
                    self._labels[place.node.id] = place.label
        blocks = [Block(kind=BlockKind.TITLE, runs=parse_inline(template.title, "title"))]
        if template.source.subtitle is not None:
            runs = self._runs(template.source.subtitle, f"{template.slug}.subtitle")
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

    def _is_shown(self, node: Node) -> bool:
        return self._every_branch or node.when is None or node.when(self._fields)

    def _ref(self, target: str) -> str:
        if target not in self._labels:
            raise TemplateInvalid(
                f"{self._template.slug}: a reference leads to {target}, which is left out here or "
                "has no number; guard the reference with the same condition."
            )
        return self._labels[target]

    def _runs(self, text: Text, where: str) -> tuple[Run, ...]:
        if text.compiled is None:
            return text.runs
        compiled = text.compiled
        if self._every_branch:
            compiled = compile_text(with_every_branch(text.source), where)
        filled = evaluate_text(compiled, self._fields, where)
        if _EMPTY in filled:
            raise TemplateInvalid(
                f"{where}: a field that is empty here would be printed as nothing; guard it with "
                "a condition."
            )
        return parse_inline(filled, where)

    def _blocks(self, place: Place) -> Iterator[Block]:
        node = place.node
        where = node.id or self._template.slug
        note = self._note(node)
        if place.kind not in _HEADED:
            yield from note
        yield from self._own_block(place, where)
        if place.kind in _HEADED:
            yield from note
        if node.intro is not None:
            yield Block(kind=BlockKind.PARAGRAPH, runs=self._runs(node.intro, where))
        if node.table is not None:
            yield self._table(node.table, where)
        for child in place.below:
            yield from self._blocks(child)
        if node.tail is not None:
            yield Block(kind=BlockKind.CONTINUATION, runs=self._runs(node.tail, where))
        if node.signatures and self._panels:
            yield Block(kind=BlockKind.SIGNATURES, id=node.id, panels=self._panels)

    def _note(self, node: Node) -> tuple[Block, ...]:
        """Say, in a blank copy, when this part is printed."""
        if not (self._every_branch and node.when_source):
            return ()
        runs = parse_inline(condition_note(node.when_source), "note")
        return (Block(kind=BlockKind.CONTINUATION, runs=runs),)

    def _own_block(self, place: Place, where: str) -> Iterator[Block]:
        node = place.node
        if place.kind is BlockKind.SUBHEADING:
            heading = parse_inline(node.subheading, where)
            yield Block(kind=BlockKind.SUBHEADING, id=node.id, runs=heading)
        elif place.kind in _HEADED or node.text is not None:
            yield Block(
                kind=place.kind,
                id=node.id,
                number=place.number,
                heading=node.heading,
                runs=self._runs(node.text, where) if node.text else (),
                level=place.level,
            )

    def _table(self, table: SourceTable, where: str) -> Block:
        rows = tuple(self._rows(table, where))
        if not rows:
            said = f"{table.caption}: {table.empty}" if table.caption else table.empty
            return Block(kind=BlockKind.PARAGRAPH, id=table.id, runs=parse_inline(said, where))
        columns = tuple(Column(heading=item.heading, width=item.width) for item in table.columns)
        printed = Table(caption=table.caption, columns=columns, rows=rows)
        return Block(kind=BlockKind.TABLE, id=table.id, table=printed)

    def _rows(self, table: SourceTable, where: str) -> Iterator[tuple[str, ...]]:
        for fixed in table.fixed:
            yield tuple(_cell(text, self._fields, where) for text in fixed)
        if table.rows_of:
            values = [column.value for column in table.columns if column.value is not None]
            for row in _listed(table.rows_of, self._fields, where):
                fields = {**self._fields, "row": row}
                yield tuple(_cell(text, fields, where) for text in values)


def _cell(text: Text, fields: dict[str, object], where: str) -> str:
    """Fill in a table cell; one that comes out empty stays so."""
    if text.compiled is None:
        return "".join(run.text for run in text.runs)
    return plain(evaluate_text(text.compiled, fields, where))


def _listed(path: str, fields: Mapping[str, object], where: str) -> Iterable[object]:
    """Find the list a table prints: a field, or a list within one (`pses.locations`)."""
    found: object = fields
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else getattr(found, part, None)
    if isinstance(found, (list, tuple, Blank)):
        return found
    raise TemplateInvalid(f"{where}: {path} is not a list, so the table cannot print it.")
