"""The typesetter port answered by Typst: one constant style, one sheet of data, one compile.

Style and data are handed over as files in memory. Data must not travel as Typst's inputs: each
paragraph depends on those, and none could be reused from one document in the next.

Typst's thread pool does not survive `fork`: start render workers with `spawn`, or fork first.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from docgen.errors import RenderRefused
from docgen.ports.typesetter import PanelPlace, TypesetPdf
from integrations.typeset import composition
from integrations.typeset.glyphs import check_glyphs, coverage, fonts_digest, without_glyph
from integrations.typeset.typst import sheet as sheet_module
from integrations.typeset.typst.sheet import frame, sheet

if TYPE_CHECKING:
    from docgen.domain.document import Document

STYLE = Path(__file__).resolve().parent / "style" / "agreement.typ"
PAGE_HEIGHT = 792.0
PANEL_WIDTH, PANEL_HEIGHT = 216.0, 88.0  # area-width and four times line-height in the style

_MAIN = "main.typ"  # the name under which Typst looks for the file to begin with

# Asked of the compiled document, so that the style itself needs no second layout for it.
_PLACES = (
    "(query(<end>).first().location().page(), query(<panel>).map(mark => {"
    " let at = mark.location().position(); (mark.value, at.page, at.x.pt(), at.y.pt()) }))"
)


class TypstTypesetter:
    """Typesets agreements with Typst, as PDF/A-3a and PDF/UA-1 in one file."""

    key: ClassVar[str] = "typst"

    def __init__(self, fonts: Path) -> None:
        """Take the folder of the shipped fonts; they stay loaded once a document was typeset."""
        self._fonts = fonts
        self._style = STYLE.read_bytes()
        self._engine = (
            f"typst {version('typst')} style {_style_digest(self._style)[:12]}"
            f" fonts {fonts_digest(fonts)[:12]}"
        )

    @cached_property
    def _faces(self) -> Any:
        # Only when something is typeset: a process that serves pages has no need of Typst.
        import typst

        return typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[self._fonts]
        )

    @property
    def engine(self) -> str:
        """Name the engine, the style and the fonts so that equal names mean equal bytes."""
        return self._engine

    def unprintable(self, text: str) -> str:
        """Give the characters that no shipped font can print."""
        return without_glyph(text, coverage(self._fonts))

    def typeset(self, document: Document) -> TypesetPdf:
        """Typeset one document."""
        check_glyphs(document, coverage(self._fonts))
        files = {
            _MAIN: self._style,
            "sheet.json": sheet(document),
            "frame.json": frame(document),
        }
        if document.attachment is not None:
            files["attachment"] = document.attachment.data
        return _compile(files, self._faces, document)


def _style_digest(style: bytes) -> str:
    """Digest everything of ours that decides how a document looks."""
    digest = hashlib.sha256(hashlib.sha256(style).digest())
    for name in (composition.__file__, sheet_module.__file__, __file__):
        digest.update(hashlib.sha256(Path(name).read_bytes()).digest())
    return digest.hexdigest()


def _compile(files: dict[str, bytes], faces: Any, document: Document) -> TypesetPdf:
    """Compile the style with the document's sheet and ask it where the panels lie."""
    import typst

    dated = datetime.fromisoformat(document.dated).replace(tzinfo=UTC)
    world = {"root": STYLE.parent, "font_paths": faces, "ignore_system_fonts": True}
    try:
        pdf = typst.compile(
            files,
            format="pdf",
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(dated.timestamp()),
            **world,
        )
        # The layout of a moment ago is still remembered, so that asking costs next to nothing.
        pages, marks = json.loads(typst.eval(files, _PLACES, **world))
    except RuntimeError:
        # Typst quotes the text it stumbles over, so its words stay out of ours.
        message = (
            f"Document “{document.slug}” cannot be typeset as an archivable, accessible PDF; "
            "check its title, its attachment's name and its characters."
        )
        raise RenderRefused(message) from None
    return TypesetPdf(pdf=cast("bytes", pdf), pages=pages, panels=tuple(map(_place, marks)))


def _place(mark: tuple[str, int, float, float]) -> PanelPlace:
    """Turn a mark's place, counted from the upper left corner, into PDF points."""
    slot, page, left, top = mark
    return PanelPlace(
        slot=slot,
        page=page,
        x=round(left, 2),
        y=round(PAGE_HEIGHT - top - PANEL_HEIGHT, 2),
        width=PANEL_WIDTH,
        height=PANEL_HEIGHT,
    )
