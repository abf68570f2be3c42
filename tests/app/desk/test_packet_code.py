"""The code a coordinator reads out: shown to one role, by a button, and kept nowhere."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.services.approve import approve
from docgen.services.ceremony.invite import signing_link
from docgen.services.ceremony.telephone import READ_OUT
from docgen.services.send import send
from docgen.services.sweep import run_due

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk

FIRST = "practice_1"
BUTTON = "Show the code to read out"
SPOKEN = re.compile(r"<strong>(\d{3} \d{3})</strong>")


def called(desk: Desk) -> Packet:
    """Send the sample packet; the practice's signer is to call for the code."""
    packet = desk.packet()
    coordinator = desk.office.ledger.people.get("coordinator")
    approve(desk.office, packet.id, packet.plan.checksum, coordinator, "tests")
    send(desk.office, packet.id, coordinator)
    run_due(desk.office)
    packet = desk.office.ledger.packets.get(packet.id)
    assert packet.state is PacketState.SENT
    with desk.office.ledger.transaction():
        people = tuple(
            replace(one, by_telephone=one.key == FIRST) for one in packet.plan.recipients
        )
        packet = replace(packet, plan=replace(packet.plan, recipients=people))
        desk.office.ledger.packets.save(packet)
        ceremony = desk.office.ledger.ceremonies.locked(packet.envelope_id)
        signer = replace(ceremony.signer(FIRST), by_telephone=True)
        desk.office.ledger.ceremonies.save(ceremony.with_signer(signer))
    return packet


def test_the_code_that_is_shown_lets_the_signer_in(desk: Desk) -> None:
    """Shown once by the button, given with the mailed link; the history holds no code."""
    packet = called(desk)
    at = f"/desk/packets/{packet.id}"
    coordinator = desk.as_("coordinator")
    assert BUTTON in coordinator.get(at).content.decode()
    answer = coordinator.post(f"{at}/signers/{FIRST}/code")
    shown = SPOKEN.search(answer.content.decode())
    assert shown is not None
    assert answer.headers["Cache-Control"] == "no-store"
    assert READ_OUT in desk.history(packet.id)
    told = coordinator.get(f"{at}/history").content.decode()
    assert "Code read out by telephone" in told
    for spelled in (shown.group(1), shown.group(1).replace(" ", "")):
        assert spelled not in told
        assert all(spelled not in item.text for item in desk.mailer.sent)
    ceremony = desk.office.ledger.ceremonies.get(packet.envelope_id)
    browser, link = desk.client(), signing_link(desk.office, ceremony, ceremony.signer(FIRST))
    browser.get(f"/sign/{link.rpartition('/')[2]}")
    place = f"/signing/{packet.envelope_id}"
    welcome = browser.get(place).content.decode()
    assert "E-mail me" not in welcome
    assert "have a code read out to you" in welcome
    assert "Send a new code" not in browser.get(f"{place}/code").content.decode()
    assert browser.post(f"{place}/code", {"send": "yes"}).status_code == 409
    assert browser.post(f"{place}/code", {"code": shown.group(1)}).status_code == 302
    assert browser.get(f"{place}/consent").status_code == 200


@pytest.mark.parametrize("key", ["", "auditor", "legal_approver", "administrator"])
def test_nobody_else_sees_one(desk: Desk, key: str) -> None:
    """Others find no button, and asking anyway shows and changes nothing."""
    packet = called(desk)
    at = f"/desk/packets/{packet.id}"
    client = desk.as_(key)
    assert BUTTON not in client.get(at).content.decode()
    answer = client.post(f"{at}/signers/{FIRST}/code")
    assert SPOKEN.search(answer.content.decode()) is None
    assert READ_OUT not in desk.history(packet.id)


def test_looking_changes_nothing(desk: Desk) -> None:
    """A GET shows no code, and a signer whose code is mailed has none read out."""
    packet = called(desk)
    at, client = f"/desk/packets/{packet.id}", desk.as_("coordinator")
    assert client.get(f"{at}/signers/{FIRST}/code").status_code == 405
    assert client.post(f"{at}/signers/pso/code").status_code == 302
    assert "mailed to them" in client.get(at).content.decode()
    assert READ_OUT not in desk.history(packet.id)
