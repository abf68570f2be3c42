"""Read a returned Word file: where it belongs, and what it proposes; the file is hostile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.errors import InputError
from docgen.render.reading_diff import Block
from docgen.services.read_apart import read_apart

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_BYTES = 20 * 1024 * 1024
_OURS = ("document", "packet", "round", "version")


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """What a returned file says about itself; each part has its proper form, nothing more."""

    packet_id: str
    slug: str
    version: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What somebody wrote beside the text; the author is as the file says."""

    author: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redline:
    """What a Word file says: what is left of our properties, and its text.

    `untracked` is the text with every tracked change rejected, `proposed` with all accepted.
    """

    claims: Mapping[str, str]
    untracked: tuple[Block, ...]
    proposed: tuple[Block, ...]
    comments: tuple[Comment, ...]


def read_redline(data: bytes) -> Redline:
    """Read a Word file in a process apart.

    Raises:
        InputError: the file is no Word file, would harm whoever opens it, or its properties are not
            as we write them.
    """
    if len(data) > MOST_BYTES:
        raise InputError(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB; ask for less.")
    answer = read_apart("redline_reader", data, "file")
    return Redline(
        claims={str(name): str(value) for name, value in answer["claims"].items()},
        untracked=_blocks(answer["before"]),
        proposed=_blocks(answer["after"]),
        comments=tuple(
            Comment(author=str(author), words=str(words)) for author, words in answer["comments"]
        ),
    )


def belonging_of(redline: Redline) -> Belonging:
    """Say by its properties where a file belongs.

    Raises:
        InputError: they were taken out, in whole or in part.
    """
    found = redline.claims
    if not found:
        raise InputError(
            "The file does not say which packet it belongs to: it is not the Word file we sent, or "
            "its properties were taken out. Ask for the changes in the file we sent, or say by "
            "hand which round and document it belongs to."
        )
    missing = [name for name in _OURS if name not in found]
    if missing:
        raise InputError(
            f"The file lacks our property “{missing[0]}”; ask for the file we sent, or say by "
            "hand which round and document it belongs to."
        )
    return Belonging(
        packet_id=found["packet"],
        slug=found["document"],
        version=found["version"],
        number=int(found["round"]),
    )


def _blocks(paragraphs: Iterable[tuple[bool, str]]) -> tuple[Block, ...]:
    found, where = [], ""
    for is_heading, words in paragraphs:
        where = words if is_heading else where
        found.append(Block(where=where, words=tuple(words.split())))
    return tuple(found)
