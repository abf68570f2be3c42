"""The gate: the final bytes are read back, and every word and number must be the document's.

Every form is compared with the document's blocks, hence with every other form. DOCX and HTML must
hold exactly its words in its order. A PDF has lines and pages: its letters must be the document's,
in order, and its words must part where the document's do, except where a line ends.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from itertools import accumulate, chain
from typing import TYPE_CHECKING, NamedTuple

from docgen.errors import RenderRefused
from docgen.render.html import stylesheet
from docgen.render.html_reading import read_html
from docgen.render.page_frame import PageFrame
from docgen.render.pdf_reading import read_plain_pdf
from docgen.render.visible import letters, visible
from docgen.render.word_reading import read_docx
from docgen.render.wording import panel_texts, pieces, table_head

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docgen.domain.document import Block, Document, SignaturePanel

# A row longer than this may be divided by a page, cell beside cell, so its order is not the text's.
LONG_CELL = 1500

_LEFTWARDS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff]")
# Readers of PDF files give brackets and quotation marks beside letters that run leftwards as their
# mirror images.
_MIRRORED = str.maketrans(")]}>»›”’", "([{<«‹“‘")
_PLACE_TO_BREAK = "\u200b\n"


def check(document: Document, *, docx: bytes, html: bytes, pdf: bytes) -> None:
    """Compare all three forms with the document.

    Raises:
        RenderRefused: a form holds other words or numbers; the message names form and block only.
    """
    check_words(document, docx=docx, html=html)
    check_pdf(document, pdf)


def check_words(document: Document, *, docx: bytes, html: bytes) -> None:
    """Compare the Word file and the reading view with the document.

    Raises:
        RenderRefused: a form holds other words or numbers; the message names form and block only.
    """
    frame = [document.running_title, document.mark, document.control_line]
    words = _Words(document.blocks)
    read = read_docx(docx)
    words.compare("DOCX", read.body)
    _compare_frame("DOCX", frame, read.frame)
    read = read_html(html, stylesheet())
    words.compare("HTML", read.body)
    _compare_frame("HTML", frame[1:], read.frame)


def _compare_frame(form: str, expected: Sequence[str], found: str) -> None:
    """Check that the lines around the text are there; a Word file adds its page numbers."""
    rest = f" {' '.join(found.split())} "
    for line in (" ".join(line.split()) for line in expected):
        if line and f" {line} " not in rest:
            raise RenderRefused(
                f"The {form} form lacks its header or footer; nothing of this packet was used."
            )
        rest = rest.replace(f" {line} ", "  ", 1)
    if rest.split() not in ([], ["Page", "1", "of", "1"]):
        raise RenderRefused(
            f"The {form} form says more around its text than it should; nothing was used."
        )


def _names(blocks: Sequence[Block]) -> list[str]:
    """Name each block by its id, or by the one before it that has an id."""
    names, last = [], "the beginning"
    for block in blocks:
        last = block.id or last
        names.append(block.id or f"the {block.kind.value} after {last}")
    return names


def _differs(form: str, where: str) -> RenderRefused:
    return RenderRefused(
        f"The {form} form differs from the document at {where}; nothing of this packet was used."
    )


def _says_more(form: str) -> RenderRefused:
    return RenderRefused(
        f"The {form} form holds more than the document; nothing of this packet was used."
    )


# -- DOCX and HTML: word for word -----------------------------------------------------------------


class _Words:
    """The document's words, and which block each belongs to."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._names = _names(blocks)
        by_block = ["\n".join(pieces(block)).split() for block in blocks]
        self._ends = list(accumulate(len(words) for words in by_block))
        self._words = [word for words in by_block for word in words]

    def compare(self, form: str, text: str) -> None:
        """Check that a form holds exactly these words in this order."""
        found = text.split()
        if found == self._words:
            return
        for index, (mine, theirs) in enumerate(zip(self._words, found, strict=False)):
            if mine != theirs:
                raise _differs(form, self._where(index))
        if len(found) < len(self._words):
            raise _differs(form, self._where(len(found)))
        raise _says_more(form)

    def _where(self, index: int) -> str:
        return self._names[bisect_right(self._ends, index)]


# -- PDF: letters in order, words parted alike ----------------------------------------------------


class _Segment(NamedTuple):
    """A stretch of the document's letters.

    Readers of PDF files disagree on the order of words that run from right to left (`leftwards`:
    the other letters keep theirs), of rows that a page may divide (`unordered`), and of signature
    panels that stand side by side (`besides` is the other order they may come in). `head` holds the
    letters of the table's column headings, which are printed again on each page that continues the
    table.
    """

    where: str
    words: list[str]
    leftwards: bool = False
    unordered: bool = False
    besides: str = ""
    head: str = ""


def _segments(block: Block, where: str) -> Iterator[_Segment]:
    if block.panels:
        panels = _segment(where, "\n".join(pieces(block)))
        yield panels._replace(besides=_side_by_side(block.panels))
    elif block.table is None:
        for piece in pieces(block):
            yield _segment(where, piece)
    else:
        yield _segment(where, "\n".join(table_head(block.table)))
        head = letters("".join(column.heading for column in block.table.columns))
        for row in block.table.rows:
            if max(map(len, row), default=0) > LONG_CELL:
                yield _segment(where, "\n".join(row), unordered=True, head=head)
            else:
                for cell in row:
                    yield _segment(where, cell, head=head)


def _side_by_side(panels: Sequence[SignaturePanel]) -> str:
    """Give the letters of panels set in pairs: both parties first, then the rest of each."""
    texts = [[letters(text) for text in panel_texts(panel)] for panel in panels]
    pairs = [texts[at : at + 2] for at in range(0, len(texts), 2)]
    return "".join(
        text
        for pair in pairs
        for text in (*(own[0] for own in pair), *(line for own in pair for line in own[1:]))
    )


