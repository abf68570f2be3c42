"""One packet, generated once with everything real, stored again for each test that wants it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketKind
from docgen.services.enroll import enroll
from docgen.services.generate import generate
from integrations.system.clock import StandingClock
from tests.conftest import NOON
from tests.emptied import empty_ledger
from tests.unit.services.walk import Generated, form

if TYPE_CHECKING:
    from docgen.bootstrap.application import Application
    from docgen.domain.packet import Packet
    from docgen.services.office import Office


def _generated(app: Application, raw: object) -> Generated:
    empty_ledger()
    office = replace(app.office, clock=StandingClock(NOON))
    version = enroll(office, raw, draft=False, actor="user:coordinator").version
    kind = PacketKind.CONTRACTING
    (packet,) = generate(office, version.enrollment_id, kind, "user:coordinator")
    return Generated(version=version, packet=packet)


@pytest.fixture(scope="session")
def standard(app: Application) -> Generated:
    """Generate a packet that keeps to the PSO's standard."""
    return _generated(app, form())


@pytest.fixture(scope="session")
def departing(app: Application) -> Generated:
    """Generate a packet with a term of its own, which a legal approver must see."""
    raw = form() | {"record_id": "1b4e28ba-2fa1-4d2a-8c3b-0a1b2c3d4e60"}
    return _generated(app, raw | {"terms": {**raw.get("terms", {}), "notice_days": 60}})


@pytest.fixture
def packet(standard: Generated, office: Office) -> Packet:
    """Store the standard packet in the empty ledger."""
    return standard.store(office)
