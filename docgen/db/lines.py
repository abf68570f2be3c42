"""The register's lines, made from what the ledger holds; the same truth gives the same lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from docgen.db.models import RegisterDocumentRow, RegisterEnrollmentRow, RegisterPacketRow
from docgen.domain.enrollment.summary import Summary, summary_of
from docgen.domain.packet import Packet, PacketKind
from docgen.domain.plan import Source
from docgen.domain.search import fold, searchable
from docgen.domain.stage import FormFacts, Journey, PacketFacts, journey_of
from docgen.domain.standing import ACCESS
from docgen.domain.task import DONE, REOPENED, Task, Tick
from docgen.domain.waiting import Alert, WaitsOn
from docgen.ports.register import EnrollmentLine, PacketLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docgen.domain.history import Activity
    from docgen.domain.plan import PlannedDocument
    from docgen.domain.standing import Standing
    from docgen.ports.ledger import EnrollmentVersion

# Raise this when lines come out differently for the same truth; sites then rebuild by themselves.
RULES_VERSION = 2
_SORTED_BY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLine:
    """What is kept of an enrollment's versions: the newest one, what they say, their words."""

    practice: str
    version: int
    is_draft: bool
    changed_at: datetime
    facilities: int
    words: str
    facts: FormFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketFound:
    """What is kept of a packet beside its line."""

    words: str
    changed_at: datetime
    facts: PacketFacts


def packet_line(packet: Packet, standing: Standing) -> PacketLine:
    """Give one packet's line."""
    plan = packet.plan
    return PacketLine(
        packet_id=packet.id,
        enrollment_id=plan.enrollment_id,
        enrollment_version=plan.enrollment_version,
        practice=plan.practice,
        kind=PacketKind(plan.kind),
        party_id=plan.party_id,
        state=packet.state,
        wait=standing.wait,
        alerts=standing.alerts,
        titles=tuple(
            item.title for item in plan.documents if item.source is not Source.NOT_APPLICABLE
        ),
        templates=tuple((item.slug, item.template_version) for item in plan.generated),
        signers=tuple(item.name for item in standing.signers),
        departures=tuple(item.sentence for item in plan.departures),
        service=packet.service,
        round=packet.rounds[-1].number if packet.rounds else 0,
        reminders=standing.reminders,
        created_at=packet.created_at,
        changed_at=standing.changed_at,
        sent_at=standing.sent_at,
        effective_on=standing.effective_on,
        ended_on=standing.ended_on,
        retain_until=standing.retain_until,
        on_hold=standing.on_hold,
        bundle_sha256=packet.bundle_sha256,
        disposed_on=standing.disposed_on,
    )


def packet_found(packet: Packet, standing: Standing) -> PacketFound:
    """Give what the enrollment's line needs of a packet."""
    return PacketFound(
        words=searchable(packet.id, *(item.name for item in standing.signers)),
        changed_at=standing.changed_at,
        facts=PacketFacts(
            kind=packet.plan.kind,
            party_id=packet.plan.party_id,
            state=packet.state,
            created_at=packet.created_at,
            standing=standing,
        ),
    )


def packet_row(line: PacketLine, standing: Standing) -> RegisterPacketRow:
    """Give the columns a packet is found by."""
    turn = next((one for one in standing.signers if one.key == line.wait.recipient), None)
    ours = turn is not None and line.wait.on is WaitsOn.COUNTERSIGNER
    return RegisterPacketRow(
        packet_id=line.packet_id,
        enrollment_id=line.enrollment_id,
        practice=sorted_by(line.practice),
        kind=line.kind,
        state=line.state,
        waits_on=line.wait.on,
        need=line.wait.need,
        waiting_since=line.wait.since,
        countersigner=turn.email.casefold() if turn and ours else "",
        departs=bool(line.departures),
        service=line.service,
        templates=_spaced(f"{slug}@{version}" for slug, version in line.templates),
        alerts=_spaced(line.alerts),
        is_alerted=bool(line.alerts),
        created_at=line.created_at,
        changed_at=line.changed_at,
        effective_on=line.effective_on,
        ended_on=line.ended_on,
        retain_until=line.retain_until,
        on_hold=line.on_hold,
        disposed_on=line.disposed_on,
    )


def document_rows(packet: Packet, line: PacketLine) -> list[RegisterDocumentRow]:
    """Give a row for each executed document; none before the packet is executed."""
    if line.effective_on is None:
        return []
    rows = []
    for position, item in enumerate(packet.plan.documents):
        if item.source is Source.NOT_APPLICABLE:
            continue
        rows.append(
            RegisterDocumentRow(
                packet_id=packet.id,
                position=position,
                enrollment_id=line.enrollment_id,
                practice=sorted_by(line.practice),
                slug=item.slug,
                title=item.title[:_SORTED_BY],
                source=item.source,
                template_version=item.template_version,
                execution=packet.execution_of(item.slug) or "",
                state=line.state,
                effective_on=line.effective_on,
                ended_on=line.ended_on,
                retain_until=line.retain_until,
                on_hold=line.on_hold,
                disposed_on=line.disposed_on,
                sha256=_file_of(packet, item),
            )
        )
    return rows


