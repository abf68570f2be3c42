"""`docgen demo`: the whole line for every sample practice, over HTTP, as people would walk it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli.demo_table import AFTER, ATTESTED, FAILED, HOLDS, LATER, REFUSED, Line, close
from docgen.cli.output import say
from docgen.cli.start import add_demo_people, write_settings
from docgen.cli.teach import Taught, ends
from docgen.cli.visitor import Visitor
from docgen.domain.enrollment.repetition import told_once
from docgen.domain.packet import Packet, PacketKind, PacketState
from docgen.errors import (
    ConfigurationError,
    DocgenError,
    EnrollmentInvalid,
    InputError,
    Refused,
)
from docgen.services.office import Office
from docgen.settings import SETTINGS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.ports.ledger import EnrollmentVersion

LARGEST = 10 * 1024 * 1024  # bytes of one form
START_LIMIT_S = 180
WAIT_LIMIT_S = 60

PAPER_CODE = 4  # of the stand-alone verifier: a person attests to the paper, all else holds


@click.command(
    cls=Taught,
    examples="""
    docgen demo
    docgen demo my-practice.yaml --into try
    """,
    codes=ends(2, 5, 8),
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Folder for everything the demonstration writes; emptied first.",
)
def demo(files: tuple[Path, ...], into: Path) -> None:
    """Take enrollment FILES (the samples when none are given) from form to verified bundle.

    For each: enroll, generate, approve, send, sign as the practice and countersign as the PSO
    through the signing pages, archive, and verify the evidence bundle with the stand-alone
    verifier. A practice that asks to sign on paper does: its pages are scanned, as printed, with
    nobody's writing on them. Uses development keys and an invented PSO; letters are written to a
    folder. Nothing signed there binds anyone.
    """
    chosen = files or _samples()
    home = _fresh_home(into)
    lines: list[Line] = []
    with _server(home) as base_url:
        from docgen.bootstrap.application import application

        add_demo_people()
        office = application().office
        began = time.monotonic()
        for number, file in enumerate(chosen, start=1):
            say(f"\n[{number} of {len(chosen)}] {file}{_to_go(began, number, len(chosen))}")
            walk = Walk(office=office, visitor=Visitor(base_url, home / "mail"), into=into)
            lines += walk.whole_line(file)
    close(lines, into)


def _to_go(began: float, number: int, count: int) -> str:
    """Say how long it has taken and about how much is left, once the first one is done."""
    done = number - 1
    if not done:
        return ""
    taken = time.monotonic() - began
    left = taken / done * (count - done)
    return f"   {taken:.0f} s so far, about {left:.0f} s to go"


def _samples() -> tuple[Path, ...]:
    folder = Path(__file__).parents[2] / "samples"
    found = sorted(
        file for file in folder.glob("*/enrollment.*") if file.parent.name not in {"bad", "drafts"}
    )
    if not found:
        raise InputError("No samples lie beside this installation; name enrollment files instead.")
    return tuple(found)


def _fresh_home(into: Path) -> Path:
    """Empty the demonstration's folder; refuse to empty anything else."""
    import shutil

    home = into / "home"
    if into.exists():
        if any(into.iterdir()) and not (home / SETTINGS_FILE).exists():
            raise InputError(f"{into} holds other files; choose an empty folder for --into.")
        shutil.rmtree(into)
    write_settings(home / SETTINGS_FILE, demo=True)
    return home.absolute()


