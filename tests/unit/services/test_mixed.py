"""Mixed execution: a part signed online, a part on paper; fully executed when both are in."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from docgen.domain.evidence import Execution
from docgen.domain.packet import PacketKind, PacketState
from docgen.domain.paper import noon_of
from docgen.domain.signing import Signal
from docgen.errors import IllegalTransition, InputError, Refused
from docgen.services.approve import approve
from docgen.services.file import effective_date
from docgen.services.generate import generate
from docgen.services.paper import intake_scan
from docgen.services.receive import refresh
from docgen.services.send import carry_out_send, send
from docgen.services.sources import take_paper
from docgen.services.sweep import run_errand, sweep
from docgen.services.withdraw import withdraw
from integrations.archive.fake import FakeArchive
from tests.unit.services.test_file_service import verified
from tests.unit.services.test_paper import made_now, scan, scanned, today
from tests.unit.services.test_sources import checklist, required
from tests.unit.services.walk import (
    COORDINATOR,
    COUNSEL,
    Loopback,
    ShiftedClock,
    add_people,
    approved,
    at_own_desk,
    kinds,
    sent,
    sign_next,
)

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.services.office import Office
    from tests.unit.services.walk import Generated

S = PacketState
PAPER = 4
BAA = ("baa",)


@pytest.fixture
def clock_() -> ShiftedClock:
    """Give the present, to be moved on at will."""
    return ShiftedClock()


@pytest.fixture
def desk(office: Office, clock_: ShiftedClock) -> Office:
    """Give the office of the own signer, at the present, with an archive of its own."""
    return replace(at_own_desk(office, Loopback(lost=True), clock_), archive=FakeArchive())


@pytest.fixture
def mixed(desk: Office, standard: Generated) -> Packet:
    """Give an approved packet of our PSA and the practice's own BAA."""
    add_people(desk)
    desk.ledger.enrollments.add(standard.version)
    enrollment = standard.version.enrollment_id
    sheet = checklist(required(desk))
    take_paper(desk, enrollment, "baa", scanned(4), sheet, COORDINATOR)
    (packet,) = generate(desk, enrollment, PacketKind.CONTRACTING, "user:coordinator")
    made_now(desk, packet)
    for person in (COORDINATOR, COUNSEL):
        packet = approve(desk, packet.id, packet.plan.checksum, person, "claimed")
    return packet


def dispatched(desk: Office, packet: Packet) -> Packet:
    """Send what can be sent."""
    run_errand(desk, send(desk, packet.id, COORDINATOR, "embedded"))
    return desk.ledger.packets.get(packet.id)


def everybody_signs(desk: Office, packet: Packet) -> Packet:
    """Let everybody sign at the own signer, and the packet follow."""
    for _ in packet.electronic_signers:
        sign_next(desk, packet.envelope_id)
    run_errand(desk, f"seal:{packet.envelope_id}")
    return refresh(desk, packet.id)


def filed(desk: Office, packet: Packet) -> tuple[Packet, bytes]:
    """Sweep, and give the archived packet with its bundle."""
    assert not sweep(desk).failures
    after = desk.ledger.packets.get(packet.id)
    assert after.state is S.ARCHIVED
    return after, desk.archive.open(after.bundle_sha256)


def read(bundle: bytes, path: str) -> bytes:
    """Read one file of a bundle."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return archive.read(path)


@pytest.mark.parametrize("paper_first", [True, False])
def test_both_in_is_fully_executed_and_each_is_told_apart(
    desk: Office, mixed: Packet, tmp_path: Path, *, paper_first: bool
) -> None:
    """Whichever comes last completes the packet; its bundle holds, with the paper's own result."""
    if paper_first:
        taken = intake_scan(desk, mixed.id, scan(desk, documents=BAA), COORDINATOR)
        assert taken.state is S.APPROVED
        packet = dispatched(desk, mixed)
        assert everybody_signs(desk, packet).state is S.FULLY_EXECUTED
    else:
        packet = dispatched(desk, mixed)
        assert everybody_signs(desk, packet).state is S.PARTLY_SIGNED
        assert not sweep(desk).failures
        assert desk.ledger.packets.get(mixed.id).state is S.PARTLY_SIGNED
        taken = intake_scan(desk, mixed.id, scan(desk, documents=BAA), COORDINATOR)
        assert taken.state is S.FULLY_EXECUTED
    ceremony = desk.ledger.ceremonies.get(packet.envelope_id)
    assert [item.slug for item in ceremony.documents] == ["psa"]
    after, bundle = filed(desk, mixed)
    assert after.execution is Execution.MIXED
    assert verified(desk, bundle, tmp_path) == PAPER
    manifest = json.loads(read(bundle, "bundle.json"))
    assert manifest["execution"] == "mixed"
    assert {item["slug"]: item["execution"] for item in manifest["documents"]} == {
        "psa": "electronic",
        "baa": "wet_ink",
    }
    assert manifest["envelope_id"] == packet.envelope_id
    assert json.loads(read(bundle, "paper/attestation.json"))["documents"] == ["baa"]
    assert read(bundle, "documents/baa/pinned.pdf") == scanned(4)
    assert read(bundle, "documents/baa/checklist.toml") == checklist(required(desk))
    page = read(bundle, "certificate-of-completion.html").decode()
    assert "signed on paper, the practice&#39;s own document" in page
    assert "signed electronically" in page


