"""The demonstration's scanner: pictures of printed pages, on which nobody wrote."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from docgen.render.pdfium import opened

if TYPE_CHECKING:
    from collections.abc import Sequence

DOTS_PER_INCH = 100


def scan_pages(files: Sequence[bytes]) -> tuple[bytes, int]:
    """Draw every page of these PDF files in gray, as a scanner does; give one PDF and its pages."""
    images = []
    for data in files:
        with opened(data) as document:
            images += [
                page.render(scale=DOTS_PER_INCH / 72, grayscale=True).to_pil() for page in document
            ]
    target = io.BytesIO()
    images[0].save(
        target, "PDF", save_all=True, append_images=images[1:], resolution=DOTS_PER_INCH, quality=60
    )
    return target.getvalue(), len(images)
