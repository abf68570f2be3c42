"""The register: everything lists, desks and boards show, searched, filtered, sorted and counted.

It holds nothing of its own: every line follows from the ledger and can be built again from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from docgen.domain.evidence import Execution
from docgen.domain.packet import PacketKind, PacketState
from docgen.domain.plan import Source
from docgen.domain.stage import EnrollmentStatus
from docgen.domain.task import ProgramStage, Task, TaskState
from docgen.domain.waiting import Alert, Need, Wait, WaitsOn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.ports.register_query import (
        ArchiveQuery,
        EnrollmentQuery,
        PacketQuery,
        Paging,
    )

Item = TypeVar("Item")

MOST_A_PAGE = 1000
MOST_COUNTED = 2000  # found beyond this number, it is only said that there are more


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """One page of what was found, and how many there are in all.

    Where `exact` is False there are more than `total`, which nobody counted to the end; what lies
    before this page, on it, and the first line after it is always counted.
    """

    items: tuple[Item, ...]
    total: int
    number: int
    size: int
    exact: bool = True

    @property
    def counted(self) -> str:
        """Say how many there are, as people read it."""
        return f"{self.total:,}" if self.exact else f"more than {self.total:,}"

    @property
    def last(self) -> int:
        """Give the number of the last page known; an empty list has one."""
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollmentLine:
    """One enrollment, newest version, with where it stands in the three stages."""

    enrollment_id: str
    practice: str
    version: int
    is_draft: bool
    status: EnrollmentStatus
    stage: ProgramStage
    stage_since: datetime
    wait: Wait
    alerts: tuple[Alert, ...]
    next_task: Task | None
    due_on: date | None
    tasks: tuple[TaskState, ...]
    facilities: int
    packets: int
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketLine:
    """One packet. `signers` are the names of those who sign now, in order.

    `departures` are the sentences that say how it differs from standard. `retain_until` is None
    while it is on its way or in effect.
    """

    packet_id: str
    enrollment_id: str
    enrollment_version: int
    practice: str
    kind: PacketKind
    party_id: str
    state: PacketState
    wait: Wait
    alerts: tuple[Alert, ...]
    titles: tuple[str, ...]
    templates: tuple[tuple[str, str], ...]
    signers: tuple[str, ...]
    departures: tuple[str, ...]
    service: str
    round: int
    reminders: int
    created_at: datetime
    changed_at: datetime
    sent_at: datetime | None
    effective_on: date | None
    ended_on: date | None
    retain_until: date | None
    on_hold: bool
    bundle_sha256: str
    disposed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountersignLine:
    """One packet that waits for the PSO's own signature."""

    packet: PacketLine
    countersigner: str
    email: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedLine:
    """One executed document. `sha256` is that of the signed file, "" where there is none here."""

    packet_id: str
    enrollment_id: str
    practice: str
    kind: PacketKind
    slug: str
    title: str
    source: Source
    template_version: str
    execution: Execution | None
    state: PacketState
    effective_on: date | None
    ended_on: date | None
    retain_until: date | None
    on_hold: bool
    sha256: str
    bundle_sha256: str
    disposed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One version of an enrollment; `stored_by` is the history's actor, as `user:ada`."""

    version: int
    practice: str
    is_draft: bool
    stored_by: str
    at: datetime
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateUse:
    """How many practices signed one version of a template, and in how many it is in effect."""

    slug: str
    version: str
    practices: int
    in_effect: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitCount:
    """How many packets or practices wait for one thing, and since when the first of them does."""

    on: WaitsOn
    need: Need
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The figures of a home page.

    `practices` counts each practice once, by what is most pressing for it: a packet on its way, or
    else its next task.
    """

    packets: tuple[WaitCount, ...]
    practices: tuple[WaitCount, ...]
    alerts: tuple[tuple[Alert, int], ...]
    drafts: int
    overdue: int

    def of(self, on: WaitsOn) -> int:
        """Count the packets that wait on somebody."""
        return sum(item.count for item in self.packets if item.on is on)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractLine:
    """One agreement that took effect, with no more than counting them all needs.

    `has_copy` says that its executed copy is here.
    """

    packet_id: str
    enrollment_id: str
    state: PacketState
    effective_on: date
    ended_on: date | None
    has_copy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCount:
    """How many practices stand in a stage, and how many of them need attention."""

    stage: ProgramStage
    practices: int
    overdue: int
    invitation_bounced: int
    copy_undelivered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageDays:
    """How long practices took for a stage they have left, in days; 0 when nobody has."""

    stage: ProgramStage
    practices: int
    median: int
    p90: int
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageBoard:
    """Where practices stand: counts and times over all that match, and one page of lines."""

    counts: tuple[StageCount, ...]
    days: tuple[StageDays, ...]
    page: Page[EnrollmentLine]


class Register(Protocol):
    """Lists over the ledger; each answers with a fixed number of queries."""

    def enrollments(self, query: EnrollmentQuery) -> Page[EnrollmentLine]:
        """List enrollments."""
        ...

    def enrollment(self, enrollment_id: str) -> EnrollmentLine:
        """Give one enrollment's line, or raise `NotFound`."""
        ...

    def packets(self, query: PacketQuery) -> Page[PacketLine]:
        """List packets."""
        ...

    def packet(self, packet_id: str) -> PacketLine:
        """Give one packet's line, or raise `NotFound`."""
        ...

    def practices(self, subjects: Sequence[str], *, packets: bool) -> Mapping[str, str]:
        """Name the practice of each of these packets, or enrollments; unknown ids are left out."""
        ...

    def countersign_queue(
        self, email: str = "", page: Paging | None = None
    ) -> Page[CountersignLine]:
        """List the packets that wait for the PSO's signature, the longest waiting first.

        With an address, only those on which this very person is to sign.
        """
        ...

    def waiting(self, today: date) -> Waiting:
        """Count what waits on whom."""
        ...

    def stage_board(self, query: EnrollmentQuery, today: date) -> StageBoard:
        """Say where the practices asked for stand, and how long the stages took."""
        ...

    def versions(self, enrollment_id: str) -> tuple[VersionLine, ...]:
        """List an enrollment's versions, the newest first, or raise `NotFound`."""
        ...

    def archived(self, query: ArchiveQuery) -> Page[ArchivedLine]:
        """List executed documents."""
        ...

    def contracts(self, slug: str) -> tuple[ContractLine, ...]:
        """List every agreement of this kind that took effect, the earliest first."""
        ...

    def template_use(self, slug: str) -> tuple[TemplateUse, ...]:
        """Say which versions of a template were signed, and by how many practices."""
        ...

    def rebuild(self) -> int:
        """Build every line again from the ledger; give how many enrollments there are."""
        ...

    def keep_up(self) -> None:
        """Rebuild if the lines were made by other rules than today's, or never."""
        ...
