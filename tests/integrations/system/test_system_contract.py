"""The system's clock and identifiers, and their fakes, keep the contracts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from integrations.system.clock import StandingClock, SystemClock
from integrations.system.ids import CountedIds, SystemIds
from tests.contracts.clock import ClockContract
from tests.contracts.ids import IdsContract

if TYPE_CHECKING:
    from docgen.ports.clock import Clock
    from docgen.ports.ids import Ids


class TestSystemClock(ClockContract):
    @pytest.fixture
    def clock(self) -> Clock:
        return SystemClock()


class TestStandingClock(ClockContract):
    @pytest.fixture
    def clock(self) -> Clock:
        return StandingClock(datetime(2026, 11, 23, tzinfo=UTC))


class TestSystemIds(IdsContract):
    @pytest.fixture
    def ids(self) -> Ids:
        return SystemIds()


class TestCountedIds(IdsContract):
    @pytest.fixture
    def ids(self) -> Ids:
        return CountedIds()


def test_counted_ids_repeat_themselves() -> None:
    """Two makers give the same sequence, which is what tests want of them."""
    one, other = CountedIds(), CountedIds()
    assert [one.new("a"), one.token(), one.salt()] == [other.new("a"), other.token(), other.salt()]
