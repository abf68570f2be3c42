"""What the register is asked: which lines, in which order, and which page of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from docgen.domain.evidence import Execution
from docgen.domain.packet import PacketKind, PacketState
from docgen.domain.plan import Source
from docgen.domain.stage import EnrollmentStatus
from docgen.domain.task import ProgramStage
from docgen.domain.waiting import Alert, Need, WaitsOn

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Which page of how many lines; pages count from 1."""

    number: int = 1
    size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from the first to the last; one day has both the same."""

    first: date
    last: date


class RetentionState(StrEnum):
    """Whether a packet must still be kept."""

    OPEN = "open"  # it is still on its way
    IN_EFFECT = "in_effect"  # there is no date while it is in effect
    KEPT = "kept"  # it ended; the date is to come, or a legal hold lies on it
    MAY_GO = "may_go"  # the date has come and nothing holds it
    DISPOSED = "disposed"  # it was disposed of


class EnrollmentOrder(StrEnum):
    """How enrollments are sorted; the name says what comes first."""

    NEWEST = "newest"  # changed last
    PRACTICE = "practice"
    DUE = "due"  # what is due first; without a date last
    WAITING = "waiting"  # waiting longest


class PacketOrder(StrEnum):
    """How packets are sorted; the name says what comes first."""

    NEWEST = "newest"  # changed last
    PRACTICE = "practice"
    CREATED = "created"  # created last
    WAITING = "waiting"  # waiting longest
    SIGNED = "signed"  # signed last; unsigned ones last


class ArchiveOrder(StrEnum):
    """How archived documents are sorted; the name says what comes first."""

    SIGNED = "signed"  # signed last
    PRACTICE = "practice"
    RETENTION = "retention"  # may go first; without a date last


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollmentQuery:
    """Which enrollments; an empty set or None asks nothing of it.

    `text` is looked for in present and former names, NPI, EIN, facilities, signers and ids, without
    regard to case and accents; every word must be found. `overdue_on` asks for a task that was due
    before this day.
    """

    text: str = ""
    stages: frozenset[ProgramStage] = frozenset()
    statuses: frozenset[EnrollmentStatus] = frozenset()
    draft: bool | None = None
    waits_on: WaitsOn | None = None
    alert: Alert | None = None
    overdue_on: date | None = None
    order: EnrollmentOrder = EnrollmentOrder.NEWEST
    reverse: bool = False
    page: Paging = field(default_factory=Paging)


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketQuery:
    """Which packets; an empty set or None asks nothing of it.

    `waiting_since` asks for those waiting since before that moment. `template` is a slug and a
    version. `today` is needed with `retention`.
    """

    text: str = ""
    enrollment_id: str = ""
    states: frozenset[PacketState] = frozenset()
    kind: PacketKind | None = None
    waits_on: WaitsOn | None = None
    need: Need | None = None
    waiting_since: datetime | None = None
    departs: bool | None = None
    service: str = ""
    template: tuple[str, str] | None = None
    signed: Period | None = None
    in_effect: Period | None = None
    retention: RetentionState | None = None
    today: date = date.min
    on_hold: bool | None = None
    alert: Alert | None = None
    order: PacketOrder = PacketOrder.NEWEST
    reverse: bool = False
    page: Paging = field(default_factory=Paging)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveQuery:
    """Which executed documents; an empty set or None asks nothing of it.

    `text` as for enrollments. `today` is needed with `retention`.
    """

    text: str = ""
    enrollment_id: str = ""
    packet_id: str = ""
    packet_ids: frozenset[str] = frozenset()
    slug: str = ""
    template_versions: frozenset[str] = frozenset()
    sources: frozenset[Source] = frozenset()
    states: frozenset[PacketState] = frozenset()
    execution: Execution | None = None
    signed: Period | None = None
    in_effect: Period | None = None
    retention: RetentionState | None = None
    today: date = date.min
    on_hold: bool | None = None
    order: ArchiveOrder = ArchiveOrder.SIGNED
    reverse: bool = False
    page: Paging = field(default_factory=Paging)
