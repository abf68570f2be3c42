"""The staff desk, for every test of the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.app.desk.staff import Desk

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock


@pytest.fixture(scope="session")
def generated() -> list[Packet]:
    """Keep the sample packet once a test wanted one; it takes a second to generate."""
    return []


@pytest.fixture
def desk(office: Office, clock: StandingClock, generated: list[Packet]) -> Desk:
    """Give the staff desk on an empty database."""
    return Desk.of(office, clock, generated)
