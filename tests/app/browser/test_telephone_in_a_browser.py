"""A code by telephone in a real browser: whom to call, what to type, and what the desk shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.services.ceremony.enter import next_code
from docgen.services.ceremony.secret import one_time_code
from tests.app.browser import test_signing_in_a_browser as signing
from tests.app.browser.desk_site import axe, look, shoot
from tests.app.browser.serving import DESKTOP, PHONE
from tests.app.desk.test_packet_code import BUTTON, SPOKEN, called
from tests.app.signing_site import FIRST, recipients

if TYPE_CHECKING:
    from tests.app.browser.desk_site import OfficeHours, look
    from tests.app.browser.visit import Visitor
    from tests.app.signing_site import Site


def spoken_code(site: Site, envelope: str) -> str:
    """Read the next code out."""
    office = site.office
    with office.ledger.transaction():
        signer = next_code(office, office.ledger.ceremonies.locked(envelope), FIRST)
    return one_time_code(office.rules.link_secret, envelope, FIRST, signer.code_number)


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(signing.NARROW, "light"), (PHONE, "dark"), (DESKTOP, "light")],
    ids=["320-light", "phone-dark", "desktop-light"],
)
def test_the_signer_calls_and_comes_in(visitor: Visitor, size: dict[str, int], scheme: str) -> None:
    """The pages say whom to call, offer no letter, and take the code that is read out."""
    first, *others = recipients()
    envelope = visitor.site.send((replace(first, by_telephone=True), *others))
    page = visitor.page(size, color_scheme=scheme)
    visitor.open(page, envelope)
    for name in ("call-welcome", "call-code"):
        signing.assert_well_made(page)
        axe(page)
        shoot(page, name)
        assert page.locator("main a[href^='tel:']").count() == 1
        assert page.get_by_role("button", name="E-mail me").count() == 0
        assert page.get_by_role("button", name="Send a new code").count() == 0
        if name == "call-welcome":
            page.get_by_role("link", name="Enter the code").click()
            page.wait_for_url("**/code")
    page.get_by_label("One-time code").fill(spoken_code(visitor.site, envelope))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/consent")
    visitor.assert_kept_to_itself()


def test_the_coordinator_shows_the_code(office_hours: OfficeHours) -> None:
    """One button on the packet's page, one page with the code."""
    packet = called(office_hours.desk)
    page = office_hours.page("coordinator")
    page.goto(office_hours.at(f"/desk/packets/{packet.id}"))
    look(page, "packet-called")
    page.get_by_role("button", name=BUTTON).click()
    page.get_by_role("heading", name="Code to read out").wait_for()
    look(page, "code-to-read-out")
    assert SPOKEN.search(page.content())
    office_hours.assert_quiet()
