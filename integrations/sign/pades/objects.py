"""PDF objects for pyHanko, written short."""

from __future__ import annotations

from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

# pyHanko's dictionaries, arrays and references: it types few of them, a file may hold any of them.
Pdf = Any

_DECIMALS = 3


def name(text: str) -> Pdf:
    """Make a name."""
    return pdf_name(f"/{text}")


def number(value: float) -> Pdf:
    """Make an integer, or a real with as many decimals as a page needs."""
    make: Pdf = generic.NumberObject if isinstance(value, int) else generic.FloatObject
    return make(value if isinstance(value, int) else round(value, _DECIMALS))


def array(*items: Pdf) -> Pdf:
    """Make an array."""
    return generic.ArrayObject(items)


def dictionary(**entries: Pdf) -> Pdf:
    """Make a dictionary."""
    make: Pdf = generic.DictionaryObject
    return make({pdf_name(f"/{key}"): value for key, value in entries.items()})


def stream(data: bytes, **entries: Pdf) -> Pdf:
    """Make a compressed stream."""
    make: Pdf = generic.StreamObject
    made = make(dictionary(**entries), stream_data=data)
    made.compress()
    return made


def string(text: str) -> Pdf:
    """Make a text string."""
    return generic.pdf_string(text)


def is_reference(found: Pdf) -> bool:
    """Say whether this is a reference to an object."""
    return isinstance(found, generic.IndirectObject)


def is_array(found: Pdf) -> bool:
    """Say whether this is an array."""
    return isinstance(found, generic.ArrayObject)
