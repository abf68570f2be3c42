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


RELATIONS_XML = (
    b'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/'
    b'package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
    b'officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def body_xml(*paragraphs: str) -> bytes:
    """Write a document's text; a paragraph is plain words, or markup where it begins with `<`."""
    inside = "".join(
        f"<w:p>{item if item.startswith('<') else run(item)}</w:p>" for item in paragraphs
    )
    return f"<w:document {_W}><w:body>{inside}</w:body></w:document>".encode()


def run(words: str, tag: str = "t") -> str:
    """Write one run of text."""
    return f'<w:r><w:{tag} xml:space="preserve">{escape(words)}</w:{tag}></w:r>'


def inserted(words: str) -> str:
    """Write words that somebody added with changes tracked."""
    return f'<w:ins w:id="1" w:author="Counsel">{run(words)}</w:ins>'


def deleted(words: str) -> str:
    """Write words that somebody struck with changes tracked."""
    return f'<w:del w:id="2" w:author="Counsel">{run(words, "delText")}</w:del>'


def comments_xml(*comments: tuple[str, str]) -> bytes:
    """Write what people said beside the text."""
    inside = "".join(
        f'<w:comment w:id="{number}" w:author="{escape(author)}"><w:p>{run(words)}</w:p></w:comment>'
        for number, (author, words) in enumerate(comments)
    )
    return f"<w:comments {_W}>{inside}</w:comments>".encode()


def word_file(
    properties: bytes | None, more: Mapping[str, bytes] | None = None, body: bytes = body_xml()
) -> bytes:
    """Zip a file with these properties and this text, and nothing Word would miss here."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", RELATIONS_XML)
        archive.writestr("word/document.xml", body)
        if properties is not None:
            archive.writestr(PROPERTIES, properties)
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return buffer.getvalue()


def redline(
    packet: Packet, *, number: int = 1, slug: str = "psa", words: str = "", body: bytes = body_xml()
) -> bytes:
    """Make a redline of one of a packet's documents; `words` are a comment."""
    version = next(item.template_version for item in packet.plan.documents if item.slug == slug)
    return word_file(
        belonging_xml(packet=packet.id, document=slug, version=version, round=str(number)),
        {"word/comments.xml": comments_xml(("Counsel", words))} if words else None,
        body,
    )
