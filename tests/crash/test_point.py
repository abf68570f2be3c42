"""Coordinates are printed, read again, and drawn again from their seed."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest

from integrations.simulators.mischief import Delivery
from tests.crash.point import END, Death, drawn, parse_point
from tests.crash.trace import CALLS, Call
from tests.crash.world import SERVICES

if TYPE_CHECKING:
    from tests.crash.point import Point


def _calls(_: str, __: Delivery) -> list[Call]:
    return [Call(name=name, number=n, about="") for name in CALLS for n in range(1, 40)]


def _points(seed: int, count: int = 2000, *, server: bool = False) -> list[Point]:
    return drawn(Random(seed), count, _calls, server=server)  # noqa: S311  # not for secrets


@pytest.mark.parametrize("server", [False, True])
def test_what_is_printed_can_be_replayed(server: bool) -> None:  # noqa: FBT001  # pytest's own way
    """Every coordinate is in the text."""
    for point in _points(5, server=server):
        assert parse_point(str(point)) == point


def test_a_seed_draws_the_same_again_and_another_seed_others() -> None:
    """What failed can be looked at."""
    assert _points(1) == _points(1)
    assert _points(1) != _points(2)


def test_every_kind_is_drawn_as_often_as_any_other() -> None:
    """Each call dies with each service, death and delivery."""
    kinds = Counter((it.call, it.service, it.death, it.delivery) for it in _points(1))
    assert len(kinds) == (len(CALLS) + 1) * len(SERVICES) * len(Death) * len(Delivery)
    assert max(kinds.values()) - min(kinds.values()) <= 1
    assert {it.death for it in _points(1, server=True)} == {Death.KILL}
    assert END in {it.call for it in _points(1)}


@pytest.mark.parametrize("text", ["", "docusign", "docusign/kill/lost/read:1", "x/kill/lost/end:1"])
def test_other_text_is_no_point(text: str) -> None:
    """It is refused with an example."""
    with pytest.raises(ValueError, match="such as"):
        parse_point(text)
