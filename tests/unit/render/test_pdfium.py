"""PDFium is entered by one door, one thread at a time: two inside it may crash the process."""

from __future__ import annotations

import io
import re
import threading
from pathlib import Path

import pytest
from pypdf import PdfWriter

import docgen
from docgen.render.pdfium import PdfiumError, opened, page_sizes

ROOT = Path(docgen.__file__).parents[1]
_OPENS = re.compile(r"\bPdfDocument\(|\bFPDF_Load\w*Document\b")


def blank(pages: int) -> bytes:
    """Make a file of empty pages, each a point higher than the one before."""
    writer = PdfWriter()
    for number in range(pages):
        writer.add_blank_page(612, 792 + number)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_nothing_else_opens_a_file_with_pdfium() -> None:
    """The whole product, adapters included; the control is the door itself."""
    doors = [
        path.relative_to(ROOT).as_posix()
        for folder in ("docgen", "integrations")
        for path in (ROOT / folder).rglob("*.py")
        if _OPENS.search(path.read_text("utf-8"))
    ]
    assert doors == ["docgen/render/pdfium.py"]


def test_another_thread_waits_until_the_file_is_closed() -> None:
    """While one reads, the next has not come in; then it has."""
    read = threading.Event()

    def come_in() -> None:
        page_sizes(blank(1))
        read.set()

    other = threading.Thread(target=come_in)
    with opened(blank(2)) as document:
        other.start()
        assert not read.wait(0.2)
        assert len(document) == 2
    assert read.wait(10)
    other.join()


def test_one_thread_may_hold_two_files_side_by_side() -> None:
    """What was sent and what came back are compared page by page."""
    with opened(blank(1)) as sent, opened(blank(3)) as returned:
        assert (len(sent), len(returned)) == (1, 3)
    assert page_sizes(blank(2)) == [(612, 792), (612, 793)]


def test_after_a_file_that_cannot_be_read_the_door_is_open() -> None:
    """A damaged file keeps nobody waiting."""
    for _ in range(2):
        with pytest.raises(PdfiumError), opened(b"no PDF"):
            pass
    assert len(page_sizes(blank(1))) == 1
