"""Packets: generate, look, approve, send, void."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.bootstrap.application import application
from docgen.cli.output import acting_person, as_json, say, say_json, table
from docgen.domain.history import timestamp
from docgen.domain.packet import Packet, PacketKind
from docgen.errors import NotFound, StorageError
from docgen.services.approve import approve as approve_plan
from docgen.services.approve import missing_approvals
from docgen.services.freshness import reasons_stale
from docgen.services.generate import generate as generate_packets
from docgen.services.send import send as send_packet
from docgen.services.sweep import run_due, run_errand
from docgen.services.withdraw import withdraw

if TYPE_CHECKING:
    from docgen.services.office import Office


@click.command(short_help="Make the documents of a packet.")
@click.argument("enrollment")
@click.option(
    "--packet",
    "kind",
    type=click.Choice([kind.value for kind in PacketKind]),
    default=PacketKind.CONTRACTING.value,
    show_default=True,
    help="contracting: PSO agreement (PSA) and BAA. onboarding: PSES policy, once those are signed.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Also write the files here."
)
@as_json
def generate(enrollment: str, kind: str, out: Path | None, as_json: bool) -> None:
    """Make the documents of ENROLLMENT as PDF, DOCX and HTML, and check that all three agree.

    Prints the packet id and the checksum of its plan, which `docgen approve` asks for. The same
    enrollment gives the same packet, byte for byte.
    """
    office = application().office
    packets = generate_packets(office, enrollment, PacketKind(kind), "user:command-line")
    for packet in packets if out is not None else ():
        _write(office, packet, out / packet.id if len(packets) > 1 else out)
    if as_json:
        say_json([_summary(office, packet) for packet in packets])
        return
    for packet in packets:
        _say_generated(packet)


def _say_generated(packet: Packet) -> None:
    say(f"{packet.id}  {packet.state.words}  plan {packet.plan.short_checksum}")
    for item in packet.rendered:
        say(f"  {item.slug}: {item.pages} pages")
    for departure in packet.plan.departures:
        say(f"  departs from standard: {departure.sentence}")


def _write(office: Office, packet: Packet, out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for item in packet.rendered:
            for digest, suffix in (
                (item.pdf_sha256, "pdf"),
                (item.docx_sha256, "docx"),
                (item.html_sha256, "html"),
            ):
                (out / f"{item.slug}.{suffix}").write_bytes(office.work.open(digest))
    except OSError as error:
        raise StorageError(
            f"The files could not be written ({error.strerror}); the packet itself is stored."
        ) from error


@click.command(short_help="Approve a packet's plan.")
@click.argument("packet")
@click.option(
    "--plan", "checksum", required=True, help="The plan's checksum, from `docgen status PACKET`."
)
@acting_person
def approve(packet: str, checksum: str, person: str) -> None:
    """Approve the plan of PACKET as the coordinator, or as the legal approver where it departs.

    A plan that departs from standard needs two different people.
    """
    office = application().office
    who = office.ledger.people.get(person)
    approved = approve_plan(office, packet, checksum, who, "claimed")
    missing = [item.value.replace("_", " ") for item in missing_approvals(office, approved)]
    say(f"{approved.id}  {approved.state.words}")
    if missing:
        say(f"  still needed: approval by a {' and a '.join(missing)}")


@click.command(short_help="Send an approved packet for signature.")
@click.argument("packet")
@click.option("--via", "service", default="", metavar="SERVICE", help="A signing service's name.")
@acting_person
def send(packet: str, service: str, person: str) -> None:
    """Send PACKET to the people who sign.

    Refuses a stale packet, an unapproved plan, and a template nobody adopted.
    """
    office = application().office
    errand = send_packet(office, packet, office.ledger.people.get(person), service)
    run_errand(office, errand)
    run_due(office)
    sent = office.ledger.packets.get(packet)
    say(f"{sent.id}  {sent.state.words}  envelope {sent.envelope_id}")


@click.command(short_help="Take back a packet that is out for signature.")
@click.argument("packet")
@click.option("--reason", required=True, help="Why; the signers see it.")
@acting_person
def void(packet: str, reason: str, person: str) -> None:
    """Void PACKET if it is out for signature, or withdraw it if it was never sent."""
    office = application().office
    ended = withdraw(office, packet, office.ledger.people.get(person), reason)
    say(f"{ended.id}  {ended.state.words}")


@click.command(short_help="Where packets stand.")
@click.argument("packet", required=False)
@as_json
def status(packet: str | None, as_json: bool) -> None:
    """Show every enrollment and packet, or one PACKET with its plan and history."""
    office = application().office
    if packet is None:
        _overview(office, as_json=as_json)
        return
    found = office.ledger.packets.get(packet)
    if as_json:
        say_json(_summary(office, found))
    else:
        _one(office, found)


def _overview(office: Office, *, as_json: bool) -> None:
    enrollments = office.ledger.enrollments.list()
    packets = office.ledger.packets.list()
    if as_json:
        say_json(
            {
                "enrollments": [
                    {
                        "enrollment": item.enrollment_id,
                        "version": item.version,
                        "draft": item.is_draft,
                    }
                    for item in enrollments
                ],
                "packets": [_summary(office, item) for item in packets],
            }
        )
        return
    if not enrollments:
        say("No enrollments yet. Begin with: docgen enroll FORM.json")
        return
    rows = []
    for item in enrollments:
        mine = [one for one in packets if one.plan.enrollment_id == item.enrollment_id]
        draft = "draft" if item.is_draft else "submitted"
        rows.append((item.practice, item.enrollment_id, f"version {item.version}", draft))
        rows += [("", one.id, one.plan.kind, one.state.words) for one in mine]
    table(("Practice", "Enrollment / packet", "What", "Status"), rows)


def _one(office: Office, packet: Packet) -> None:
    plan = packet.plan
    say(f"{packet.id}  {plan.practice}: {plan.kind}, {packet.state.words}")
    say(f"Plan checksum {plan.short_checksum} (whole: {plan.checksum})")
    say("Documents:")
    for item in plan.documents:
        adopted = "adopted" if item.adopted else "sample, not adopted"
        say(f"  {item.title} ({item.source.replace('_', ' ')}; {item.template_version}, {adopted})")
    say("Signers, in order:")
    for person in plan.recipients:
        say(f"  {person.routing_order}. {person.name}, {person.title}, for {person.organization}")
    for departure in plan.departures:
        say(f"Departs from standard: {departure.sentence}")
    for missing in missing_approvals(office, packet):
        say(f"Approval needed: {missing.value.replace('_', ' ')}")
    for reason in reasons_stale(office, packet):
        say(f"Stale: {reason}")
    say("History:")
    for activity in office.ledger.history.of(packet.id):
        say(f"  {timestamp(activity.at)[:19]}Z  {activity.kind}  {activity.actor}")


def _summary(office: Office, packet: Packet) -> dict[str, object]:
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
        "departures": [{"code": item.code, "sentence": item.sentence} for item in plan.departures],
        "approvals_missing": [item.value for item in missing_approvals(office, packet)],
        "executed_at": timestamp(packet.executed_at) if packet.executed_at else None,
        "bundle": packet.bundle_sha256 or None,
        "files_present": _present(office, packet),
    }


def _present(office: Office, packet: Packet) -> bool:
    try:
        return all(office.work.stat(item.pdf_sha256) for item in packet.rendered)
    except NotFound:
        return False
