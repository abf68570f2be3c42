"""Verifying from the desk: the same program as outsiders use, its outcomes kept apart, bounded."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.canonical import canonical_json
from docgen.domain.person import Person, Role
from docgen.domain.verification import VERIFIED
from docgen.errors import InputError, NotAllowed, NotFound, StillRunning
from docgen.services import verify as module
from docgen.services.fetch import fetch, open_record
from docgen.services.file import file_packet
from docgen.services.hold import place_hold
from docgen.services.verify import verify_apart, verify_packet
from integrations.archive.fake import FakeArchive
from tests.unit.services.test_file_service import executed
from tests.unit.services.walk import Loopback, at_own_desk, kinds

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office

AVERY = Person(
    key="avery", name="Avery", email="avery@example.org", roles=frozenset({Role.AUDITOR})
)


@pytest.fixture
def house(office: Office) -> Office:
    """Give the office of the own signer, with an archive of its own."""
    return replace(at_own_desk(office, Loopback(lost=True)), archive=FakeArchive())


@pytest.fixture
def kept(office: Office, packet: Packet) -> Packet:
    """Store the packet with something that lies in the archive as its bundle."""
    done = replace(packet, bundle_sha256=office.archive.put(b"PK not really").sha256)
    with office.ledger.transaction():
        office.ledger.packets.save(done)
    return done


def test_bundles_stay_verifiable_after_every_access(house: Office, packet: Packet) -> None:
    """Accesses before and after the evidence is collected leave a bundle that holds."""
    house.work.put(canonical_json(house.pso_settings.to_json()))
    signed = executed(house, packet)
    open_record(house, packet.id, AVERY)
    place_hold(house, packet.id, "Matter 26-118", AVERY)
    file_packet(house, {"packet_id": signed.id})
    done = house.ledger.packets.get(packet.id)
    open_record(house, packet.id, AVERY)
    _, data = fetch(house, packet.id, done.bundle_sha256, AVERY)
    found = verify_packet(house, packet.id, AVERY)
    assert (found.code, verify_apart(house, data)[0]) == (0, 0), found
    assert {item.result for item in found.checks} <= {"ok", "not checked"}
    assert kinds(house, packet.id)[-3:] == ["archive.opened", "archive.fetched", "archive.verified"]
    spoiled = house.archive.put(data.replace(b"%%EOF", b"%%EOE", 1)).sha256
    with house.ledger.transaction():
        house.ledger.packets.save(replace(done, bundle_sha256=spoiled))
    wrong = verify_packet(house, packet.id, AVERY)
    assert wrong.code == 1
    assert any(item.result == "failed" for item in wrong.checks)


def test_what_is_no_bundle_cannot_be_read(office: Office, kept: Packet) -> None:
    """The verifier itself says so; it is noted with its code."""
    found = verify_packet(office, kept.id, AVERY)
    assert found.code in {1, 2}
    assert found.result
    noted = office.ledger.history.of(kept.id)[-1]
    assert (noted.kind, noted.details["exit_code"]) == ("archive.verified", found.code)


@pytest.mark.parametrize("code", sorted(VERIFIED))
def test_its_six_outcomes_are_kept_apart(
    office: Office, kept: Packet, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has its own words; none is rounded to another."""
    told = {"result": f"result {code}", "checks": []}
    monkeypatch.setattr(module, "verify_apart", lambda *_, **__: (code, json.dumps(told)))
    found = verify_packet(office, kept.id, AVERY)
    assert (found.code, found.words, found.result) == (code, VERIFIED[code], f"result {code}")


@pytest.mark.parametrize("code", [0, 1, -9])
def test_a_crash_is_never_a_good_result(
    office: Office, kept: Packet, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a report, even exit code 0 says nothing."""
    monkeypatch.setattr(module, "verify_apart", lambda *_, **__: (code, "Traceback"))
    assert verify_packet(office, kept.id, AVERY).code == 2


def test_it_is_bounded(office: Office, kept: Packet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too large, too long, or a second one at once: refused, nothing noted; then it works again."""
    before = kinds(office, kept.id)
    with pytest.raises(InputError, match="too long"):
        verify_packet(office, kept.id, AVERY, seconds=0.001)
    with module._busy, pytest.raises(StillRunning):
        verify_packet(office, kept.id, AVERY)
    with monkeypatch.context() as limits:
        limits.setattr(module, "MOST_BYTES", 3)
        with pytest.raises(InputError, match="too large"):
            verify_packet(office, kept.id, AVERY)
    assert kinds(office, kept.id) == before
    verify_packet(office, kept.id, AVERY)  # the control


def test_only_readers_verify_and_fetch(office: Office, kept: Packet) -> None:
    """A countersigner or an administrator does not; an unknown digest is no file."""
    for role in (Role.PSO_COUNTERSIGNER, Role.ADMINISTRATOR):
        other = replace(AVERY, roles=frozenset({role}))
        with pytest.raises(NotAllowed):
            verify_packet(office, kept.id, other)
        with pytest.raises(NotAllowed):
            fetch(office, kept.id, kept.bundle_sha256, other)
        with pytest.raises(NotAllowed):
            open_record(office, kept.id, other)
    with pytest.raises(NotFound):
        fetch(office, kept.id, kept.rendered[0].docx_sha256, AVERY)


def test_without_a_bundle_there_is_nothing_to_verify(office: Office, packet: Packet) -> None:
    """It says that the packet was not archived."""
    with pytest.raises(NotFound, match="no evidence bundle"):
        verify_packet(office, packet.id, AVERY)
