"""`docgen status`: where enrollments, packets and errands stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from docgen.cli.disposal import disposal_row
from docgen.cli.output import as_json, say, say_json, shortened, table
from docgen.cli.site import site
from docgen.cli.teach import Taught, ends
from docgen.domain.damage import unmended
from docgen.domain.disposal import disposal_of, is_going
from docgen.domain.envelope import Envelope
from docgen.domain.history import timestamp
from docgen.domain.plan import Source
from docgen.errors import InputError
from docgen.services.approve import missing_approvals
from docgen.services.disposed import disposed_words
from docgen.services.file import NOT_FILED
from docgen.services.freshness import reasons_stale
from docgen.services.parked import parked_words
from docgen.services.reassign import signers_now
from docgen.services.retention import retention_of
from docgen.services.wish import ON_PAPER, asks_for_paper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.domain.plan import PlannedDocument
    from docgen.domain.review import Round
    from docgen.ports.ledger import EnrollmentVersion
    from docgen.ports.traffic import Errand
    from docgen.services.office import Office


@click.command(
    cls=Taught,
    examples="""
    docgen status
    docgen status pkt_1a2b3c
    docgen status pkt_1a2b3c --json
    """,
    codes=ends(3, 8),
)
@click.argument("packet", required=False)
@as_json
def status(packet: str | None, as_json: bool) -> None:
    """Show every enrollment and packet, or one PACKET with its plan and history.

    A line “A person must look” names what no rule can decide. Mail addresses are not shown.
    """
    office = site().office
    if packet is None:
        _overview(office, as_json=as_json)
        return
    found = office.ledger.packets.get(packet)
    if as_json:
        say_json(summary(office, found))
    else:
        _one(office, found)


def _overview(office: Office, *, as_json: bool) -> None:
    """Show everything with a fixed number of queries, however many packets there are."""
    enrollments = office.ledger.enrollments.list()
    packets = office.ledger.packets.list()
    errands = office.ledger.errands.open()
    if as_json:
        say_json(
            {
                "enrollments": [_enrollment(item) for item in enrollments],
                "packets": [_row(item) for item in packets],
                "errands": [
                    {"kind": item.kind, "attempts": item.attempts, "due_at": timestamp(item.due_at)}
                    for item in errands
                ],
            }
        )
        return
    if not enrollments:
        say("No enrollments yet. Begin with: docgen enroll FORM.json")
        return
    mine: dict[str, list[Packet]] = {}
    for one in packets:
        mine.setdefault(one.plan.enrollment_id, []).append(one)
    rows = []
    for item in enrollments:
        draft = "draft" if item.is_draft else "submitted"
        rows.append(
            (shortened(item.practice), item.enrollment_id, f"version {item.version}", draft)
        )
        rows += [
            ("", one.id, one.plan.kind, one.state.words) for one in mine.get(item.enrollment_id, ())
        ]
    table(("Practice", "Enrollment / packet", "What", "Status"), rows)
    _say_errands(errands)


def _say_errands(errands: Sequence[Errand]) -> None:
    failing = sum(1 for item in errands if item.attempts)
    if errands:
        say(
            f"\nErrands waiting: {len(errands)}, of which {failing} were tried before. "
            "`docgen serve` carries them out, or `docgen sweep` once."
        )


def _enrollment(item: EnrollmentVersion) -> dict[str, object]:
    return {
        "enrollment": item.enrollment_id,
        "practice": item.practice,
        "version": item.version,
        "draft": item.is_draft,
    }


def _one(office: Office, packet: Packet) -> None:
    plan = packet.plan
    history = office.ledger.history.of(packet.id)
    say(f"{packet.id}  {plan.practice}: {plan.kind}, {packet.state.words}")
    for sentence in _alarms(office, packet, history):
        say(f"A person must look: {sentence}")
    _say_parked(office, packet, history)
    say(f"Plan checksum {plan.short_checksum} (whole: {plan.checksum})")
    say("Documents:")
    for item in plan.documents:
        say(f"  {item.title} ({item.source.replace('_', ' ')}; {_origin(item)})")
    say("Signers, in order:")
    now = signers_now(office, packet)
    for person in plan.recipients:
        name, title = now[person.key]
        say(f"  {person.routing_order}. {name}, {title}, for {person.organization} [{person.key}]")
    _say_rounds(packet)
    _say_wish(office, packet)
    for departure in plan.departures:
        say(f"Departs from standard: {departure.sentence}")
    for missing in missing_approvals(office, packet):
        say(f"Approval needed: {missing.value.replace('_', ' ')}")
    for reason in _stale(office, packet):
        say(f"Stale: {reason}")
    say("History:")
    for activity in history:
        say(f"  {timestamp(activity.at)[:19]}Z  {_words(activity.kind)}  {activity.actor}")


def _say_wish(office: Office, packet: Packet) -> None:
    if asks_for_paper(office, packet):
        say(ON_PAPER)


def _origin(document: PlannedDocument) -> str:
    """Say what stands behind a document: a template, a pinned file, or a reason."""
    if document.paper is not None:
        paper = document.paper
        return (
            f"file {paper.file_sha256[:12]}, {len(paper.met)} points checked by {paper.checked_by}"
        )
    if document.on_file is not None:
        on_file = document.on_file
        return f"of {on_file.dated}, at {on_file.kept_at}, attested by {on_file.attested_by}"
    if document.source is not Source.GENERATED:
        return document.reason
    adopted = "adopted" if document.adopted else "sample, not adopted"
    return f"{document.template_version}, {adopted}"


def _say_rounds(packet: Packet) -> None:
    if packet.supersedes:
        say(f"Takes the place of: {packet.supersedes}")
    for item in packet.rounds:
        say(f"Round {item.number} of review: released {timestamp(item.released_at)[:10]}")
        for file in item.returned:
            say(f"  {file.slug} came back {timestamp(file.at)[:10]} from {file.sender}")


def _words(kind: str) -> str:
    """Give an activity's kind as people read it."""
    return kind.replace(".", " ").replace("_", " ")


