"""A packet is out, and its address is wrong: taken back, corrected, sent again, signed and filed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.services.sweep import run_due, sweep
from tests.app.browser.desk_site import DESKTOP, PHONE, assert_well_made, axe, shoot
from tests.app.signing_site import CODE, LINK
from tests.unit.services.walk import Loopback, at_own_desk, sign_next

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from docgen.domain.packet import Packet
    from tests.app.browser.desk_site import OfficeHours
    from tests.app.desk.staff import Desk

WRONG, RIGHT = "4100 Lakeside Parkway", "4210 Lakeside Parkway"
WHY = "The street number of the notices is wrong."


def letters(desk: Desk, email: str) -> list[str]:
    """Give what was mailed to somebody, oldest first."""
    run_due(desk.office)
    return [item.text for item in desk.mailer.sent if item.to_address == email]


def link(letter: str) -> str:
    """Give the link to sign by."""
    found = LINK.search(letter)
    assert found is not None
    return found.group()


def come_in(desk: Desk, page: Page, email: str) -> None:
    """Ask for the code, as the letter's link leads to, and give it."""
    page.get_by_role("button", name="E-mail me a one-time code").click()
    page.wait_for_url("**/code")
    found = CODE.search(letters(desk, email)[-1])
    assert found is not None
    page.get_by_label("One-time code").fill(found.group())
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/consent")


def approve_and_send(page: Page, desk: Desk) -> None:
    """Look, approve, send."""
    page.get_by_label("I have looked at the documents").check()
    page.get_by_role("button", name="Approve the plan").click()
    page.get_by_role("button", name="Send to the signers").click()
    page.get_by_text("Being sent").wait_for()
    run_due(desk.office)


def newest(desk: Desk) -> Packet:
    """Give the packet made last."""
    return desk.office.ledger.packets.of_enrollment(desk.enrollment.enrollment_id)[-1]


@pytest.fixture
def packet(office_hours: OfficeHours) -> Packet:
    """Give a packet that waits for approval, at a desk whose envelopes keep its clock."""
    desk = office_hours.desk
    desk.office = at_own_desk(desk.office, Loopback(), desk.clock)  # type: ignore[arg-type]  # it only reads the time
    return desk.packet()


def take_back(page: Page) -> None:
    """Say what is wrong, and be led to the form."""
    page.reload()
    page.get_by_text("Correct and send again…").click()
    look(page, "correct-asked")
    page.get_by_label("What is wrong").fill(WHY)
    page.get_by_role("button", name="Take it back and correct the form").click()
    page.wait_for_url("**/form")
    page.get_by_text("It can no longer be signed. Correct the form now.").wait_for()
    look(page, "correct-form")


def correct(page: Page, desk: Desk) -> None:
    """Correct the address, see what changed, generate, and be led to the new packet."""
    page.get_by_role("link", name="Legal entities", exact=True).click()
    page.locator("ol.items a").first.click()
    field = page.get_by_label("First address line").first
    assert field.input_value() == WRONG
    field.fill(RIGHT)
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_role("link", name="generate the corrected packet").click()
    assert page.locator("del").first.inner_text() == WRONG
    look(page, "correct-corrected")
    page.get_by_role("button", name="Generate the corrected packet").click()
    page.wait_for_url("**/batches/**")
    run_due(desk.office)
    page.wait_for_url(re.compile(r"/desk/packets/pkt_\w+$"))


def look_and_send(page: Page, desk: Desk) -> None:
    """See what changed, in the form and in the words; nothing goes without a new approval."""
    page.get_by_role("heading", name="What changed since the packet it replaces").wait_for()
    assert page.locator("ins").first.inner_text() == RIGHT
    assert page.get_by_role("button", name="Send to the signers").count() == 0
    look(page, "correct-new-packet")
    page.get_by_role("link", name=newest(desk).plan.documents[0].title).click()
    page.get_by_role("heading", name="What differs from the packet it replaces").wait_for()
    assert "4210" in page.locator("section[aria-labelledby=differs]").inner_text()
    page.go_back()
    approve_and_send(page, desk)


def sign(page: Page, desk: Desk, letter: str) -> None:
    """Sign the new packet by its own link: the code once more, and every document read anew."""
    packet = newest(desk)
    person = packet.plan.recipients[0]
    page.goto(link(letter))
    come_in(desk, page, person.email)
    page.get_by_label("I agree to read").check()
    page.get_by_role("button", name="Continue to the documents").click()
    for document in packet.plan.documents:
        page.get_by_role("heading", level=1, name=document.title).wait_for()
        page.get_by_role("button", name="I have read this document").click()
    page.get_by_label("Type your name").fill(person.name)
    page.get_by_label("I have authority").check()
    page.get_by_role("button", name="Sign", exact=False).last.click()
    page.get_by_role("heading", name="You have signed").wait_for()


def look(page: Page, name: str) -> None:
    """Check the page as it stands, and keep a picture of it."""
    assert_well_made(page)
    axe(page)
    shoot(page, name)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_wrong_address_is_corrected_and_sent_again(
    office_hours: OfficeHours, packet: Packet, size: dict[str, int]
) -> None:
    """One action leads through; the old link helps, and the new packet is signed and filed."""
    desk, email = office_hours.desk, packet.plan.recipients[0].email
    page, signer = (office_hours.page(key, size=size) for key in ("coordinator", ""))
    page.goto(office_hours.at(f"/desk/packets/{packet.id}"))
    approve_and_send(page, desk)
    old = link(letters(desk, email)[-1])
    signer.goto(old)
    come_in(desk, signer, email)
    take_back(page)

    # Whoever stood in the middle of it is told, loses nothing, and signs nothing.
    signer.get_by_label("I agree to read").check()
    signer.get_by_role("button", name="Continue to the documents").click()
    signer.get_by_role("heading", name="This packet was withdrawn").wait_for()
    signer.get_by_text(WHY).wait_for()
    correct(page, desk)
    assert newest(desk).supersedes == packet.id
    look_and_send(page, desk)
    letter = letters(desk, email)[-1]
    assert "takes the place of what we sent you on November 23, 2026" in letter
    signer.goto(old)
    signer.get_by_role("heading", name="A new packet took the place of this one").wait_for()
    signer.get_by_text("Nothing is lost").wait_for()
    signer.get_by_text("on November 23, 2026").wait_for()
    axe(signer)
    shoot(signer, "correct-old-link")
    sign(signer, desk, letter)

    sign_next(desk.office, newest(desk).envelope_id)  # the PSO's countersigner
    for _ in range(2):
        sweep(desk.office)
    assert newest(desk).state is PacketState.ARCHIVED
    assert desk.office.ledger.packets.get(packet.id).state is PacketState.VOIDED
    signer.goto(old)
    signer.get_by_text("You have signed the new one already").wait_for()
    page.goto(office_hours.at(f"/desk/packets/{packet.id}"))
    page.get_by_role("link", name="Another packet").click()
    page.wait_for_url(f"**/{newest(desk).id}")
    office_hours.assert_quiet()
