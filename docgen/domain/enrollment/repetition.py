"""Findings told once where many places share one: sixty facilities without a Reviewer, one line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Iterable


class Placed(Protocol):
    """A frozen finding; its message names its place before a colon, then says what is found."""

    @property
    def path(self) -> str:
        """Give the field's path."""
        ...

    @property
    def message(self) -> str:
        """Give the sentence a person reads."""
        ...


Found = TypeVar("Found", bound=Placed)

ALIKE_MOST = 5  # so many equal sentences are read one by one
NAMED = 3  # places that the one sentence names


def told_once(found: Iterable[Found], *, placed_by: tuple[str, ...] = ("path",)) -> list[Found]:
    """Give each finding, but one for more than five that differ in their place alone.

    It keeps the first one's path, names the first places, and says how many there are. `placed_by`
    names the fields of a finding that say where it stands.
    """
    nowhere = dict.fromkeys(placed_by, "")
    alike: dict[Found, list[Found]] = {}
    for one in found:
        said = _with(one, message=_parted(one.message)[1], **nowhere)
        alike.setdefault(said, []).append(one)
    return [
        told
        for group in alike.values()
        for told in (group if len(group) <= ALIKE_MOST else [_as_one(group)])
    ]


def _with(one: Found, **changed: str) -> Found:
    return cast("Found", replace(cast("Any", one), **changed))


def _as_one(group: list[Found]) -> Found:
    places = ", ".join(_parted(one.message)[0] for one in group[:NAMED])
    sentence = _parted(group[0].message)[1]
    more = len(group) - NAMED
    return _with(group[0], message=f"{places} and {more} more, {len(group)} in all: {sentence}")


def _parted(message: str) -> tuple[str, str]:
    """Part the place, which stands before the first colon, from what is said of it."""
    place, _, sentence = message.partition(": ")
    return place, sentence
