"""The editable copy: docxtpl on the template's Word shell, compiled once, the same bytes each time.

Stock docxtpl reopens the file and recompiles its Jinja at every render. Here the shell is opened
and its parts are compiled once; a render fills the compiled parts and copies the others.
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
from xml.sax.saxutils import escape, quoteattr

from docxtpl import DocxTemplate
from jinja2 import Template as Compiled
from jinja2 import TemplateError

from docgen.domain.document import BlockKind, Document
from docgen.errors import TemplateInvalid
from docgen.render.fields import DocumentEnvironment
from docgen.render.packing import BROKEN_ARCHIVE, PackedPart, pack_part, write_archive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docx.document import Document as WordDocument

BODY = "word/document.xml"
MOST_PARTS, LARGEST_SHELL = 100, 32_000_000

_EMU_PER_TWIP = 635
_GRID = re.compile(r"<w:tblGrid>.*?</w:tblGrid>", re.DOTALL)
_TABLE = re.compile(r"<w:tbl>.*?</w:tbl>", re.DOTALL)
_CELL_WIDTH = re.compile(r"<w:tcW [^>]*/>")
_XML_HEAD = re.compile(r"^<\?xml[^>]*\?>\s*")
_EMPTY_RUN = re.compile(r"<w:r><w:t[^>]*></w:t></w:r>|<w:rPr/>|<w:pPr/>")
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_CORE, _CUSTOM = "docProps/core.xml", "docProps/custom.xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """An opened shell: parts that never change, compiled parts by name, the measure of its text."""

    constant: Mapping[str, PackedPart]
    compiled: Mapping[str, Compiled]
    order: tuple[str, ...]
    measure_twips: int


@lru_cache(maxsize=16)
def open_shell(data: bytes) -> Shell:
    """Open and compile a shell; the same bytes are compiled once.

    Raises:
        TemplateInvalid: it is no Word file, refers to something outside itself, carries macros, or
            holds a Jinja expression that does not compile.
    """
    files = _read_shell(data)
    template = DocxTemplate(io.BytesIO(data))
    template.init_docx()
    sources = dict(_sources(template))
    environment = DocumentEnvironment()
    try:
        compiled = {name: environment.from_string(xml) for name, xml in sources.items()}
    except TemplateError as error:
        raise TemplateInvalid(f"shell.docx does not compile: {error.message}.") from error
    files["[Content_Types].xml"] = _with_custom_type(files["[Content_Types].xml"])
    files["_rels/.rels"] = _with_custom_part(files["_rels/.rels"])
    ours = {*compiled, _CORE, _CUSTOM}
    order = tuple(dict.fromkeys((*files, _CORE, _CUSTOM)))
    return Shell(
        constant={name: pack_part(name, files[name]) for name in order if name not in ours},
        compiled=compiled,
        order=order,
        measure_twips=_measure(template.docx),
    )


def _read_shell(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            total = sum(item.file_size for item in entries)
            if len(entries) > MOST_PARTS or total > LARGEST_SHELL:
                raise TemplateInvalid("The shell, shell.docx, has too many or too large parts.")
            files = {item.filename: archive.read(item) for item in entries}
    except BROKEN_ARCHIVE as error:
        raise TemplateInvalid("The shell, shell.docx, is not a Word file.") from error
    if BODY not in files or "[Content_Types].xml" not in files or "_rels/.rels" not in files:
        raise TemplateInvalid("The shell, shell.docx, is not a Word file.")
    for name, part in files.items():
        foreign = b'TargetMode="External"' in part or b"<!DOCTYPE" in part
        if foreign or "vbaProject" in name or "embeddings/" in name or name == _CUSTOM:
            raise TemplateInvalid(
                f"shell.docx holds {name}, which carries code, refers to something outside the "
                "file or brings properties of its own; remove it in Word."
            )
    return files


def _sources(template: DocxTemplate) -> Iterator[tuple[str, str]]:
    """Yield the shell's body, headers and footers as docxtpl patches them for Jinja."""
    whole = template.xml_to_string(template.docx._element)  # noqa: SLF001  # docxtpl gives no other way
    yield BODY, _lean(template.patch_xml(whole))
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        for _, part in template.get_headers_footers(uri):
            xml = template.patch_xml(template.get_part_xml(part))
            yield str(part.partname).lstrip("/"), _lean(xml)


