"""A DOCX file read back to the words a person sees, with zipfile and lxml.

What could hide words from a person, print words that no run holds, or bring words from elsewhere is
refused: hidden, white, tiny and revised text, automatic numbers, text boxes, fields, foreign parts.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import TYPE_CHECKING

from lxml import etree

from docgen.errors import RenderRefused
from docgen.render.packing import BROKEN_ARCHIVE
from docgen.render.wording import ReadForm

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_TOTAL = 64_000_000
MOST_PARTS = 200
SMALLEST_HALF_POINTS = 12
LIGHTEST = 0x90

BODY, STYLES, RELATIONS = "word/document.xml", "word/styles.xml", "word/_rels/document.xml.rels"
_READ = re.compile(r"word/(?:document|styles|header\d*|footer\d*)\.xml|(?:.*/)?_rels/[^/]*\.rels")

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TEXT, _COLOR, _SIZE = f"{_W}t", f"{_W}color", f"{_W}sz"
_BREAKS = frozenset(f"{_W}{name}" for name in ("p", "tab", "br", "cr"))
_STYLED = frozenset(f"{_W}{name}" for name in ("pStyle", "rStyle", "tblStyle"))
_FRAMES = frozenset(f"{_W}{name}" for name in ("headerReference", "footerReference"))
_HIDING = frozenset(f"{_W}{name}" for name in ("vanish", "specVanish", "webHidden", "numPr"))
_REFUSED = (
    _HIDING
    | {f"{_MC}AlternateContent"}
    | {
        f"{_W}{name}"
        for name in (
            *("del", "ins", "moveFrom", "moveTo", "delText", "altChunk", "object", "pict"),
            *("txbxContent", "subDoc", "sdt", "fldSimple", "instrText", "sym", "ruby"),
            *("footnoteReference", "endnoteReference", "commentReference"),
        )
    }
)


def read_docx(data: bytes) -> ReadForm:
    """Read the words of a DOCX file's body, and of the headers and footers its pages have.

    Raises:
        RenderRefused: the package is malformed, or holds something that could hide or add words.
    """
    parts = _parts(data)
    body = _tree(parts[BODY])
    hiding = _hiding_styles(_tree(parts[STYLES]) if STYLES in parts else None)
    words = _words(body, hiding)
    frame = [_words(_tree(part), hiding, fields=True) for part in _frames(body, parts)]
    return ReadForm(body=words, frame="\n".join(frame))


def _parts(data: bytes) -> Mapping[str, bytes]:
    """Read the parts that hold words, of a package that is small, plain and complete in itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            total = sum(entry.file_size for entry in entries)
            if len(names) > MOST_PARTS or len(set(names)) < len(names) or total > LARGEST_TOTAL:
                raise RenderRefused("The DOCX form has too many, too large or doubled parts.")
            parts = {name: archive.read(name) for name in names if _READ.fullmatch(name)}
    except BROKEN_ARCHIVE as error:
        raise RenderRefused("The DOCX form is not a readable package.") from error
    if BODY not in parts or any("vbaProject" in name for name in names):
        raise RenderRefused("The DOCX form has no body, or carries macros.")
    for name, part in parts.items():
        if b"<!DOCTYPE" in part or (name.endswith(".rels") and b"External" in part):
            raise RenderRefused("The DOCX form refers to something outside itself.")
    return parts


def _tree(part: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(part, parser)
    except etree.XMLSyntaxError as error:
        raise RenderRefused("A part of the DOCX form is not well-formed XML.") from error


def _frames(body: etree._Element, parts: Mapping[str, bytes]) -> list[bytes]:
    """Find the headers and footers that the body's sections print."""
    relations = _tree(parts.get(RELATIONS, b"<Relationships/>"))
    targets = {item.get("Id"): item.get("Target", "") for item in relations}
    names = [
        posixpath.normpath(posixpath.join("word", targets.get(item.get(f"{_R}id"), "")))
        for item in body.iter(*_FRAMES)
    ]
    return [parts[name] for name in dict.fromkeys(names) if name in parts]


def _hiding_styles(styles: etree._Element | None) -> frozenset[str]:
    """Name the styles that hide words or print numbers, and every style based on one."""
    based: dict[str, str] = {}
    hiding: set[str] = set()
    for style in () if styles is None else styles.iter(f"{_W}style"):
        name = style.get(f"{_W}styleId", "")
        base = style.find(f"{_W}basedOn")
        based[name] = "" if base is None else base.get(f"{_W}val", "")
        if any(_hides(element) for element in style.iter(*_HIDING, _COLOR, _SIZE)):
            hiding.add(name)
    for _ in based:
        more = {name for name, base in based.items() if base in hiding} - hiding
        if not more:
            break
        hiding |= more
    return frozenset(hiding)


def _hides(element: etree._Element) -> bool:
    """Tell whether a property hides words: by its kind, a light colour or a tiny size."""
    value = str(element.get(f"{_W}val", ""))
    if element.tag == _SIZE:
        return not value.isdigit() or int(value) < SMALLEST_HALF_POINTS
    if element.tag == _COLOR:
        if not re.fullmatch(r"[0-9A-Fa-f]{6}", value):
            return value != "auto"
        return min(bytes.fromhex(value)) > LIGHTEST
    return True


def _words(part: etree._Element, hiding: frozenset[str], *, fields: bool = False) -> str:
    """Give the text of a part, a line per paragraph; `fields` allows page numbers."""
    pieces = []
    for element in part.iter(_TEXT, *_BREAKS, *_STYLED, *_REFUSED, _COLOR, _SIZE):
        tag = element.tag
        if tag == _TEXT:
            pieces.append(element.text or "")
        elif tag in _BREAKS:
            pieces.append("\n")
        elif tag in _STYLED:
            if element.get(f"{_W}val") in hiding:
                raise _hidden()
        elif fields and tag == f"{_W}instrText" and (element.text or "").strip() in _PAGE_FIELDS:
            continue
        elif _hides(element):
            raise _hidden()
    return "".join(pieces)


_PAGE_FIELDS = frozenset({"PAGE", "NUMPAGES"})


def _hidden() -> RenderRefused:
    return RenderRefused(
        "The DOCX form holds hidden, revised, numbered or foreign text; nothing was used."
    )
