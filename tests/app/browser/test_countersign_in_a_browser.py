"""The countersigner's desk in a real browser: the queue, a document, the signature, a stand-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.ports.register_query import PacketQuery
from tests.app.browser.desk_site import NARROWEST, PHONE, SIZES, assert_well_made, axe, shoot
from tests.app.desk.test_countersign import (
    AT,
    DAY,
    appoint_everything,
    is_signed,
    put_countersigner,
    signed_packet,
    trace,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from docgen.domain.packet import Packet
    from tests.app.browser.desk_site import OfficeHours


@pytest.fixture
def packets(office_hours: OfficeHours) -> list[Packet]:
    """Give two packets that wait, one of them for long."""
    desk = office_hours.desk
    put_countersigner(desk)
    first = signed_packet(desk)
    desk.clock.advance(4 * DAY)
    second = signed_packet(desk, 2)
    desk.clock.advance(2 * DAY)
    return [first, second]


def look(page: Page, name: str) -> None:
    """Check the page as it stands, and keep a picture of it."""
    shoot(page, name)
    assert_well_made(page)
    axe(page)


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(SIZES["desktop"], "light"), (PHONE, "light"), (PHONE, "dark"), (NARROWEST, "light")],
    ids=["desktop", "phone", "dark", "narrowest"],
)
def test_two_are_signed_one_after_another(
    office_hours: OfficeHours, packets: list[Packet], size: dict[str, int], scheme: str
) -> None:
    """From the queue through consent and reading to both signatures, without script."""
    page = office_hours.page("pso_countersigner", size=size, scheme=scheme)
    (session,) = [item for item in page.context.cookies() if item.get("name") == "desk"]
    trace(office_hours.desk, str(session.get("value")))
    page.goto(office_hours.at(AT))
    look(page, "countersign-queue")
    page.get_by_role("link", name="Begin with the first").click()
    for number, packet in enumerate(packets, start=1):
        page.get_by_text(f"{number} of 2", exact=True).wait_for()
        look(page, f"countersign-agree-{number}")
        page.get_by_label("I agree to read").check()
        page.get_by_role("button", name="Agree and read").click()
        for document in packet.plan.documents:
            page.get_by_role("heading", level=1, name=document.title).wait_for()
            look(page, "countersign-read")
            page.get_by_role("button", name="I have read this document").click()
        page.get_by_label("I have authority").check()
        look(page, f"countersign-sign-{number}")
        page.get_by_role("button", name="Sign as Pat Countersigner").click()
        page.get_by_text(f"{number} of 2 done").wait_for()
        assert is_signed(office_hours.desk, packet)
    look(page, "countersign-done")
    office_hours.assert_quiet()


@pytest.mark.parametrize("size", [SIZES["desktop"], PHONE], ids=["desktop", "phone"])
def test_a_stand_in_takes_over_without_script(
    office_hours: OfficeHours, packets: list[Packet], size: dict[str, int]
) -> None:
    """Appointed, shown on the page of stand-ins, picked and taken over."""
    appoint_everything(office_hours.desk)
    named = office_hours.page("pso_countersigner", size=size)
    named.goto(office_hours.at(f"{AT}/stand-ins"))
    look(named, "stand-ins-appointed")
    page = office_hours.page("everything", size=size, java_script_enabled=False)
    page.goto(office_hours.at(AT))
    shoot(page, "stand-in-queue")
    page.get_by_label(f"Pick {packets[0].plan.practice}").first.check()
    page.get_by_role("button", name="Take over the picked packets").click()
    page.get_by_text("Taken over: 1 packet").wait_for()
    mine = office_hours.desk.office.register.packets(PacketQuery())
    assert sum("Every Role" in item.signers for item in mine.items) == 1
