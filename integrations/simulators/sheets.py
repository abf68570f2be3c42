"""The sheets of a PDF file, as a signing service measures them."""

from __future__ import annotations

import io

from pypdf import PdfReader


def sheet_sizes(pdf: bytes) -> list[tuple[float, float]]:
    """Give each page's width and height in points."""
    boxes = [page.mediabox for page in PdfReader(io.BytesIO(pdf)).pages]
    return [(float(box.width), float(box.height)) for box in boxes]