def test_the_default_of_a_scan_is_the_paper_that_is_missing(desk: Office, mixed: Packet) -> None:
    """While the PSA is out, a scan shows the practice's own BAA, and the envelope stays open."""
    packet = dispatched(desk, mixed)
    taken = intake_scan(desk, mixed.id, scan(desk), COORDINATOR)
    assert taken.on_paper == {"baa"}
    assert taken.state is S.SENT
    assert desk.ledger.ceremonies.get(packet.envelope_id).ended is None
    assert everybody_signs(desk, packet).state is S.FULLY_EXECUTED


def test_the_whole_can_still_be_signed_on_paper(
    desk: Office, mixed: Packet, tmp_path: Path
) -> None:
    """With both on the scan the envelope is voided first, and nothing claims a signature."""
    packet = dispatched(desk, mixed)
    sign_next(desk, packet.envelope_id)
    intake_scan(desk, mixed.id, scan(desk, documents=("psa", "baa")), COORDINATOR)
    assert desk.ledger.ceremonies.get(packet.envelope_id).ended is Signal.VOIDED
    _, bundle = filed(desk, mixed)
    assert verified(desk, bundle, tmp_path) == PAPER
    assert json.loads(read(bundle, "bundle.json"))["execution"] == "wet_ink"


def test_a_part_of_our_own_can_be_signed_on_paper(
    desk: Office, packet: Packet, tmp_path: Path
) -> None:
    """Taken in before sending, our BAA stays out of the envelope; the PSA is signed online."""
    approved(desk, made_now(desk, packet))
    intake_scan(desk, packet.id, scan(desk, documents=BAA), COORDINATOR)
    out = dispatched(desk, packet)
    ceremony = desk.ledger.ceremonies.get(out.envelope_id)
    assert [item.slug for item in ceremony.documents] == ["psa"]
    everybody_signs(desk, out)
    _, bundle = filed(desk, packet)
    assert verified(desk, bundle, tmp_path) == PAPER
    names = zipfile.ZipFile(io.BytesIO(bundle)).namelist()
    assert "documents/baa/rendered.pdf" in names
    assert "documents/baa/signed.pdf" not in names


@pytest.mark.parametrize(("days", "paper_is_last"), [(0, False), (3, True)])
def test_it_takes_effect_on_the_last_signature_of_either_kind(
    desk: Office,
    clock_: ShiftedClock,
    mixed: Packet,
    days: int,
    *,
    paper_is_last: bool,
) -> None:
    """The later of the handwritten date and the last electronic signature's, in the PSO's zone."""
    packet = dispatched(desk, mixed)
    everybody_signs(desk, packet)
    signed_on = today(desk)
    clock_.advance(timedelta(days=3))
    given = scan(desk, documents=BAA, signed_on=signed_on + timedelta(days=days))
    intake_scan(desk, mixed.id, given, COORDINATOR)
    after, bundle = filed(desk, mixed)
    expected = signed_on + timedelta(days=days)
    assert effective_date(desk, after) == expected.isoformat()
    assert json.loads(read(bundle, "bundle.json"))["effective_date"] == expected.isoformat()
    zone = desk.pso_settings.time_zone
    assert after.executed_at is not None
    assert after.executed_at.astimezone(ZoneInfo(zone)).date() == expected
    if paper_is_last:
        assert after.executed_at == noon_of(expected, zone)


def test_a_document_that_is_out_cannot_be_on_paper_as_well(desk: Office, packet: Packet) -> None:
    """Nobody is asked to sign twice; the whole, or nothing of the envelope."""
    made_now(desk, packet)
    sent(desk, packet, "embedded")
    with pytest.raises(Refused, match="out for electronic signature"):
        intake_scan(desk, packet.id, scan(desk, documents=BAA), COORDINATOR)
    assert desk.ledger.packets.get(packet.id).paper is None


