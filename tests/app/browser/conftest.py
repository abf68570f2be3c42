"""One browser for the whole run; every test has a context, a site and an envelope of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.app.browser.desk_site import OfficeHours
from tests.app.browser.serving import ARGUMENTS, CHROMIUM, served
from tests.app.browser.visit import Visitor
from tests.app.signing_site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from docgen.services.office import Office
    from integrations.system.clock import StandingClock
    from tests.app.desk.staff import Desk


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Debian's browser, headless."""
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, but nothing of ours runs in it.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(office: Office, clock: StandingClock, chromium: Browser) -> Iterator[Visitor]:
    """Give a visitor to a site that is really served."""
    site = Site.of(office, clock)
    with served(site) as address:
        visitor = Visitor(site=site, browser=chromium, address=address)
        yield visitor
        visitor.close()


@pytest.fixture
def office_hours(desk: Desk, chromium: Browser) -> Iterator[OfficeHours]:
    """Give the staff pages, really served, and a browser."""
    with served(desk) as address:
        hours = OfficeHours(desk=desk, browser=chromium, address=address)
        yield hours
        hours.close()
