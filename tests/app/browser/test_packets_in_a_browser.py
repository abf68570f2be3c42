"""Enrollments and packets on the desk, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.services.sweep import run_due
from tests.app.browser.desk_site import axe, look, shoot

if TYPE_CHECKING:
    from tests.app.browser.desk_site import OfficeHours, look


def test_pages_are_well_made(office_hours: OfficeHours) -> None:
    """Lists, records, a document and a batch at each width, light and dark."""
    packet = office_hours.desk.packet()
    enrollment = packet.plan.enrollment_id
    page = office_hours.page("coordinator")
    for name, place in (
        ("enrollments", "/desk/enrollments"),
        ("enrollment", f"/desk/enrollments/{enrollment}"),
        ("packets", "/desk/packets"),
        ("nothing-fits", "/desk/packets?q=zzzz"),
        ("packet", f"/desk/packets/{packet.id}"),
        ("packet-history", f"/desk/packets/{packet.id}/history"),
        ("packet-document", f"/desk/packets/{packet.id}/documents/baa"),
        ("reassign", f"/desk/packets/{packet.id}/signers/pso"),
    ):
        page.goto(office_hours.at(place))
        look(page, name)
    office_hours.assert_quiet()


def test_a_coordinator_approves_and_sends(office_hours: OfficeHours) -> None:
    """The day's work with the mouse: pick, look, approve, send, and see that it is under way."""
    packet = office_hours.desk.packet()
    page = office_hours.page("coordinator")
    page.goto(office_hours.at("/desk/packets"))
    page.get_by_role("link", name=packet.plan.practice).click()
    page.get_by_label("I have looked at the documents").check()
    page.get_by_role("button", name="Approve the plan").click()
    page.get_by_role("button", name="Send to the signers").click()
    page.get_by_text("Being sent").wait_for()
    run_due(office_hours.desk.office)
    page.reload()
    page.get_by_text("Void this packet").click()
    axe(page)
    shoot(page, "packet-sent")
    page.get_by_role("link", name="History").click()
    page.get_by_text("Sending decided").wait_for()
    office_hours.assert_quiet()
