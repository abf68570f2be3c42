"""A draft as counsel sends it back: the very file that was released, with tracked changes in it."""

from __future__ import annotations

import copy
import io
import zipfile
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BODY = "word/document.xml"
_AUTHOR = "Gloria Example"
_AT = "2026-11-20T09:30:00Z"


def redlined(data: bytes, *changes: tuple[str, str]) -> bytes:
    """Replace words in a Word file with changes tracked; each must stand within one run."""
    source = zipfile.ZipFile(io.BytesIO(data))
    body = etree.fromstring(source.read(_BODY))
    for number, (old, new) in enumerate(changes, start=900):
        _replace(body, old, new, number)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for item in source.infolist():
            made.writestr(
                item, etree.tostring(body) if item.filename == _BODY else source.read(item)
            )
    return buffer.getvalue()


def _replace(body: _Element, old: str, new: str, number: int) -> None:
    text = next(item for item in body.iter(f"{_W}t") if old in (item.text or ""))
    run = text.getparent()
    assert run is not None
    parent = run.getparent()
    assert parent is not None
    before, _, after = str(text.text).partition(old)
    pieces = [
        _said(run, before),
        _tracked("del", number, _said(run, old, tag="delText")),
        _tracked("ins", number + 100, _said(run, new)),
        _said(run, after),
    ]
    place = parent.index(run)
    parent.remove(run)
    for piece in reversed(pieces):
        parent.insert(place, piece)


def _said(run: _Element, words: str, tag: str = "t") -> _Element:
    made = copy.deepcopy(run)
    for old in made.findall(f"{_W}t"):
        made.remove(old)
    text = etree.SubElement(made, f"{_W}{tag}")
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    text.text = words
    return made


def _tracked(kind: str, number: int, run: _Element) -> _Element:
    made = etree.Element(f"{_W}{kind}")
    for name, value in (("id", str(number)), ("author", _AUTHOR), ("date", _AT)):
        made.set(f"{_W}{name}", value)
    made.append(run)
    return made
