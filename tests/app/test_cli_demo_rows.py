"""The demonstration gives every form its row: what cannot go on holds up no other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import click
import pytest

from docgen.cli.demo import Walk
from docgen.cli.demo_table import AFTER, ATTESTED, FAILED, HOLDS, LATER, REFUSED, Line, close
from docgen.domain.packet import Packet, PacketKind, PacketState
from docgen.errors import ServiceRejected
from docgen.services.enroll import enroll
from docgen.services.sweep import sweep
from integrations.archive.fake import FakeArchive
from tests.unit.services.walk import COORDINATOR, Loopback, at_own_desk, form

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.cli.visitor import Visitor
    from docgen.services.office import Office


def walk(office: Office, into: Path) -> Walk:
    """Begin a walk that nobody has to sign on."""
    return Walk(office=office, visitor=cast("Visitor", None), into=into)


@pytest.mark.parametrize("text", ["x: [", "practice: {}", ""])
def test_a_form_that_is_refused_is_a_row(
    office: Office, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that cannot be used says why and ends nothing."""
    file = tmp_path / "own.yaml"
    file.write_text(text)
    (line,) = walk(office, tmp_path).whole_line(file)
    assert (line.practice, line.result) == ("own.yaml", REFUSED)
    assert capsys.readouterr().out.strip()


def test_a_packet_that_comes_later_is_a_row(office: Office, tmp_path: Path) -> None:
    """A policy that cannot be generated yet is no failure, and its form lacks nothing."""
    version = enroll(office, form(), draft=False, actor="user:coordinator").version
    (line,) = walk(office, tmp_path)._packets(version, PacketKind.ONBOARDING)
    assert (line.status, line.result) == ("not generated", AFTER)


def test_a_form_without_its_signer_is_a_row(office: Office, tmp_path: Path) -> None:
    """What the form lacks for this packet is no failure either, and is said to be that."""
    given = form()
    del given["signatories"]
    version = enroll(office, given, draft=False, actor="user:coordinator").version
    (line,) = walk(office, tmp_path)._packets(version, PacketKind.CONTRACTING)
    assert (line.status, line.result) == ("not generated", LATER)


def test_a_packet_that_stops_on_the_way_is_a_row(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table still comes, with what became of this packet, and the next form has its turn."""
    version = enroll(office, form(), draft=False, actor="user:coordinator").version
    walker = Stopping(office=office, visitor=cast("Visitor", None), into=tmp_path)
    (line,) = walker._packets(version, PacketKind.CONTRACTING)
    assert (line.packet, line.status, line.result) == ("contracting", "draft", FAILED)
    assert "answered 409" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ((HOLDS, LATER), 0),
        ((ATTESTED, AFTER), 0),
        ((HOLDS, REFUSED), 5),
        ((HOLDS, FAILED), 5),
    ],
)
def test_the_end_says_what_held(
    tmp_path: Path, results: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only what failed makes the command fail."""
    lines = [
        Line(practice="Own Oncology", packet="contracting", status="archived", result=item)
        for item in results
    ]
    try:
        close(lines, tmp_path)
        ended = 0
    except click.exceptions.Exit as exit_:
        ended = exit_.exit_code
    assert ended == code
    assert ("1 of 2 failed" in capsys.readouterr().out) is bool(code)


def test_a_practice_that_signs_on_paper_gets_its_bundle(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is asked to sign online; the scan of the printed pages is taken in and verified."""
    given = form() | {"execution": "wet_ink"}
    own = replace(at_own_desk(office, Loopback(lost=True)), archive=FakeArchive())
    with own.ledger.transaction():
        own.ledger.people.put(COORDINATOR)
    version = enroll(own, given, draft=False, actor="user:coordinator").version
    walker = Sweeping(office=own, visitor=cast("Visitor", None), into=tmp_path)
    (line,) = walker._packets(version, PacketKind.CONTRACTING)
    assert (line.status, line.result) == ("archived", ATTESTED)
    assert "nobody wrote on them" in capsys.readouterr().out


class Stopping(Walk):
    """A walk on which a signing page says no."""

    def _packet(self, packet: Packet, took: float) -> Line:
        raise ServiceRejected("A signing page answered 409: Sign.", service="embedded")


class Sweeping(Walk):
    """A walk that sweeps by itself, as the server would."""

    def _await(self, packet_id: str, *states: PacketState) -> Packet:
        sweep(self.office)
        return super()._await(packet_id, *states)
