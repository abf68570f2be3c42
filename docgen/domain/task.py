"""The tasks of an enrollment: in which stage each stands, after what, due when, by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from docgen.domain.waiting import Need, WaitsOn

DONE, REOPENED = "task.done", "task.reopened"  # kinds of activity, on the enrollment


class ProgramStage(StrEnum):
    """Where a practice stands on its way into the program."""

    CONTRACTING = "contracting"
    ONBOARDING = "onboarding"
    IMPLEMENTATION = "implementation"
    ENROLLED = "enrolled"  # every task is done
    ENDED = "ended"  # its agreements are terminated


THREE_STAGES = (ProgramStage.CONTRACTING, ProgramStage.ONBOARDING, ProgramStage.IMPLEMENTATION)


class Task(StrEnum):
    """One task of an enrollment, in order."""

    GUIDE_REVIEWED = "task.guide_reviewed"
    FORM_SUBMITTED = "task.form_submitted"
    FORM_ACCEPTED = "task.form_accepted"
    PSA_SENT = "task.psa_sent"
    PSA_SIGNED_PRACTICE = "task.psa_signed_practice"
    BAA_SIGNED_PRACTICE = "task.baa_signed_practice"
    PSA_COUNTERSIGNED = "task.psa_countersigned"
    BAA_COUNTERSIGNED = "task.baa_countersigned"
    ORIENTATION_DONE = "task.orientation_done"
    WORKFLOW_DEFINED = "task.workflow_defined"
    REVIEWERS_NAMED = "task.reviewers_named"
    PORTAL_INFO_GIVEN = "task.portal_info_given"
    TRAINING_DONE = "task.training_done"
    PSES_POLICY_DRAFTED = "task.pses_policy_drafted"
    PSES_POLICY_ADOPTED = "task.pses_policy_adopted"
    PORTAL_ACCESS_ISSUED = "task.portal_access_issued"
    DEPLOYED_TO_STAFF = "task.deployed_to_staff"
    ENROLLED = "task.enrolled"

    @property
    def words(self) -> str:
        """Give the task as people read it."""
        return _WORDS[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRule:
    """What is known of a task beforehand; `days` after the tasks in `after` it is due."""

    stage: ProgramStage
    after: tuple[Task, ...]
    days: int
    on: WaitsOn
    need: Need = Need.DO_TASK
    ticked: bool = False  # a person may say that it is done


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """Where one task stands. `by` is who ticked it, "" when it follows from form or packets."""

    task: Task
    done_at: datetime | None
    due_on: date | None
    on: WaitsOn
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A person said that a task is done."""

    at: datetime
    by: str


_C, _O, _I = THREE_STAGES
_T, _W = Task, WaitsOn
_SIGNED = (_T.PSA_COUNTERSIGNED, _T.BAA_COUNTERSIGNED)

