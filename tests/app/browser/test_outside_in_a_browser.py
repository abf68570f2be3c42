"""The way to an outside service and back in a real browser, under our own policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.app.browser.serving import DESKTOP, PHONE, served
from tests.app.browser.test_signing_in_a_browser import look_at
from tests.app.browser.visit import Visitor
from tests.app.outside_site import out

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.app.desk.staff import Desk


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_person_signs_at_the_service_and_comes_back(
    desk: Desk, chromium: Browser, size: dict[str, int]
) -> None:
    """By links alone, since a form may lead to our own pages only; the service learns no address."""
    with out(desk) as it, served(it.site) as address:
        it.vendor.callback_url = ""  # nobody tells us; we ask when the person comes back
        visitor = Visitor(site=it.site, browser=chromium, address=address)
        (first, *_) = it.entrance.turn
        page = visitor.page(size)
        visitor.open(page, it.at, first.key)
        look_at(page)
        visitor.identify(page, it.at, first.key)
        look_at(page)
        page.get_by_role("button", name="Prepare my documents at DocuSign").click()
        look_at(page)
        with page.expect_request(f"{it.vendor.url}/Signing/**") as led:
            page.get_by_role("link", name="Continue at DocuSign").click()
        assert "referer" not in led.value.headers
        page.get_by_role("button", name="later").click()
        page.wait_for_url(f"{address}/signing/{it.at}/back?event=cancel")
        expect(page.get_by_text("has not told us yet")).to_have_count(1)
        look_at(page)
        page.get_by_role("link", name="I have not signed yet").click()
        page.get_by_role("button", name="Prepare my documents at DocuSign").click()
        page.get_by_role("link", name="Continue at DocuSign").click()
        page.get_by_role("button", name="sign", exact=True).click()
        page.wait_for_url(f"{address}/signing/{it.at}/back?event=signing_complete")
        expect(page.get_by_role("heading", name="You have signed")).to_have_count(1)
        look_at(page)
        assert visitor.complaints == []
        visitor.close()
