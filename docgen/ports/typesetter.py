"""The typesetter: a finished document in, a tagged PDF out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from docgen.domain.document import PanelPlace

if TYPE_CHECKING:
    from docgen.domain.document import Document

__all__ = ["PanelPlace", "TypesetPdf", "Typesetter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypesetPdf:
    """A PDF/A-3a + PDF/UA-1 file, its page count and where its signature panels lie."""

    pdf: bytes
    pages: int
    panels: tuple[PanelPlace, ...]


class Typesetter(Protocol):
    """Typesets agreements; the same document gives the same bytes, on any machine, on any day."""

    key: ClassVar[str]

    @property
    def engine(self) -> str:
        """Name and exact version of engine, style and fonts, e.g. `typst 0.15.2 style 1`."""
        ...

    def unprintable(self, text: str) -> str:
        """Give the characters of a text that have no glyph in the shipped fonts, each once."""
        ...

    def typeset(self, document: Document) -> TypesetPdf:
        """Typeset one document.

        Raises:
            RenderRefused: a character has no glyph in the shipped fonts; the message names the code
                point and the block id, never the value.
        """
        ...
