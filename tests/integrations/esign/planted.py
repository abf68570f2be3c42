"""Run one test of a suite by hand, to see whether it catches a fault that was planted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integrations.system.clock import StandingClock
from tests.contracts.esign import AT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contracts.esign_outside import OutsideServiceContract


def caught(suite: OutsideServiceContract, test: str, **given: object) -> bool:
    """Say whether this test of the suite fails, or the simulator finds something undocumented."""
    suite.clock, suite.pauses = StandingClock(AT), []
    with suite.simulated(suite.clock) as simulator:
        suite.simulator = simulator
        return failed(lambda: getattr(suite, test)(**given)) or simulator.faults != []


def failed(act: Callable[[], object]) -> bool:
    """Do something and say whether it failed."""
    try:
        act()
    except (Exception, pytest.fail.Exception):  # noqa: BLE001  # a fault may break anything
        return True
    return False
