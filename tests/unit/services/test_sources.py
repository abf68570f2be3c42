"""Sources: the practice's own paper, what is on file, what is left out; each a departure."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.canonical import sha256_hex
from docgen.domain.packet import PacketKind, PacketState
from docgen.domain.person import Role
from docgen.domain.plan import Source
from docgen.errors import InputError, NotAllowed, NotFound, PacketStale, Refused
from docgen.render.requirements import Level, read_requirements
from docgen.services.approve import approve, missing_approvals
from docgen.services.enroll import enroll
from docgen.services.enrollment_file import read_enrollment
from docgen.services.generate import generate
from docgen.services.paper import intake_scan
from docgen.services.retention import retention_of
from docgen.services.review import release
from docgen.services.send import send
from docgen.services.sources import (
    choices_of,
    generate_ours,
    leave_out,
    pin_copy,
    refer_to,
    take_paper,
)
from docgen.services.sweep import sweep
from docgen.services.terminate import terminate
from integrations.archive.fake import FakeArchive
from tests.unit.services.test_file_service import verified
from tests.unit.services.test_paper import made_now, scan, scanned
from tests.unit.services.walk import (
    AUDITOR,
    COORDINATOR,
    COUNSEL,
    SAMPLES,
    Loopback,
    add_people,
    at_own_desk,
    kinds,
)

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office
    from tests.unit.services.walk import Generated

S = PacketState
THEIRS = scanned(4)


def required(office: Office) -> list[str]:
    """List the requirements of law on a BAA."""
    return [
        item.id
        for item in read_requirements(office.templates)
        if item.document == "baa" and item.level is Level.REQ
    ]


def checklist(ids: list[str], *, by: str = "counsel", page: str = "3") -> bytes:
    """Fill a checklist."""
    lines = [
        f'[[requirement]]\nid = "{name}"\npage = {page}\nsection = "{number}.1"'
        for number, name in enumerate(ids, start=1)
    ]
    return "\n".join([f'checked_by = "{by}"', *lines]).encode()


@pytest.fixture
def enrollment(office: Office, standard: Generated) -> str:
    """Store an enrollment with no packet yet."""
    add_people(office)
    office.ledger.enrollments.add(standard.version)
    return standard.version.enrollment_id


def contract(office: Office, enrollment: str) -> Packet:
    """Generate the agreements."""
    (packet,) = generate(office, enrollment, PacketKind.CONTRACTING, "user:coordinator")
    return packet


def both_approve(office: Office, packet: Packet) -> Packet:
    """Approve as coordinator and as legal approver."""
    for person in (COORDINATOR, COUNSEL):
        packet = approve(office, packet.id, packet.plan.checksum, person, "claimed")
    return packet


def take(office: Office, enrollment: str, sheet: bytes | None = None) -> None:
    """Take in the practice's own BAA."""
    sheet = sheet or checklist(required(office))
    take_paper(office, enrollment, "baa", THEIRS, sheet, COORDINATOR)


def test_their_own_paper_is_pinned_checked_and_approved_by_two(
    office: Office, enrollment: str
) -> None:
    """The plan names file, checklist and checker; it departs, and nothing of it is rendered."""
    take(office, enrollment)
    packet = contract(office, enrollment)
    psa, baa = packet.plan.documents
    assert (psa.source, baa.source) == (Source.GENERATED, Source.COUNTERPARTY_PAPER)
    assert baa.paper is not None
    assert baa.paper.file_sha256 == sha256_hex(THEIRS)
    assert (baa.paper.checked_by, baa.paper.pages) == ("counsel", 4)
    assert sorted(item.requirement for item in baa.paper.met) == sorted(required(office))
    assert [item.slug for item in packet.rendered] == ["psa"]
    assert [item.code for item in packet.plan.departures] == ["source.baa"]
    assert missing_approvals(office, packet) == [Role.COORDINATOR, Role.LEGAL_APPROVER]
    assert office.ledger.packets.get(packet.id) == packet


def test_what_is_wholly_on_paper_is_not_sent(office: Office, enrollment: str) -> None:
    """Nothing is left for an envelope, so the sentence says what to do instead."""
    take(office, enrollment)
    packet = both_approve(office, contract(office, enrollment))
    assert [item.slug for item in packet.electronic] == ["psa"]
    taken = intake_scan(office, packet.id, scan(office), COORDINATOR)
    office.ledger.packets.save(replace(taken, state=S.APPROVED))
    with pytest.raises(Refused, match="intake-scan"):
        send(office, packet.id, COORDINATOR)
    assert office.ledger.packets.get(packet.id).state is S.APPROVED


