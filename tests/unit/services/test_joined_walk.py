"""A packet's whole way through a service that hands over all documents as one file, and no record."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from docgen.domain.packet import PacketState
from docgen.errors import ServiceUnavailable
from docgen.ports.esign import RawCallback
from docgen.ports.service_account import ServiceAccount
from docgen.services.ceremony.desk import Desk
from docgen.services.receive import answer
from docgen.services.send import send
from docgen.services.sweep import sweep
from docgen.services.withdraw import withdraw
from integrations.archive.fake import FakeArchive
from integrations.esign.dropbox_sign import provider
from integrations.esign.dropbox_sign.provider import DropboxSignService
from integrations.esign.embedded.service import EmbeddedService
from integrations.simulators.dropbox_sign import DropboxSignSimulator
from integrations.simulators.seal import root_pem
from tests.unit.services.test_file_service import verified
from tests.unit.services.test_outside_walk import pass_time
from tests.unit.services.walk import COORDINATOR, approved, kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.services.office import Office
    from integrations.simulators.envelope import Envelope

KEY = "dropbox_sign"
FIVE_MINUTES = timedelta(minutes=6)


@pytest.fixture
def vendor(office: Office) -> Iterator[DropboxSignSimulator]:
    """Run Dropbox Sign's simulator by the office's clock."""
    with DropboxSignSimulator(now=office.clock.now, callback_url="http://testserver/c") as running:
        yield running


@pytest.fixture
def site(office: Office, vendor: DropboxSignSimulator, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Connect the office with it; nobody waits for a cancellation longer than it takes to look."""
    monkeypatch.setattr(provider, "CANCELLED_AFTER_S", (0.0, 0.0))
    account = ServiceAccount(
        service=KEY,
        options={"address": vendor.url, "test_mode": "yes"},
        secrets={"api_key": (vendor.api_key,)},
    )
    service = DropboxSignService.open(account, now=office.clock.now, callback_url="", loopback=True)
    embedded = EmbeddedService(Desk(office), [office.rules.callback_secret])
    return replace(
        office,
        services={embedded.key: embedded, service.key: service},
        archive=FakeArchive(),
        rules=replace(office.rules, service_roots=(root_pem("Dropbox Sign").decode(),)),
    )


@pytest.fixture
def envelope(site: Office, packet: Packet, vendor: DropboxSignSimulator) -> Envelope:
    """Send a packet of two documents."""
    approved(site, packet)
    send(site, packet.id, COORDINATOR, KEY)
    sweep(site)
    [found] = vendor.envelopes.values()
    return found


def deliver(site: Office, vendor: DropboxSignSimulator) -> None:
    """Bring the callbacks that are on their way to our endpoint."""
    for letter in vendor.letters():
        headers = {name.lower(): value for name, value in letter.headers.items()}
        raw = RawCallback(headers=headers, body=letter.body, received_at=site.clock.now())
        assert answer(site, KEY, raw).body == b"Hello API Event Received"


def test_from_sending_to_a_bundle_that_holds(
    site: Office,
    packet: Packet,
    vendor: DropboxSignSimulator,
    envelope: Envelope,
    tmp_path: Path,
) -> None:
    """Both documents in one file, each from its own page on, once that file is ready."""
    vendor.seal_waits = 3
    vendor.sign_all(envelope.id)
    deliver(site, vendor)
    for _ in range(4):
        pass_time(site, FIVE_MINUTES)
    after = site.ledger.packets.get(packet.id)
    assert after.state is PacketState.ARCHIVED
    first, second = after.executed
    assert first.signed_sha256 == second.signed_sha256
    ours = len(PdfReader(io.BytesIO(envelope.files[0][1])).pages)
    assert (first.first_page, second.first_page) == (1, 1 + ours)
    assert verified(site, site.archive.open(after.bundle_sha256), tmp_path) == 0
    assert kinds(site, packet.id).count("packet.executed") == 1
    assert vendor.faults == []


@pytest.mark.parametrize(
    "altered",
    [
        lambda pdf: pdf.replace(b"/ByteRange", b"/BiteRange"),
        lambda pdf: b"%PDF-1.7\n%" + pdf[-200:] + b"/ByteRange",
    ],
    ids=["not sealed", "no pages"],
)
def test_what_does_not_hold_both_documents_is_not_taken_over(
    site: Office,
    packet: Packet,
    vendor: DropboxSignSimulator,
    envelope: Envelope,
    altered: Callable[[bytes], bytes],
) -> None:
    """Without its seal or its pages the file is not archived as what was signed."""
    vendor.altered = altered
    vendor.sign_all(envelope.id)
    for _ in range(4):
        pass_time(site, FIVE_MINUTES)
    after = site.ledger.packets.get(packet.id)
    assert after.state is PacketState.FULLY_EXECUTED
    assert after.executed == ()


def test_a_withdrawal_that_is_queued_says_so_and_then_holds(
    site: Office, packet: Packet, vendor: DropboxSignSimulator, envelope: Envelope
) -> None:
    """The first press is told to come back; the second one ends the packet, with its reason."""
    vendor.cancel_waits = 2
    with pytest.raises(ServiceUnavailable):
        withdraw(site, packet.id, COORDINATOR, "Wrong practice.")
    assert not site.ledger.packets.get(packet.id).ended_unsigned
    after = withdraw(site, packet.id, COORDINATOR, "Wrong practice.")
    assert after.state is PacketState.VOIDED
    told = kinds(site, packet.id)
    assert told.count("packet.voided") == told.count("packet.taken_back") == 1
    assert envelope.ended is not None


def test_what_cannot_be_converted_fails_the_packet(
    site: Office, packet: Packet, vendor: DropboxSignSimulator, envelope: Envelope
) -> None:
    """The service took it in with a 200, and said afterwards that it could not."""
    vendor.spoil(envelope.id)
    deliver(site, vendor)
    pass_time(site, timedelta(minutes=1))
    assert site.ledger.packets.get(packet.id).ended_unsigned