# Days are the program's usual pace, not a promise; the practice goes on at its own.
RULES: dict[Task, TaskRule] = {
    _T.GUIDE_REVIEWED: TaskRule(
        stage=_C, after=(), days=14, on=_W.PRACTICE, need=Need.COMPLETE_FORM
    ),
    _T.FORM_SUBMITTED: TaskRule(
        stage=_C, after=(), days=14, on=_W.PRACTICE, need=Need.COMPLETE_FORM
    ),
    _T.FORM_ACCEPTED: TaskRule(
        stage=_C, after=(_T.FORM_SUBMITTED,), days=5, on=_W.COORDINATOR, ticked=True
    ),
    _T.PSA_SENT: TaskRule(
        stage=_C, after=(_T.FORM_ACCEPTED,), days=10, on=_W.COORDINATOR, need=Need.GENERATE
    ),
    _T.PSA_SIGNED_PRACTICE: TaskRule(
        stage=_C, after=(_T.PSA_SENT,), days=30, on=_W.PRACTICE, need=Need.SIGN
    ),
    _T.BAA_SIGNED_PRACTICE: TaskRule(
        stage=_C, after=(_T.PSA_SENT,), days=30, on=_W.PRACTICE, need=Need.SIGN
    ),
    _T.PSA_COUNTERSIGNED: TaskRule(
        stage=_C,
        after=(_T.PSA_SIGNED_PRACTICE,),
        days=5,
        on=_W.COUNTERSIGNER,
        need=Need.COUNTERSIGN,
    ),
    _T.BAA_COUNTERSIGNED: TaskRule(
        stage=_C,
        after=(_T.BAA_SIGNED_PRACTICE,),
        days=5,
        on=_W.COUNTERSIGNER,
        need=Need.COUNTERSIGN,
    ),
    _T.ORIENTATION_DONE: TaskRule(
        stage=_O, after=_SIGNED, days=14, on=_W.COORDINATOR, ticked=True
    ),
    _T.WORKFLOW_DEFINED: TaskRule(stage=_O, after=_SIGNED, days=45, on=_W.PRACTICE, ticked=True),
    _T.REVIEWERS_NAMED: TaskRule(stage=_O, after=_SIGNED, days=45, on=_W.PRACTICE),
    _T.PORTAL_INFO_GIVEN: TaskRule(stage=_O, after=_SIGNED, days=45, on=_W.PRACTICE, ticked=True),
    _T.TRAINING_DONE: TaskRule(
        stage=_O, after=(_T.ORIENTATION_DONE,), days=60, on=_W.PRACTICE, ticked=True
    ),
    _T.PSES_POLICY_DRAFTED: TaskRule(
        stage=_O,
        after=(*_SIGNED, _T.WORKFLOW_DEFINED, _T.REVIEWERS_NAMED),
        days=15,
        on=_W.COORDINATOR,
        need=Need.GENERATE,
    ),
    _T.PSES_POLICY_ADOPTED: TaskRule(
        stage=_O, after=(_T.PSES_POLICY_DRAFTED,), days=30, on=_W.PRACTICE, need=Need.SIGN
    ),
    _T.PORTAL_ACCESS_ISSUED: TaskRule(
        stage=_I,
        after=(*_SIGNED, _T.PORTAL_INFO_GIVEN),
        days=10,
        on=_W.COORDINATOR,
        ticked=True,
    ),
    _T.DEPLOYED_TO_STAFF: TaskRule(
        stage=_I,
        after=(_T.PORTAL_ACCESS_ISSUED, _T.PSES_POLICY_ADOPTED, _T.TRAINING_DONE),
        days=60,
        on=_W.PRACTICE,
        ticked=True,
    ),
    _T.ENROLLED: TaskRule(
        stage=_I,
        after=tuple(item for item in Task if item is not Task.ENROLLED),
        days=0,
        on=_W.NOBODY,
    ),
}  # fmt: skip

_WORDS = {
    _T.GUIDE_REVIEWED: "Participation Guide reviewed",
    _T.FORM_SUBMITTED: "Enrollment form submitted",
    _T.FORM_ACCEPTED: "Enrollment form accepted",
    _T.PSA_SENT: "Agreements sent for signature",
    _T.PSA_SIGNED_PRACTICE: "PSO agreement (PSA) signed by the practice",
    _T.BAA_SIGNED_PRACTICE: "BAA signed by the practice",
    _T.PSA_COUNTERSIGNED: "PSO agreement (PSA) countersigned",
    _T.BAA_COUNTERSIGNED: "BAA countersigned",
    _T.ORIENTATION_DONE: "Orientation held",
    _T.WORKFLOW_DEFINED: "Internal workflow defined",
    _T.REVIEWERS_NAMED: "RO-ILS Reviewers named for each facility",
    _T.PORTAL_INFO_GIVEN: "Information for the RO-ILS Portal given",
    _T.TRAINING_DONE: "Training finished",
    _T.PSES_POLICY_DRAFTED: "PSES policy drafted",
    _T.PSES_POLICY_ADOPTED: "PSES policy approved and adopted",
    _T.PORTAL_ACCESS_ISSUED: "RO-ILS Portal access issued",
    _T.DEPLOYED_TO_STAFF: "Deployed to all staff",
    _T.ENROLLED: "Enrolled",
}
