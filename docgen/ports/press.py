"""The press: finished documents in, every form of each out, compared word for word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from docgen.domain.document import Document
from docgen.ports.typesetter import TypesetPdf

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Forms", "Order", "Press"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One document to make: its words, its template's Word shell, what the Word file says of it."""

    document: Document
    shell: bytes
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """One document in all its forms."""

    document: Document
    typeset: TypesetPdf
    docx: bytes
    html: bytes


class Press(Protocol):
    """Makes PDF, DOCX and HTML; the same order gives the same bytes."""

    key: ClassVar[str]

    def press(self, orders: Iterable[Order]) -> tuple[Forms, ...]:
        """Make every form of each document and pass it through the gate; all of them, or none.

        Orders may be put together while those before them are being made.

        Raises:
            RenderRefused: the forms of a document differ, or a character has no glyph.
            ConfigurationError: what makes them ended by itself; nothing was made.
        """
        ...
