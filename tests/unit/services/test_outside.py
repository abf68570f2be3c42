"""Packets signed through an outside signing service: taken over, proven, or set aside."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.canonical import canonical_json, sha256_hex
from docgen.domain.packet import PacketState
from docgen.errors import DigestMismatch
from docgen.services.file import file_packet
from docgen.services.outside import QUARANTINED, REPORTED
from docgen.services.receive import refresh
from docgen.services.sweep import sweep
from docgen.services.withdraw import withdraw
from integrations.archive.fake import FakeArchive
from integrations.esign.fake import FakeService
from integrations.simulators.seal import Written, root_pem, seal
from tests.unit.services.test_file_service import verified
from tests.unit.services.walk import (
    COORDINATOR,
    kinds,
    sealed_elsewhere,
    sent,
    sent_unheard,
    with_fake,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

HOLDS, FAILED, PARTIAL = 0, 1, 5


def signed(office: Office, packet: Packet, fake: FakeService | None = None) -> Office:
    """Send a packet by the fake service and let everybody sign; nothing is filed yet."""
    office, fake = with_fake(office, fake)
    office = replace(office, archive=FakeArchive())
    sent(office, packet)
    fake.sign_all("fake_1", office.clock.now())
    refresh(office, packet.id)
    return office


def filed(office: Office, packet: Packet) -> tuple[Office, bytes]:
    """File it; give the bundle."""
    office = signed(office, packet)
    file_packet(office, {"packet_id": packet.id})
    after = office.ledger.packets.get(packet.id)
    assert after.state is PacketState.ARCHIVED
    return office, office.archive.open(after.bundle_sha256)


def with_roots(office: Office) -> Office:
    """Let the site name the roots under which the service seals."""
    return replace(office, rules=replace(office.rules, service_roots=(root_pem("fake").decode(),)))


def test_its_bundle_holds_and_says_who_vouches(
    office: Office, packet: Packet, tmp_path: Path
) -> None:
    """With the service's root in the anchor everything holds; without it, all but that."""
    office, bundle = filed(office, packet)
    assert verified(with_roots(office), bundle, tmp_path) == HOLDS
    assert verified(office, bundle, tmp_path) == PARTIAL
    files = unpacked(bundle)
    assert "service/certificate.pdf" in files
    for name in ("README.txt", "START-HERE.html", "certificate-of-completion.html"):
        assert "fake" in files[name].decode()
        assert "byte for byte" not in files[name].decode()
    assert kinds(office, packet.id).count(REPORTED) == len(packet.plan.recipients)
    assert "signer.signed" not in kinds(office, packet.id)


def test_its_bundle_holds_though_it_was_taken_back_too_late(
    office: Office, packet: Packet, clock: StandingClock, tmp_path: Path
) -> None:
    """Everybody had signed at the service when it was taken back here; the history tells both."""
    office, fake = with_fake(office)
    sent_unheard(office, packet)
    fake.sign_all("fake_1", office.clock.now())
    withdraw(office, packet.id, COORDINATOR, "Stop.")
    clock.advance(timedelta(minutes=10))
    sweep(office)
    sweep(office)
    after = office.ledger.packets.get(packet.id)
    assert after.state is PacketState.ARCHIVED
    bundle = office.archive.open(after.bundle_sha256)
    assert verified(with_roots(office), bundle, tmp_path) == HOLDS


def unpacked(bundle: bytes) -> dict[str, bytes]:
    """Give the bundle's files."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(files: dict[str, bytes], path: str, data: bytes) -> bytes:
    """Put other bytes into a bundle and correct every digest that a forger can."""
    files[path] = data
    manifest = json.loads(files["bundle.json"])
    old = manifest["files"][path]["sha256"]
    manifest["files"][path] = {"sha256": sha256_hex(data), "size": len(data)}
    text = canonical_json(manifest).decode().replace(old, sha256_hex(data))
    files["bundle.json"] = text.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, files[name])
    return out.getvalue()


@pytest.mark.parametrize(
    ("path", "alter"),
    [
        ("documents/psa/signed.pdf", lambda pdf: pdf + b"\n% appended"),
        ("documents/psa/signed.pdf", lambda pdf: pdf[:4000] + b"7" + pdf[4001:]),
        ("service/certificate.pdf", lambda pdf: pdf + b" "),
        ("documents/psa/sent.pdf", lambda pdf: pdf + b" "),
    ],
)
def test_an_altered_bundle_does_not_hold(
    office: Office, packet: Packet, tmp_path: Path, path: str, alter: Callable[[bytes], bytes]
) -> None:
    """Whatever a forger changes, with every digest in reach corrected."""
    office, bundle = filed(office, packet)
    files = unpacked(bundle)
    forged = changed(files, path, alter(files[path]))
    assert verified(with_roots(office), forged, tmp_path) == FAILED


def test_the_same_words_sealed_by_somebody_else_do_not_hold(
    office: Office, packet: Packet, tmp_path: Path
) -> None:
    """A forger can seal the very text that was sent, but not as the service."""
    office, bundle = filed(office, packet)
    files = unpacked(bundle)
    other = seal(files["documents/psa/sent.pdf"], [], "somebody else")
    forged = changed(files, "documents/psa/signed.pdf", other)
    assert verified(with_roots(office), forged, tmp_path) == FAILED


def test_a_seal_of_another_root_is_not_the_services(
    office: Office, packet: Packet, tmp_path: Path
) -> None:
    """The anchor decides whose seal it is."""
    office, bundle = filed(office, packet)
    other = (root_pem("somebody else").decode(),)
    office = replace(office, rules=replace(office.rules, service_roots=other))
    assert verified(office, bundle, tmp_path) == FAILED


def unsealed(pdf: bytes) -> bytes:
    """Hand the file back as it was."""
    return pdf


def rewritten(pdf: bytes) -> bytes:
    """Write a long sentence into it before sealing."""
    line = "The practice owes the organization one thousand dollars for each event it reports. "
    return seal(pdf, [Written(page=1, x=40, y=30 + 9 * row, text=line) for row in range(5)], "fake")


@pytest.mark.parametrize("alter", [unsealed, rewritten])
def test_what_does_not_fit_is_set_aside(
    office: Office, packet: Packet, alter: Callable[[bytes], bytes]
) -> None:
    """Nothing is archived, the files are kept to be looked at, and the history says so once."""
    office = signed(office, packet, FakeService(seal=alter))
    for _ in range(2):
        with pytest.raises(DigestMismatch):
            file_packet(office, {"packet_id": packet.id})
    assert isinstance(office.archive, FakeArchive)
    assert not office.archive.objects
    [told] = [it for it in office.ledger.history.of(packet.id) if it.kind == QUARANTINED]
    aside = told.details["files"]
    assert isinstance(aside, list)
    assert {item["slug"] for item in aside} == {it.slug for it in packet.plan.generated}
    assert all(office.work.open(item["sha256"]) for item in aside)


def test_the_control_is_taken_over(office: Office, packet: Packet) -> None:
    """What a service writes and seals as services do is no difference."""
    office = signed(office, packet, FakeService(seal=sealed_elsewhere))
    file_packet(office, {"packet_id": packet.id})
    assert office.ledger.packets.get(packet.id).state is PacketState.ARCHIVED
    assert QUARANTINED not in kinds(office, packet.id)
