"""A desk in the middle of its work: sample practices in every state a reader should see.

`stocked(desk)` does what our own people would do, by the services, with a standing clock and counted
ids. The pictures and the crawler (tests/app/test_crawl.py) open what it made.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from docgen.domain.batch import Act
from docgen.domain.packet import PacketKind
from docgen.services.approve import approve, missing_approvals
from docgen.services.ask_export import ask_export
from docgen.services.batch import begin
from docgen.services.enroll import enroll
from docgen.services.enrollment_file import read_enrollment
from docgen.services.export import select
from docgen.services.generate import generate
from docgen.services.practice_form import invite
from docgen.services.review import release, take_back
from docgen.services.send import send
from docgen.services.sweep import run_due, sweep
from integrations.system.ids import CountedIds
from tests.pictures.redlined import redlined
from tests.unit.services.walk import SAMPLES, Loopback, at_own_desk, sign_next

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office
    from tests.app.desk.staff import Desk

GUEST = ("Ada Lovelace", "ada@riverside.example.org")
APPROVERS = ("coordinator", "legal_approver")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Where to look: a packet in each state worth a picture, a batch, an export, an invited person."""

    negotiated: Packet
    draft: Packet
    sent: Packet
    countersigned_next: Packet
    executed: Packet
    on_paper: Packet
    unfinished: str
    returned: str
    batch: str
    export: str
    guest: str

    def place(self, address: str) -> str:
        """Fill an address such as `/desk/packets/{draft.id}`."""
        return address.format_map({name: getattr(self, name) for name in self.__slots__})


def stocked(desk: Desk) -> Stock:
    """Fill the desk; its office keeps the standing clock in the signing pages, too."""
    _name_countersigner(desk)
    office = replace(desk.office, ids=CountedIds())
    desk.office = office = at_own_desk(office, Loopback(lost=True), desk.clock)  # type: ignore[arg-type]  # it only reads the time
    who = office.ledger.people.get("coordinator")
    executed = _executed(office, _packet(office, "policy-on-file", 2), who)
    desk.clock.advance(timedelta(days=3))
    waiting = _sent(office, _packet(office, "academic-public-university", 3), who)
    sign_next(office, waiting.envelope_id)
    on_paper = _approved(office, _packet(office, "sole-proprietor", 4))
    negotiated, returned = _negotiated(office, desk.enrollment.enrollment_id, who)
    desk.clock.advance(timedelta(days=1))
    sent = _sent(office, _packet(office, "no-npi-territory", 5), who)
    unfinished, guest = _unfinished(office, who)
    draft = _packet(office, "hospital-department", 6)
    batch = _batch(office, who)
    export = ask_export(office, select(office, [executed.id]), who).id
    run_due(office)
    get = office.ledger.packets.get
    return Stock(
        negotiated=negotiated,
        draft=draft,
        sent=get(sent.id),
        countersigned_next=get(waiting.id),
        executed=get(executed.id),
        on_paper=on_paper,
        unfinished=unfinished,
        returned=returned,
        batch=batch,
        export=export,
        guest=guest,
    )


def _name_countersigner(desk: Desk) -> None:
    signatory = desk.office.pso_settings.signatory
    people = desk.office.ledger.people
    person = people.get("pso_countersigner")
    people.put(replace(person, name=signatory.name, email=signatory.email))


def _record(name: str, number: int) -> dict[str, object]:
    (path,) = (SAMPLES / name).glob("enrollment.*")
    raw = read_enrollment(path.read_bytes(), suffix=path.suffix)
    assert isinstance(raw, dict)
    return {**raw, "record_id": f"1b4e28ba-2fa1-4d2a-8c3b-{number:012}"}


def _packet(office: Office, name: str, number: int) -> Packet:
    stored = enroll(office, _record(name, number), draft=False, actor="user:coordinator").version
    made = generate(office, stored.enrollment_id, PacketKind.CONTRACTING, "user:coordinator")
    return made[0]


def _approved(office: Office, packet: Packet) -> Packet:
    for key in APPROVERS:
        if missing_approvals(office, packet):
            person = office.ledger.people.get(key)
            packet = approve(office, packet.id, packet.plan.checksum, person, "code")
    return packet


def _sent(office: Office, packet: Packet, who: Person) -> Packet:
    _approved(office, packet)
    send(office, packet.id, who)
    _settle(office)
    return office.ledger.packets.get(packet.id)


def _executed(office: Office, packet: Packet, who: Person) -> Packet:
    packet = _sent(office, packet, who)
    for _ in packet.plan.recipients:
        sign_next(office, packet.envelope_id)
    _settle(office)
    return office.ledger.packets.get(packet.id)


def _settle(office: Office) -> None:
    for _ in range(2):
        told = sweep(office)
        assert not told.failures, told.failures


def _negotiated(office: Office, enrollment_id: str, who: Person) -> tuple[Packet, str]:
    (packet,) = generate(office, enrollment_id, PacketKind.CONTRACTING, "user:coordinator")
    release(office, packet.id, who)
    _settle(office)
    released = office.ledger.packets.get(packet.id).rounds[0]
    copy = next(item for item in released.copies if item.slug == "psa")
    data = redlined(office.work.open(copy.docx_sha256), ("ninety (90) days", "sixty (60) days"))
    take_back(office, packet.id, data, "Gloria Example, counsel of the practice", who)
    packet = office.ledger.packets.get(packet.id)
    return packet, packet.rounds[0].returned[0].sha256


def _unfinished(office: Office, who: Person) -> tuple[str, str]:
    raw = json.loads((SAMPLES / "drafts" / "first-form" / "enrollment.json").read_bytes())
    raw["record_id"] = "1b4e28ba-2fa1-4d2a-8c3b-000000000007"
    version = enroll(office, raw, draft=True, actor="user:coordinator").version
    guest = invite(office, version.enrollment_id, *GUEST, who)
    return version.enrollment_id, guest.id


def _batch(office: Office, who: Person) -> str:
    raw = [
        _record(name, number)
        for name, number in (("government-county", 8), ("separate-agreements", 9))
    ]
    ids = [
        enroll(office, item, draft=False, actor="user:coordinator").version.enrollment_id
        for item in raw
    ]
    return begin(office, Act.GENERATE_CONTRACTING, ids, who).id
