"""A few days in every run of the tests; `python -m tests.simulation` lives through thousands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulation.days import days

if TYPE_CHECKING:
    from docgen.bootstrap.application import Application

SEEDS = range(1, 21)


@pytest.mark.slow
def test_every_bad_day_ends_well(app: Application) -> None:
    """Crashes, outages, lost answers, callbacks twice, late, askew and forged: one end, once."""
    told = dict(days(app, SEEDS))
    assert {seed: day.wrong for seed, day in told.items() if day.wrong} == {}
    seen = {word for day in told.values() for word in day.told}
    assert {"sweep", "people", "callback", "CallbackRejected"} <= seen
    assert any("service-unavailable" in word for word in seen)
    assert any("Crash" in word for word in seen)


@pytest.mark.slow
def test_a_seed_replays(app: Application) -> None:
    """The same seed is the same day."""
    first, again = (dict(days(app, [7]))[7] for _ in range(2))
    assert first == again


@pytest.mark.slow
def test_sending_without_a_look_is_found(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: who does not look first sends twice, and the days tell."""
    from tests.simulation.day import UnreliableService

    monkeypatch.setattr(UnreliableService, "find", lambda *_: None)
    wrong = (text for _, day in days(app, range(1, 31)) for text in day.wrong)
    assert any("times" in text for text in wrong)  # the first day that tells is enough
