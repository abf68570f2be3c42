"""The typesetter port answered by WeasyPrint: slower than Typst, a second opinion on every page."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import weasyprint

from docgen.errors import RenderRefused
from docgen.ports.typesetter import PanelPlace, TypesetPdf
from integrations.typeset.glyphs import check_glyphs, coverage, fonts_digest, without_glyph
from integrations.typeset.weasyprint import page as page_module
from integrations.typeset.weasyprint.fetcher import ClosedFetcher
from integrations.typeset.weasyprint.page import PANEL_ID, page
from integrations.typeset.weasyprint.press import Press

if TYPE_CHECKING:
    from weasyprint.document import Document as Laid

    from docgen.domain.document import Attachment, Document

STYLE = Path(__file__).resolve().parent / "style" / "agreement.css"
PAGE_HEIGHT = 792.0
PANEL_WIDTH, PANEL_HEIGHT = 216.0, 88.0  # .blanks in the style
POINTS_PER_PIXEL = 0.75


class WeasyprintTypesetter:
    """Typesets agreements with WeasyPrint, as PDF/A-3a with the PDF/UA-1 mark."""

    key: ClassVar[str] = "weasyprint"

    def __init__(self, fonts: Path) -> None:
        """Load style and fonts; `fonts` is the folder of the shipped fonts."""
        self._covered = coverage(fonts)
        self._press = Press(fonts)
        style = STYLE.read_bytes()
        self._style = self._press.stylesheet(style.decode())
        digest = hashlib.sha256(style + Path(page_module.__file__).read_bytes()).hexdigest()
        self._engine = (
            f"weasyprint {weasyprint.__version__} style {digest[:12]}"
            f" fonts {fonts_digest(fonts)[:12]}"
        )

    @property
    def engine(self) -> str:
        """Name the engine, the style and the fonts so that equal names mean equal bytes."""
        return self._engine

    def unprintable(self, text: str) -> str:
        """Give the characters that no shipped font can print."""
        return without_glyph(text, self._covered)

    def typeset(self, document: Document) -> TypesetPdf:
        """Typeset one document."""
        check_glyphs(document, self._covered)
        try:
            laid = self._press.lay_out(page(document), self._style)
            pdf = self._press.write(laid, _attachments(document))
        except RenderRefused as error:
            message = f"Document “{document.slug}” cannot be typeset. {error}"
            raise RenderRefused(message) from None
        return TypesetPdf(pdf=pdf, pages=len(laid.pages), panels=_places(document, laid))


def _attachments(document: Document) -> list[weasyprint.Attachment]:
    """Return the document's data as the engine's attachment, dated by the document."""
    if document.attachment is None:
        return []
    data: Attachment = document.attachment
    dated = datetime.fromisoformat(document.dated).replace(tzinfo=UTC)
    return [
        weasyprint.Attachment(
            string=data.data,
            url_fetcher=ClosedFetcher({}),
            name=data.name,
            description=data.description,
            created=dated,
            modified=dated,
            relationship="Data",
        )
    ]


def _places(document: Document, laid: Laid) -> tuple[PanelPlace, ...]:
    """Return where the blanks of each panel lie, in printed order."""
    anchors = {
        name: (number, *point[:2])
        for number, sheet in enumerate(laid.pages, start=1)
        for name, point in sheet.anchors.items()
    }
    return tuple(
        _place(panel.slot, *anchors[f"{PANEL_ID}{panel.slot}"]) for panel in document.panels
    )


def _place(slot: str, number: int, left: float, top: float) -> PanelPlace:
    """Turn a place in pixels from the upper left corner into PDF points."""
    return PanelPlace(
        slot=slot,
        page=number,
        x=round(left * POINTS_PER_PIXEL, 2),
        y=round(PAGE_HEIGHT - top * POINTS_PER_PIXEL - PANEL_HEIGHT, 2),
        width=PANEL_WIDTH,
        height=PANEL_HEIGHT,
    )
