"""Tasks that a person ticks: orientation held, Portal access issued, deployed to all staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.packet import PacketKind
from docgen.domain.person import Role
from docgen.domain.task import DONE, REOPENED, RULES, Task
from docgen.errors import Refused
from docgen.ports.register_query import PacketQuery

if TYPE_CHECKING:
    from docgen.domain.person import Person
    from docgen.domain.task import TaskState
    from docgen.services.office import Office

# Nothing reaches the Portal before both agreements stand, or patient data would come without a BAA.
_BEFORE_ACCESS = (Task.PSA_COUNTERSIGNED, Task.BAA_COUNTERSIGNED)


def mark_done(office: Office, enrollment_id: str, task: Task, person: Person) -> TaskState:
    """Record that a task is done; one that is done already stays as it is.

    Raises:
        NotFound: the enrollment is not known here.
        Refused: the task follows from the form or the packets, or comes too early: access to the
            Portal before the agreements are executed and in effect.
    """
    person.require(Role.COORDINATOR)
    _refuse_derived(task)
    with office.ledger.transaction():
        office.ledger.enrollments.latest(enrollment_id)
        states = _states(office, enrollment_id)
        if states[task].done_at is not None:
            return states[task]
        if task is Task.PORTAL_ACCESS_ISSUED and any(
            states[item].done_at is None for item in _BEFORE_ACCESS
        ):
            raise Refused(
                "Access to the RO-ILS Portal is issued after the PSO agreement (PSA) and the BAA "
                "are fully executed; at least one of them is not yet."
            )
        if task is Task.PORTAL_ACCESS_ISSUED:
            _refuse_early(office, enrollment_id)
        office.note(enrollment_id, DONE, f"user:{person.key}", task=task.value)
    return _states(office, enrollment_id)[task]


def mark_open(office: Office, enrollment_id: str, task: Task, person: Person) -> TaskState:
    """Take back that a task is done; one that nobody ticked stays as it is.

    Raises:
        NotFound: the enrollment is not known here.
        Refused: the task follows from the form or the packets.
    """
    person.require(Role.COORDINATOR)
    _refuse_derived(task)
    with office.ledger.transaction():
        office.ledger.enrollments.latest(enrollment_id)
        if _states(office, enrollment_id)[task].by:
            office.note(enrollment_id, REOPENED, f"user:{person.key}", task=task.value)
    return _states(office, enrollment_id)[task]


def _refuse_early(office: Office, enrollment_id: str) -> None:
    """Check that the agreements are in effect: what is reported before is not protected by them."""
    asked = PacketQuery(enrollment_id=enrollment_id, kind=PacketKind.CONTRACTING)
    begins = [one.effective_on for one in office.register.packets(asked).items if one.effective_on]
    if begins and min(begins) > office.today():
        raise Refused(
            "Access to the RO-ILS Portal is issued once the agreements are in effect, which is "
            f"from {min(begins).isoformat()} on: what is reported before that day is not protected "
            "by them."
        )


def _refuse_derived(task: Task) -> None:
    if not RULES[task].ticked:
        raise Refused(
            f"“{task.words}” is not ticked by hand: it follows from the enrollment form or from "
            "the packets."
        )


def _states(office: Office, enrollment_id: str) -> dict[Task, TaskState]:
    line = office.register.enrollment(enrollment_id)
    return {item.task: item for item in line.tasks}
