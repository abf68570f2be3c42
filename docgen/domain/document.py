"""A finished document as values: numbered blocks that every renderer prints alike.

The clause source is evaluated once (`docgen.render.clauses`) into a `Document`: numbers,
cross-references and merge values are literal text here, so that DOCX, HTML and PDF cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BlockKind(StrEnum):
    """What a block is; each renderer maps each kind to one style."""

    TITLE = "title"  # the document's title, once, first
    SUBTITLE = "subtitle"  # line below the title
    PARAGRAPH = "paragraph"  # body text without a number
    RECITAL = "recital"  # lettered background statement; number "A."
    ARTICLE = "article"  # article heading; number "1."
    CLAUSE = "clause"  # numbered clause; number "1.1"; heading is run-in
    ITEM = "item"  # (a) at level 1, (i) at level 2, (A) at level 3
    CONTINUATION = "continuation"  # flush text after items, belongs to the clause above
    EXHIBIT = "exhibit"  # set off by a rule; number "Exhibit A"
    SUBHEADING = "subheading"  # heading inside an exhibit or policy
    TABLE = "table"
    SIGNATURES = "signatures"  # one or more signature panels, never split across pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Text of one style; `text` is literal, never markup."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A table column; widths are parts of the sum of all columns."""

    heading: str
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with one header row; `rows` hold one string per column."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignaturePanel:
    """Where one person signs: printed labels, blanks beside them, and a field over the blanks.

    `slot` names the signature field (`[a-z0-9_]+`, unique in the document), `party` is the line
    printed above the panel, `capacity` says for whom and as what the person signs, `meaning` what
    the signature means, in words. The person's name, title and time are filled in at signing.
    """

    slot: str
    party: str
    capacity: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelPlace:
    """Where a signature panel's blank area lies, in PDF points from the page's lower left corner.

    The area covers the blanks right of the four printed labels, so what is filled in at signing
    never touches printed words. `page` counts from 1.
    """

    slot: str
    page: int
    x: float
    y: float
    width: float
    height: float


PANEL_LABELS = ("Signature", "Name", "Title", "Date and time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One printed block. `id` is the clause id, stable across versions, or empty."""

    kind: BlockKind
    id: str = ""
    number: str = ""
    heading: str = ""
    runs: tuple[Run, ...] = ()
    level: int = 0
    table: Table | None = None
    panels: tuple[SignaturePanel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Data embedded in the PDF (AFRelationship=Data); not part of the agreement."""

    name: str
    description: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Everything a renderer needs, and nothing it has to decide.

    `running_title` stands in the header. `control_line` stands in every footer (packet id and short
    plan checksum) beside "Page x of y". `mark` is a line printed across the head of every page (the
    "sample for review by counsel" mark, a draft mark), or empty. `dated` is the ISO date that the
    PDF's metadata bears, so that the same input gives the same bytes.
    """

    slug: str
    version: str
    title: str
    running_title: str
    control_line: str
    mark: str
    language: str
    author: str
    dated: str
    blocks: tuple[Block, ...]
    attachment: Attachment | None = None

    @property
    def panels(self) -> tuple[SignaturePanel, ...]:
        """Every signature panel in printed order."""
        return tuple(panel for block in self.blocks for panel in block.panels)
