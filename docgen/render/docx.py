"""The editable copy: docxtpl on the template's Word shell, compiled once, the same bytes each time.

Stock docxtpl reopens the file and recompiles its Jinja at every render. Here the shell is opened and
its parts are compiled once; a render fills the compiled parts and writes the zip with fixed dates.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2 import Template as Compiled
from jinja2.sandbox import ImmutableSandboxedEnvironment

from docgen.domain.document import BlockKind, Document

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEASURE_TWIPS = 8928  # 6.2 inches between the margins of the shell
_FIXED = (1980, 1, 1, 0, 0, 0)
_GRID = re.compile(r"<w:tblGrid>.*?</w:tblGrid>", re.DOTALL)
_TABLE = re.compile(r"<w:tbl>.*?</w:tbl>", re.DOTALL)
_CELL_WIDTH = re.compile(r"<w:tcW [^>]*/>")
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """An opened shell: parts that never change, and compiled parts by name."""

    constant: Mapping[str, bytes]
    compiled: Mapping[str, Compiled]
    order: tuple[str, ...]


@lru_cache(maxsize=16)
def open_shell(data: bytes) -> Shell:
    """Open and compile a shell; the same bytes are compiled once."""
    template = DocxTemplate(io.BytesIO(data))
    template.init_docx()
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=True, cache_size=0
    )
    whole = template.xml_to_string(template.docx._element)  # noqa: SLF001  # get_xml gives the body alone
    sources = {"word/document.xml": template.patch_xml(whole)}
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        for _, part in template.get_headers_footers(uri):
            xml = template.patch_xml(template.get_part_xml(part))
            sources[str(part.partname).lstrip("/")] = xml
    compiled = {name: environment.from_string(_bare(xml)) for name, xml in sources.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [item.filename for item in archive.infolist()]
        constant = {name: archive.read(name) for name in names if name not in compiled}
    constant["[Content_Types].xml"] = _with_custom_type(constant["[Content_Types].xml"])
    constant["_rels/.rels"] = _with_custom_part(constant["_rels/.rels"])
    return Shell(constant=constant, compiled=compiled, order=(*names, "docProps/custom.xml"))


def _bare(xml: str) -> str:
    return re.sub(r"^<\?xml[^>]*\?>\s*", "", xml)


def _with_custom_type(types: bytes) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
    entry = f'<Override PartName="/docProps/custom.xml" ContentType="{kind}"/></Types>'
    return types.replace(b"</Types>", entry.encode())


def _with_custom_part(relations: bytes) -> bytes:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
    entry = f'<Relationship Id="rIdCustom" Type="{kind}" Target="docProps/custom.xml"/>'
    return relations.replace(b"</Relationships>", entry.encode() + b"</Relationships>")


def render_docx(document: Document, shell: bytes, *, properties: Mapping[str, str]) -> bytes:
    """Fill the shell with a document; the same document gives the same bytes.

    `properties` become custom document properties, so that a returned redline finds its round.
    """
    opened = open_shell(shell)
    parts = dict(opened.constant)
    for name, compiled in opened.compiled.items():
        xml = compiled.render(document=document)
        if name == "word/document.xml":
            xml = _with_widths(xml, document)
        parts[name] = (_DECLARATION + xml).encode()
    parts["docProps/core.xml"] = _core(document)
    parts["docProps/custom.xml"] = _custom(properties)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in opened.order:
            entry = zipfile.ZipInfo(name, date_time=_FIXED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, parts[name])
    return buffer.getvalue()


def _with_widths(xml: str, document: Document) -> str:
    """Give each data table its columns' widths; signature tables keep the shell's."""
    widths = _widths(document)

    def refit(match: re.Match[str]) -> str:
        table = match.group()
        columns = next(widths)
        if columns is None:
            return table
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
        table = _GRID.sub(f"<w:tblGrid>{grid}</w:tblGrid>", table, count=1)
        each = cycle(columns)
        return _CELL_WIDTH.sub(lambda _: f'<w:tcW w:type="dxa" w:w="{next(each)}"/>', table)

    return _TABLE.sub(refit, xml)


def _widths(document: Document) -> Iterator[list[int] | None]:
    """Yield each printed table's column widths in twips, None for a signature panel."""
    for block in document.blocks:
        if block.kind is BlockKind.TABLE and block.table is not None:
            total = sum(column.width for column in block.table.columns)
            yield [_MEASURE_TWIPS * column.width // total for column in block.table.columns]
        for _ in block.panels:
            yield None


def _core(document: Document) -> bytes:
    moment = f"{document.dated}T00:00:00Z"
    dates = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    return (
        _DECLARATION + "<cp:coreProperties"
        ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(document.title)}</dc:title>"
        f"<dc:creator>{escape(document.author)}</dc:creator>"
        f"<dc:language>{escape(document.language)}</dc:language>"
        f"{dates}</cp:coreProperties>"
    ).encode()


def _custom(properties: Mapping[str, str]) -> bytes:
    kind = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
    lines = "".join(
        f'<property fmtid="{kind}" pid="{number}" name="{escape(name)}">'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(sorted(properties.items()), start=2)
    )
    return (
        _DECLARATION + "<Properties"
        ' xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
        ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f"{lines}</Properties>"
    ).encode()
