"""Tasks that a person ticks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.task import RULES, Task
from docgen.errors import NotAllowed, NotFound, Refused
from docgen.services.task import mark_done, mark_open
from integrations.system.clock import StandingClock
from tests.ledger.lives import execute, packet, record, store, version
from tests.unit.services.walk import AUDITOR, COORDINATOR, kinds

if TYPE_CHECKING:
    from docgen.services.office import Office


@pytest.fixture
def enrolled(office: Office) -> Office:
    """Store one enrollment with its contracting packet."""
    store(office, version("enr_1", record("One")), packet("pkt_1", "enr_1"))
    return office


def test_a_tick_is_an_activity_and_can_be_taken_back(enrolled: Office) -> None:
    """Twice is once; the history keeps both the tick and its end."""
    task = Task.ORIENTATION_DONE
    done = mark_done(enrolled, "enr_1", task, COORDINATOR)
    assert (done.by, done.done_at) == ("user:coordinator", enrolled.clock.now())
    assert mark_done(enrolled, "enr_1", task, COORDINATOR) == done
    assert mark_open(enrolled, "enr_1", task, COORDINATOR).done_at is None
    assert mark_open(enrolled, "enr_1", task, COORDINATOR).done_at is None
    assert kinds(enrolled, "enr_1")[1:] == ["task.done", "task.reopened"]


@pytest.mark.parametrize("task", [task for task, rule in RULES.items() if not rule.ticked])
def test_what_follows_from_form_or_packets_is_not_ticked(enrolled: Office, task: Task) -> None:
    """A signature is made, not ticked."""
    for mark in (mark_done, mark_open):
        with pytest.raises(Refused, match="not ticked by hand"):
            mark(enrolled, "enr_1", task, COORDINATOR)


def test_access_waits_for_both_agreements(enrolled: Office) -> None:
    """Nothing reaches the Portal before PSA and BAA are fully executed."""
    with pytest.raises(Refused, match="fully executed"):
        mark_done(enrolled, "enr_1", Task.PORTAL_ACCESS_ISSUED, COORDINATOR)
    execute(enrolled, "pkt_1")
    assert mark_done(enrolled, "enr_1", Task.PORTAL_ACCESS_ISSUED, COORDINATOR).by


def test_access_waits_for_the_day_on_which_the_agreements_begin(office: Office) -> None:
    """What is reported before that day is not protected by them; on the day itself it is."""
    today = office.clock.now().date()
    made = packet("pkt_1", "enr_1")
    begins = (today + timedelta(days=2)).isoformat()
    made = replace(made, plan=replace(made.plan, effective_from=begins))
    store(office, version("enr_1", record("One")), made)
    execute(office, "pkt_1")
    with pytest.raises(Refused, match=f"from {begins} on"):
        mark_done(office, "enr_1", Task.PORTAL_ACCESS_ISSUED, COORDINATOR)
    later = replace(office, clock=StandingClock(office.clock.now() + timedelta(days=2)))
    assert mark_done(later, "enr_1", Task.PORTAL_ACCESS_ISSUED, COORDINATOR).by


def test_only_a_coordinator_ticks_and_only_what_is_there(enrolled: Office) -> None:
    """An auditor reads; an unknown enrollment is not found."""
    with pytest.raises(NotAllowed):
        mark_done(enrolled, "enr_1", Task.ORIENTATION_DONE, AUDITOR)
    with pytest.raises(NotFound):
        mark_done(enrolled, "enr_2", Task.ORIENTATION_DONE, COORDINATOR)
