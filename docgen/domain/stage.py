"""The three stages of an enrollment and their tasks: which are done, due when, waiting on whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from docgen.domain.packet import ENDED_UNSIGNED, IN_EFFECT, PacketKind, PacketState
from docgen.domain.standing import DocumentStanding, Standing
from docgen.domain.task import RULES, THREE_STAGES, ProgramStage, Task, TaskState, Tick
from docgen.domain.waiting import Alert, Need, Wait, WaitsOn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class EnrollmentStatus(StrEnum):
    """The enrollment's status, in one word."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    CONTRACTING = "contracting"
    ONBOARDING = "onboarding"
    IMPLEMENTING = "implementing"
    ENROLLED = "enrolled"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFacts:
    """What an enrollment's versions say. `held` tells since when each task has been answered."""

    first_at: datetime
    submitted_at: datetime | None
    parties: tuple[str, ...]
    held: Mapping[Task, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketFacts:
    """What the tasks need of one packet."""

    kind: str
    party_id: str
    state: PacketState
    created_at: datetime
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """When a practice entered a stage and left it; None while it is in it."""

    stage: ProgramStage
    entered_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Where a practice stands. `next_task` is the open one due first, `due_on` its day."""

    stage: ProgramStage
    status: EnrollmentStatus
    tasks: tuple[TaskState, ...]
    times: tuple[StageTime, ...]
    wait: Wait
    alerts: tuple[Alert, ...]
    next_task: Task | None
    due_on: date | None


def journey_of(
    form: FormFacts, packets: Sequence[PacketFacts], ticks: Mapping[Task, Tick], zone: str
) -> Journey:
    """Work out where a practice stands; `zone` is the time zone in which the PSO counts days."""
    done = _done(form, packets, ticks)
    tasks = tuple(_state(task, done, form, ticks, zone) for task in Task)
    stage = _stage(done, packets)
    status = _status(stage, form, packets, done)
    ready = [item for item in tasks if item.done_at is None and item.due_on is not None]
    if stage in {ProgramStage.ENROLLED, ProgramStage.ENDED}:
        ready = []
    first = min(ready, key=lambda item: (item.due_on, list(Task).index(item.task)), default=None)
    return Journey(
        stage=stage,
        status=status,
        tasks=tasks,
        times=_times(done, form),
        wait=_wait(packets, first, done, form),
        alerts=tuple(
            alert for alert in Alert if any(alert in item.standing.alerts for item in packets)
        ),
        next_task=first.task if first else None,
        due_on=first.due_on if first else None,
    )


def _done(
    form: FormFacts, packets: Sequence[PacketFacts], ticks: Mapping[Task, Tick]
) -> dict[Task, datetime]:
    """Say since when each task is done; what is not there is open."""
    contracts = _current(packets, PacketKind.CONTRACTING, form.parties)
    policies = _current(packets, PacketKind.ONBOARDING, form.parties)
    made = [item.created_at for item in packets if item.kind == PacketKind.CONTRACTING]
    psa, baa = _documents(contracts, "psa"), _documents(contracts, "baa")
    pses = _documents(policies, "pses")
    found: dict[Task, datetime | None] = {
        **form.held,
        Task.FORM_SUBMITTED: form.submitted_at,
        Task.FORM_ACCEPTED: min(made, default=None),
        Task.PSA_SENT: _last(item.sent_at if item else None for item in psa),
        Task.PSA_SIGNED_PRACTICE: _last(item.practice_signed_at if item else None for item in psa),
        Task.BAA_SIGNED_PRACTICE: _last(item.practice_signed_at if item else None for item in baa),
        Task.PSA_COUNTERSIGNED: _last(item.complete_at if item else None for item in psa),
        Task.BAA_COUNTERSIGNED: _last(item.complete_at if item else None for item in baa),
        Task.PSES_POLICY_DRAFTED: _last(item.created_at if item else None for item in policies),
        Task.PSES_POLICY_ADOPTED: _last(item.complete_at if item else None for item in pses),
    }
    for task, tick in ticks.items():
        if RULES[task].ticked and found.get(task) is None:
            found[task] = tick.at
    done = {task: at for task, at in found.items() if at is not None}
    others = [done.get(task) for task in RULES[Task.ENROLLED].after]
    enrolled = _last(others)
    return done | ({Task.ENROLLED: enrolled} if enrolled else {})


def _current(
    packets: Sequence[PacketFacts], kind: PacketKind, parties: Sequence[str]
) -> list[PacketFacts | None]:
    """Give each party's packet of a kind: the one in effect, else the newest on its way."""
    mine = [item for item in packets if item.kind == kind]
    named = tuple(parties) or tuple(dict.fromkeys(item.party_id for item in mine)) or ("",)
    found: list[PacketFacts | None] = []
    for party in named:
        theirs = [item for item in mine if item.party_id == party and item.state not in _OVER]
        effective = [item for item in theirs if item.state in IN_EFFECT]
        newest = effective or theirs
        found.append(newest[-1] if newest else None)
    return found


_OVER = ENDED_UNSIGNED | {PacketState.TERMINATED}


def _documents(packets: Iterable[PacketFacts | None], slug: str) -> list[DocumentStanding | None]:
    return [
        next((one for one in item.standing.documents if one.slug == slug), None) if item else None
        for item in packets
    ]


def _last(moments: Iterable[datetime | None]) -> datetime | None:
    """Give the last of these moments, or None while one is missing."""
    all_of_them = list(moments)
    known = [item for item in all_of_them if item is not None]
    return max(known) if known and len(known) == len(all_of_them) else None


def _state(
    task: Task,
    done: Mapping[Task, datetime],
    form: FormFacts,
    ticks: Mapping[Task, Tick],
    zone: str,
) -> TaskState:
    rule, at = RULES[task], done.get(task)
    anchor = _last(done.get(item) for item in rule.after) if rule.after else form.first_at
    due = None
    if anchor is not None:
        due = anchor.astimezone(ZoneInfo(zone)).date() + timedelta(days=rule.days)
    tick = ticks.get(task)
    by = tick.by if tick and tick.at == at else ""
    return TaskState(task=task, done_at=at, due_on=due, on=WaitsOn.NOBODY if at else rule.on, by=by)


def _stage(done: Mapping[Task, datetime], packets: Sequence[PacketFacts]) -> ProgramStage:
    contracts = [item.state for item in packets if item.kind == PacketKind.CONTRACTING]
    if PacketState.TERMINATED in contracts and not set(contracts) - _OVER:
        return ProgramStage.ENDED
    for stage in THREE_STAGES:
        if any(rule.stage is stage and task not in done for task, rule in RULES.items()):
            return stage
    return ProgramStage.ENROLLED


def _status(
    stage: ProgramStage,
    form: FormFacts,
    packets: Sequence[PacketFacts],
    done: Mapping[Task, datetime],
) -> EnrollmentStatus:
    if stage is not ProgramStage.CONTRACTING:
        return _STATUS[stage]
    if form.submitted_at is None:
        return EnrollmentStatus.DRAFT
    if any(item.state not in _OVER for item in packets):
        return EnrollmentStatus.CONTRACTING
    accepted = Task.FORM_ACCEPTED in done
    return EnrollmentStatus.ACCEPTED if accepted else EnrollmentStatus.SUBMITTED


_STATUS = {
    ProgramStage.ONBOARDING: EnrollmentStatus.ONBOARDING,
    ProgramStage.IMPLEMENTATION: EnrollmentStatus.IMPLEMENTING,
    ProgramStage.ENROLLED: EnrollmentStatus.ENROLLED,
    ProgramStage.ENDED: EnrollmentStatus.TERMINATED,
}


def _times(done: Mapping[Task, datetime], form: FormFacts) -> tuple[StageTime, ...]:
    """Say when each stage was entered and left, as far as the practice came."""
    times: list[StageTime] = []
    entered: datetime | None = form.first_at
    for stage in THREE_STAGES:
        if entered is None:
            break
        end = _last(done.get(task) for task, rule in RULES.items() if rule.stage is stage)
        left = None if end is None else max(end, entered)
        times.append(StageTime(stage=stage, entered_at=entered, left_at=left))
        entered = left
    return tuple(times)


def _wait(
    packets: Sequence[PacketFacts],
    first: TaskState | None,
    done: Mapping[Task, datetime],
    form: FormFacts,
) -> Wait:
    """Say who is waited for: by a packet on its way, else by the next task."""
    waits = [item.standing.wait for item in packets]
    for passed in ({WaitsOn.NOBODY, WaitsOn.SERVICE}, {WaitsOn.NOBODY}):
        pressing = [item for item in waits if item.on not in passed]
        if pressing:
            return min(pressing, key=lambda item: item.since)
    if first is None:
        since = max(done.values(), default=form.first_at)
        return Wait(on=WaitsOn.NOBODY, need=Need.NOTHING, since=since)
    rule = RULES[first.task]
    since = _last(done.get(item) for item in rule.after) or form.first_at
    return Wait(on=rule.on, need=rule.need, since=since)
