"""The same packet through each outside signing service: same status, same archive, same proof."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import pytest

from docgen.domain.packet import PacketState
from docgen.ports.esign import RawCallback
from docgen.ports.service_account import ServiceAccount
from docgen.services.receive import answer
from docgen.services.send import send
from docgen.services.sweep import sweep
from integrations.archive.fake import FakeArchive
from integrations.simulators.adobe_sign import AdobeSignSimulator
from integrations.simulators.documenso import DocumensoSimulator
from integrations.simulators.docuseal import DocusealSimulator
from integrations.simulators.docusign import DocusignSimulator
from integrations.simulators.dropbox_sign import DropboxSignSimulator
from integrations.simulators.kit import Simulator
from integrations.simulators.mischief import Delivery, Trouble
from integrations.simulators.seal import root_pem
from integrations.system.clock import StandingClock
from tests.integrations.esign.keys import PRIVATE_KEY, PUBLIC_KEY
from tests.unit.services.test_file_service import verified
from tests.unit.services.walk import COORDINATOR, approved, kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.ports.esign import SigningService
    from docgen.services.office import Office

SECRET, API_KEY = "s3cret-callback", "api_s3cretkey0123456789"  # the simulators'
CALLBACKS = ("callback_secret", (SECRET,))
# Each vendor: its simulator, what the settings say beside the address, and the secrets.
VENDORS: dict[str, tuple[Callable[..., Simulator], dict[str, str], dict[str, tuple[str, ...]]]] = {
    "docusign": (
        lambda **rest: DocusignSimulator(public_key=PUBLIC_KEY, secret=SECRET, **rest),
        {"integration_key": "key", "user_id": "user"},
        dict([CALLBACKS, ("private_key", (PRIVATE_KEY,))]),
    ),
    "dropbox_sign": (
        lambda **rest: DropboxSignSimulator(api_key=API_KEY, **rest),
        {"test_mode": "yes"},
        {"api_key": (API_KEY,)},
    ),
    "adobe_sign": (
        lambda **rest: AdobeSignSimulator(integration_key=API_KEY, client_id="client", **rest),
        {"client_id": "client"},
        dict([CALLBACKS, ("integration_key", (API_KEY,))]),
    ),
    "docuseal": (
        lambda **rest: DocusealSimulator(api_key=API_KEY, secret=SECRET, **rest),
        {},
        dict([CALLBACKS, ("api_key", (API_KEY,))]),
    ),
    "documenso": (
        lambda **rest: DocumensoSimulator(token=API_KEY, secret=SECRET, **rest),
        {},
        dict([CALLBACKS, ("api_token", (API_KEY,))]),
    ),
}


def test_every_service_is_here() -> None:
    """A vendor without its walk would not be noticed otherwise."""
    installed = {entry.name for entry in entry_points(group="docgen.esign")} - {"embedded"}
    assert set(VENDORS) == installed
    assert installed == {entry.name for entry in entry_points(group="docgen.simulator")}


@contextmanager
def connected(office: Office, name: str) -> Iterator[tuple[Office, Simulator]]:
    """Run a vendor's simulator by the office's clock and connect the office as settings would."""
    make, options, secrets = VENDORS[name]
    url = f"http://testserver/callbacks/{name}"
    [entry] = entry_points(group="docgen.esign", name=name)
    with make(now=office.clock.now, callback_url=url) as vendor:
        address = vendor.url + ("/api" if name == "docuseal" else "")
        account = ServiceAccount(
            service=name, options={**options, "address": address}, secrets=secrets
        )
        opened: Any = entry.load()
        service: SigningService = opened.open(
            account, now=office.clock.now, callback_url=url, loopback=True
        )
        yield (
            replace(
                office,
                services={name: service},
                archive=FakeArchive(),
                rules=replace(office.rules, service_roots=(root_pem(vendor.title).decode(),)),
            ),
            vendor,
        )


def deliver(site: Office, name: str, vendor: Simulator, mode: Delivery) -> None:
    """Bring the callbacks that are on their way to our endpoint."""
    for letter in vendor.letters(mode):
        raw = RawCallback(
            headers={header.lower(): value for header, value in letter.headers.items()},
            body=letter.body,
            received_at=site.clock.now(),
            query=urlsplit(letter.url).query,
        )
        assert answer(site, name, raw).body


def pass_time(site: Office, by: timedelta) -> None:
    """Let time pass, then sweep until nothing is due."""
    cast("StandingClock", site.clock).advance(by)
    for _ in range(4):
        sweep(site)


@pytest.mark.parametrize("mode", [Delivery.LOST, Delivery.REVERSED])
@pytest.mark.parametrize("name", sorted(VENDORS))
def test_from_sending_to_a_bundle_that_holds(
    office: Office, packet: Packet, tmp_path: Path, name: str, mode: Delivery
) -> None:
    """With callbacks out of order, and with none at all, by re-reading alone."""
    with connected(office, name) as (site, vendor):
        approved(site, packet)
        send(site, packet.id, COORDINATOR, name)
        sweep(site)
        [envelope] = vendor.envelopes.values()
        assert envelope.packet_id == packet.id
        vendor.sign_all(envelope.id)
        deliver(site, name, vendor, mode)
        for _ in range(4):
            pass_time(site, timedelta(minutes=16))
        after = site.ledger.packets.get(packet.id)
        assert after.state is PacketState.ARCHIVED
        assert verified(site, site.archive.open(after.bundle_sha256), tmp_path) == 0
        told = kinds(site, packet.id)
        assert told.count("packet.sent") == told.count("packet.executed") == 1
        assert vendor.faults == []


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_a_decline_there_is_a_declined_packet(office: Office, packet: Packet, name: str) -> None:
    """Found by re-reading, whatever the vendor calls it."""
    with connected(office, name) as (site, vendor):
        approved(site, packet)
        send(site, packet.id, COORDINATOR, name)
        sweep(site)
        [envelope] = vendor.envelopes.values()
        vendor.decline(envelope.id, envelope.turn[0].id, "We have another PSO.")
        for _ in range(3):
            pass_time(site, timedelta(minutes=16))
        assert site.ledger.packets.get(packet.id).state is PacketState.DECLINED


def database() -> str:
    """Write down whatever the database holds."""
    from django.apps import apps

    return repr([list(kind._default_manager.values()) for kind in apps.get_models()])


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_no_secret_is_kept_or_logged(
    office: Office, packet: Packet, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the database nor in a log line, at whatever level, when all goes well and when not.

    The control: what may be kept, the envelope's number, is.
    """
    secrets = {text for texts in VENDORS[name][2].values() for text in texts}
    with caplog.at_level(logging.DEBUG), connected(office, name) as (site, vendor):
        approved(site, packet)
        send(site, packet.id, COORDINATOR, name)
        vendor.trouble(Trouble.EXPIRED, times=9)
        sweep(site)
        vendor.troubles.clear()
        pass_time(site, timedelta(minutes=16))
        [envelope] = vendor.envelopes.values()
        vendor.sign(envelope.id, envelope.turn[0].id)
        deliver(site, name, vendor, Delivery.NORMAL)
        pass_time(site, timedelta(minutes=16))
        kept = database()
    assert envelope.id in kept
    assert not [text for text in secrets if text in kept]
    assert not [text for text in secrets if text in caplog.text]
    assert "PRIVATE KEY" not in kept + caplog.text
