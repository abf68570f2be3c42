"""What answers hold, field by field."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from docgen.domain.batch import Act, Result
from docgen.domain.evidence import Execution
from docgen.domain.packet import PacketKind, PacketState
from docgen.domain.person import Role
from docgen.domain.plan import Source
from docgen.domain.stage import EnrollmentStatus
from docgen.domain.task import ProgramStage, Task
from docgen.domain.waiting import Alert, Need, WaitsOn

Item = TypeVar("Item")


class Given(BaseModel):
    """What an answer holds, made from a value of ours."""

    model_config = ConfigDict(from_attributes=True)


class ProblemItem(Given):
    """One thing that is wrong with a record: which rule, where, and what to do."""

    id: str
    path: str
    message: str


class Problem(Given):
    """Why a request was refused (RFC 9457); `code` never changes its meaning."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    problems: list[ProblemItem]
    request_id: str


class PageOf(Given, Generic[Item]):
    """One piece of a list; `next` is the cursor of the following one, null after the last.

    Where `total_exact` is false there are more than `total`, and nobody counted to the end.
    """

    items: list[Item]
    total: int
    total_exact: bool = True
    next: str | None


class ListOf(Given, Generic[Item]):
    """A whole list."""

    items: list[Item]


class Waiting(Given):
    """Who must act next, and for what."""

    on: WaitsOn
    need: Need
    since: datetime


class TaskStanding(Given):
    """One task of an enrollment; `by` is who ticked it, "" where it follows by itself."""

    task: Task
    done_at: datetime | None
    due_on: date | None
    on: WaitsOn
    by: str


class EnrollmentItem(Given):
    """One enrollment, newest version, and where it stands."""

    enrollment_id: str
    practice: str
    version: int
    is_draft: bool
    status: EnrollmentStatus
    stage: ProgramStage
    stage_since: datetime
    wait: Waiting
    alerts: list[Alert]
    due_on: date | None
    facilities: int
    packets: int
    created_at: datetime
    changed_at: datetime


class EnrollmentWhole(EnrollmentItem):
    """The same with its tasks and the record of its newest version."""

    tasks: list[TaskStanding]
    record: dict[str, Any]


class VersionItem(Given):
    """One version of an enrollment; `stored_by` is as in the history, such as `user:ada`."""

    version: int
    practice: str
    is_draft: bool
    stored_by: str
    at: datetime
    sha256: str


class VersionWhole(Given):
    """One version with its record."""

    enrollment_id: str
    version: int
    is_draft: bool
    at: datetime
    sha256: str
    record: dict[str, Any]


class DifferenceItem(Given):
    """One field before and after; "" is what is not given, or what came or went as a whole."""

    path: str
    label: str
    before: str
    after: str


class MissingItem(Given):
    """What a later step needs and the record lacks."""

    path: str
    needed_for: str
    message: str


class Stored(Given):
    """What was stored; `is_new` is false where the very same record was there already."""

    enrollment_id: str
    version: int
    is_draft: bool
    sha256: str
    is_new: bool
    warnings: list[ProblemItem]
    missing: list[MissingItem]


class PacketItem(Given):
    """One packet and where it stands; `departures` say how it differs from standard."""

    packet_id: str
    enrollment_id: str
    enrollment_version: int
    practice: str
    kind: PacketKind
    party_id: str
    state: PacketState
    wait: Waiting
    alerts: list[Alert]
    titles: list[str]
    signers: list[str]
    departures: list[str]
    service: str
    reminders: int
    created_at: datetime
    changed_at: datetime
    sent_at: datetime | None
    effective_on: date | None
    ended_on: date | None
    retain_until: date | None
    on_hold: bool
    disposed_on: date | None
    bundle_sha256: str


class DocumentItem(Given):
    """One document of a packet, with the forms in which it can be fetched."""

    slug: str
    title: str
    source: Source
    template_version: str
    adopted: bool
    reason: str
    pages: int | None
    execution: Execution | None
    forms: list[str]


class RecipientItem(Given):
    """One person who signs, as planned or as reassigned since; never a link, never a code."""

    key: str
    name: str
    title: str
    organization: str
    routing_order: int
    signed: bool
    viewed: bool
    declined: bool


class HistoryItem(Given):
    """One thing that happened, and which entry of the log it is; what was said is in `more`."""

    entry: int
    at: datetime
    kind: str
    words: str
    who: str
    more: str


class PaperItem(Given):
    """What was signed on paper, and what a named person attests of it."""

    documents: list[str]
    pages: int
    signed_on: date
    received_on: date
    original_at: str
    attested_by: str
    at: datetime
    statement: str
    scan_sha256: str


class PacketWhole(PacketItem):
    """The same with documents, recipients, what is missing, and everything that happened.

    `attention` says what a person must look at; `supersedes` is the packet this takes the place of.
    """

    plan_checksum: str
    attention: list[str]
    supersedes: str
    paper: PaperItem | None
    stale: list[str]
    missing_approvals: list[Role]
    documents: list[DocumentItem]
    recipients: list[RecipientItem]
    timeline: list[HistoryItem]


class Reminded(Given):
    """Who is reminded, by recipient key."""

    recipients: list[str]


class Invited(Given):
    """An invitation; its link goes by mail to the person alone."""

    id: str
    name: str
    link_until: datetime


class InvitationItem(Given):
    """Who was invited to fill in a form; `is_open` while the link works. Never a link."""

    id: str
    name: str
    email: str
    asked_by: str
    asked_at: datetime
    link_until: datetime
    is_open: bool
    withdrawn_at: datetime | None
    submitted_at: datetime | None


class BatchLineItem(Given):
    """One subject and what came of it; `made` names the packets that did."""

    subject: str
    result: Result
    words: str
    made: list[str]


class BatchWhole(Given):
    """A batch and all its lines, in the order asked for."""

    id: str
    act: Act
    person: str
    at: datetime
    is_running: bool
    lines: list[BatchLineItem]


class ArchiveItem(Given):
    """One executed document; `sha256` is that of the signed file, "" where there is none here."""

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
    disposed_on: date | None
    sha256: str
    bundle_sha256: str


class DisposalStanding(StrEnum):
    """How far a packet's disposal has come."""

    KEPT = "kept"  # it must be kept; `words` say why
    MAY_GO = "may_go"  # its time has come, and nobody proposed it
    PROPOSED = "proposed"
    DECIDED = "decided"  # two people decided; files are being deleted
    DISPOSED = "disposed"


class DisposalItem(Given):
    """A packet's disposal; entries are those of the signed log. `words` say it to people."""

    packet_id: str
    standing: DisposalStanding
    words: str
    proposed_by: str = ""
    proposed_at: datetime | None = None
    reason: str = ""
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    confirmed_entry: int | None = None
    disposed_at: datetime | None = None
    disposed_entry: int | None = None


class HoldItem(Given):
    """Whether a legal hold lies on a packet, and who proposed to lift it; people by their keys."""

    packet_id: str
    on_hold: bool
    placed_by: str = ""
    placed_at: datetime | None = None
    reason: str = ""
    lift_proposed_by: str = ""
    lift_proposed_at: datetime | None = None
    lift_reason: str = ""


class ServiceItem(Given):
    """One signing service configured here, and what it can do."""

    key: str
    is_usual: bool
    packets_out: int
    own_certificate_per_signer: bool
    keeps_sent_bytes_as_prefix: bool
    remind: bool
    reassign: bool
    find_by_key: bool
    signed_callbacks: bool


class Me(Given):
    """Whose token this is, and what it may do."""

    person: str
    name: str
    token: str
    roles: list[Role]
    expires_at: datetime