def test_their_own_paper_is_signed_by_hand_and_filed(
    office: Office, enrollment: str, tmp_path: Path
) -> None:
    """The scan covers both; the attestation names both, the archive keeps theirs, the bundle holds."""
    desk = replace(at_own_desk(office, Loopback(lost=True)), archive=FakeArchive())
    take(desk, enrollment)
    packet = made_now(desk, contract(desk, enrollment))
    both_approve(desk, packet)
    intake_scan(desk, packet.id, scan(desk), COORDINATOR)
    assert not sweep(desk).failures
    filed = desk.ledger.packets.get(packet.id)
    bundle = desk.archive.open(filed.bundle_sha256)
    assert verified(desk, bundle, tmp_path) == 4
    assert desk.archive.open(sha256_hex(THEIRS)) == THEIRS
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        statement = archive.read("paper/attestation.json").decode()
    for item in packet.plan.documents:
        assert item.title in statement


def test_a_checklist_that_leaves_a_requirement_open_is_refused(
    office: Office, enrollment: str
) -> None:
    """Each requirement of law, left out alone, is named in the sentence; nothing is chosen."""
    ids = required(office)
    assert len(ids) > 10
    for left in ids:
        sheet = checklist([item for item in ids if item != left])
        with pytest.raises(InputError, match=left.replace(".", r"\.")):
            take(office, enrollment, sheet)
    assert not choices_of(office, enrollment)


def test_a_checklist_that_is_none_is_refused(office: Office, enrollment: str) -> None:
    """Unknown or doubled points, pages that are not there, broken files, and strangers."""
    ids = required(office)
    for sheet in (
        checklist([*ids, "hipaa.invented"]),
        checklist([*ids, ids[0]]),
        checklist(ids, page="0"),
        checklist(ids, page="5"),
        checklist(ids, page='"3"'),
        checklist(ids).replace(b"page = 3", b""),
        checklist(ids).replace(b"checked_by", b"by"),
        b"checked_by = ",
        b"\xff\xfe",
        b"x" * 300_000,
    ):
        with pytest.raises(InputError, match="checklist"):
            take(office, enrollment, sheet)
    with pytest.raises(NotFound):
        take(office, enrollment, checklist(ids, by="nobody"))
    with pytest.raises(NotAllowed):
        take(office, enrollment, checklist(ids, by="auditor"))
    assert not choices_of(office, enrollment)


def test_what_is_no_plain_pdf_is_refused(office: Office, enrollment: str) -> None:
    """The file is looked at in the same limited child as a scan."""
    sheet = checklist(required(office))
    with pytest.raises(InputError, match="The document cannot be used"):
        take_paper(office, enrollment, "baa", b"Dear all,", sheet, COORDINATOR)


def test_what_is_on_file_is_referred_to(office: Office, enrollment: str) -> None:
    """The plan names title, date and place; only the other agreement is made and signed."""
    dated = date(2024, 5, 2)
    refer_to(office, enrollment, "baa", "BAA of 2024", dated, "contracts cabinet", COORDINATOR)
    packet = contract(office, enrollment)
    baa = packet.plan.documents[1]
    assert baa.on_file is not None
    assert (baa.title, baa.on_file.dated) == ("BAA of 2024", "2024-05-02")
    assert (baa.source, baa.panels) == (Source.ALREADY_ON_FILE, ())
    assert [item.slug for item in packet.rendered] == ["psa"]
    assert packet.plan.departs
    both_approve(office, packet)
    assert send(office, packet.id, COORDINATOR)


def test_a_copy_of_what_is_on_file_is_pinned(office: Office, enrollment: str) -> None:
    """It is named in the plan by digest and pages; without one the plan is spelled as before."""
    with pytest.raises(Refused, match="on file"):
        pin_copy(office, enrollment, "baa", THEIRS, COORDINATOR)
    dated = date(2024, 5, 2)
    refer_to(office, enrollment, "baa", "BAA of 2024", dated, "contracts cabinet", COORDINATOR)
    before = contract(office, enrollment)
    assert "file_sha256" not in str(before.plan.to_json())
    with pytest.raises(InputError, match="The copy cannot be used"):
        pin_copy(office, enrollment, "baa", b"Dear all,", COORDINATOR)
    with pytest.raises(NotAllowed):
        pin_copy(office, enrollment, "baa", THEIRS, COUNSEL)
    pin_copy(office, enrollment, "baa", THEIRS, COORDINATOR)
    after = contract(office, enrollment)
    assert after.supersedes == before.id
    on_file = after.plan.documents[1].on_file
    assert on_file is not None
    assert (on_file.file_sha256, on_file.pages) == (sha256_hex(THEIRS), 4)
    assert office.ledger.packets.get(after.id).plan.checksum == after.plan.checksum


def test_what_is_on_file_cannot_be_of_tomorrow(office: Office, enrollment: str) -> None:
    """Only what was executed can be referred to."""
    later = office.clock.now().date() + timedelta(days=1)
    with pytest.raises(InputError, match="in the future"):
        refer_to(office, enrollment, "baa", "BAA", later, "cabinet", COORDINATOR)


