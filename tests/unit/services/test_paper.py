"""Signed on paper: the scan is taken in, a named person attests, and nothing claims a signature."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from pyhanko.pdf_utils.misc import PdfStrictReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from docgen.cli.demo_scan import scan_pages
from docgen.domain.packet import PacketKind, PacketState, Step, allowed
from docgen.domain.signing import Signal
from docgen.errors import (
    IllegalTransition,
    InputError,
    NotAdopted,
    NotAllowed,
    NotApproved,
    Refused,
)
from docgen.services.ceremony.enter import visit_by_link
from docgen.services.ceremony.invite import signing_link
from docgen.services.generate import generate
from docgen.services.paper import Scan, intake_scan
from docgen.services.receive import refresh
from docgen.services.scan import MOST_BYTES, count_pages
from docgen.services.sweep import run_errand, sweep
from integrations.archive.fake import FakeArchive
from tests.unit.services.test_file_service import verified
from tests.unit.services.walk import (
    AUDITOR,
    COORDINATOR,
    COUNSEL,
    Loopback,
    approved,
    at_own_desk,
    kinds,
    sent,
    sign_next,
    with_fake,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

S = PacketState
PAPER_ONLY = 4


def scanned(pages: int = 3, change: Callable[[PdfWriter], object] | None = None) -> bytes:
    """Make a scan of so many pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(612, 792)
    if change:
        change(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def today(office: Office) -> date:
    """Give the PSO's day."""
    return office.clock.now().astimezone(ZoneInfo(office.pso_settings.time_zone)).date()


def scan(office: Office, **changes: Any) -> Scan:
    """Describe a scan that came in today, signed today."""
    day = today(office)
    plain = Scan(
        data=scanned(), pages=3, signed_on=day, received_on=day, original_at="cabinet 12, folder 3"
    )
    return replace(plain, **changes)


def made_now(office: Office, packet: Packet) -> Packet:
    """Let the packet be made at the office's present."""
    packet = replace(packet, created_at=office.clock.now())
    with office.ledger.transaction():
        office.ledger.packets.save(packet)
    return packet


@pytest.fixture
def desk(office: Office) -> Office:
    """Give the office of the own signer, at the present, with an archive of its own."""
    return replace(at_own_desk(office, Loopback(lost=True)), archive=FakeArchive())


def test_an_approved_packet_signed_on_paper_is_filed_and_told_apart(
    desk: Office, packet: Packet, tmp_path: Path
) -> None:
    """Effective on the handwritten date, archived, and the verifier answers with its third result."""
    approved(desk, made_now(desk, packet))
    taken = intake_scan(desk, packet.id, scan(desk), COORDINATOR)
    assert taken.state is S.FULLY_EXECUTED
    assert not sweep(desk).failures
    filed = desk.ledger.packets.get(packet.id)
    assert filed.state is S.ARCHIVED
    bundle = desk.archive.open(filed.bundle_sha256)
    assert verified(desk, bundle, tmp_path) == PAPER_ONLY
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        manifest = json.loads(archive.read("bundle.json"))
        attestation = json.loads(archive.read("paper/attestation.json"))
        page = archive.read("certificate-of-completion.html").decode()
        names = archive.namelist()
    assert manifest["execution"] == "wet_ink"
    assert manifest["effective_date"] == attestation["signed_on"] == today(desk).isoformat()
    assert (manifest["service"], manifest["envelope_id"]) == ("", "")
    assert all(not item["signatures"] for item in manifest["documents"])
    assert attestation["pages"] == 3
    assert attestation["attested_by"] == "user:coordinator"
    assert attestation["name"] == "Invented coordinator"
    assert "cabinet 12, folder 3" in page
    assert not any(name.startswith("consent/") or "signed.pdf" in name for name in names)


def test_a_scanner_that_takes_liberties_gives_a_bundle_that_holds(
    desk: Office, packet: Packet, tmp_path: Path
) -> None:
    """What intake takes the verifier takes: pictures of pages as imaging programs write them."""
    approved(desk, made_now(desk, packet))
    data, pages = scan_pages([scanned()])
    with pytest.raises(PdfStrictReadError):  # the control: strict readers do refuse this file
        PdfFileReader(io.BytesIO(data))
    intake_scan(desk, packet.id, scan(desk, data=data, pages=pages), COORDINATOR)
    assert not sweep(desk).failures
    bundle = desk.archive.open(desk.ledger.packets.get(packet.id).bundle_sha256)
    assert verified(desk, bundle, tmp_path) == PAPER_ONLY


def test_what_was_only_printed_is_no_scan(desk: Office, packet: Packet) -> None:
    """Our own pages, which nobody signed, are refused; pictures of the very same pages are taken."""
    approved(desk, made_now(desk, packet))
    files = [desk.work.open(item.pdf_sha256) for item in packet.rendered]
    writer = PdfWriter()
    for data in files:
        writer.append(io.BytesIO(data), import_outline=False)
    for key in ("/AcroForm", "/Names", "/OpenAction", "/AF"):  # as a print to a file leaves it
        writer.root_object.pop(NameObject(key), None)
    buffer = io.BytesIO()
    writer.write(buffer)
    pages = len(writer.pages)
    printed = scan(desk, data=buffer.getvalue(), pages=pages)
    with pytest.raises(InputError, match="no page of it is a picture"):
        intake_scan(desk, packet.id, printed, COORDINATOR)
    assert desk.ledger.packets.get(packet.id).state is S.APPROVED
    data, drawn = scan_pages(files)
    assert drawn == pages
    taken = intake_scan(desk, packet.id, scan(desk, data=data, pages=pages), COORDINATOR)
    assert taken.state is S.FULLY_EXECUTED


def test_another_scan_in_the_bundle_is_found(desk: Office, packet: Packet, tmp_path: Path) -> None:
    """The attack on the test above: with the scan exchanged the bundle does not hold."""
    approved(desk, made_now(desk, packet))
    intake_scan(desk, packet.id, scan(desk), COORDINATOR)
    sweep(desk)
    bundle = desk.archive.open(desk.ledger.packets.get(packet.id).bundle_sha256)
    data = scanned()
    at = bundle.index(data)
    forged = bundle[:at] + data[:-8] + bytes(8) + bundle[at + len(data) :]
    assert verified(desk, forged, tmp_path) not in {0, PAPER_ONLY}


@pytest.mark.parametrize("signed", [0, 1])
def test_an_open_envelope_is_voided_first(
    desk: Office, packet: Packet, tmp_path: Path, signed: int
) -> None:
    """Nobody can sign any more what is on paper, even where somebody had signed already."""
    made_now(desk, packet)
    after = sent(desk, packet, "embedded")
    for _ in range(signed):
        sign_next(desk, after.envelope_id)
    sweep(desk)
    intake_scan(desk, packet.id, scan(desk), COORDINATOR)
    sweep(desk)
    ceremony = desk.ledger.ceremonies.get(after.envelope_id)
    assert ceremony.ended is Signal.VOIDED
    link = signing_link(desk, ceremony, ceremony.signer("pso")).rpartition("/")[2]
    assert not visit_by_link(desk, link).may_enter
    filed = desk.ledger.packets.get(packet.id)
    assert filed.state is S.ARCHIVED
    assert verified(desk, desk.archive.open(filed.bundle_sha256), tmp_path) == PAPER_ONLY


def test_what_everybody_signed_electronically_needs_no_paper(desk: Office, packet: Packet) -> None:
    """The electronic signatures stand; the paper is refused."""
    made_now(desk, packet)
    after = sent(desk, packet, "embedded")
    for _ in packet.plan.recipients:
        sign_next(desk, after.envelope_id)
    with pytest.raises(Refused, match="signed this packet electronically"):
        intake_scan(desk, packet.id, scan(desk), COORDINATOR)
    assert desk.ledger.packets.get(packet.id).paper is None


def test_a_late_report_about_the_envelope_changes_nothing(office: Office, packet: Packet) -> None:
    """Taken in and not yet filed, the packet does not follow an envelope that was voided for it."""
    office, fake = with_fake(office)
    sent(office, packet)
    taken = intake_scan(office, packet.id, scan(office), COORDINATOR)
    assert fake.envelopes["fake_1"].snapshot.ended is Signal.VOIDED
    assert refresh(office, packet.id) == taken


@pytest.mark.parametrize("state", [S.VOIDED, S.DECLINED, S.EXPIRED])
def test_paper_may_come_after_the_envelope_ended(
    office: Office, packet: Packet, state: PacketState
) -> None:
    """Whoever declined in favour of paper, or was too late, can still sign what was approved."""
    before = approved(office, packet)
    with office.ledger.transaction():
        office.ledger.packets.save(replace(before, state=state))
    assert intake_scan(office, packet.id, scan(office), COORDINATOR).state is S.FULLY_EXECUTED


@pytest.mark.parametrize(
    "state", [item for item in PacketState if not allowed(item, Step.EXECUTE_ON_PAPER)]
)
def test_no_paper_where_it_does_not_belong(
    office: Office, packet: Packet, state: PacketState
) -> None:
    """Never approved, on its way, or executed already: one sentence and no trace."""
    with office.ledger.transaction():
        office.ledger.packets.save(replace(packet, state=state))
    with pytest.raises(IllegalTransition, match="take in the signed paper"):
        intake_scan(office, packet.id, scan(office), COORDINATOR)
    assert not kinds(office, packet.id)


def test_what_was_not_approved_cannot_be_executed(office: Office, packet: Packet) -> None:
    """A state alone is no approval."""
    with office.ledger.transaction():
        office.ledger.packets.save(replace(packet, state=S.APPROVED))
    with pytest.raises(NotApproved):
        intake_scan(office, packet.id, scan(office), COORDINATOR)


def test_an_unadopted_template_is_not_executed_outside_the_demonstration(
    office: Office, packet: Packet
) -> None:
    """Paper is no way round adoption."""
    approved(office, packet)
    real = replace(office, rules=replace(office.rules, demo=False))
    with pytest.raises(NotAdopted):
        intake_scan(real, packet.id, scan(office), COORDINATOR)


@pytest.mark.parametrize("who", [COUNSEL, AUDITOR])
def test_only_a_coordinator_attests(office: Office, packet: Packet, who: Person) -> None:
    """Nobody else takes paper in."""
    approved(office, packet)
    with pytest.raises(NotAllowed):
        intake_scan(office, packet.id, scan(office), who)


def test_nobody_attests_to_their_own_signature(office: Office, packet: Packet) -> None:
    """Who signs for the PSO does not also say that the paper is in order."""
    approved(office, packet)
    signer = replace(COORDINATOR, email=packet.plan.recipient("pso").email.upper())
    with pytest.raises(NotAllowed, match="somebody else"):
        intake_scan(office, packet.id, scan(office), signer)


@pytest.mark.parametrize(
    ("signed", "received", "fits"),
    [(0, 0, True), (0, 4, True), (3, 3, True), (-1, 0, False), (3, 2, False), (0, 6, False)],
)
def test_dates_that_cannot_be_are_refused(
    office: Office, packet: Packet, clock: StandingClock, signed: int, received: int, *, fits: bool
) -> None:
    """Signed not before the documents were made, received not before that nor in the future."""
    approved(office, packet)
    made = today(office)
    clock.advance(timedelta(days=5))
    given = scan(
        office,
        signed_on=made + timedelta(days=signed),
        received_on=made + timedelta(days=received),
    )
    if fits:
        assert intake_scan(office, packet.id, given, COORDINATOR).paper is not None
        return
    with pytest.raises(InputError, match=r"handwritten date|day of arrival"):
        intake_scan(office, packet.id, given, COORDINATOR)


@pytest.mark.parametrize("place", ["", " ", "x" * 201, "a\nb\x07", "{{ here }}"])
def test_where_the_original_is_must_be_said(office: Office, packet: Packet, place: str) -> None:
    """One clean line."""
    approved(office, packet)
    with pytest.raises(InputError, match=r"(?i)the place where the paper is kept"):
        intake_scan(office, packet.id, scan(office, original_at=place), COORDINATOR)


@pytest.mark.parametrize("pages", [0, 2, 4])
def test_a_page_too_few_or_too_many_is_found(office: Office, packet: Packet, pages: int) -> None:
    """The count of the paper and the scan must agree; nothing is voided before."""
    approved(office, packet)
    with pytest.raises(InputError, match="3 pages"):
        intake_scan(office, packet.id, scan(office, pages=pages), COORDINATOR)
    assert office.ledger.packets.get(packet.id).state is S.APPROVED


def _encrypt(writer: PdfWriter) -> None:
    writer.encrypt("secret")


def _opening_script(writer: PdfWriter) -> None:
    action = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert(1)"),
        }
    )
    writer.root_object[NameObject("/OpenAction")] = action


