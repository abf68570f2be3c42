"""Callbacks on the desk in a real browser: an address, its log, one callback, at every size."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.domain.webhook import KINDS
from docgen.services.sweep import sweep
from docgen.services.webhook import Wanted, register, send_test
from integrations.webhook.fake import FakeSender
from tests.app.browser.desk_site import look

if TYPE_CHECKING:
    from tests.app.browser.desk_site import OfficeHours, look

URL = "https://a-long-name-of-a-host-that-does-not-fit.records.example.org/hook/for/callbacks"


def test_every_page_is_well_made(office_hours: OfficeHours) -> None:
    """Long addresses and answers wrap; nothing that axe objects to; works without script."""
    sender = FakeSender(status=500, answer=b"x" * 900)
    office = replace(office_hours.desk.office, webhook_sender=sender)
    admin = office.ledger.people.get("administrator")
    wanted = Wanted(name="Records system", url=URL, kinds=frozenset(KINDS))
    endpoint = register(office, wanted, admin)[1]
    failed = send_test(office, endpoint.id, admin)
    sweep(office)
    sender.status = 200
    for _ in range(26):
        send_test(office, endpoint.id, admin)
    sweep(office)
    page = office_hours.page("administrator")
    for name, place in (
        ("webhooks-listed", "webhooks"),
        ("webhook", f"webhooks/address/{endpoint.id}"),
        ("webhook-secret", f"webhooks/address/{endpoint.id}/secret"),
        ("webhook-message", f"webhooks/message/{failed.id}"),
        ("webhook-add", "webhooks/add"),
    ):
        page.goto(office_hours.at(f"/desk/{place}"))
        look(page, name)
    office_hours.assert_quiet()
