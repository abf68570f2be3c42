"""The first page: each role's own work, with the way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.domain.standing import BOUNCED, INVITATION
from docgen.services.approve import approve
from docgen.services.send import send
from docgen.services.sweep import run_due

if TYPE_CHECKING:
    from tests.app.desk.staff import Desk

QUERIES = 14


def test_a_coordinator_is_led_to_the_packets_that_wait(desk: Desk) -> None:
    """A draft waits for the coordinator; the link lists that very packet."""
    client = desk.as_("coordinator")
    assert "packets to generate, approve, send or look at" in client.get("/desk/").content.decode()
    packet = desk.packet()
    page = client.get("/desk/").content.decode()
    assert ">packet to generate, approve, send or look at<" in page
    assert "/desk/packets?on=coordinator" in page
    assert packet.id in client.get("/desk/packets?on=coordinator").content.decode()


def test_a_bounced_invitation_is_a_card_of_its_own(desk: Desk) -> None:
    """It is there only when there is one, and leads to the packet."""
    packet = desk.packet()
    client, office = desk.as_("coordinator"), desk.office
    assert "invitation came back" not in client.get("/desk/").content.decode()
    person = office.ledger.people.get("coordinator")
    approve(office, packet.id, packet.plan.checksum, person, "claimed")
    send(office, packet.id, person)
    run_due(office)
    with office.ledger.transaction():
        key = packet.plan.recipients[0].key
        office.note(packet.id, BOUNCED, "system", mail=INVITATION, recipient=key)
    assert "/desk/packets?alert=invitation_bounced" in client.get("/desk/").content.decode()
    assert packet.id in client.get("/desk/packets?alert=invitation_bounced").content.decode()


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("legal_approver", "packets with departures to approve"),
        ("pso_countersigner", "packets the practice has signed"),
        ("auditor", "Nothing waits for you"),
    ],
)
def test_each_role_sees_its_own_work(desk: Desk, key: str, words: str) -> None:
    """Nobody is shown what another role must do."""
    page = desk.as_(key).get("/desk/").content.decode()
    assert words in page
    assert "to generate, approve, send" not in page


def test_it_takes_few_queries(desk: Desk) -> None:
    """However many packets and practices there are."""
    assert desk.queries(desk.as_("everything"), "/desk/") <= QUERIES
