"""The child process that looks into a returned Word file: a program of its own, with little memory.

It reads one file from standard input and answers one line of JSON: `{"claims": {...},
"before": [...], "after": [...], "comments": [...]}`, or `{"problem": "..."}`. Claims are what is
left of our properties; before and after are the paragraphs without and with the tracked changes,
each as `[is a heading, words]`; comments are `[author, words]`. It imports nothing of the product,
and whatever a hostile file does to it ends with it.
"""

from __future__ import annotations

import io
import json
import re
import resource
import struct
import sys
import zipfile
import zlib
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
MOST_UNPACKED = 100 * 1024 * 1024
MOST_ENTRIES = 2_000
MOST_PROPERTIES_BYTES = 64 * 1024
PROPERTIES = "docProps/custom.xml"
RELATIONS = "_rels/.rels"
COMMENTS = "word/comments.xml"
MOST_PART_BYTES = 20 * 1024 * 1024
NO_WORD = (
    "it cannot be read as a Word file (.docx); ask for the file we sent, with the changes tracked "
    "in it"
)
# What Python's zip reader raises on damaged files, beside its own error.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ArithmeticError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
)
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_CHUNK = 1024 * 1024
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH, _STYLE = f"{_WORD}p", f"{_WORD}pStyle"
_SPACES = frozenset({f"{_WORD}tab", f"{_WORD}br", f"{_WORD}cr", f"{_WORD}ptab"})
_TEXT = frozenset({f"{_WORD}t", f"{_WORD}delText"})
_COME = frozenset({f"{_WORD}ins", f"{_WORD}moveTo"})
_GONE = frozenset({f"{_WORD}del", f"{_WORD}moveFrom"})
# Older programs are given the same words again here.
_AGAIN = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HEADINGS = ("heading", "title", "subtitle")
_ENCRYPTED = 0x1
_FORMS = {
    "packet": re.compile(r"pkt_[0-9a-f]{26}", re.ASCII),
    "document": re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII),
    "version": re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,39}", re.ASCII),
    "round": re.compile(r"[0-9]{1,4}", re.ASCII),
}


class Unusable(Exception):
    """The file cannot be used; the words say why."""


def limit() -> None:
    """Give up the means to do harm before anything hostile is read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def look(data: bytes) -> dict[str, object]:
    """Read what is left of our properties, and the words with and without the tracked changes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_harm(archive)
            body = _part(archive, _main_part(archive), MOST_PART_BYTES)
            properties = _part(archive, PROPERTIES, MOST_PROPERTIES_BYTES)
            comments = _part(archive, COMMENTS, MOST_PART_BYTES)
    except _BROKEN as error:
        raise Unusable(NO_WORD) from error
    text = _tree(body, "its text")
    return {
        "claims": _read(properties) if properties else {},
        "before": _paragraphs(text, without=_COME),
        "after": _paragraphs(text, without=_GONE),
        "comments": _comments(comments) if comments else [],
    }


def _refuse_harm(archive: zipfile.ZipFile) -> None:
    """Unpack every entry to nowhere within a budget, whatever sizes the file claims."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Unusable("it holds too many parts to be a Word file of ours")
    left = MOST_UNPACKED
    for entry in entries:
        name = entry.filename.casefold()
        if entry.compress_type not in _METHODS:
            raise Unusable("it is packed in a way that Word does not use")
        if entry.flag_bits & _ENCRYPTED:
            raise Unusable("it is encrypted; ask for it without a password")
        if "vbaproject" in name or "activex" in name:
            raise Unusable("it holds macros; ask for it without them")
        with archive.open(entry) as part:
            while chunk := part.read(min(_CHUNK, left + 1)):
                left -= len(chunk)
                if left < 0:
                    raise Unusable("it unpacks to more than a Word file of ours can hold")


def _main_part(archive: zipfile.ZipFile) -> str:
    """Name the part that Word shows; another part may only pretend to be it."""
    raw = _part(archive, RELATIONS, MOST_PROPERTIES_BYTES)
    targets = [
        str(item.get("Target") or "").lstrip("/")
        for item in (_tree(raw, "its list of parts") if raw else ())
        if str(item.get("Type") or "").endswith("/officeDocument")
    ]
    if len(targets) != 1 or targets[0] not in archive.namelist():
        raise Unusable("it holds no Word text; ask for the Word file (.docx) we sent")
    return targets[0]


def _part(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Read one part; nothing where there is none."""
    found = [item for item in archive.infolist() if item.filename == name]
    if not found:
        return b""
    if len(found) > 1:
        raise Unusable(f"it holds its part “{name}” twice; ask for the file we sent")
    with archive.open(found[0]) as part:
        raw = part.read(most + 1)
    if len(raw) > most:
        raise Unusable(f"its part “{name}” is too long to be ours")
    return raw


def _tree(raw: bytes, what: str) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root: Element = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise Unusable(f"{what} cannot be read; ask for it again") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unusable(f"{what} declares a document type; that is not our file")
    return root


def _read(raw: bytes) -> dict[str, str]:
    """Read those of our four properties that are there from the part's XML."""
    found: dict[str, str] = {}
    for item in _tree(raw, "its list of properties").iter("{*}property"):
        name, value = item.get("name") or "", "".join(item.itertext()).strip()
        form = _FORMS.get(name)
        if form is None:
            continue
        if name in found or not form.fullmatch(value):
            raise Unusable(f"its property “{name}” is not as we wrote it")
        found[name] = value
    return found


def _paragraphs(text: Element, *, without: frozenset[str]) -> list[tuple[bool, str]]:
    """List the paragraphs that say something, leaving out one side of the tracked changes."""
    found = (
        (_is_heading(item), _words(item, without))
        for item in text.iter(_PARAGRAPH)
        if next(item.iterancestors(_AGAIN, *without), None) is None
    )
    return [(heading, words) for heading, words in found if words]


def _is_heading(paragraph: Element) -> bool:
    style = paragraph.find(f"{_WORD}pPr/{_STYLE}")
    name = style.get(f"{_WORD}val") if style is not None else None
    return str(name or "").casefold().startswith(_HEADINGS)


def _words(paragraph: Element, without: frozenset[str]) -> str:
    return " ".join("".join(_texts(paragraph, without)).split())


def _texts(element: Element, without: frozenset[str]) -> Iterator[str]:
    """Yield the texts of one paragraph; one inside it, as in a text box, is one of its own."""
    for child in element:
        if child.tag in without or child.tag in {_PARAGRAPH, _AGAIN}:
            continue
        if child.tag in _TEXT:
            yield child.text or ""
        elif child.tag in _SPACES:
            yield " "
        else:
            yield from _texts(child, without)


def _comments(raw: bytes) -> list[tuple[str, str]]:
    """List who commented what."""
    return [
        (str(item.get(f"{_WORD}author") or ""), words)
        for item in _tree(raw, "its list of comments").iter(f"{_WORD}comment")
        if (words := " ".join(_words(part, frozenset()) for part in item.iter(_PARAGRAPH)).strip())
    ]


def main() -> None:
    """Answer for the file on standard input."""
    data = sys.stdin.buffer.read()
    limit()
    answer: dict[str, object]
    try:
        answer = look(data)
    except Unusable as error:
        answer = {"problem": str(error)}
    except Exception:  # noqa: BLE001  # a hostile file may provoke anything
        answer = {"problem": NO_WORD}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
