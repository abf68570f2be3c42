"""Read which packet, document and round a returned Word file belongs to; the file is hostile."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from docgen.errors import InputError

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
MOST_ENTRIES = 2_000
MOST_PROPERTIES_BYTES = 64 * 1024
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
PROPERTIES = "docProps/custom.xml"
_FORMS = {
    "packet": re.compile(r"pkt_[0-9a-f]{26}", re.ASCII),
    "document": re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII),
    "version": re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,39}", re.ASCII),
    "round": re.compile(r"[0-9]{1,4}", re.ASCII),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """What a returned file says about itself; each part has its proper form, nothing more."""

    packet_id: str
    slug: str
    version: str
    number: int


def read_belonging(data: bytes) -> Belonging:
    """Read the properties our drafts carry; the rest of the file is only unpacked and dropped.

    Raises:
        InputError: the file is no Word file of ours, or would harm whoever opens it.
    """
    if len(data) > MOST_BYTES:
        raise InputError(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB; ask for less.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_harm(archive)
            raw = _properties(archive)
    except _BROKEN as error:
        raise InputError(
            "The file cannot be read as a Word file (.docx); ask for the file we sent, with the "
            "changes tracked in it."
        ) from error
    found = _read(raw)
    return Belonging(
        packet_id=found["packet"],
        slug=found["document"],
        version=found["version"],
        number=int(found["round"]),
    )


def _refuse_harm(archive: zipfile.ZipFile) -> None:
    """Unpack every entry to nowhere within a budget, whatever sizes the file claims."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise InputError("The file holds too many parts to be a Word file of ours.")
    left = MOST_UNPACKED
    for entry in entries:
        name = entry.filename.casefold()
        if entry.compress_type not in _METHODS:
            raise InputError("The file is packed in a way that Word does not use.")
        if entry.flag_bits & _ENCRYPTED:
            raise InputError("The file is encrypted; ask for it without a password.")
        if "vbaproject" in name or "activex" in name:
            raise InputError("The file holds macros; ask for it without them.")
        with archive.open(entry) as part:
            while chunk := part.read(min(_CHUNK, left + 1)):
                left -= len(chunk)
                if left < 0:
                    raise InputError("The file unpacks to more than a Word file of ours can hold.")


def _properties(archive: zipfile.ZipFile) -> bytes:
    found = [item for item in archive.infolist() if item.filename == PROPERTIES]
    if len(found) != 1:
        raise InputError(
            "The file does not say which packet it belongs to: it is not the Word file we sent, or "
            "its properties were taken out. Ask for the changes in the file we sent."
        )
    with archive.open(found[0]) as part:
        raw = part.read(MOST_PROPERTIES_BYTES + 1)
    if len(raw) > MOST_PROPERTIES_BYTES:
        raise InputError("The file's properties are too long to be ours.")
    return raw


def _read(raw: bytes) -> dict[str, str]:
    """Read our four properties from the part's XML.

    Raises:
        InputError: the part is malformed, declares a document type, or lacks one of the four.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root: Element = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise InputError("The file's properties cannot be read; ask for it again.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError("The file's properties declare a document type; that is not our file.")
    found: dict[str, str] = {}
    for item in root.iter("{*}property"):
        name, value = item.get("name") or "", "".join(item.itertext()).strip()
        form = _FORMS.get(name)
        if form is None:
            continue
        if name in found or not form.fullmatch(value):
            raise InputError(f"The file's property “{name}” is not as we wrote it.")
        found[name] = value
    missing = sorted(set(_FORMS) - set(found))
    if missing:
        raise InputError(f"The file lacks our property “{missing[0]}”; ask for the file we sent.")
    return found