def _stale(office: Office, packet: Packet) -> tuple[str, ...]:
    """Say why a packet is stale; a template that is gone or broken is a reason, not an end."""
    try:
        return reasons_stale(office, packet)
    except InputError as error:
        return (str(error),)


def _say_parked(office: Office, packet: Packet, history: Sequence[Activity]) -> None:
    gone = disposed_words(office, disposal_of(history))
    if gone:
        say(gone)
    parked = parked_words(office, packet)
    if parked:
        say(parked)


def _alarms(office: Office, packet: Packet, history: Sequence[Activity]) -> list[str]:
    """Say what no rule of the program can decide."""
    found = []
    if Envelope(facts=office.ledger.packets.facts(packet.id)).contradictory:
        found.append(
            "the signing service reported two different endings; compare the envelope there."
        )
    if not packet.bundle_sha256 and any(item.kind == NOT_FILED for item in history):
        found.append(
            "the packet could not be archived because what came back does not add up; "
            "`docgen sweep` tries again and says why."
        )
    if unmended(history) and not is_going(history):
        found.append(
            "an archived file is damaged and there was nothing to restore it from; "
            "`docgen archive scrub` names it, and docs/operators/archive.md says what to do."
        )
    return found


def summary(office: Office, packet: Packet) -> dict[str, object]:
    """Give one packet whole, for scripts; no mail addresses."""
    plan, now = packet.plan, signers_now(office, packet)
    return {
        **_row(packet),
        "documents": [
            {
                "slug": item.slug,
                "pages": item.pages,
                "pdf": item.pdf_sha256,
                "docx": item.docx_sha256,
                "html": item.html_sha256,
            }
            for item in packet.rendered
        ],
        "signers": [
            {
                "recipient": item.key,
                "name": now[item.key][0],
                "title": now[item.key][1],
                "organization": item.organization,
            }
            for item in plan.recipients
        ],
        "supersedes": packet.supersedes or None,
        "rounds": [_round(item) for item in packet.rounds],
        "execution": _execution(packet),
        "asks_for_paper": asks_for_paper(office, packet),
        "retention": _retention(office, packet),
        "departures": [{"code": item.code, "sentence": item.sentence} for item in plan.departures],
        "approvals_missing": [item.value for item in missing_approvals(office, packet)],
        "stale": list(_stale(office, packet)),
        "alarms": _alarms(office, packet, office.ledger.history.of(packet.id)),
        "disposal": disposal_row(office, packet.id),
        "files_present": all(office.work.stat(item.pdf_sha256) for item in packet.rendered),
    }


def _round(item: Round) -> dict[str, object]:
    return {
        "round": item.number,
        "released_at": timestamp(item.released_at),
        "drafts": [
            {"slug": one.slug, "pdf": one.pdf_sha256, "docx": one.docx_sha256}
            for one in item.copies
        ],
        "returned": [
            {"slug": one.slug, "sha256": one.sha256, "from": one.sender, "at": timestamp(one.at)}
            for one in item.returned
        ],
    }


def _execution(packet: Packet) -> str | None:
    if packet.executed_at is None:
        return None
    return packet.execution.value


def _retention(office: Office, packet: Packet) -> dict[str, object]:
    found = retention_of(office, packet)
    until = found.retain_until
    return {
        "in_effect": found.in_effect,
        "retain_until": until.isoformat() if until else None,
    }


def _row(packet: Packet) -> dict[str, object]:
    plan = packet.plan
    return {
        "packet": packet.id,
        "kind": plan.kind,
        "state": packet.state.value,
        "practice": plan.practice,
        "enrollment": plan.enrollment_id,
        "enrollment_version": plan.enrollment_version,
        "plan_checksum": plan.checksum,
        "service": packet.service,
        "envelope": packet.envelope_id,
        "executed_at": timestamp(packet.executed_at) if packet.executed_at else None,
        "bundle": packet.bundle_sha256 or None,
    }
