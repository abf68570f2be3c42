"""ZIP files with fixed dates and order: the same parts give the same bytes.

A part that never changes is deflated once and then copied, which `zipfile` cannot do.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# What `zipfile` raises on files that are damaged, encrypted, packed in a way it does not know
# (a RuntimeError) or made to mislead it.
BROKEN_ARCHIVE = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, OSError, RuntimeError, ValueError),
)

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION, _DEFLATED, _UTF8 = 20, 8, 0x800
_TIME, _DATE = 0, (1 << 5) | 1  # 1 January 1980, the earliest a ZIP file can say


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedPart:
    """One file of an archive, already deflated."""

    name: str
    deflated: bytes
    size: int
    crc: int


def pack_part(name: str, data: bytes) -> PackedPart:
    """Deflate one file."""
    squeezer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = squeezer.compress(data) + squeezer.flush()
    return PackedPart(name=name, deflated=deflated, size=len(data), crc=zlib.crc32(data))


def write_archive(parts: Iterable[PackedPart]) -> bytes:
    """Write an archive with these files in this order."""
    body, directory, count = bytearray(), bytearray(), 0
    for part in parts:
        name = part.name.encode()
        what = (_UTF8, _DEFLATED, _TIME, _DATE, part.crc, len(part.deflated), part.size, len(name))
        directory += _CENTRAL.pack(
            b"PK\x01\x02", _VERSION, _VERSION, *what, 0, 0, 0, 0, 0, len(body)
        )
        directory += name
        body += _LOCAL.pack(b"PK\x03\x04", _VERSION, *what, 0) + name + part.deflated
        count += 1
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + end)
