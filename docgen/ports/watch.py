"""What whoever watches a site wants to know of it: counts and times, nothing of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

LATE = timedelta(minutes=5)
SWEPT = "swept"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandFigures:
    """The errands of one kind that are not carried out.

    `due` now, `late` because due five minutes ago already, `failed` before and tried again; one
    errand may be all three.
    """

    open: int = 0
    due: int = 0
    late: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One look at the database. `workers` are alive; None where there are no worker processes."""

    packets: Mapping[str, int]
    errands: Mapping[str, ErrandFigures]
    callbacks: Mapping[str, int]
    callbacks_pending: int
    marks: Mapping[str, datetime]
    checkpoint_at: datetime | None
    activities: int
    workers: int | None = None
    jobs: Mapping[str, int] = field(default_factory=dict)


class Watch(Protocol):
    """Answers from the database, and remembers when something last happened."""

    def figures(self, now: datetime) -> Figures:
        """Count."""
        ...

    def mark(self, name: str, at: datetime) -> None:
        """Remember that this happened now."""
        ...

    def is_current(self) -> bool:
        """Say whether the tables are those of this version of the program."""
        ...
