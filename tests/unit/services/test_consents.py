"""Disclosures: every version that a signer accepted is in the evidence, as it was shown to them."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.canonical import sha256_hex
from docgen.errors import EvidenceError
from docgen.services.ceremony.disclosure import VERSION, disclosure_text
from docgen.services.file import NOT_FILED, file_packet
from docgen.services.receive import refresh
from docgen.services.sweep import run_errand
from integrations.archive.fake import FakeArchive
from tests.unit.services.test_file_service import verified
from tests.unit.services.test_paper import made_now
from tests.unit.services.walk import Loopback, at_own_desk, kinds, sent, sign_next

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.services.office import Office

EARLIER = "You agree to electronic records, as we said it before.\n"
READ = "docgen.services.ceremony.read"


def across_versions(
    office: Office, packet: Packet, monkeypatch: pytest.MonkeyPatch, version: str
) -> Office:
    """Let the first person accept an earlier text, the second today's, and everybody sign."""
    desk = replace(at_own_desk(office, Loopback(lost=True)), archive=FakeArchive())
    made_now(desk, packet)
    after = sent(desk, packet, "embedded")
    with monkeypatch.context() as earlier:
        earlier.setattr(f"{READ}.VERSION", version)
        earlier.setattr(f"{READ}.disclosure_text", lambda: EARLIER)
        earlier.setattr(f"{READ}.disclosure_sha256", lambda: sha256_hex(EARLIER.encode()))
        sign_next(desk, after.envelope_id)
    sign_next(desk, after.envelope_id)
    run_errand(desk, f"seal:{after.envelope_id}")
    refresh(desk, packet.id)
    return desk


def consents(bundle: bytes) -> dict[str, str]:
    """Read the disclosures in a bundle."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if name.startswith("consent/")
        }


def test_each_accepted_version_is_in_the_bundle(
    office: Office, packet: Packet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The text changed between two signers; both texts are there, and the bundle holds."""
    desk = across_versions(office, packet, monkeypatch, "2025-01")
    file_packet(desk, {"packet_id": packet.id})
    bundle = desk.archive.open(desk.ledger.packets.get(packet.id).bundle_sha256)
    assert consents(bundle) == {
        "consent/2025-01.txt": EARLIER,
        f"consent/{VERSION}.txt": disclosure_text(),
    }
    assert verified(desk, bundle, tmp_path) == 0


def test_two_texts_under_one_version_are_no_evidence(
    office: Office, packet: Packet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that was changed without a new version stops the filing, which says so."""
    desk = across_versions(office, packet, monkeypatch, VERSION)
    with pytest.raises(EvidenceError, match="under one version"):
        file_packet(desk, {"packet_id": packet.id})
    assert NOT_FILED in kinds(desk, packet.id)


def test_a_text_that_is_gone_is_no_evidence(
    office: Office, packet: Packet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the words that were accepted nothing may say that somebody accepted them."""
    desk = across_versions(office, packet, monkeypatch, "2025-01")
    monkeypatch.setattr("docgen.services.evidence.disclosure_sha256", lambda: "")
    work = FakeArchive()
    work.objects = {
        digest: desk.work.open(digest)
        for item in packet.rendered
        for digest in (item.pdf_sha256, item.docx_sha256, item.html_sha256)
    }
    ceremony = desk.ledger.ceremonies.get(desk.ledger.packets.get(packet.id).envelope_id)
    for item in ceremony.documents:
        for digest in (item.sent_sha256, item.current_sha256):
            work.objects[digest] = desk.work.open(digest)
    with pytest.raises(EvidenceError, match="no longer there"):
        file_packet(_working_with(desk, work), {"packet_id": packet.id})


def _working_with(office: Office, work: FakeArchive) -> Office:
    return replace(office, work=work)