def test_what_is_left_out_needs_its_reason(office: Office, enrollment: str) -> None:
    """The reason stands in the plan and in the departure."""
    for reason in ("", "\x07", "…"):
        with pytest.raises(InputError, match=r"the reason|The reason"):
            leave_out(office, enrollment, "baa", reason, COORDINATOR)
    leave_out(office, enrollment, "baa", "The practice is no covered entity.", COORDINATOR)
    packet = contract(office, enrollment)
    assert packet.plan.documents[1].reason == "The practice is no covered entity."
    assert "no covered entity" in packet.plan.departures[0].sentence


def test_a_packet_of_nothing_is_refused(office: Office, enrollment: str) -> None:
    """At least one agreement is ours."""
    for slug in ("psa", "baa"):
        leave_out(office, enrollment, slug, "Not needed.", COORDINATOR)
    with pytest.raises(Refused, match="paper generate"):
        contract(office, enrollment)
    generate_ours(office, enrollment, "psa", COORDINATOR)
    assert [item.slug for item in contract(office, enrollment).rendered] == ["psa"]


def test_another_source_makes_a_packet_stale(office: Office, enrollment: str) -> None:
    """What was generated before the choice cannot be approved; generated again it takes its place."""
    before = contract(office, enrollment)
    take(office, enrollment)
    with pytest.raises(PacketStale, match="source of the baa"):
        approve(office, before.id, before.plan.checksum, COORDINATOR, "claimed")
    after = contract(office, enrollment)
    assert after.supersedes == before.id
    generate_ours(office, enrollment, "baa", COORDINATOR)
    with pytest.raises(PacketStale, match="source of the baa"):
        approve(office, after.id, after.plan.checksum, COORDINATOR, "claimed")


def test_without_a_choice_the_plan_is_as_ever(
    office: Office, enrollment: str, standard: Generated
) -> None:
    """The control: same id, same checksum, also after going there and back."""
    leave_out(office, enrollment, "baa", "Not needed.", COORDINATOR)
    generate_ours(office, enrollment, "baa", COORDINATOR)
    assert contract(office, enrollment).plan == standard.packet.plan


@pytest.mark.parametrize("who", [COUNSEL, AUDITOR])
def test_only_a_coordinator_chooses(office: Office, enrollment: str, who: Person) -> None:
    """Nobody else says where documents come from."""
    with pytest.raises(NotAllowed):
        leave_out(office, enrollment, "baa", "Not needed.", who)
    with pytest.raises(NotAllowed):
        take_paper(office, enrollment, "baa", THEIRS, checklist(required(office)), who)


def test_an_unknown_document_or_enrollment_is_refused(office: Office, enrollment: str) -> None:
    """The sentence names the documents there are."""
    with pytest.raises(InputError, match="psa, baa"):
        leave_out(office, enrollment, "pses", "Not needed.", COORDINATOR)
    with pytest.raises(NotFound):
        leave_out(office, "enr_x", "baa", "Not needed.", COORDINATOR)


def test_a_policy_on_file_is_put_on_file_without_signatures(office: Office) -> None:
    """The form's attestation becomes the plan; approved, it is on file and nobody signs anything."""
    add_people(office)
    path = SAMPLES / "policy-on-file" / "enrollment.json"
    raw = read_enrollment(path.read_bytes(), suffix=".json")
    version = enroll(office, raw, draft=False, actor="user:coordinator").version
    signed = contract(office, version.enrollment_id)
    with office.ledger.transaction():
        done = replace(signed, state=S.ARCHIVED, executed_at=office.clock.now())
        office.ledger.packets.save(done)
    (packet,) = generate(office, version.enrollment_id, PacketKind.ONBOARDING, "user:coordinator")
    (policy,) = packet.plan.documents
    assert policy.on_file is not None
    assert policy.on_file.attested_by == "Gloria Tafoya"
    assert (policy.source, policy.on_file.dated) == (Source.ALREADY_ON_FILE, "2025-02-11")
    assert (packet.rendered, packet.plan.recipients, packet.plan.departures) == ((), (), ())
    with pytest.raises(Refused, match="nothing to review"):
        release(office, packet.id, COORDINATOR)
    after = approve(office, packet.id, packet.plan.checksum, COORDINATOR, "claimed")
    assert after.state is S.ON_FILE
    assert retention_of(office, after).in_effect
    assert kinds(office, packet.id) == ["packet.generated", "plan.approved", "packet.on_file"]
    assert not sweep(office).failures
    assert office.ledger.packets.get(packet.id) == after
    with pytest.raises(InputError, match="signed or dated"):
        terminate(office, packet.id, date(2025, 2, 10), "Replaced.", COORDINATOR)
    ended = terminate(office, packet.id, date(2026, 6, 30), "Replaced.", COORDINATOR)
    # Our record of it is the later one: it was made in November 2026.
    assert retention_of(office, ended).retain_until == date(2032, 11, 23)