@contextmanager
def _server(home: Path) -> Iterator[str]:
    """Run `docgen serve` as a process of its own on a free loopback port."""
    port = _free_port()
    base_url = f"http://127.0.0.1:{port}"
    os.environ["DOCGEN_HOME"] = str(home)
    os.environ["DOCGEN_BASE_URL"] = base_url
    log = home / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "docgen.cli", "serve"],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _await_server(base_url, process, log)
        say(f"Signing pages at {base_url}")
        yield base_url
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_server(base_url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    import requests

    limit = time.monotonic() + START_LIMIT_S
    while time.monotonic() < limit:
        if process.poll() is not None:
            raise ConfigurationError(f"The server ended at once; its output is in {log}.")
        try:
            if requests.get(f"{base_url}/health", timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise ConfigurationError(f"The server did not start; its output is in {log}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One practice's way through the line."""

    office: Office
    visitor: Visitor
    into: Path

    def whole_line(self, file: Path) -> list[Line]:
        """Contracting to fully executed, then onboarding, which cites it.

        A form that is refused is a row of the table and holds up no other.
        """
        from docgen.cli.input import read_file
        from docgen.services.enroll import enroll
        from docgen.services.enrollment_file import read_enrollment, told_as_problem

        try:
            with told_as_problem():
                raw = read_enrollment(read_file(file, LARGEST), suffix=file.suffix.lower())
            enrolled = enroll(self.office, raw, draft=False, actor="user:coordinator")
        except DocgenError as error:
            _say_refusal(error)
            return [Line(practice=file.name, packet="–", status="not enrolled", result=REFUSED)]
        version = enrolled.version
        say(f"  enrolled   {version.practice}: {version.enrollment_id}")
        for warning in told_once(enrolled.checked.warnings):
            say(f"             warning {warning.rule}  {warning.message}")
        return [line for kind in PacketKind for line in self._packets(version, kind)]

    def _packets(self, version: EnrollmentVersion, kind: PacketKind) -> list[Line]:
        from docgen.services.generate import generate

        began = time.monotonic()
        try:
            packets = generate(self.office, version.enrollment_id, kind, "user:coordinator")
        except (InputError, Refused) as error:
            say(f"  {kind.value}: not generated")
            _say_refusal(error)
            return [
                Line(
                    practice=version.practice,
                    packet=kind.value,
                    status="not generated",
                    result=_outcome(kind, error),
                )
            ]
        took = (time.monotonic() - began) / len(packets)
        for packet in packets:
            if not packet.plan.to_sign:
                self._put_on_file(packet)
        return [self._walked(packet, took) for packet in packets if packet.plan.to_sign]

    def _walked(self, packet: Packet, took: float) -> Line:
        """Take one packet to its end; one that stops on the way holds up no other."""
        try:
            return self._packet(packet, took)
        except (DocgenError, ConfigurationError) as error:
            say(f"  stopped    {error}")
            return Line(
                practice=packet.plan.practice,
                packet=f"{packet.plan.kind}",
                status=self.office.ledger.packets.get(packet.id).state.words,
                result=FAILED,
            )

    def _put_on_file(self, packet: Packet) -> None:
        """Approve a packet that only refers to what was executed elsewhere."""
        for item in packet.plan.documents:
            say(f"  on file    {packet.id} ({packet.plan.kind}): {item.title}; {item.reason}")
        self._approve(packet)

    def _packet(self, packet: Packet, took: float) -> Line:
        """Approve, send, sign, archive and verify one generated packet."""
        from docgen.services.send import send
        from docgen.services.wish import asks_for_paper

        began = time.monotonic() - took
        people = self.office.ledger.people
        pages = sum(item.pages for item in packet.rendered)
        kind = packet.plan.kind
        say(f"  generated  {packet.id} ({kind}), {pages} pages, {took:.1f} s, three forms agree")
        self._approve(packet)
        if asks_for_paper(self.office, packet):
            self._take_in_paper(packet)
            return self._verified(packet.id, pages, began)
        send(self.office, packet.id, people.get("coordinator"))
        sent = self._await(packet.id, PacketState.SENT)
        say("  sent       by the own signer; invitations in the mail folder")
        for person in packet.plan.recipients:
            self.visitor.sign(packet.id, person.email, sent.envelope_id)
            say(f"  signed     {person.organization}, over HTTP")
        return self._verified(packet.id, pages, began)

    def _take_in_paper(self, packet: Packet) -> None:
        """Scan what was printed, and attest to it as a coordinator would."""
        from docgen.cli.demo_scan import scan_pages
        from docgen.services.paper import Scan, intake_scan

        files = [self.office.work.open(item.pdf_sha256) for item in packet.rendered]
        data, pages = scan_pages(files)
        today = self.office.today()
        scan = Scan(
            data=data, pages=pages, signed_on=today, received_on=today, original_at="demonstration"
        )
        intake_scan(self.office, packet.id, scan, self.office.ledger.people.get("coordinator"))
        say(f"  on paper   {pages} pages scanned as printed: a demonstration, nobody wrote on them")

    def _approve(self, packet: Packet) -> None:
        from docgen.services.approve import approve

        people = self.office.ledger.people
        names = ["coordinator", *(["counsel"] if packet.plan.departs else [])]
        for key in names:
            checksum = packet.plan.short_checksum
            approve(self.office, packet.id, checksum, people.get(key), "claimed")
        say(f"  approved   plan {packet.plan.short_checksum} by {' and '.join(names)}")
        for departure in packet.plan.departures:
            say(f"             departs: {departure.sentence}")

    def _verified(self, packet_id: str, pages: int, began: float) -> Line:
        from docgen.cli.archive import bundle_of
        from docgen.services.verify import verify_apart

        packet = self._await(packet_id, PacketState.ARCHIVED)
        bundle = bundle_of(self.office, packet_id)
        target = self.into / "bundles" / f"{packet_id}.bundle.zip"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(bundle)
        say(f"  archived   {target}")
        code, output = verify_apart(self.office, bundle)
        if code not in {0, PAPER_CODE}:
            say(output)
        last = output.strip().splitlines()[-1] if output.strip() else "no output"
        say(f"  verified   {last}")
        return Line(
            practice=packet.plan.practice,
            packet=f"{packet.plan.kind}",
            status=packet.state.words,
            pages=pages,
            seconds=time.monotonic() - began,
            path=str(target),
            result={0: HOLDS, PAPER_CODE: ATTESTED}.get(code, f"{FAILED} ({code})"),
        )

    def _await(self, packet_id: str, *states: PacketState) -> Packet:
        """Wait for the server's sweep to bring the packet into one of these states."""
        limit = time.monotonic() + WAIT_LIMIT_S
        while time.monotonic() < limit:
            packet = self.office.ledger.packets.get(packet_id)
            if packet.state in states:
                return packet
            time.sleep(0.05)
        raise ConfigurationError(
            f"The packet did not become {states[0].words} in time; the server's output is in "
            "home/server.log."
        )


def _outcome(kind: PacketKind, error: InputError | Refused) -> str:
    """Say in a word why a packet was not generated."""
    if isinstance(error, EnrollmentInvalid):
        return LATER
    return AFTER if kind is PacketKind.ONBOARDING and isinstance(error, Refused) else REFUSED


def _say_refusal(error: DocgenError) -> None:
    """Say why, with each of a form's problems."""
    problems = error.problems if isinstance(error, EnrollmentInvalid) else ()
    for item in problems:
        say(f"             {item.rule} {item.path}: {item.message}")
    if not problems:
        say(f"             {error}")
