"""Reading PDF files back with parsers that no typesetter uses."""

from __future__ import annotations

import subprocess
import unicodedata
from io import BytesIO
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

import page as page_validation
import pypdf
import pypdfium2

if TYPE_CHECKING:
    from collections.abc import Iterator


def words(text: str) -> str:
    """Return text as a reader compares it: no format characters, white space folded."""
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return " ".join(visible.split())


def printed_text(pdf: bytes) -> str:
    """Return what another engine reads on the pages."""
    sheets = pypdfium2.PdfDocument(pdf)
    text = " ".join(sheet.get_textpage().get_text_range() for sheet in sheets)
    return words(text.replace("\ufffe", "-"))  # how it reads a hyphen at the end of a line


def findings(pdf: bytes, profile: str) -> list[str]:
    """Return the rules a validator finds broken, less its known misfire on a stream's length."""
    report = page_validation.validate_pdf_bytes(pdf, profile=profile)
    rules = [failure.rule_id for failure in report.failures]
    if any("STREAM-LENGTH" in rule for rule in rules):
        # It miscounts a compressed stream that ends in a carriage return; qpdf counts right.
        with NamedTemporaryFile(suffix=".pdf") as file:
            file.write(pdf)
            file.flush()
            command = ["qpdf", "--check", file.name]
            check = subprocess.run(command, capture_output=True, check=False)
        if check.returncode == 0:
            rules = [rule for rule in rules if "STREAM-LENGTH" not in rule]
    return rules


def root(reader: pypdf.PdfReader) -> Any:
    """Return a file's catalog."""
    return reader.trailer["/Root"].get_object()


def fonts(pdf: bytes) -> dict[str, bool]:
    """Return the fonts of all pages and whether each is embedded as TrueType."""
    found = {}
    for sheet in pypdf.PdfReader(BytesIO(pdf)).pages:
        resources: Any = sheet["/Resources"].get_object()
        for font in resources["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            name = inner["/BaseFont"].split("+")[1].replace("-", "")
            found[name] = "/FontFile2" in inner["/FontDescriptor"]
    return found


def streams(pdf: bytes) -> Iterator[bytes]:
    """Yield every stream of a file, unpacked."""
    reader = pypdf.PdfReader(BytesIO(pdf))
    for generation, numbers in reader.xref.items():
        for number in numbers:
            found = pypdf.generic.IndirectObject(number, generation, reader).get_object()
            if isinstance(found, pypdf.generic.StreamObject):
                yield found.get_data()
