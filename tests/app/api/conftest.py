"""Programs with tokens, for every test of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.app.api.caller import Caller

if TYPE_CHECKING:
    from tests.app.desk.staff import Desk


@pytest.fixture
def auditor(desk: Desk) -> Caller:
    """Give a program that may read."""
    return Caller.of(desk, "auditor")


@pytest.fixture
def coordinator(desk: Desk) -> Caller:
    """Give a program that may do what a coordinator does."""
    return Caller.of(desk, "coordinator")
