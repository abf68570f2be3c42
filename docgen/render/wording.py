"""What each block prints, piece by piece, in the order every form prints it; and what was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.domain.document import PANEL_LABELS, BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.domain.document import Block, SignaturePanel, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadForm:
    """A form's words, read back: the body's, and those of the frame around it."""

    body: str
    frame: str


def printed_heading(block: Block) -> str:
    """Give a block's heading as it is printed: a clause's ends in a period before its text."""
    if block.kind is BlockKind.CLAUSE and block.heading:
        return f"{block.heading}."
    return block.heading


def pieces(block: Block) -> Iterator[str]:
    """Yield the texts of a block; between two pieces there is always white space."""
    if block.number:
        yield block.number
    if block.heading:
        yield printed_heading(block)
    if block.runs:
        yield "".join(run.text for run in block.runs)
    if block.table is not None:
        yield from table_head(block.table)
        for row in block.table.rows:
            yield from row
    for panel in block.panels:
        yield from panel_texts(panel)


def table_head(table: Table) -> Iterator[str]:
    """Yield a table's caption and column headings."""
    if table.caption:
        yield table.caption
    for column in table.columns:
        yield column.heading


def panel_texts(panel: SignaturePanel) -> Iterator[str]:
    """Yield what a signature panel prints."""
    yield from (panel.party, panel.capacity, panel.meaning, *PANEL_LABELS)
