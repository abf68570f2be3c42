"""Files that a service could hand over in place of what was signed."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ByteStringObject, ContentStream, NameObject

from integrations.simulators.mischief import Handing
from integrations.simulators.seal import page_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Files = list[tuple[str, bytes]]
_END = b"%%EOF"
_MAPPED = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]{4})>")


def lied(files: Files, kind: Handing) -> Files:
    """Give what is sealed in place of these files."""
    if kind is Handing.STRANGER:
        words = ["Between two parties that nobody here knows.", "Amount: 9,876"]
        return [(name, page_of("Another agreement", words)) for name, _ in files]
    if kind is Handing.ALTERED:
        (name, pdf), *rest = files
        return [(name, one_digit_altered(pdf)), *rest]
    return files


def unsealed(pdf: bytes) -> bytes:
    """Take the seal, which is a file's last revision, off again."""
    last = pdf.rindex(_END)
    return pdf[: pdf.rindex(_END, 0, last) + len(_END)] + b"\n"


def one_digit_altered(pdf: bytes) -> bytes:
    """Show another digit in one place of a file, and nothing else.

    Raises:
        ValueError: there is none that could be exchanged for another of its font.
    """
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    for page in writer.pages:
        resources: Any = page["/Resources"]
        fonts = resources.get("/Font", {})
        codes = {name: _digits(font.get_object()) for name, font in fonts.items()}
        content: Any = ContentStream(page["/Contents"].get_object(), writer)
        if _altered(content.operations, codes):
            page[NameObject("/Contents")] = writer._add_object(content)  # noqa: SLF001  # pypdf has no other way
            out = io.BytesIO()
            writer.write(out)
            return out.getvalue()
    message = "The file shows no digit that could be another one."
    raise ValueError(message)


def _digits(font: Any) -> list[bytes]:
    """List the codes by which a font shows digits."""
    mapped = font.get("/ToUnicode")
    if mapped is None:
        return [b"%d" % digit for digit in range(10)]
    pairs = _MAPPED.findall(mapped.get_object().get_data().decode("latin-1"))
    return [bytes.fromhex(code) for code, char in pairs if chr(int(char, 16)) in "0123456789"]


def _altered(operations: Sequence[tuple[Any, bytes]], codes: Mapping[str, list[bytes]]) -> bool:
    """Exchange the first digit that these operations show; False where there is none."""
    known: list[bytes] = []
    for operands, operator in operations:
        if operator == b"Tf":
            known = codes.get(operands[0], [])
        if operator not in {b"Tj", b"TJ"} or len(known) <= 1:
            continue
        shown = operands if operator == b"Tj" else operands[0]
        for at, part in enumerate(shown):
            data = getattr(part, "original_bytes", part)
            if isinstance(data, bytes) and (changed := _exchanged(data, known)) != data:
                shown[at] = ByteStringObject(changed)
                return True
    return False


def _exchanged(data: bytes, known: Sequence[bytes]) -> bytes:
    """Put another digit in the place of the first one."""
    width = len(known[0])
    for at in range(0, len(data), width):
        code = data[at : at + width]
        if code in known:
            other = known[(known.index(code) + 1) % len(known)]
            return data[:at] + other + data[at + width :]
    return data
