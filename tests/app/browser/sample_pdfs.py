"""PDFs for the viewer: long ones, scans, a signed one, and what the eye sees of a drawn page."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw
from weasyprint import HTML

GOLDEN = Path(__file__).parents[2] / "verifier" / "golden" / "docgen-evidence-2.bundle.zip"
SIGNED = "documents/psa/signed.pdf"


@cache
def written(pages: int, words: str = "Page") -> bytes:
    """Make a PDF of so many pages, each with its number in words of its own."""
    sheets = "".join(
        f"<p style='break-after: page; font-size: 20pt'>{words} number {number}.</p>"
        for number in range(1, pages + 1)
    )
    return bytes(HTML(string=f"<html lang='en'><title>Sample</title>{sheets}</html>").write_pdf())


@cache
def scanned(mode: str) -> bytes:
    """Make a one-page scan: a fax picture for mode 1, JPEG 2000 for RGBA, JPEG for RGB."""
    picture = Image.new(mode, (850, 1100), "white")
    ImageDraw.Draw(picture).rectangle((100, 100, 750, 1000), fill="black")
    data = io.BytesIO()
    picture.save(data, "PDF", resolution=100)
    return data.getvalue()


def signed() -> bytes:
    """Give a page with two real signatures on it, from the bundle kept for ever."""
    with zipfile.ZipFile(GOLDEN) as bundle:
        return bundle.read(SIGNED)
