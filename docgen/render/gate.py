"""The gate: the final bytes are read back with other parsers, and every word and number must agree.

DOCX is read with zipfile and lxml, HTML with lxml's HTML parser, PDF with PDFium; none of them made
the bytes. What is compared is the document's blocks: each form must hold exactly their letters and
figures in their order, and nothing more.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pypdfium2
from lxml import etree
from lxml import html as lxml_html

from docgen.domain.document import PANEL_LABELS, BlockKind
from docgen.errors import RenderRefused
from docgen.render.html import stylesheet
from docgen.render.letters import figures, inner_figures, letters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.domain.document import Block, Document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SHOWN_ATTRIBUTES = frozenset(
    {"id", "class", "lang", "scope", "tabindex", "role", "aria-label", "colspan", "rowspan"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One block's letters. In a signature panel, and in a block with letters that run from right to
    left, only which letters stand there matters, not their order.

    `head` is what a table repeats at the top of each further page.
    """

    block_id: str
    letters: str
    unordered: bool = False
    head: str = ""


def check(document: Document, *, docx: bytes, html: bytes, pdf: bytes) -> None:
    """Compare all three forms with the document.

    Raises:
        RenderRefused: a form holds other words or numbers; the message names form and block only.
    """
    segments = [_segment(block) for block in document.blocks]
    numbers = [number for block in document.blocks for number in figures(_text(block))]
    _compare("DOCX", segments, numbers, _docx_text(docx))
    _compare("HTML", segments, numbers, _html_text(html))
    _compare_pdf(document, segments, numbers, pdf)


def _text(block: Block) -> str:
    """Give everything a block prints, in order."""
    return "\n".join(_pieces(block))


def _pieces(block: Block) -> Iterator[str]:
    if block.number:
        yield block.number
    if block.heading:
        yield f"{block.heading}." if block.kind is BlockKind.CLAUSE else block.heading
    yield "".join(run.text for run in block.runs)
    if block.table is not None:
        yield block.table.caption
        yield from (column.heading for column in block.table.columns)
        for row in block.table.rows:
            yield from row
    for panel in block.panels:
        yield from (panel.party, panel.capacity, panel.meaning, *PANEL_LABELS)


def _segment(block: Block) -> Segment:
    head = ""
    if block.table is not None:
        head = letters("".join(column.heading for column in block.table.columns))
    return Segment(
        block_id=block.id or block.kind.value,
        letters=letters(_text(block)),
        unordered=block.kind is BlockKind.SIGNATURES or _runs_leftwards(_text(block)),
        head=head,
    )


def _runs_leftwards(text: str) -> bool:
    """True when letters run from right to left: PDF readers disagree on the order they give."""
    return any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text)


def _compare(form: str, segments: list[Segment], numbers: list[str], text: str) -> None:
    _compare_letters(form, segments, letters(text))
    if sorted(figures(text)) != sorted(numbers):
        raise RenderRefused(
            f"The {form} form prints a number that the document does not hold; nothing was used."
        )


def _compare_letters(form: str, segments: list[Segment], found: str) -> None:
    at = 0
    for segment in segments:
        part = found[at : at + len(segment.letters)]
        same = (
            sorted(part) == sorted(segment.letters)
            if segment.unordered
            else part == segment.letters
        )
        if not same:
            raise RenderRefused(
                f"The {form} form differs from the document at {segment.block_id}; nothing of this "
                "packet was used."
            )
        at += len(segment.letters)
    if at != len(found):
        raise RenderRefused(
            f"The {form} form holds more than the document; nothing of this packet was used."
        )


# -- DOCX -----------------------------------------------------------------------------------------


def _docx_text(data: bytes) -> str:
    """Read the body's shown text; hidden or deleted text does not count as printed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"), parser)
    pieces = []
    for element in root.iter(f"{_W}p", f"{_W}t", f"{_W}tab", f"{_W}br"):
        if element.tag == f"{_W}t":
            if not _is_hidden(element):
                pieces.append(element.text or "")
        else:
            pieces.append("\n")
    return "".join(pieces)


def _is_hidden(text: etree._Element) -> bool:
    run = text.getparent()
    properties = run.find(f"{_W}rPr") if run is not None else None
    return properties is not None and properties.find(f"{_W}vanish") is not None


# -- HTML -----------------------------------------------------------------------------------------


def _html_text(data: bytes) -> str:
    """Read the text of `<main>` that a person sees.

    Raises:
        RenderRefused: the page carries a style, script or attribute that could hide or change words.
    """
    root = lxml_html.document_fromstring(data.decode("utf-8"))
    styles = [element.text or "" for element in root.iter("style")]
    mains = root.xpath("//main")
    if [style.strip() for style in styles] != [stylesheet().strip()] or len(mains) != 1:
        raise RenderRefused("The HTML form carries a style that is not ours; nothing was used.")
    if root.xpath("//script | //link | //iframe | //object | //template"):
        raise RenderRefused("The HTML form carries an active element; nothing was used.")
    for element in mains[0].iter():
        if set(element.attrib) - _SHOWN_ATTRIBUTES:
            raise RenderRefused(
                "The HTML form carries an attribute that could hide words; nothing was used."
            )
    return "\n".join(mains[0].itertext())


# -- PDF ------------------------------------------------------------------------------------------


def _compare_pdf(
    document: Document, segments: list[Segment], numbers: list[str], pdf: bytes
) -> None:
    pages = list(_pdf_pages(pdf))
    found, inner = "", Counter[str]()
    for number, page in enumerate(pages, start=1):
        body = _without_frame(document, page, number, len(pages))
        inner.update(run for line in body.split("\n") for run in inner_figures(line))
        stream = letters(body)
        head = _repeated_head(segments, len(found))
        if head and stream.startswith(head):
            stream = stream[len(head) :]
            inner.subtract(figures(head))
        found += stream
    _compare_letters("PDF", segments, found)
    # A number may break at the end of a line; within a line it must be one the document holds.
    if +(inner - Counter(numbers)):
        raise RenderRefused(
            "The PDF form prints a number that the document does not hold; nothing was used."
        )


def _pdf_pages(pdf: bytes) -> Iterator[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        for index in range(len(document)):
            page = document[index]
            text = page.get_textpage()
            yield text.get_text_range()
            text.close()
            page.close()
    finally:
        document.close()


def _without_frame(document: Document, page: str, number: int, count: int) -> str:
    """Take header and footer off a page; they must be there exactly.

    Raises:
        RenderRefused: a page lacks its header, its control line or its page number.
    """
    lines = [line for line in page.replace("\r", "\n").split("\n") if line.strip()]
    head = letters(document.running_title + document.mark)
    foot = letters(f"{document.control_line}Page {number} of {count}")
    top = _count_lines(lines, head)
    bottom = _count_lines(list(reversed(lines)), foot, backwards=True)
    if top is None or bottom is None:
        raise RenderRefused(
            f"Page {number} of the PDF form lacks its header or footer; nothing was used."
        )
    return "\n".join(lines[top : len(lines) - bottom])


def _count_lines(lines: list[str], wanted: str, *, backwards: bool = False) -> int | None:
    """Count how many lines from the edge make up exactly the wanted letters."""
    found = ""
    for count, line in enumerate(lines, start=1):
        found = letters(line) + found if backwards else found + letters(line)
        if found == wanted:
            return count
        if len(found) >= len(wanted):
            return None
    return None


def _repeated_head(segments: list[Segment], at: int) -> str:
    """Give the head of the table that a new page continues, or ""."""
    start = 0
    for segment in segments:
        end = start + len(segment.letters)
        if start < at < end:
            return segment.head
        start = end
    return ""
