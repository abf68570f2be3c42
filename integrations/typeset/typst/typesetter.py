"""The typesetter port answered by Typst: one constant style, one sheet of data, one compile.

Typst's thread pool does not survive `fork`: start render workers with `spawn`, or fork first.
"""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, ClassVar, cast

import typst

from docgen.errors import RenderRefused
from docgen.ports.typesetter import PanelPlace, TypesetPdf
from integrations.typeset.glyphs import check_glyphs, coverage, fonts_digest
from integrations.typeset.typst import sheet as sheet_module
from integrations.typeset.typst.sheet import sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.document import Document

STYLE = Path(__file__).resolve().parent / "style" / "agreement.typ"
PAGE_HEIGHT = 792.0
PANEL_WIDTH, PANEL_HEIGHT = 216.0, 88.0  # area-width and four times line-height in the style

# Asked of the compiled document, so that the style itself needs no second layout for it.
_PLACES = (
    "(query(<end>).first().location().page(), query(<panel>).map(mark => {"
    " let at = mark.location().position(); (mark.value, at.page, at.x.pt(), at.y.pt()) }))"
)


class TypstTypesetter:
    """Typesets agreements with Typst, as PDF/A-3a and PDF/UA-1 in one file."""

    key: ClassVar[str] = "typst"

    def __init__(self, fonts: Path) -> None:
        """Keep the fonts loaded between documents; `fonts` is the folder of the shipped fonts."""
        self._covered = coverage(fonts)
        style = hashlib.sha256(STYLE.read_bytes() + Path(sheet_module.__file__).read_bytes())
        self._engine = (
            f"typst {version('typst')} style {style.hexdigest()[:12]}"
            f" fonts {fonts_digest(fonts)[:12]}"
        )
        faces = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]
        )
        # A compiler holds one document at a time and lets go of the interpreter while it works:
        # one for each processor typesets the documents of a packet side by side.
        self._workers = len(os.sched_getaffinity(0))
        self._compilers: SimpleQueue[typst.Compiler] = SimpleQueue()
        for _ in range(self._workers):
            self._compilers.put(
                typst.Compiler(
                    input=STYLE, root=STYLE.parent, font_paths=faces, ignore_system_fonts=True
                )
            )

    @property
    def engine(self) -> str:
        """Name the engine, the style and the fonts so that equal names mean equal bytes."""
        return self._engine

    def typeset(self, document: Document) -> TypesetPdf:
        """Typeset one document."""
        check_glyphs(document, self._covered)
        compiler = self._compilers.get()
        try:
            return _compile(compiler, document)
        finally:
            self._compilers.put(compiler)

    def typeset_all(self, documents: Sequence[Document]) -> tuple[TypesetPdf, ...]:
        """Typeset several documents side by side, each on its own pages."""
        if len(documents) == 1 or self._workers == 1:
            return tuple(self.typeset(document) for document in documents)
        with ThreadPoolExecutor(self._workers) as pool:
            # The longest begins first, so that no processor waits for it at the end.
            order = sorted(range(len(documents)), key=lambda at: -len(documents[at].blocks))
            tasks = {at: pool.submit(self.typeset, documents[at]) for at in order}
            return tuple(tasks[at].result() for at in range(len(documents)))


def _compile(compiler: typst.Compiler, document: Document) -> TypesetPdf:
    """Compile the style with the document's sheet and ask it where the panels lie."""
    dated = datetime.fromisoformat(document.dated).replace(tzinfo=UTC)
    try:
        pdf = compiler.compile(
            format="pdf",
            sys_inputs={"sheet": sheet(document)},
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(dated.timestamp()),
        )
        pages, marks = json.loads(compiler.eval(_PLACES))
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
