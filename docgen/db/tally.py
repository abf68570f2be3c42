"""The board's figures, counted in one pass over the practices it shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db.models import Case, IntegerField, Value, When

from docgen.db.lines import spaced
from docgen.domain.task import THREE_STAGES, ProgramStage
from docgen.domain.waiting import Alert
from docgen.ports.register import StageCount, StageDays

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.db.models import QuerySet

    from docgen.db.models import RegisterEnrollmentRow

_CHUNK = 200
_BOUNCED, _UNDELIVERED = spaced(Alert.INVITATION_BOUNCED), spaced(Alert.COPY_UNDELIVERED)


def tally(
    rows: QuerySet[RegisterEnrollmentRow], today: date
) -> tuple[tuple[StageCount, ...], tuple[StageDays, ...]]:
    """Count practices by stage, and say how long the stages took that they have left."""
    late = Case(
        When(due_on__lt=today, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    names = ("stage", "alerts", *(f"{stage}_days" for stage in THREE_STAGES))
    read = rows.annotate(late=late).values_list(*names, "late")
    practices, overdue, bounced, undelivered = (Counter[str]() for _ in range(4))
    columns: dict[ProgramStage, list[int]] = {stage: [] for stage in THREE_STAGES}
    # A few rows at a time: ten thousand tuples at once would set off the garbage collector.
    for stage, alerts, *days, is_late in read.iterator(chunk_size=_CHUNK):
        practices[stage] += 1
        overdue[stage] += is_late
        if alerts:
            bounced[stage] += _BOUNCED in alerts
            undelivered[stage] += _UNDELIVERED in alerts
        for column, taken in zip(columns.values(), days, strict=True):
            if taken is not None:
                column.append(taken)
    counts = tuple(
        StageCount(
            stage=stage,
            practices=practices[stage],
            overdue=overdue[stage],
            invitation_bounced=bounced[stage],
            copy_undelivered=undelivered[stage],
        )
        for stage in ProgramStage
    )
    return counts, tuple(_days(stage, sorted(column)) for stage, column in columns.items())


def _days(stage: ProgramStage, days: Sequence[int]) -> StageDays:
    return StageDays(
        stage=stage,
        practices=len(days),
        median=_at(days, 5),
        p90=_at(days, 9),
        longest=days[-1] if days else 0,
    )


def _at(days: Sequence[int], tenths: int) -> int:
    """Give the value that so many tenths do not exceed; 0 of none."""
    return days[-(-len(days) * tenths // 10) - 1] if days else 0
