"""The two header fields of a letter that hold words of people: to whom it goes, and what about.

They are written here, not by the standard library, which folds a long name so that quotation marks
or a blank get lost (python/cpython#80222 and #92081), and a comma then reads as a second recipient.
"""

from __future__ import annotations

import re
from email.header import Header
from email.headerregistry import Address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.policy import Policy

_WIDE = 76  # columns of a line, as RFC 5322 2.1.1 advises
_ENCODED_MOST = 64  # columns of an encoded word, which then fits beside any name here
_LOOKS_ENCODED = "=?"
_INNER_BLANK = re.compile(r"(?<=[^ ]) (?=[^ ])")


class WrittenHeader(str):
    """A header field's value that knows how it is written; the message keeps it as it is."""

    __slots__ = ("_pieces", "name")
    name: str
    _pieces: tuple[str, ...]

    @classmethod
    def of(cls, name: str, value: str, pieces: tuple[str, ...]) -> WrittenHeader:
        """Give the field of this name and value, written as pieces with a blank between any two."""
        header = cls(value)
        header.name, header._pieces = name, pieces
        return header

    def fold(self, *, policy: Policy) -> str:
        """Write the field, with a line for as many pieces as fit on it."""
        first, *rest = self._pieces
        lines = [f"{self.name}: {first}"]
        for piece in rest:
            if len(lines[-1]) + 1 + len(piece) > _WIDE:
                lines.append("")
            lines[-1] += f" {piece}"
        return policy.linesep.join(lines) + policy.linesep


def recipient(name: str, address: str) -> WrittenHeader:
    """Write the one recipient: a name, or none, and an address.

    Raises:
        ValueError, IndexError or MessageError: the address is not one address in ASCII.
    """
    mailbox = Address(display_name=name, addr_spec=address.encode("ascii").decode("ascii"))
    if not name:
        return WrittenHeader.of("To", str(mailbox), (mailbox.addr_spec,))
    if _is_plain(name):
        shown = str(Address(display_name=name)).removesuffix(" <>")
        pieces = tuple(_INNER_BLANK.split(shown))
    else:
        pieces = _encoded(name)
    return WrittenHeader.of("To", str(mailbox), (*pieces, f"<{mailbox.addr_spec}>"))


def subject(text: str) -> WrittenHeader:
    """Write what the letter is about."""
    pieces = tuple(_INNER_BLANK.split(text)) if _is_plain(text) else _encoded(text)
    return WrittenHeader.of("Subject", text, pieces)


def _is_plain(text: str) -> bool:
    """Say whether the text can stand as it is, and no blank at its ends would be lost."""
    return text.isascii() and _LOOKS_ENCODED not in text and text == text.strip()


def _encoded(text: str) -> tuple[str, ...]:
    """Write the text as encoded words of whole characters, each as long as a line lets it."""
    whole = text.encode(errors="replace").decode()  # half a character becomes a question mark
    header = Header(whole, "utf-8", maxlinelen=_ENCODED_MOST)
    return tuple(header.encode(linesep="").split(" "))
