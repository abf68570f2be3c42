"""Disposal in a real browser: may go, proposed, gone; the record and the copies' page, at every size."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.services.disposal import propose_disposal
from docgen.services.sweep import sweep
from integrations.archive.fake import FakeArchive
from tests.app.browser.desk_site import look
from tests.app.desk.test_archive_disposal import over
from tests.app.desk.test_archive_reading import archived
from tests.unit.services.test_disposal import Work

if TYPE_CHECKING:
    from tests.app.browser.desk_site import OfficeHours, look

WHY = "Retention ended in January; nobody asked for it since, and no claim is known to counsel."


def test_every_page_is_well_made(office_hours: OfficeHours) -> None:
    """From the page that says it may go to every page that says it is gone; two people click."""
    desk = office_hours.desk
    desk.office = replace(desk.office, archive=FakeArchive())
    packet = over(desk, archived(desk))
    desk.office = replace(desk.office, work=Work(desk.office.work))
    record = f"/desk/archive/packets/{packet.id}"
    avery = office_hours.page("auditor")

    def go(name: str, address: str) -> None:
        avery.goto(office_hours.at(address))
        look(avery, name)

    go("disposal-may-go", f"{record}/disposal")
    propose_disposal(desk.office, packet.id, WHY, desk.office.ledger.people.get("legal_approver"))
    go("disposal-proposed", f"{record}/disposal")
    avery.get_by_role("button", name="Dispose of this packet").click()
    avery.wait_for_load_state("networkidle")
    assert "Confirmed." in avery.inner_text("body")
    assert sweep(desk.office).failures == ()
    go("disposal-gone", f"{record}/disposal")
    go("disposal-record", record)
    go("disposal-list", "/desk/archive?kept=disposed")
    go("disposal-packet", f"/desk/packets/{packet.id}")
    visitor = office_hours.page("")
    visitor.goto(office_hours.at(f"/executed/{packet.id}"))
    assert "was disposed of on" in visitor.inner_text("body")
    look(visitor, "disposal-copies")
