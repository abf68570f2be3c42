"""Believed callbacks are hints: what they claim counts once the service itself says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.ports.esign import RawCallback
from docgen.services.receive import accept, act_on_callbacks
from docgen.services.sweep import sweep
from tests.contracts.claims import ENDINGS, claim
from tests.unit.services.test_every_service import VENDORS, connected
from tests.unit.services.walk import sent

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

PAIRS = list(zip(sorted(VENDORS), [*sorted(VENDORS)[1:], min(VENDORS)], strict=True))


def deliver(office: Office, name: str, kind: str, envelope_id: str) -> None:
    """Have a claim about an envelope stored."""
    at = office.clock.now()
    told = claim(name, kind, envelope_id, at)
    raw = RawCallback(
        headers={header.lower(): value for header, value in told.headers.items()},
        body=told.body,
        received_at=at,
        query=told.query.removeprefix("?"),
    )
    assert accept(office, name, raw)


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_a_claim_moves_nothing_that_the_service_does_not_confirm(
    office: Office, clock: StandingClock, packet: Packet, name: str
) -> None:
    """Executed, declined, voided: it is asked each time; the control: confirmed, it moves."""
    with connected(office, name) as (site, vendor):
        sent(site, packet, name)
        [envelope_id] = vendor.envelopes
        for kind in ENDINGS[name]:
            vendor.exchanges.clear()
            deliver(site, name, kind, envelope_id)
            sweep(site)
            assert any(item.asked.method == "GET" for item in vendor.exchanges)
            assert site.ledger.packets.get(packet.id).state is PacketState.SENT
        vendor.sign_all(envelope_id)
        clock.advance(timedelta(minutes=1))
        deliver(site, name, ENDINGS[name][0], envelope_id)
        for _ in range(3):
            sweep(site)
        assert site.ledger.packets.get(packet.id).state is PacketState.ARCHIVED


@pytest.mark.parametrize(("name", "other"), PAIRS)
def test_a_claim_about_the_envelope_of_another_service_is_about_nothing(
    office: Office, packet: Packet, name: str, other: str
) -> None:
    """It waits for an envelope of its own service; the control: its own is acted upon."""
    with connected(office, name) as (site, vendor), connected(office, other) as (theirs, _):
        both = replace(site, services={**site.services, **theirs.services})
        sent(both, packet, name)
        [envelope_id] = vendor.envelopes
        number = envelope_id if envelope_id.isdecimal() or other != "docuseal" else "77"
        deliver(both, other, ENDINGS[other][0], number)
        assert act_on_callbacks(both) == 0
        deliver(both, name, ENDINGS[name][0], envelope_id)
        assert act_on_callbacks(both) == 1


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_a_claim_about_an_envelope_of_another_account_asks_nobody(
    office: Office, packet: Packet, name: str
) -> None:
    """Though it was made with our own secret: we never sent that envelope."""
    with connected(office, name) as (site, vendor):
        sent(site, packet, name)
        vendor.exchanges.clear()
        deliver(site, name, ENDINGS[name][0], "987654321")
        assert act_on_callbacks(site) == 0
        assert vendor.exchanges == []
        assert site.ledger.packets.get(packet.id).state is PacketState.SENT
