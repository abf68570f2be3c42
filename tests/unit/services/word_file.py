"""Word files as somebody might send them back, written without the renderer."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from docgen.services.redline_reader import PROPERTIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.packet import Packet

_KIND = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?><Properties xmlns="http://schemas.openxmlformats.org/'
    'officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/'
    'officeDocument/2006/docPropsVTypes">'
)


def property_xml(name: str, value: str) -> bytes:
    """Write one property as Word does."""
    return (
        f'<property fmtid="{_KIND}" pid="2" name="{escape(name)}">'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
    ).encode()


def belonging_xml(**properties: str) -> bytes:
    """Write the properties part."""
    parts = [property_xml(name, value) for name, value in properties.items()]
    return b"".join([_OPEN.encode(), *parts, b"</Properties>"])


def word_file(properties: bytes | None, more: Mapping[str, bytes] | None = None) -> bytes:
    """Zip a file with these properties, and nothing Word would miss here."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w:document/>")
        if properties is not None:
            archive.writestr(PROPERTIES, properties)
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return buffer.getvalue()


def redline(packet: Packet, *, number: int = 1, slug: str = "psa", words: bytes = b"x") -> bytes:
    """Make a redline of one of a packet's documents."""
    version = next(item.template_version for item in packet.plan.documents if item.slug == slug)
    return word_file(
        belonging_xml(packet=packet.id, document=slug, version=version, round=str(number)),
        {"word/comments.xml": words},
    )
