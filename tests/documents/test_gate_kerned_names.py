"""The gate reads names whose letters PDFium takes apart, and none that stand apart."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pypdf
import pytest
from pypdf.generic import ArrayObject, ContentStream, FloatObject, NameObject

from docgen.domain.document import Block, BlockKind, Run
from docgen.errors import RenderRefused
from docgen.render.gate import check_pdf
from docgen.render.pdf_reading import read_plain_pdf
from tests.documents.gatekeeper import NAME, SLUG
from tests.documents.rendered import made, typeset

if TYPE_CHECKING:
    from docgen.domain.document import Document

# What PDFium reads as two words in bold or small letters: “Gulf View”.
KERNED = ("GulfView", "ProofWell", "HalfXray", "ElfYork", "GulfBay", "LeafIsland", "(Gulf)", "(jet")


def _named(name: str) -> Document:
    """Put a name where agreements print names: panel, table, heading and prose, bold and not."""
    document = made(NAME, SLUG).document
    blocks = []
    for block in document.blocks:
        if block.panels:
            own = tuple(
                replace(panel, party=f"{name} Oncology, PLLC", capacity=f"For {name}", meaning=name)
                for panel in block.panels
            )
            blocks.append(replace(block, panels=own))
        elif block.table is not None:
            first, *others = block.table.columns
            columns = (replace(first, heading=f"{name} side"), *others)
            row = (f"at {name} here", *["x"] * len(others))
            blocks.append(replace(block, table=replace(block.table, columns=columns, rows=(row,))))
        else:
            blocks.append(block)
    for bold in (True, False):
        run = Run(text=f"The {name} Center and {name}.", bold=bold)
        blocks.append(Block(kind=BlockKind.PARAGRAPH, runs=(run,)))
    blocks.append(Block(kind=BlockKind.ARTICLE, number="99.", heading=f"Of {name} Center"))
    return replace(document, blocks=tuple(blocks))


@pytest.mark.parametrize("name", KERNED)
def test_a_kerned_name_is_one_word(name: str) -> None:
    """Each name passes, and is not the same as the name in two words or with a letter more."""
    document = _named(name)
    check_pdf(document, typeset(document))
    for wrong in (name.replace("f", "f ").replace("(j", "( j"), f"{name}s"):
        with pytest.raises(RenderRefused, match="PDF form differs"):
            check_pdf(document, typeset(_named(wrong)))
        with pytest.raises(RenderRefused, match="PDF form differs"):
            check_pdf(_named(wrong), typeset(document))


def test_pdfium_takes_such_a_name_apart() -> None:
    """The names above are worth trying: without measuring, they come in two words."""
    read = " ".join(
        read_plain_pdf(typeset(_named("GulfView")), made(NAME, SLUG).document.attachment)
    )
    assert "Gulf View Oncology" in read
    assert "GulfView Oncology" not in read


@pytest.mark.parametrize(("moved", "is_fine"), [(40, True), (-160, False), (-300, False)])
def test_letters_moved_apart_are_two_words(moved: int, *, is_fine: bool) -> None:
    """“F or” for “For”: letters as far apart as words are refused, with no space between them."""
    document = _named("GulfView")
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(typeset(document)))
    page = writer.pages[0]
    content = ContentStream(page["/Contents"], writer)
    line = next(line for line, sign in content.operations if sign == b"TJ" and len(line[0]) > 20)
    first, *rest = line[0]
    line[0] = ArrayObject([first, FloatObject(moved), *rest])
    page[NameObject("/Contents")] = writer._add_object(content)
    buffer = io.BytesIO()
    writer.write(buffer)
    if is_fine:
        check_pdf(document, buffer.getvalue())
    else:
        with pytest.raises(RenderRefused, match="PDF form differs"):
            check_pdf(document, buffer.getvalue())