def _named_script(writer: PdfWriter) -> None:
    scripts = DictionaryObject({NameObject("/Names"): ArrayObject()})
    names = DictionaryObject({NameObject("/JavaScript"): scripts})
    writer.root_object[NameObject("/Names")] = names


def _opening_place(writer: PdfWriter) -> None:
    place = ArrayObject([writer.pages[0].indirect_reference, NameObject("/Fit")])
    writer.root_object[NameObject("/OpenAction")] = place


def _form(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject()


def _endless() -> bytes:
    """Make a page tree that has itself as its only child, and claims a billion pages."""
    data = scanned(1)
    return data.replace(b"/Count 1", b"/Count 999999999")


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "text": lambda: b"page 1 of 3",
    "cut short": lambda: scanned()[:60],
    "encrypted": lambda: scanned(change=_encrypt),
    "a script": lambda: scanned(change=_named_script),
    "a script on opening": lambda: scanned(change=_opening_script),
    "an attached file": lambda: scanned(change=lambda writer: writer.add_attachment("x.exe", b"x")),
    "a form": lambda: scanned(change=_form),
    "too large": lambda: b"%PDF-" + bytes(MOST_BYTES),
    "no pages": lambda: scanned(0),
    "too many pages": lambda: scanned(1_001),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_plain_scan_is_refused(name: str) -> None:
    """Each is one sentence; whatever happens in the child stays there."""
    with pytest.raises(InputError, match="The scan "):
        count_pages(HOSTILE[name](), "scan")


def test_a_plain_scan_is_counted() -> None:
    """The controls: any number of pages, also with a mere place to open at, or a wrong count."""
    assert count_pages(scanned(7), "scan") == 7
    assert count_pages(scanned(2, _opening_place), "scan") == 2
    assert count_pages(_endless(), "scan") == 1


def test_a_second_execution_for_the_same_party_is_refused(office: Office, packet: Packet) -> None:
    """With one packet in effect, another for the same party is not taken in beside it."""
    approved(office, packet)
    other = replace(packet, id="pkt_other", state=S.ARCHIVED)
    office.ledger.packets.add(other)
    with pytest.raises(Refused, match="pkt_other"):
        intake_scan(office, packet.id, scan(office), COORDINATOR)


def test_the_policy_cites_the_handwritten_date(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """Onboarding follows paper as it follows electronic signatures, by the day on the paper."""
    approved(office, packet)
    made = today(office)
    clock.advance(timedelta(days=9))
    given = scan(office, signed_on=made + timedelta(days=2))
    intake_scan(office, packet.id, given, COORDINATOR)
    (policy,) = generate(office, packet.plan.enrollment_id, PacketKind.ONBOARDING, "user:ada")
    html = office.work.open(policy.rendered[0].html_sha256).decode()
    assert f"{made + timedelta(days=2):%B %-d, %Y}" in html


def test_filing_paper_again_changes_nothing(desk: Office, packet: Packet) -> None:
    """The errand of a packet that is filed is a no-op."""
    approved(desk, made_now(desk, packet))
    intake_scan(desk, packet.id, scan(desk), COORDINATOR)
    run_errand(desk, f"file:{packet.id}")
    before = kinds(desk, packet.id)
    assert before[-3:] == ["paper.taken_in", "evidence.collected", "packet.archived"]
    sweep(desk)
    assert [item for item in kinds(desk, packet.id) if item != "copy.sent"] == before