def _segment(where: str, text: str, *, unordered: bool = False, head: str = "") -> _Segment:
    seen = visible(text)
    leftwards = not seen.isascii() and _LEFTWARDS.search(seen) is not None
    return _Segment(
        where=where, words=seen.split(), leftwards=leftwards, unordered=unordered, head=head
    )


def _alike(segment: _Segment, text: str, part: str) -> bool:
    """Tell whether a part of the PDF holds a segment's letters, in an order it may be read in."""
    orders = {text, segment.besides or text}
    if part in orders:
        return True
    if not (segment.leftwards or segment.unordered):
        return False
    if segment.leftwards:
        part, text = part.translate(_MIRRORED), text.translate(_MIRRORED)
    if sorted(part) != sorted(text):
        return False
    return segment.unordered or _rightwards(part) in [_rightwards(order) for order in orders]


def _rightwards(text: str) -> list[str]:
    return [letter for letter in text if unicodedata.bidirectional(letter) == "L"]


def check_pdf(document: Document, pdf: bytes) -> None:
    """Compare the PDF with the document.

    Raises:
        RenderRefused: it holds other letters or parts words elsewhere, or hides something.
    """
    named = zip(document.blocks, _names(document.blocks), strict=True)
    segments = [segment for block, where in named for segment in _segments(block, where)]
    expected = _Expected(segments)
    pages = read_plain_pdf(pdf, document.attachment)
    try:
        _compare_pages(document, expected, pages)
    except RenderRefused:
        # Some words are read with a space in them that no person sees; few documents hold one.
        closer = read_plain_pdf(pdf, document.attachment, measured=True)
        if closer == pages:
            raise
        _compare_pages(document, expected, closer)


def _compare_pages(document: Document, expected: _Expected, pages: Sequence[str]) -> None:
    found, frame = _Found(), PageFrame(document, len(pages))
    for number, page in enumerate(pages, start=1):
        lines = visible(page.replace(_PLACE_TO_BREAK, "")).split("\n")
        found.add_page(frame.take_off(lines, number), expected)
    expected.compare(found)


class _Found:
    """The PDF's words, and which of them may be the rest of a word (those that begin a line)."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._first_of_line: list[int] = []
        self._length = 0

    def add_page(self, lines: Sequence[str], expected: _Expected) -> None:
        """Add a page without its frame, leaving out column headings that are printed again."""
        before, apart = len(self._words), False
        for line in lines[_lines_of(expected.repeated_head(self._length), lines) :]:
            words = line.split()
            if words and not apart:
                self._first_of_line.append(len(self._words))
            self._words += words
            apart = line.endswith(" ")
        self._length += sum(map(len, self._words[before:]))

    @property
    def letters(self) -> str:
        """All letters, in order."""
        return "".join(self._words)

    def begins(self) -> tuple[set[int], set[int]]:
        """Say before which letters a word surely begins, and before which it may."""
        places = list(accumulate(map(len, self._words), initial=0))
        may_begin = {places[at] for at in self._first_of_line}
        return set(places[:-1]) - may_begin, may_begin


def _lines_of(head: str, lines: Sequence[str]) -> int:
    """Count the lines that print column headings again; they end at a line's end."""
    if not head:
        return 0
    found = ""
    for count, line in enumerate(lines, start=1):
        found += "".join(line.split())
        if len(found) >= len(head):
            return count if found == head else 0
    return 0


class _Expected:
    """The document's letters and where its words begin, segment by segment."""

    def __init__(self, segments: Sequence[_Segment]) -> None:
        self._segments = segments
        self._texts = ["".join(segment.words) for segment in segments]
        self._ends = list(accumulate(len(text) for text in self._texts))
        self._letters = "".join(self._texts)
        words = chain.from_iterable(segment.words for segment in segments)
        self._begins = {0, *accumulate(map(len, words))} - {len(self._letters)}

    def repeated_head(self, at: int) -> str:
        """Give the column headings a page repeats when it begins at this letter, or ""."""
        index = bisect_right(self._ends, at)
        return self._segments[index].head if index < len(self._segments) else ""

    def compare(self, found: _Found) -> None:
        """Check that the letters are these in this order, and that words part where they should.

        No line of prose may part a number. Where letters are or may be read in another order, which
        is allowed to some segments, where words part is not compared: beside letters that run
        leftwards, readers move a space to the other side of a comma.
        """
        loose = self._read_otherwise(found.letters)
        loose |= {index for index, segment in enumerate(self._segments) if segment.leftwards}
        begins, may_begin = found.begins()
        apart = (self._begins ^ begins) - may_begin
        apart |= {at for at in may_begin - self._begins if self._parts_number(at)}
        for at in sorted(apart):
            index = bisect_right(self._ends, at)
            if index not in loose:
                raise _differs("PDF", self._segments[index].where)

    def _read_otherwise(self, found: str) -> set[int]:
        """Compare the letters, and give the segments that are read in another order."""
        loose: set[int] = set()
        if found == self._letters:
            return loose
        start = 0
        for index, (text, end) in enumerate(zip(self._texts, self._ends, strict=True)):
            part = found[start:end]
            if part != text:
                if not _alike(self._segments[index], text, part):
                    raise _differs("PDF", self._segments[index].where)
                loose.add(index)
            start = end
        if len(found) > start:
            raise _says_more("PDF")
        return loose

    def _parts_number(self, at: int) -> bool:
        """Tell whether digits stand on both sides; a narrow column may have to part a number."""
        if not self._letters[at - 1 : at + 1].isdigit():
            return False
        return not self._segments[bisect_right(self._ends, at)].head
