"""Review, paper and documents' sources on the desk, in a real browser."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.services.redline import MOST_BYTES
from docgen.services.review import release, take_back
from docgen.services.sources import refer_to
from docgen.services.sweep import run_due
from tests.app.browser.desk_site import assert_well_made, axe, look, shoot
from tests.unit.services.test_paper import made_now, scanned, today
from tests.unit.services.word_file import redline, word_file

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.domain.packet import Packet
    from tests.app.browser.desk_site import OfficeHours, look
    from tests.app.desk.staff import Desk


def many_rounds(desk: Desk, packet: Packet) -> None:
    """Fill the packet's record with two rounds and several returned files."""
    person = desk.office.ledger.people.get("coordinator")
    for number in (1, 2):
        release(desk.office, packet.id, person)
        run_due(desk.office)
        for words in ("a", "b", "c"):
            data = redline(packet, number=number, words=words)
            take_back(desk.office, packet.id, data, "Gloria Example, counsel", person)


def first_returned(desk: Desk, packet: Packet) -> str:
    """Give the digest of what came back first."""
    return desk.office.ledger.packets.get(packet.id).rounds[0].returned[0].sha256


def test_pages_are_well_made(office_hours: OfficeHours) -> None:
    """Empty and full tabs and each form, at each width, light and dark."""
    desk = office_hours.desk
    packet = made_now(desk.office, desk.packet())
    page = office_hours.page("coordinator")
    at, of = f"/desk/packets/{packet.id}", f"/desk/enrollments/{packet.plan.enrollment_id}/sources"

    def go(name: str, place: str) -> None:
        page.goto(office_hours.at(place))
        look(page, name)

    go("review-empty", f"{at}/review")
    go("paper-empty", f"{at}/paper")
    go("sources", of)
    many_rounds(desk, packet)
    go("review-many", f"{at}/review")
    go("proposals", f"{at}/returned/{first_returned(desk, packet)}/changes")
    person = desk.office.ledger.people.get("coordinator")
    day = today(desk.office)
    refer_to(desk.office, packet.plan.enrollment_id, "baa", "BAA of 2024", day, "Cabinet", person)
    go("sources-on-file", of)
    for way in ("paper", "on-file", "copy", "leave-out", "ours"):
        go(f"source-{way}", f"{of}/baa/{way}")
    approved = replace(desk.office.ledger.packets.get(packet.id), state=PacketState.APPROVED)
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(approved)
    go("paper", f"{at}/paper")
    page.get_by_role("button", name="Attest and take it in").click()
    page.get_by_text("The scan was not taken in").wait_for()
    look(page, "paper-refused")
    archived = replace(approved, state=PacketState.ARCHIVED, executed_at=desk.office.clock.now())
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(archived)
    page.goto(office_hours.at(f"{at}/paper"))
    page.get_by_text("Record the end of this packet").click()
    look(page, "paper-end")
    office_hours.complaints[:] = [one for one in office_hours.complaints if "422" not in one]
    office_hours.assert_quiet()


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no script"])
def test_a_negotiation_with_the_mouse(
    office_hours: OfficeHours, tmp_path: Path, *, scripted: bool
) -> None:
    """Release, take a file in by itself and by hand, agree: with script and without."""
    desk = office_hours.desk
    packet = desk.packet()
    page = office_hours.page("coordinator", java_script_enabled=scripted)
    page.goto(office_hours.at(f"/desk/packets/{packet.id}"))
    page.get_by_role("link", name="Review", exact=True).click()
    page.get_by_role("button", name="Release for review").click()
    page.wait_for_url("**/batches/**")
    for _ in range(2):
        run_due(desk.office)
    page.goto(office_hours.at(f"/desk/packets/{packet.id}/review"))
    file = tmp_path / "back.docx"
    file.write_bytes(redline(packet))
    page.get_by_label("Returned file", exact=True).set_input_files(file)
    page.get_by_label("Who sent it back").fill("Gloria Example")
    page.get_by_role("button", name="Take it in").click()
    page.get_by_text("It is kept exactly as it came").wait_for()
    file.write_bytes(bytes(MOST_BYTES + 1))
    field = page.get_by_label("Returned file", exact=True)
    field.set_input_files(file)
    if scripted:
        # Refused where it was chosen: nothing leaves, and what was typed stays.
        page.get_by_label("Who sent it back").fill("Gloria Example")
        page.get_by_role("button", name="Take it in").click()
        assert field.evaluate("(it) => it.validationMessage") == "The file is larger than 20 MB."
        assert page.get_by_label("Who sent it back").input_value() == "Gloria Example"
    file.write_bytes(word_file(None))
    field.set_input_files(file)
    page.get_by_label("Who sent it back").fill("Gloria Example")
    page.get_by_label("Where it belongs").select_option("1/baa")
    with page.expect_navigation():
        page.get_by_role("button", name="Take it in").click()
    page.get_by_text("It is kept exactly as it came").wait_for()
    page.get_by_label("How the proposals were settled").fill("Withdrawn by telephone.")
    page.get_by_role("button", name="Terms agreed").click()
    page.get_by_text("The plan can be approved now").wait_for()
    assert [len(one.returned) for one in desk.office.ledger.packets.get(packet.id).rounds] == [2]
    office_hours.assert_quiet()


def test_their_own_paper_with_the_mouse(office_hours: OfficeHours, tmp_path: Path) -> None:
    """Fill the checklist field by field; the tab says who checked it."""
    desk = office_hours.desk
    page = office_hours.page("coordinator")
    page.goto(office_hours.at(f"/desk/enrollments/{desk.enrollment.enrollment_id}"))
    page.get_by_role("link", name="Documents’ sources").click()
    page.get_by_role("link", name="Use the practice’s own document: PSO agreement").click()
    file = tmp_path / "theirs.pdf"
    file.write_bytes(scanned(4))
    page.get_by_label("The practice’s document").set_input_files(file)
    page.get_by_label("Who read it").select_option("legal_approver")
    for field in page.get_by_label("Page of:").all():
        field.fill("2")
    for field in page.get_by_label("Section of:").all():
        field.fill("2.1")
    axe(page)
    page.get_by_role("button", name="Use the practice’s own document").click()
    page.get_by_text("the practice’s own paper").wait_for()
    page.locator("summary").get_by_text("Where each requirement of law is met").click()
    assert_well_made(page)
    axe(page)
    shoot(page, "sources-paper")
    office_hours.assert_quiet()
