"""The child process that looks into a returned Word file: a program of its own, with little memory.

It reads one file from standard input and answers one line of JSON: `{"claims": {...}}` with what is
left of our properties, or `{"problem": "..."}`. It imports nothing of the product, and whatever a
hostile file does to it ends with it.
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
    from lxml.etree import _Element as Element

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
MOST_UNPACKED = 100 * 1024 * 1024
MOST_ENTRIES = 2_000
MOST_PROPERTIES_BYTES = 64 * 1024
PROPERTIES = "docProps/custom.xml"
BODY = "word/document"  # some programs number it: word/document2.xml
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
    NotImplementedError,
    OSError,
    ValueError,
)
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_CHUNK = 1024 * 1024
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


def look(data: bytes) -> dict[str, str]:
    """Read what is left of our properties; the rest of the file is only unpacked and dropped."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_harm(archive)
            _refuse_without_text(archive)
            raw = _properties(archive)
    except _BROKEN as error:
        raise Unusable(NO_WORD) from error
    return _read(raw) if raw else {}


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


def _refuse_without_text(archive: zipfile.ZipFile) -> None:
    if not any(name.startswith(BODY) for name in archive.namelist()):
        raise Unusable("it holds no Word text; ask for the Word file (.docx) we sent")


def _properties(archive: zipfile.ZipFile) -> bytes:
    found = [item for item in archive.infolist() if item.filename == PROPERTIES]
    if not found:
        return b""
    if len(found) > 1:
        raise Unusable("it says twice what it belongs to; ask for the file we sent")
    with archive.open(found[0]) as part:
        raw = part.read(MOST_PROPERTIES_BYTES + 1)
    if len(raw) > MOST_PROPERTIES_BYTES:
        raise Unusable("its properties are too long to be ours")
    return raw


def _read(raw: bytes) -> dict[str, str]:
    """Read those of our four properties that are there from the part's XML."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root: Element = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise Unusable("its properties cannot be read; ask for it again") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unusable("its properties declare a document type; that is not our file")
    found: dict[str, str] = {}
    for item in root.iter("{*}property"):
        name, value = item.get("name") or "", "".join(item.itertext()).strip()
        form = _FORMS.get(name)
        if form is None:
            continue
        if name in found or not form.fullmatch(value):
            raise Unusable(f"its property “{name}” is not as we wrote it")
        found[name] = value
    return found


def main() -> None:
    """Answer for the file on standard input."""
    data = sys.stdin.buffer.read()
    limit()
    answer: dict[str, object]
    try:
        answer = {"claims": look(data)}
    except Unusable as error:
        answer = {"problem": str(error)}
    except Exception:  # noqa: BLE001  # a hostile file may provoke anything
        answer = {"problem": NO_WORD}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