def _lean(xml: str) -> str:
    """Leave out the XML declaration, and the empty runs docxtpl leaves where its tags stood."""
    return _EMPTY_RUN.sub("", _XML_HEAD.sub("", xml))


def _measure(word: WordDocument) -> int:
    """Give the width between the margins of the shell's first section, in twips."""
    section = word.sections[0]
    edges = (section.page_width, section.left_margin, section.right_margin)
    width, left, right = (edge or 0 for edge in edges)
    return int(width - left - right) // _EMU_PER_TWIP


def _with_custom_type(types: bytes) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
    entry = f'<Override PartName="/{_CUSTOM}" ContentType="{kind}"/></Types>'
    return types.replace(b"</Types>", entry.encode())


def _with_custom_part(relations: bytes) -> bytes:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
    entry = f'<Relationship Id="rIdCustom" Type="{kind}" Target="{_CUSTOM}"/>'
    return relations.replace(b"</Relationships>", entry.encode() + b"</Relationships>")


def render_docx(document: Document, shell: bytes, *, properties: Mapping[str, str]) -> bytes:
    """Fill the shell with a document; the same document gives the same bytes.

    `properties` become custom document properties, so that a returned redline finds its round.

    Raises:
        TemplateInvalid: the shell is unusable; the message says what to change in it.
    """
    opened = open_shell(shell)
    made = {_CORE: _core(document), _CUSTOM: _custom(properties)}
    for name, compiled in opened.compiled.items():
        try:
            xml = compiled.render(document=document)
        except (TemplateError, TypeError, ValueError) as error:  # an include ends in TypeError
            raise TemplateInvalid(f"shell.docx cannot be filled in: {error}.") from error
        if name == BODY:
            xml = _with_widths(xml, document, opened.measure_twips)
        made[name] = _DECLARATION + xml
    return write_archive(
        opened.constant.get(name) or pack_part(name, made[name].encode()) for name in opened.order
    )


def _with_widths(xml: str, document: Document, measure: int) -> str:
    """Give each data table its columns' widths; signature tables keep the shell's."""
    widths = _widths(document, measure)

    def refit(match: re.Match[str]) -> str:
        table = match.group()
        columns = next(widths, None)
        if columns is None:
            return table
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
        table = _GRID.sub(f"<w:tblGrid>{grid}</w:tblGrid>", table, count=1)
        each = cycle(columns)
        return _CELL_WIDTH.sub(lambda _: f'<w:tcW w:type="dxa" w:w="{next(each)}"/>', table)

    return _TABLE.sub(refit, xml)


def _widths(document: Document, measure: int) -> Iterator[list[int] | None]:
    """Yield each printed table's column widths in twips, None for a signature panel."""
    for block in document.blocks:
        if block.kind is BlockKind.TABLE and block.table is not None:
            total = sum(column.width for column in block.table.columns)
            yield [measure * column.width // total for column in block.table.columns]
        for _ in block.panels:
            yield None


def _core(document: Document) -> str:
    moment = f"{document.dated}T00:00:00Z"
    dates = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    return (
        f"{_DECLARATION}<cp:coreProperties"
        ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(document.title)}</dc:title>"
        f"<dc:creator>{escape(document.author)}</dc:creator>"
        f"<dc:language>{escape(document.language)}</dc:language>"
        f"{dates}</cp:coreProperties>"
    )


def _custom(properties: Mapping[str, str]) -> str:
    kind = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
    lines = "".join(
        f'<property fmtid="{kind}" pid="{number}" name={quoteattr(name)}>'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(sorted(properties.items()), start=2)
    )
    return (
        f"{_DECLARATION}<Properties"
        ' xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
        ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f"{lines}</Properties>"
    )
