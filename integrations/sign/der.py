"""Distinguished Encoding Rules (X.690), the writing half, for CMS objects."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_SEQUENCE, _SET, _INTEGER, _OCTETS, _NULL, _OID, _TIME = 0x30, 0x31, 0x02, 0x04, 0x05, 0x06, 0x18
_EXPLICIT = 0xA0
_SHORT = 0x80
_FIRST_ARCS = 40

NULL = bytes([_NULL, 0])


def sequence(*parts: bytes) -> bytes:
    """Encode a SEQUENCE of encoded parts."""
    return _tagged(_SEQUENCE, b"".join(parts))


def set_of(parts: Iterable[bytes]) -> bytes:
    """Encode a SET OF, in the order that DER wants."""
    return _tagged(_SET, b"".join(sorted(parts)))


def integer(value: int) -> bytes:
    """Encode an INTEGER."""
    return _tagged(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def octets(value: bytes) -> bytes:
    """Encode an OCTET STRING."""
    return _tagged(_OCTETS, value)


def time(value: datetime) -> bytes:
    """Encode a GeneralizedTime of whole seconds in UTC."""
    return _tagged(_TIME, value.strftime("%Y%m%d%H%M%SZ").encode())


def explicit(number: int, *parts: bytes) -> bytes:
    """Wrap encoded parts in a context tag."""
    return _tagged(_EXPLICIT + number, b"".join(parts))


def implicit(number: int, encoded: bytes) -> bytes:
    """Replace the tag of an encoded SEQUENCE or SET with a context tag."""
    return bytes([_EXPLICIT + number]) + encoded[1:]


@cache
def oid(dotted: str) -> bytes:
    """Encode an OBJECT IDENTIFIER."""
    first, second, *rest = map(int, dotted.split("."))
    return _tagged(_OID, b"".join(map(_base_128, [first * _FIRST_ARCS + second, *rest])))


def _base_128(value: int) -> bytes:
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | 0x80)
    return bytes(reversed(digits))


def _tagged(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < _SHORT:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, _SHORT + size]) + length.to_bytes(size, "big") + content
