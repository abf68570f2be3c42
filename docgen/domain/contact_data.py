"""Find e-mail addresses, telephone numbers and network addresses among a packet's values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MAIL = re.compile(r"[^\s<>&;:,()\"'|]+@[^\s<>&;:,()\"'|]+")
_PHONE = re.compile(r"\+?\(?[0-9][0-9 ().\-/]{5,}[0-9](?: ?(?:x|ext\.?) ?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_IP4 = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}")
_IP6 = re.compile(r"(?=.*::|(?:.*:){7})[0-9A-Fa-f:.]{3,45}(?:%\w+)?")
_LEAST_DIGITS = 7
LEFT_OUT = "(left out)"


def contact_data(values: Iterable[object]) -> frozenset[str]:
    """Give every string that is, or holds, a way to reach a person or their computer."""
    return frozenset(found for value in values for found in _found(value))


def without_contact_data(text: str, known: Iterable[str]) -> str:
    """Take known contact data out of a text, and whatever in it looks like an e-mail address."""
    for one in sorted(known, key=len, reverse=True):
        text = text.replace(one, LEFT_OUT)
    return _MAIL.sub(LEFT_OUT, text)


def _found(value: object) -> Iterator[str]:
    match value:
        case str():
            yield from _MAIL.findall(value)
            bare = value.strip()
            if _is_phone(bare) or _IP4.fullmatch(bare) or _IP6.fullmatch(bare):
                yield bare
        case dict():
            for inner in value.values():
                yield from _found(inner)
        case list() | tuple():
            for inner in value:
                yield from _found(inner)
        case _:
            pass


def _is_phone(text: str) -> bool:
    digits = sum(one.isdigit() for one in text)
    return bool(digits >= _LEAST_DIGITS and _PHONE.fullmatch(text) and not _DATE.fullmatch(text))
