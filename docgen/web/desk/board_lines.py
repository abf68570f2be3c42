"""The board's list: where each practice stands, its open tasks, and who waits on whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from docgen.domain.task import RULES, ProgramStage
from docgen.domain.waiting import Need, WaitsOn
from docgen.web.desk.parts import Badge, Tone
from docgen.web.desk.wording import day_words, is_named, need_words

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from docgen.domain.task import TaskState
    from docgen.domain.waiting import Wait
    from docgen.ports.register import EnrollmentLine

_TONES = {
    ProgramStage.ENROLLED: Tone.GOOD,
    ProgramStage.ENDED: Tone.QUIET,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask:
    """One task still to do in the stage where the practice is."""

    words: str
    due: str
    is_overdue: bool
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one practice stands, as the list shows it."""

    practice: str
    url: str
    stage: Badge
    since: str
    alerts: tuple[Badge, ...]
    done: int
    total: int
    open_tasks: tuple[OpenTask, ...]
    next_task: str
    due: str
    overdue: Badge | None
    whom: str
    need: str


def standing_of(line: EnrollmentLine, today: date, zone: ZoneInfo) -> Standing:
    """Say where a practice stands; days are counted in this time zone."""
    late = (today - line.due_on).days if line.due_on else 0
    return Standing(
        practice=line.practice or "without a name yet",
        url=reverse("desk:enrollment", args=[line.enrollment_id]),
        stage=Badge(words=line.stage.value, tone=_TONES.get(line.stage, Tone.BUSY)),
        since=_since(line, today, zone),
        alerts=tuple(Badge(words=item.words, tone=Tone.BAD) for item in line.alerts),
        done=sum(item.done_at is not None for item in line.tasks),
        total=len(line.tasks),
        open_tasks=tuple(
            _open_task(item, today)
            for item in line.tasks
            if item.done_at is None and RULES[item.task].stage is line.stage
        ),
        next_task=line.next_task.words if line.next_task else "",
        due=day_words(line.due_on),
        overdue=Badge(words=f"overdue by {_days(late)}", tone=Tone.BAD) if late > 0 else None,
        whom=whom_words(line.wait),
        need=_need(line.wait, zone),
    )


def _since(line: EnrollmentLine, today: date, zone: ZoneInfo) -> str:
    """Say since when the practice is in its stage; of an ended one the line does not know."""
    if line.stage is ProgramStage.ENDED:
        return ""
    day = _day(line.stage_since, zone)
    if day >= today:
        return f"since today, {day_words(day)}"
    return f"for {_days((today - day).days)}, since {day_words(day)}"


def _open_task(state: TaskState, today: date) -> OpenTask:
    return OpenTask(
        words=state.task.words,
        due=day_words(state.due_on),
        is_overdue=state.due_on is not None and state.due_on < today,
        on="" if state.on is WaitsOn.NOBODY else state.on.words,
    )


def whom_words(wait: Wait) -> str:
    """Say who waits on whom: we on the practice, or the practice on one of us."""
    if wait.on is WaitsOn.NOBODY or wait.need is Need.NOTHING:
        return "Nobody waits"
    if wait.on is WaitsOn.SERVICE:
        return "Both wait on the signing service"
    waits = "The PSO" if wait.on is WaitsOn.PRACTICE else "The practice"
    whom = f"{wait.name} ({wait.on.words})" if is_named(wait) else f"the {wait.on.words}"
    return f"{waits} waits on {whom}"


def _need(wait: Wait, zone: ZoneInfo) -> str:
    if wait.on is WaitsOn.NOBODY or wait.need is Need.NOTHING:
        return ""
    return f"to {need_words(wait)}, since {day_words(_day(wait.since, zone))}"


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _days(number: int) -> str:
    return f"{number:,} day{'' if number == 1 else 's'}"
