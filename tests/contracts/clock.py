"""What every clock keeps to."""

from __future__ import annotations

import abc
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from docgen.ports.clock import Clock


class ClockContract(abc.ABC):
    """One suite for all; subclasses give `clock`."""

    @pytest.fixture
    @abc.abstractmethod
    def clock(self) -> Clock:
        """Give a clock."""

    def test_moments_are_aware_and_in_utc(self, clock: Clock) -> None:
        """A moment without a zone, or in another one, would be read wrongly."""
        assert clock.now().utcoffset() == timedelta(0)

    def test_it_never_goes_back(self, clock: Clock) -> None:
        """Of a thousand readings none is before the last."""
        moments = [clock.now() for _ in range(1000)]
        assert moments == sorted(moments)
