"""The disclosure set: the agreements as signed, and beside them nothing to reach anybody by."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.canonical import canonical_json
from docgen.domain.contact_data import contact_data, without_contact_data
from docgen.errors import NotAllowed, NotFound
from docgen.services.disclose import CERTIFICATE, DISCLOSED, START, disclose
from docgen.services.file import file_packet
from integrations.archive.fake import FakeArchive
from tests.contracts.pdf_reading import findings, printed_text
from tests.unit.services.test_file_service import executed
from tests.unit.services.walk import AUDITOR, Loopback, at_own_desk, person

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.services.office import Office


@pytest.fixture
def house(office: Office) -> Office:
    """Give the office of the own signer, with an archive of its own."""
    return replace(at_own_desk(office, Loopback(lost=True)), archive=FakeArchive())


def _filed(house: Office, packet: Packet) -> Packet:
    house.work.put(canonical_json(house.pso_settings.to_json()))
    signed = executed(house, packet)
    file_packet(house, {"packet_id": signed.id})
    return house.ledger.packets.get(packet.id)


def _reachable(house: Office, packet: Packet) -> frozenset[str]:
    plan = packet.plan
    record = house.ledger.enrollments.get(plan.enrollment_id, plan.enrollment_version).record
    return contact_data(
        [
            json.loads(record),
            plan.to_json(),
            *(dict(item.details) for item in house.ledger.history.of(packet.id)),
            *(item.email for item in house.ledger.people.list()),
        ]
    )


def test_it_holds_the_agreements_and_nothing_to_reach_anybody_by(
    house: Office, packet: Packet, tmp_path: Path
) -> None:
    """Signed bytes are those signed; no address, number or computer stands anywhere else."""
    done = _filed(house, packet)
    reachable = _reachable(house, done)
    assert {one for one in reachable if "@" in one}
    assert {one for one in reachable if one.startswith("+1")}
    made = disclose(house, done.id, AUDITOR)
    files = zipfile.ZipFile(io.BytesIO(made.data))
    signed = {f"{item.slug}-executed.pdf": item.signed_sha256 for item in done.executed}
    assert {START, CERTIFICATE, "digests.txt", *signed} <= set(files.namelist())
    for name in files.namelist():
        data = files.read(name)
        if name in signed:
            assert hashlib.sha256(data).hexdigest() == signed[name]
            continue
        text = printed_text(data) if name.endswith(".pdf") else data.decode()
        squeezed = text.replace(" ", "")
        for one in reachable:
            assert one not in text, name
            assert one.replace(" ", "") not in squeezed, name
    assert not {"enrollment", "callbacks", "history"} & {
        part for name in files.namelist() for part in name.replace(".", "/").split("/")
    }
    page = files.read(START).decode()
    assert done.bundle_sha256 in page
    certificate = files.read(CERTIFICATE)
    assert findings(certificate, "pdfa-3a") == []
    assert findings(certificate, "pdfua-1") == []
    files.extractall(tmp_path)
    subprocess.run(["sha256sum", "--check", "--strict", "digests.txt"], cwd=tmp_path, check=True)


def test_that_it_was_made_is_an_activity(house: Office, packet: Packet) -> None:
    """The history names the set and the bundle by digest, and who made it; twice the same bytes."""
    done = _filed(house, packet)
    made = disclose(house, done.id, AUDITOR)
    noted = house.ledger.history.of(packet.id)[-1]
    assert (noted.kind, noted.actor) == (DISCLOSED, "user:auditor")
    assert noted.details["set_sha256"] == made.sha256
    assert noted.details["bundle_sha256"] == done.bundle_sha256
    assert hashlib.sha256(made.data).hexdigest() == made.sha256


def test_who_may_not_read_the_archive_gets_none(house: Office, packet: Packet) -> None:
    """Nor is there one before the packet is archived; neither leaves an activity."""
    before = len(house.ledger.history.of(packet.id))
    with pytest.raises(NotAllowed):
        disclose(house, packet.id, person("nobody"))
    with pytest.raises(NotFound):
        disclose(house, packet.id, AUDITOR)
    assert len(house.ledger.history.of(packet.id)) == before


CONTACTS = ["ada@example.org", "+13125550142", "(312) 555-0142", "192.0.2.7", "2001:db8::7"]
OTHERS = ["2026-11-23", "pkt_1a2b3c", "5 pages", "12:30:00", "a::b c", "1.0.0", "@page"]


@pytest.mark.parametrize("text", CONTACTS)
def test_contact_data_is_found_wherever_it_lies(text: str) -> None:
    """In lists and mappings, at any depth."""
    assert contact_data([{"a": [{"b": text}]}]) == {text}
    assert without_contact_data(f"call {text}, now", [text]) == "call (left out), now"


@pytest.mark.parametrize("text", OTHERS)
def test_what_reaches_nobody_stays(text: str) -> None:
    """Dates, versions, ids and times are no contact data."""
    assert contact_data([text]) == frozenset()
    assert without_contact_data(text, ()) == text


@given(st.emails(), st.text(alphabet="abc .,", max_size=20))
def test_no_mailbox_survives(address: str, around: str) -> None:
    """Whatever surrounds it, a mailbox known to the packet is taken out."""
    known = contact_data([address])
    assert address not in without_contact_data(f"{around} {address} {around}", {address, *known})
