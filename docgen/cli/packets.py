"""Packets: generate, approve, send, void."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli.output import (
    acting_person,
    actor_of,
    as_json,
    claimed_person,
    end_refused,
    say,
    say_json,
    warn,
    write_file,
)
from docgen.cli.progress import progress
from docgen.cli.site import site
from docgen.cli.status import summary
from docgen.cli.teach import Taught, ends
from docgen.domain.packet import Packet, PacketKind, PacketState
from docgen.errors import DocgenError
from docgen.services.approve import approve as approve_plan
from docgen.services.approve import missing_approvals
from docgen.services.disposed import open_working
from docgen.services.generate import generate as generate_packets
from docgen.services.send import send as send_packet
from docgen.services.sweep import run_due, run_errand
from docgen.services.wish import ON_PAPER, asks_for_paper
from docgen.services.withdraw import withdraw

if TYPE_CHECKING:
    from docgen.services.office import Office


@click.command(
    cls=Taught,
    examples="""
    docgen generate enr_1a2b3c --out drafts
    docgen generate enr_1a2b3c --packet onboarding
    """,
    codes=ends(2, 3, 4, 7, 8),
)
@click.argument("enrollments", metavar="ENROLLMENT...", nargs=-1, required=True)
@click.option(
    "--packet",
    "kind",
    type=click.Choice([kind.value for kind in PacketKind]),
    default=PacketKind.CONTRACTING.value,
    show_default=True,
    help="contracting: PSO agreement (PSA) and BAA. onboarding: PSES policy, after those.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also write the PDF, DOCX and HTML files here.",
)
@claimed_person
@as_json
def generate(
    enrollments: tuple[str, ...], kind: str, out: Path | None, person: str, as_json: bool
) -> None:
    """Make the documents of each ENROLLMENT as PDF, DOCX and HTML, and check that all three agree.

    Prints each packet's id and the checksum of its plan, which `docgen approve` asks for. The same
    enrollment gives the same packet, byte for byte. Of several enrollments, one that is refused
    does not stop the others.
    """
    office = site().office
    actor = actor_of(office, person)
    packets: list[Packet] = []
    refused: list[tuple[str, DocgenError]] = []
    with progress("Generating", len(enrollments), quiet=as_json) as tell:
        for enrollment in dict.fromkeys(enrollments):
            try:
                packets += generate_packets(office, enrollment, PacketKind(kind), actor)
            except DocgenError as error:
                refused.append((enrollment, error))
            tell()
    if out is not None:
        for packet in packets:
            _write(office, packet, out / packet.id if len(packets) > 1 else out)
    if as_json and not (refused and not packets):
        say_json([summary(office, packet) for packet in packets])
    elif not as_json:
        for packet in packets:
            _say_generated(office, packet)
    end_refused("Not generated", refused, alone=len(enrollments) == 1)


def _say_generated(office: Office, packet: Packet) -> None:
    say(f"{packet.id}  {packet.state.words}  plan {packet.plan.short_checksum}")
    for item in packet.rendered:
        say(f"  {item.slug}: {item.pages} pages")
    for departure in packet.plan.departures:
        say(f"  departs from standard: {departure.sentence}")
    if asks_for_paper(office, packet):
        say(f"  {ON_PAPER}")
    for capacity in missing_approvals(office, packet):
        who = capacity.value.replace("_", " ")
        say(
            f"  next, by a {who}: docgen approve {packet.id} "
            f"--plan {packet.plan.short_checksum} --as PERSON"
        )


def _write(office: Office, packet: Packet, out: Path) -> None:
    for item in packet.rendered:
        for digest, suffix in (
            (item.pdf_sha256, "pdf"),
            (item.docx_sha256, "docx"),
            (item.html_sha256, "html"),
        ):
            write_file(out / f"{item.slug}.{suffix}", open_working(office, packet.id, digest))


@click.command(
    cls=Taught,
    examples="""
    docgen approve pkt_1a2b3c --plan 0f3a9c51d2e4 --as coordinator
    """,
    codes=ends(3, 4, 7, 8),
)
@click.argument("packet")
@click.option(
    "--plan",
    "checksum",
    required=True,
    metavar="CHECKSUM",
    help="The plan's checksum, from `docgen status PACKET` or any page's footer.",
)
@acting_person
@as_json
def approve(packet: str, checksum: str, person: str, as_json: bool) -> None:
    """Approve the plan of PACKET as the coordinator, or as the legal approver where it departs.

    The checksum shows that you looked at this very plan. A plan that departs from standard needs
    two different people.
    """
    office = site().office
    who = office.ledger.people.get(person)
    approved = approve_plan(office, packet, checksum, who, "claimed")
    if as_json:
        say_json(summary(office, approved))
        return
    missing = [item.value.replace("_", " ") for item in missing_approvals(office, approved)]
    say(f"{approved.id}  {approved.state.words}")
    if missing:
        say(f"  still needed: approval by a {' and a '.join(missing)}")
    elif approved.plan.on_paper_only or asks_for_paper(office, approved):
        say("  next, once signed by hand: docgen intake-scan PACKET FILE.pdf, see its --help")
    elif approved.state is PacketState.APPROVED:
        say(f"  next: docgen send {approved.id} --as PERSON")
        if approved.lacks_paper:
            say(
                "  the practice's own paper is signed by hand, the rest electronically: "
                f"docgen intake-scan {approved.id} FILE.pdf, see its --help"
            )


@click.command(
    cls=Taught,
    examples="""
    docgen send pkt_1a2b3c --as coordinator
    """,
    codes=ends(3, 4, 6, 7, 8),
)
@click.argument("packet")
@click.option(
    "--via",
    "service",
    default="",
    metavar="SERVICE",
    help="A signing service's name; the one of settings.toml when left out.",
)
@acting_person
@as_json
def send(packet: str, service: str, person: str, as_json: bool) -> None:
    """Send PACKET to the people who sign.

    Refuses a stale packet, an unapproved plan, and a template nobody adopted. Sending is safe to
    interrupt: what was begun is finished by `docgen serve` or `docgen sweep`, and never twice.
    """
    office = site().office
    errand = send_packet(office, packet, office.ledger.people.get(person), service)
    run_errand(office, errand)
    for failure in run_due(office):
        warn(f"To be tried again by `docgen serve` or `docgen sweep`: {failure}")
    sent = office.ledger.packets.get(packet)
    if as_json:
        say_json(summary(office, sent))
    else:
        say(f"{sent.id}  {sent.state.words}  envelope {sent.envelope_id}")


@click.command(
    cls=Taught,
    examples="""
    docgen void pkt_1a2b3c --reason "The practice moves next month." \\
      --as coordinator
    """,
    codes=ends(2, 3, 4, 6, 7, 8),
)
@click.argument("packet")
@click.option("--reason", required=True, help="Why; the signers see it.")
@acting_person
@as_json
def void(packet: str, reason: str, person: str, as_json: bool) -> None:
    """Void PACKET if it is out for signature, or withdraw it if it was never sent.

    A packet that everybody has signed stays as it is. Generating again afterwards gives a new one.
    """
    office = site().office
    ended = withdraw(office, packet, office.ledger.people.get(person), reason)
    if as_json:
        say_json(summary(office, ended))
    else:
        say(f"{ended.id}  {ended.state.words}")
