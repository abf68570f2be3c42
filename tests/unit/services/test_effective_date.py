"""When agreements take effect: on the day that the parties fixed or, if later, when they signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.enrollment import Stage
from docgen.domain.merge.parties import contracting_party
from docgen.domain.packet import PacketKind, PacketState
from docgen.domain.standing import standing_of
from docgen.render.completion import completion_page
from docgen.services.enroll import enroll, read_version
from docgen.services.evidence import statement_of
from docgen.services.file import effective_date
from docgen.services.plan import make_plan
from docgen.services.terminate import terminate
from tests.unit.services.test_sources import contract
from tests.unit.services.walk import COORDINATOR, add_people, changed

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office

FIXED = "2027-01-01"


def _begins_later(raw: Any) -> None:
    """Fix a day on which the agreements begin."""
    terms = {"effective_date_rule": "fixed", "effective_date": FIXED}
    raw["terms"] = raw.get("terms", {}) | terms


@pytest.fixture
def fixed(office: Office) -> Packet:
    """Give a contracting packet whose parties fixed a day."""
    add_people(office)
    enrolled = enroll(office, changed(_begins_later), draft=False, actor="user:coordinator")
    return contract(office, enrolled.version.enrollment_id)


def _executed(packet: Packet, day: int, month: int, year: int) -> Packet:
    at = datetime(year, month, day, 18, tzinfo=UTC)
    return replace(packet, state=PacketState.ARCHIVED, executed_at=at, bundle_sha256="0" * 64)


@pytest.mark.parametrize(
    ("signed", "begins"), [((30, 11, 2026), FIXED), ((5, 1, 2027), "2027-01-05")]
)
def test_the_later_of_both_days_counts(
    office: Office, fixed: Packet, signed: tuple[int, int, int], begins: str
) -> None:
    """Register, record and certificate say the day that the agreement says."""
    done = _executed(fixed, *signed)
    assert effective_date(office, done) == begins
    standing = standing_of(done, [], [], office.pso_settings.time_zone)
    assert standing.effective_on == date.fromisoformat(begins)
    bare = replace(done, plan=replace(done.plan, documents=()))
    statement = statement_of(office, bare, effective_date(office, done), [])
    page = completion_page(statement, done.plan, [], attestation=None, development=True).decode()
    assert (f"{FIXED} (fixed in the agreement)" in page) == (begins == FIXED)
    assert (f"{begins} (date of the last signature" in page) == (begins != FIXED)


def test_without_a_fixed_day_the_plan_says_nothing(office: Office, packet: Packet) -> None:
    """The control: such a plan is spelled as ever, and the last signature's date counts."""
    assert "effective_from" not in packet.plan.to_json()
    assert effective_date(office, _executed(packet, 30, 11, 2026)) == "2026-11-30"


def test_a_policy_begins_when_it_is_adopted(office: Office, fixed: Packet) -> None:
    """The day fixed for the agreements is not the policy's."""
    assert fixed.plan.to_json()["effective_from"] == FIXED
    version = office.ledger.enrollments.latest(fixed.plan.enrollment_id)
    record = read_version(version, Stage.PSES, office.pso_settings)
    party = contracting_party(record)
    plan = make_plan(office, version, record, PacketKind.ONBOARDING, party, fixed)
    assert plan.effective_from == ""


def test_what_has_not_begun_can_end(office: Office, fixed: Packet) -> None:
    """Parties who signed and call it off before the fixed day are not kept waiting for it."""
    today = office.clock.now()
    done = replace(fixed, state=PacketState.ARCHIVED, executed_at=today, bundle_sha256="0" * 64)
    with office.ledger.transaction():
        office.ledger.packets.save(done)
    assert effective_date(office, done) > today.date().isoformat()
    last = date.fromisoformat(today.date().isoformat())
    assert terminate(office, done.id, last, "Called off.", COORDINATOR).terminated_on == last