def _file_of(packet: Packet, document: PlannedDocument) -> str:
    """Name the file that shows a document executed: signed, scanned, or the copy on file."""
    if document.slug in packet.on_paper and packet.paper is not None:
        return packet.paper.scan_sha256
    if document.on_file is not None:
        return document.on_file.file_sha256
    signed = (item.signed_sha256 for item in packet.executed if item.slug == document.slug)
    return next(signed, "")


def form_line(versions: Sequence[EnrollmentVersion]) -> FormLine:
    """Sum up all versions of an enrollment, oldest first."""
    read = [(item, summary_of(item.record)) for item in versions]
    newest, summary = read[-1]
    submitted = [item.at for item in versions if not item.is_draft]
    names = [item.practice for item in versions]
    held = {task: _held_since(read, name) for task, name in _FORM_TASKS.items()}
    return FormLine(
        practice=newest.practice,
        version=newest.version,
        is_draft=newest.is_draft,
        changed_at=newest.at,
        facilities=summary.facilities,
        words=searchable(newest.enrollment_id, *names, *(one.words for _, one in read)),
        facts=FormFacts(
            first_at=versions[0].at,
            submitted_at=min(submitted, default=None),
            parties=summary.parties,
            held={task: at for task, at in held.items() if at is not None},
        ),
    )


_FORM_TASKS = {
    Task.GUIDE_REVIEWED: "guide_reviewed",
    Task.WORKFLOW_DEFINED: "workflow_defined",
    Task.REVIEWERS_NAMED: "reviewers_named",
    Task.PORTAL_INFO_GIVEN: "portal_info_given",
    Task.TRAINING_DONE: "training_done",
    Task.PORTAL_ACCESS_ISSUED: "portal_access_issued",
}


def _held_since(read: Sequence[tuple[EnrollmentVersion, Summary]], name: str) -> datetime | None:
    """Give since which version, without a break until the newest, the form answers this."""
    since = None
    for version, summary in reversed(read):
        if not getattr(summary, name):
            break
        since = version.at
    return since


def ticks_of(activities: Sequence[Activity]) -> dict[Task, Tick]:
    """Give the tasks that a person said are done and did not take back."""
    ticks: dict[Task, Tick] = {}
    for item in activities:
        if item.kind == DONE:
            ticks[Task(str(item.details["task"]))] = Tick(at=item.at, by=item.actor)
        elif item.kind == REOPENED:
            ticks.pop(Task(str(item.details["task"])), None)
    return ticks


def enrollment_line(
    enrollment_id: str,
    form: FormLine,
    packets: Sequence[PacketFound],
    activities: Sequence[Activity],
    zone: str,
) -> tuple[EnrollmentLine, RegisterEnrollmentRow]:
    """Give an enrollment's line, and the columns it is found by."""
    journey = journey_of(form.facts, [item.facts for item in packets], ticks_of(activities), zone)
    changed = [form.changed_at, *(item.changed_at for item in packets)]
    line = EnrollmentLine(
        enrollment_id=enrollment_id,
        practice=form.practice,
        version=form.version,
        is_draft=form.is_draft,
        status=journey.status,
        stage=journey.stage,
        stage_since=journey.times[-1].left_at or journey.times[-1].entered_at,
        wait=journey.wait,
        alerts=journey.alerts,
        next_task=journey.next_task,
        due_on=journey.due_on,
        tasks=journey.tasks,
        facilities=form.facilities,
        packets=len(packets),
        created_at=form.facts.first_at,
        changed_at=max([*changed, *(one.at for one in activities if _changed(one))]),
    )
    return line, _enrollment_row(line, journey)


def _changed(activity: Activity) -> bool:
    """Say whether something became different; who looked at what is archived changed nothing."""
    return not activity.kind.startswith(ACCESS)


def _enrollment_row(line: EnrollmentLine, journey: Journey) -> RegisterEnrollmentRow:
    days = {
        f"{item.stage}_days": (item.left_at - item.entered_at).days
        for item in journey.times
        if item.left_at is not None
    }
    return RegisterEnrollmentRow(
        enrollment_id=line.enrollment_id,
        practice=sorted_by(line.practice),
        is_draft=line.is_draft,
        stage=line.stage,
        status=line.status,
        waits_on=line.wait.on,
        need=line.wait.need,
        waiting_since=line.wait.since,
        due_on=line.due_on,
        alerts=_spaced(line.alerts),
        changed_at=line.changed_at,
        **days,
    )


def spaced(alert: Alert) -> str:
    """Write an alert the way the column of alerts holds it."""
    return f" {alert} "


def _spaced(words: Iterable[str]) -> str:
    joined = " ".join(words)
    return f" {joined} " if joined else ""


def sorted_by(practice: str) -> str:
    """Give what a practice is sorted by: its folded name."""
    return fold(practice)[:_SORTED_BY]
