"""A document as the data that the constant style `agreement.typ` prints; values stay values."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from docgen.domain.document import PANEL_LABELS, BlockKind, Document, Run, Table
from integrations.typeset.composition import (
    Placed,
    compose,
    is_form,
    refine,
    row_may_break,
    tie,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# In points: what a table of this height or less gains from standing whole, a page can spare.
_SHORT_TABLE, _FEW_ROWS = 180.0, 3
# Who fills in a form, or copies it, needs one page, though the page before stays short for it.
_SHORT_FORM = 460.0
_LINE, _ROW_WHITE, _FORM_WHITE = 10.9, 6.2, 10.0

# A table is set in 9 pt on a measure of 439.2 pt, with 10 pt of white in each column; a letter of a
# word takes less than 5.6 pt on average.
_MEASURE, _CELL_WHITE, _LETTER = 439.2, 10.0, 5.6

JsonObject = dict[str, object]


def sheet(document: Document) -> bytes:
    """Return the document as JSON; with its frame the only thing the style reads."""
    dated = date.fromisoformat(document.dated)
    language, _, region = document.language.partition("-")
    data: JsonObject = {
        # Typst also parses each file it is given as markup. This opens a passage of code that never
        # ends, so that there is nothing to parse; the style knows no such key.
        "```": None,
        "title": document.title,
        "author": document.author,
        "year": dated.year,
        "month": dated.month,
        "day": dated.day,
        "language": language,
        "region": region or None,
        "labels": PANEL_LABELS,
        "blocks": [_block(placed) for placed in compose(document.blocks)],
        "attachment": None,
    }
    if document.attachment is not None:
        data["attachment"] = {
            "name": document.attachment.name,
            "description": document.attachment.description,
            "media_type": document.attachment.media_type,
        }
    return _json(data)


def frame(document: Document) -> bytes:
    """Return what stands on every page as JSON."""
    return _json(
        {
            "running_title": tie(document.running_title),
            "control_line": tie(document.control_line),
            "mark": tie(document.mark),
        }
    )


def _json(data: JsonObject) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _block(placed: Placed) -> JsonObject:
    """Return one block in the style's words; absent parts are left out."""
    block = placed.block
    data: JsonObject = {
        "kind": str(block.kind),
        "number": placed.number,
        "heading": placed.heading,
        "runs": _runs(placed.runs),
        "inset": placed.inset,
        "wide": placed.wide,
        "depth": placed.depth,
        "keep": placed.keep,
        "closing": placed.closing,
    }
    if block.kind is BlockKind.ITEM:
        data["level"] = max(block.level, 1)
    if block.table is not None:
        data["table"] = _table(block.table)
    if block.panels:
        data["panels"] = [
            {
                "slot": panel.slot,
                "party": refine(panel.party),
                "capacity": refine(panel.capacity, 18),
                "meaning": refine(panel.meaning, 18),
            }
            for panel in block.panels
        ]
    return data


def _runs(runs: Iterable[Run]) -> list[str | list[object]]:
    """Return runs: plain text as itself, styled text with its style."""
    return [
        [run.text, run.bold, run.italic] if run.bold or run.italic else run.text for run in runs
    ]


def _height(table: Table, limits: Sequence[int]) -> float:
    """Estimate how high a table stands, from the letters that a line of each column holds."""
    white = _FORM_WHITE if is_form(table) else _ROW_WHITE
    rows = (tuple(column.heading for column in table.columns), *table.rows)
    lines = (
        max(1, *(-(-len(cell) // limit) for cell, limit in zip(row, limits, strict=True)))
        for row in rows
    )
    return sum(count * _LINE + white for count in lines)


def _is_filled_in(table: Table) -> bool:
    """Tell whether a table is a form each row of which asks for something, not a blank log."""
    return is_form(table) and all(map(any, table.rows))


def _table(table: Table) -> JsonObject:
    """Return a table; a row that could fill a page says that it may break."""
    total = sum(column.width for column in table.columns)
    limits = [
        max(4, int((_MEASURE * column.width / total - _CELL_WHITE) / _LETTER))
        for column in table.columns
    ]
    return {
        "caption": refine(table.caption),
        "form": is_form(table),
        "whole": len(table.rows) <= _FEW_ROWS
        or _height(table, limits) <= (_SHORT_FORM if _is_filled_in(table) else _SHORT_TABLE),
        "widths": [column.width for column in table.columns],
        "headings": [
            refine(column.heading, limit)
            for column, limit in zip(table.columns, limits, strict=True)
        ],
        "rows": [
            {
                "cells": [refine(cell, limit) for cell, limit in zip(row, limits, strict=True)],
                "breakable": row_may_break(row),
            }
            for row in table.rows
        ],
    }