def test_what_everybody_signed_online_needs_no_paper(desk: Office, mixed: Packet) -> None:
    """A scan that claims the signed PSA too is refused, before and after the envelope is sealed."""
    packet = dispatched(desk, mixed)
    everybody_signs(desk, packet)
    with pytest.raises(Refused, match="electronically already"):
        intake_scan(desk, mixed.id, scan(desk, documents=("psa", "baa")), COORDINATOR)
    assert desk.ledger.packets.get(mixed.id).paper is None


@pytest.mark.parametrize("documents", [("pses",), ("psa",), ("baa", "pses")])
def test_a_scan_of_what_is_not_to_be_scanned_is_refused(
    desk: Office, mixed: Packet, documents: tuple[str, ...]
) -> None:
    """What is not in the packet, or would leave their own paper to be signed nowhere."""
    with pytest.raises(InputError):
        intake_scan(desk, mixed.id, scan(desk, documents=documents), COORDINATOR)


def test_a_declined_part_is_taken_in_with_the_whole(desk: Office, mixed: Packet) -> None:
    """Once the envelope ended unsigned, paper must cover everything; one scan of it all."""
    packet = dispatched(desk, mixed)
    intake_scan(desk, mixed.id, scan(desk, documents=BAA), COORDINATOR)
    withdraw(desk, mixed.id, COORDINATOR, "They want it all on paper.")
    with pytest.raises(IllegalTransition):
        intake_scan(desk, mixed.id, scan(desk, documents=BAA), COORDINATOR)
    taken = intake_scan(desk, mixed.id, scan(desk), COORDINATOR)
    assert (taken.state, taken.whole_on_paper) == (S.FULLY_EXECUTED, True)
    assert refresh(desk, packet.id).state is S.FULLY_EXECUTED


def test_a_better_scan_replaces_the_first(desk: Office, mixed: Packet, tmp_path: Path) -> None:
    """Both are in the history; the last is attested in the bundle."""
    first = scan(desk, documents=BAA)
    better: Any = scan(desk, documents=BAA, data=scanned(5), pages=5)
    for given in (first, better):
        intake_scan(desk, mixed.id, given, COORDINATOR)
    everybody_signs(desk, dispatched(desk, mixed))
    _, bundle = filed(desk, mixed)
    assert kinds(desk, mixed.id).count("paper.taken_in") == 2
    assert json.loads(read(bundle, "paper/attestation.json"))["pages"] == 5
    assert verified(desk, bundle, tmp_path) == PAPER


def test_sending_again_does_not_void_the_envelope_beside_paper(desk: Office, mixed: Packet) -> None:
    """The errand of a packet whose BAA is in does nothing a second time."""
    intake_scan(desk, mixed.id, scan(desk, documents=BAA), COORDINATOR)
    packet = dispatched(desk, mixed)
    carry_out_send(desk, {"packet_id": mixed.id})
    assert desk.ledger.ceremonies.get(packet.envelope_id).ended is None


def test_what_lacks_its_paper_only_cannot_be_voided_and_says_what_to_do(
    desk: Office, mixed: Packet
) -> None:
    """Nothing happens shortly: the scan is what is missing, and with it the packet is executed."""
    packet = dispatched(desk, mixed)
    everybody_signs(desk, packet)
    with pytest.raises(Refused, match=r"Business Associate Agreement.*intake-scan") as refused:
        withdraw(desk, mixed.id, COORDINATOR, "They moved.")
    assert "shortly" not in str(refused.value)
    assert "docgen terminate" in str(refused.value)
    assert desk.ledger.packets.get(mixed.id).state is S.PARTLY_SIGNED
    taken = intake_scan(desk, mixed.id, scan(desk), COORDINATOR)
    assert taken.state is S.FULLY_EXECUTED


def test_a_swapped_paper_is_refused(desk: Office, mixed: Packet, tmp_path: Path) -> None:
    """The attack on the first test: other bytes in the place of the pinned BAA."""
    intake_scan(desk, mixed.id, scan(desk, documents=BAA), COORDINATOR)
    everybody_signs(desk, dispatched(desk, mixed))
    _, bundle = filed(desk, mixed)
    theirs = scanned(4)
    assert bundle.count(theirs) == 1
    forged = bundle.replace(theirs, theirs[:-8] + bytes(8))
    assert verified(desk, forged, tmp_path) == 1
