"""The log as C2SP tlog-tiles: the files that public tools for transparency logs read.

Written as in c2sp.org/tlog-tiles: `tile/L/N` holds 256 hashes of level 8·L, `tile/entries/N` the
256 entries below a tile of level 0, each after its length; a last, shorter one ends in `.p/W`.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from docgen.domain.tiled import HEIGHT, WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docgen.domain.tiled import Nodes

_LENGTH = struct.Struct(">H")
_LONGEST = 0xFFFF  # bytes of a leaf, as far as two bytes count
_GROUP = 1000


def tiles(size: int, nodes: Nodes) -> Iterator[tuple[str, bytes]]:
    """Give every hash tile of a log of this size, by path."""
    level = 0
    while count := size >> HEIGHT * level:
        for start in range(0, count, WIDTH):
            part = nodes(level, start, min(start + WIDTH, count))
            yield f"tile/{level}/{_number(start // WIDTH, len(part))}", b"".join(part)
        level += 1


def entry_bundle(number: int, leaves: Sequence[bytes]) -> tuple[str, bytes]:
    """Give the bundle of entries below tile `number` of level 0, by path.

    Raises:
        ValueError: there are more than a tile holds, none, or one is too long for the format.
    """
    if not 0 < len(leaves) <= WIDTH or any(len(leaf) > _LONGEST for leaf in leaves):
        raise ValueError
    data = b"".join(_LENGTH.pack(len(leaf)) + leaf for leaf in leaves)
    return f"tile/entries/{_number(number, len(leaves))}", data


def _number(number: int, width: int) -> str:
    """Write a tile's number in groups of three digits, and the width of a partial one."""
    groups = [f"{number % _GROUP:03d}"]
    while number := number // _GROUP:
        groups.insert(0, f"x{number % _GROUP:03d}")
    return "/".join(groups) + ("" if width == WIDTH else f".p/{width}")
