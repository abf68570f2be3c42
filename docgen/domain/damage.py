"""Damage to what is archived: what a scrub finds, and what of it was mended."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.history import Activity

ARCHIVED = "packet.archived"
DAMAGED, MENDED = "object.damaged", "object.mended"  # details `sha256` and `place`


class Damage(StrEnum):
    """What is the matter with an archived object."""

    MISSING = "missing"
    HIDDEN = "hidden"  # by a delete marker, or by other bytes laid over it; its version is sound
    ALTERED = "altered"
    UNREADABLE = "unreadable"  # the store answers, but not for this object

    @property
    def words(self) -> str:
        """Give it as people read it."""
        return _WORDS[self]


_WORDS = {
    Damage.MISSING: "missing",
    Damage.HIDDEN: "hidden by a delete marker or by other bytes laid over it",
    Damage.ALTERED: "altered",
    Damage.UNREADABLE: "unreadable",
}


def unmended(history: Sequence[Activity]) -> frozenset[tuple[str, str]]:
    """Give place and digest of every object that was found damaged and not mended since."""
    found: set[tuple[str, str]] = set()
    for item in history:
        about = (str(item.details.get("place")), str(item.details.get("sha256")))
        if item.kind == DAMAGED:
            found.add(about)
        elif item.kind == MENDED:
            found.discard(about)
    return frozenset(found)
