"""A packet through a service that takes two calls to send: what stops in between is made good."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast
from zipfile import ZipFile

import pytest

from docgen.domain.packet import PacketState
from docgen.ports.esign import RawCallback
from docgen.ports.service_account import ServiceAccount
from docgen.services.ceremony.desk import Desk
from docgen.services.receive import answer
from docgen.services.send import send
from docgen.services.sweep import sweep
from docgen.services.withdraw import withdraw
from integrations.archive.fake import FakeArchive
from integrations.esign.documenso.provider import DocumensoService
from integrations.esign.embedded.service import EmbeddedService
from integrations.simulators.documenso import API_TOKEN, DocumensoSimulator
from integrations.simulators.mischief import Delivery, Trouble
from integrations.simulators.seal import root_pem
from integrations.system.clock import StandingClock
from tests.unit.services.test_file_service import verified
from tests.unit.services.walk import COORDINATOR, approved, kinds

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.services.office import Office

SHARED = "s3cret-documenso"
CREATE, DISTRIBUTE = "POST /api/v2/envelope/create", "POST /api/v2/envelope/distribute"


@pytest.fixture
def vendor(office: Office) -> Iterator[DocumensoSimulator]:
    """Run Documenso's simulator by the office's clock."""
    with DocumensoSimulator(secret=SHARED, now=office.clock.now) as running:
        yield running
    assert running.faults == []


@pytest.fixture
def site(office: Office, vendor: DocumensoSimulator) -> Office:
    """Connect the office with it."""
    account = ServiceAccount(
        service="documenso",
        options={"address": vendor.url},
        secrets={"api_token": (API_TOKEN,), "callback_secret": (SHARED,)},
    )
    service = DocumensoService.open(account, now=office.clock.now, callback_url="", loopback=True)
    embedded = EmbeddedService(Desk(office), [office.rules.callback_secret])
    return replace(
        office,
        services={embedded.key: embedded, service.key: service},
        archive=FakeArchive(),
        rules=replace(office.rules, service_roots=(root_pem("Documenso").decode(),)),
    )


def asked(site: Office, packet: Packet) -> None:
    """Approve the packet and decide to send it through Documenso; nothing has left yet."""
    approved(site, packet)
    send(site, packet.id, COORDINATOR, "documenso")


def pass_time(site: Office, by: timedelta) -> None:
    """Let time pass, then sweep until nothing is due."""
    cast("StandingClock", site.clock).advance(by)
    for _ in range(4):
        sweep(site)


def callback_bodies(bundle: bytes) -> list[bytes]:
    """Read what a bundle keeps of the callbacks."""
    with ZipFile(io.BytesIO(bundle)) as opened:
        kept = [opened.read(name) for name in opened.namelist() if "callbacks/" in name]
    return [base64.b64decode(json.loads(one)["body"]) for one in kept]


@pytest.mark.parametrize("mode", [Delivery.DOUBLED, Delivery.LOST])
def test_from_sending_to_a_bundle_that_holds(
    site: Office, packet: Packet, vendor: DocumensoSimulator, tmp_path: Path, mode: Delivery
) -> None:
    """Whatever becomes of the callbacks; and no signer's token is kept."""
    asked(site, packet)
    sweep(site)
    [envelope] = vendor.envelopes.values()
    assert envelope.packet_id == packet.id
    vendor.view(envelope.id, envelope.turn[0].id)
    pass_time(site, timedelta(minutes=1))
    vendor.sign_all(envelope.id)
    for letter in vendor.letters(mode):
        headers = {name.lower(): value for name, value in letter.headers.items()}
        raw = RawCallback(headers=headers, body=letter.body, received_at=site.clock.now())
        assert answer(site, "documenso", raw).body
    for _ in range(3):
        pass_time(site, timedelta(minutes=16))
    after = site.ledger.packets.get(packet.id)
    assert after.state is PacketState.ARCHIVED
    bundle = site.archive.open(after.bundle_sha256)
    assert verified(site, bundle, tmp_path) == 0
    told_of = b"".join(callback_bodies(bundle))
    assert (b"webhookEndpoint" in told_of) == (mode is not Delivery.LOST)
    assert not any(token.encode() in told_of for token in envelope.notes["tokens"].values())
    told = kinds(site, packet.id)
    assert told.count("packet.sent") == told.count("packet.executed") == 1


@pytest.mark.parametrize("where", [CREATE, DISTRIBUTE])
@pytest.mark.parametrize("trouble", [Trouble.BROKEN_AFTER, Trouble.BROKEN])
def test_one_envelope_goes_out_wherever_it_stopped(
    site: Office, packet: Packet, vendor: DocumensoSimulator, where: str, trouble: Trouble
) -> None:
    """The next try looks first: a draft is sent on, a sent envelope is taken over."""
    asked(site, packet)
    vendor.trouble(trouble, where=where)
    assert sweep(site).failures
    assert site.ledger.packets.get(packet.id).state is PacketState.SENDING
    pass_time(site, timedelta(minutes=5))
    after = site.ledger.packets.get(packet.id)
    assert after.state is PacketState.SENT
    assert list(vendor.envelopes) == [after.envelope_id]
    assert vendor.drafts == {}


@pytest.mark.parametrize("where", [CREATE, DISTRIBUTE])
def test_what_was_taken_back_in_between_is_not_out(
    site: Office, packet: Packet, vendor: DocumensoSimulator, where: str
) -> None:
    """A draft nobody hears of may stay; what was sent is cancelled there."""
    asked(site, packet)
    vendor.trouble(Trouble.BROKEN_AFTER, where=where)
    assert sweep(site).failures
    withdraw(site, packet.id, COORDINATOR, "sent too early")
    pass_time(site, timedelta(minutes=5))
    pass_time(site, timedelta(minutes=5))
    assert all(item.ended is not None for item in vendor.envelopes.values())
    assert len(vendor.drafts) + len(vendor.envelopes) == 1
    assert (vendor.envelopes == {}) == (where == CREATE)
