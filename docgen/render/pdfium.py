"""The one door to PDFium, which keeps global state: one thread at a time.

Two threads inside PDFium at once may crash the process, so nothing else of ours opens a file with
it.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pypdfium2

if TYPE_CHECKING:
    from collections.abc import Iterator

PdfiumError = pypdfium2.PdfiumError

_ONE_AT_A_TIME = threading.RLock()


@contextmanager
def opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """Open a file for as long as it is read; other threads wait until it is closed.

    Raises:
        PdfiumError: the file cannot be read.
    """
    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
        try:
            yield document
        finally:
            document.close()


def page_sizes(pdf: bytes) -> list[tuple[float, float]]:
    """Give each page's width and height in points.

    Raises:
        PdfiumError: the file cannot be read.
    """
    with opened(pdf) as document:
        return [document.get_page_size(index) for index in range(len(document))]
