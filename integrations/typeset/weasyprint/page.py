"""A document as HTML for the constant style `agreement.css`; every value is escaped text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docgen.domain.document import PANEL_LABELS, BlockKind, Document, Run, SignaturePanel, Table
from integrations.typeset.composition import Placed, compose, loosen, refine, row_may_break, tie

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMN, ITEM_COLUMN = 32, 29
PANEL_ID = "panel-"


def page(document: Document) -> str:
    """Return the document as one HTML page."""
    head = (
        f'<!doctype html><html lang="{escape(document.language)}"><head><meta charset="utf-8">'
        f"<title>{escape(document.title)}</title>"
        f'<meta name="author" content="{escape(document.author)}">'
        f'<meta name="dcterms.created" content="{escape(document.dated)}">'
        f'<meta name="dcterms.modified" content="{escape(document.dated)}"></head>'
    )
    strings = (
        f' data-running="{escape(tie(document.running_title))}"'
        f' data-mark="{escape(tie(document.mark))}"'
        f' data-control="{escape(tie(document.control_line))}"'
    )
    blocks = "\n".join(_block(placed) for placed in compose(document.blocks))
    return f"{head}<body{strings}>\n{blocks}\n</body></html>"


def _block(placed: Placed) -> str:
    """Return one block in HTML."""
    block, heading = placed.block, escape(placed.heading)
    words = heading + _runs(placed.runs)
    match block.kind:
        case BlockKind.ARTICLE:
            markup = f'<h1 class="article">{_number(placed, COLUMN)}{words}</h1>'
        case BlockKind.EXHIBIT:
            number = f'<span class="of">{escape(placed.number)}</span> '
            markup = f'<h1 class="exhibit">{number}<span class="name">{words}</span></h1>'
        case BlockKind.SUBHEADING:
            markup = f'<h{placed.depth} class="subheading">{words}</h{placed.depth}>'
        case BlockKind.TABLE if block.table is not None:
            markup = _table(block.table)
        case BlockKind.SIGNATURES:
            panels = "".join(_panel(panel) for panel in block.panels)
            together = " together" if len(block.panels) <= 4 else ""  # noqa: PLR2004 - fits a page
            markup = f'<section class="signatures{together}">{panels}</section>'
        case BlockKind.CLAUSE | BlockKind.RECITAL:
            run_in = f"<strong>{heading}</strong> " if heading else ""
            markup = _hanging(placed, COLUMN, run_in + _runs(placed.runs))
        case BlockKind.ITEM:
            markup = _hanging(placed, ITEM_COLUMN, words)
        case _:
            keep = " keep" if placed.keep else ""
            style = f' style="margin-left: {_left(placed)}pt"' if placed.inset else ""
            markup = f'<p class="{block.kind}{keep}"{style}>{words}</p>'
    return markup


def _left(placed: Placed) -> int:
    """Return the left edge in points."""
    return COLUMN + (placed.inset - 1) * ITEM_COLUMN if placed.inset else 0


def _number(placed: Placed, width: int) -> str:
    """Return a number in its own column."""
    # The joiner keeps the space behind the number, for those who read the text.
    style = "" if placed.wide else f' style="width: {width}pt"'
    return f'<span class="number"{style}>{escape(placed.number)} &#8288;</span>'


def _hanging(placed: Placed, width: int, words: str) -> str:
    """Return a paragraph whose text hangs beside its number."""
    style = f"margin-left: {_left(placed) + width}pt; text-indent: -{width}pt"
    keep = " keep" if placed.keep else ""
    return (
        f'<p class="{placed.block.kind}{keep}" style="{style}">{_number(placed, width)}{words}</p>'
    )


def _runs(runs: Iterable[Run]) -> str:
    """Return runs with their styles."""
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    """Return one run."""
    text = escape(run.text).replace("\n", "<br>")
    if run.italic:
        text = f"<em>{text}</em>"
    return f"<strong>{text}</strong>" if run.bold else text


def _table(table: Table) -> str:
    """Return a table whose header repeats on every page."""
    total = sum(column.width for column in table.columns)
    limits = [max(4, int((439 * column.width / total - 10) / 5.6)) for column in table.columns]
    columns = "".join(
        f'<col style="width: {100 * column.width / total:.3f}%">' for column in table.columns
    )
    headings = "".join(
        f'<th scope="col">{escape(refine(column.heading))}</th>' for column in table.columns
    )
    rows = "\n".join(_row(row, limits) for row in table.rows)
    caption = f"<caption>{escape(refine(table.caption))}</caption>" if table.caption else ""
    return (
        f"<table>{caption}<colgroup>{columns}</colgroup>"
        f"<thead><tr>{headings}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(row: tuple[str, ...], limits: list[int]) -> str:
    """Return one row; only a row that could fill a page may break."""
    cells = "".join(
        f"<td>{escape(loosen(tie(cell), limit)).replace(chr(10), '<br>')}</td>"
        for cell, limit in zip(row, limits, strict=True)
    )
    return f'<tr class="long">{cells}</tr>' if row_may_break(row) else f"<tr>{cells}</tr>"


def _panel(panel: SignaturePanel) -> str:
    """Return a signature panel: who and what on the left, the labelled blanks on the right."""
    lines = "".join(f'<p class="line"><span>{escape(label)}</span></p>' for label in PANEL_LABELS)
    return (
        f'<div class="panel"><p class="party">{escape(refine(panel.party))}</p>'
        f'<div class="body"><div class="blanks" id="{PANEL_ID}{escape(panel.slot)}">{lines}</div>'
        f'<p class="capacity">{escape(loosen(tie(panel.capacity), 18))}</p>'
        f'<p class="meaning">{escape(loosen(tie(panel.meaning), 18))}</p></div></div>'
    )
