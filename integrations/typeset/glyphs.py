"""Which characters the shipped fonts can print, checked before anything is typeset."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

from docgen.errors import ConfigurationError, RenderRefused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docgen.domain.document import Block, Document

# A character must stand in every text face (else bold text might lack it) or in a fallback face.
TEXT_FACES = (
    "DocgenSerif-Regular.ttf",
    "DocgenSerif-Italic.ttf",
    "DocgenSerif-Bold.ttf",
    "DocgenSerif-BoldItalic.ttf",
    "DocgenSerifSmall-Regular.ttf",
    "DocgenSerifSmall-Italic.ttf",
    "DocgenSerifLarge-Semibold.ttf",
)
FALLBACK_FACES = ("Amiri-Regular.ttf", "DroidSansFallback.ttf")

# Printed as nothing or as a space by both engines, with or without a glyph: line feed, no-break
# and thin spaces, soft hyphen, places to break, joiners and the direction isolates. The direction
# overrides and embeddings are left out on purpose: they can make a name read as another name.
NEEDS_NO_GLYPH = frozenset(
    "\n\u00a0\u00ad\u2009\u200b\u200c\u200d\u2011\u202f\u2060\u2066\u2067\u2068\u2069"
)


@cache
def coverage(fonts: Path) -> frozenset[int]:
    """Return every code point that can be printed in every style."""
    text = frozenset.intersection(*(_cmap(fonts / name) for name in TEXT_FACES))
    both = text.union(*(_cmap(fonts / name) for name in FALLBACK_FACES))
    # Controls, overrides and private characters stay out even where a font maps them to a glyph.
    hidden = {*range(0x20), *range(0x7F, 0xA0), *range(0x200B, 0x2010), *range(0x2028, 0x2030)}
    hidden |= {
        *range(0x2060, 0x2070),
        0xAD,
        *range(0xE000, 0xF900),
        0xFEFF,
        *range(0xFFF0, 0x10000),
    }
    return frozenset(both - hidden) | {ord(character) for character in NEEDS_NO_GLYPH}


@cache
def fonts_digest(fonts: Path) -> str:
    """Return a digest over the names and bytes of the fonts that typesetting uses."""
    digest = hashlib.sha256()
    for name in (*TEXT_FACES, *FALLBACK_FACES):
        digest.update(name.encode() + b"\0" + hashlib.sha256(_read(fonts / name)).digest())
    return digest.hexdigest()


def check_glyphs(document: Document, covered: frozenset[int]) -> None:
    """Refuse the document if a character has no glyph; name code points and block, not the text."""
    places = tuple(_texts(document))
    if {ord(character) for character in set("".join(text for _, text in places))} <= covered:
        return
    for place, text in places:
        missing = sorted({ord(character) for character in text} - covered)
        if missing:
            points = ", ".join(f"U+{point:04X}" for point in missing[:8])
            message = (
                f"The shipped fonts have no glyph for {points} in {place} of document "
                f"“{document.slug}”; write this text with other characters."
            )
            raise RenderRefused(message)


def without_glyph(text: str, covered: frozenset[int]) -> str:
    """Give the characters of a text that have no glyph, each once, in order."""
    return "".join(dict.fromkeys(sign for sign in text if ord(sign) not in covered))


def _cmap(path: Path) -> frozenset[int]:
    """Return the code points a font maps to glyphs."""
    from fontTools.ttLib import TTFont  # heavy, and asked for only when something is typeset

    _read(path, probe=True)
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _read(path: Path, *, probe: bool = False) -> bytes:
    """Read a font file, or say which one is missing."""
    try:
        with path.open("rb") as file:
            return file.read(4 if probe else -1)
    except OSError as error:
        message = f"The font {path.name} cannot be read; install the product's fonts again."
        raise ConfigurationError(message) from error


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    """Yield every printed text with the place an operator can find it by."""
    yield "the title", document.title
    yield "the running title", document.running_title
    yield "the control line", document.control_line
    yield "the mark", document.mark
    for index, block in enumerate(document.blocks, start=1):
        place = f"block {block.id}" if block.id else f"block number {index} ({block.kind})"
        for text in block_texts(block):
            yield place, text


def block_texts(block: Block) -> Iterator[str]:
    """Yield every text a block prints, in printed order."""
    yield block.number
    yield block.heading
    for run in block.runs:
        yield run.text
    if block.table is not None:
        yield block.table.caption
        for column in block.table.columns:
            yield column.heading
        for row in block.table.rows:
            yield from row
    for panel in block.panels:
        yield from (panel.party, panel.capacity, panel.meaning)
