"""What answers about standing and waiting hold, field by field."""

from __future__ import annotations

from datetime import date, datetime

from docgen.domain.task import ProgramStage
from docgen.domain.waiting import Alert, Need, WaitsOn
from docgen.web.api.schemas import Given


class StageCountItem(Given):
    """How many practices stand in a stage, and how many of them need attention."""

    stage: ProgramStage
    practices: int
    overdue: int
    invitation_bounced: int
    copy_undelivered: int


class StageDaysItem(Given):
    """How long practices took for a stage they have left, in days; 0 when nobody has."""

    stage: ProgramStage
    practices: int
    median: int
    p90: int
    longest: int


class WaitCountItem(Given):
    """How many wait for one thing, and since when the first of them does."""

    on: WaitsOn
    need: Need
    count: int
    oldest: datetime


class AlertCount(Given):
    """How many packets have this alert."""

    alert: Alert
    count: int


class BoardWhole(Given):
    """Where all practices stand, and what waits on whom."""

    stages: list[StageCountItem]
    days: list[StageDaysItem]
    packets: list[WaitCountItem]
    practices: list[WaitCountItem]
    alerts: list[AlertCount]
    drafts: int
    overdue: int


class StandInItem(Given):
    """Who countersigns in whose place, by their keys, from the first to the last day."""

    id: str
    principal: str
    person: str
    title: str
    first: date
    last: date
    reason: str
    appointed_by: str
    appointed_at: datetime
    ended_by: str
    ended_at: datetime | None
    is_in_force: bool
