"""Findings told once where many places share one: sixty facilities without a Reviewer, one line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from docgen.domain.enrollment.stages import Missing
from docgen.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

Found = TypeVar("Found", Problem, Missing)

ALIKE_MOST = 5  # so many equal sentences are read one by one
NAMED = 3  # places that the one sentence names


def told_once(found: Iterable[Found]) -> list[Found]:
    """Give each finding, but one for more than five that differ in their place alone.

    It keeps the first one's path, names the first places, and says how many there are.
    """
    alike: dict[Found, list[Found]] = {}
    for one in found:
        said = replace(one, path="", message=_parted(one.message)[1])
        alike.setdefault(said, []).append(one)
    return [
        told
        for group in alike.values()
        for told in (group if len(group) <= ALIKE_MOST else [_as_one(group)])
    ]


def _as_one(group: list[Found]) -> Found:
    places = ", ".join(_parted(one.message)[0] for one in group[:NAMED])
    sentence = _parted(group[0].message)[1]
    more = len(group) - NAMED
    return replace(group[0], message=f"{places} and {more} more, {len(group)} in all: {sentence}")


def _parted(message: str) -> tuple[str, str]:
    """Part the place, which stands before the first colon, from what is said of it."""
    place, _, sentence = message.partition(": ")
    return place, sentence
