"""The staff pages in a real browser: every size, light and dark, by keyboard and without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.app.browser.desk_site import PHONE, assert_well_made, axe, look, shoot
from tests.app.browser.visit import tab_to
from tests.app.desk.staff import EVERYTHING

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.app.browser.desk_site import OfficeHours, look

PAGES = {
    "home": "/desk/",
    "people": "/desk/people",
    "person-add": "/desk/people/add",
    "person": "/desk/people/person/auditor",
    "settings": "/desk/settings",
    "archive": "/desk/archive",
    "archive-contracts": "/desk/archive/contracts",
    "webhooks": "/desk/webhooks",
    "webhook-add": "/desk/webhooks/add",
    "tokens": "/desk/tokens",
    "token-issue": "/desk/tokens/issue",
    "template-list": "/desk/templates",
    "template-read": "/desk/templates/baa/1.0.0",
    "countersign": "/desk/countersign",
    "stand-ins": "/desk/countersign/stand-ins",
    "mine": "/account/",
    "app-add": "/account/app/add",
    "passkey-add": "/account/passkeys/add",
    "problem": "/desk/nowhere",
}
OUTSIDE = {"sign-in": "/account/sign-in"}
MOVING = """() => [...document.querySelectorAll("*")].filter((it) => {
  const style = getComputedStyle(it), takes = (text) => text.split(",").some((it) => parseFloat(it));
  return style.scrollBehavior === "smooth" || takes(style.transitionDuration)
    || (style.animationName !== "none" && takes(style.animationDuration));
}).map((it) => it.tagName)"""


def test_every_page_is_well_made(office_hours: OfficeHours) -> None:
    """No sideways scroll, targets for thumbs, one heading, and nothing that axe objects to."""
    page = office_hours.page(EVERYTHING)
    for name, place in PAGES.items():
        page.goto(office_hours.at(place))
        look(page, name)
    page = office_hours.page("")
    for name, place in OUTSIDE.items():
        page.goto(office_hours.at(place))
        look(page, name)


@pytest.mark.parametrize("place", ["/desk/board", "/desk/enrollments", "/start"])
def test_nothing_moves_for_who_asked_for_that(office_hours: OfficeHours, place: str) -> None:
    """With reduced motion asked for, nothing glides or fades; the control scrolls smoothly."""
    page = office_hours.page(EVERYTHING, reduced_motion="reduce")
    page.goto(office_hours.at(place))
    assert page.evaluate(MOVING) == []
    page.emulate_media(reduced_motion="no-preference")
    assert "HTML" in page.evaluate(MOVING)


def sign_in(hours: OfficeHours, page: Page, key: str) -> None:
    """Sign in as a person does: address, letter, code."""
    page.goto(hours.at("/desk/"))
    page.get_by_label("E-mail").fill(f"{key}@example.org")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code").fill(hours.desk.code_of(f"{key}@example.org"))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1, name="Good to see you").wait_for()


def test_a_person_signs_in_and_out_on_a_phone(office_hours: OfficeHours) -> None:
    """By mailed code; every page on the way is well made; the browser asks no other host."""
    page = office_hours.page("", size=PHONE)
    page.goto(office_hours.at("/account/sign-in"))
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_role("alert").first.wait_for()
    axe(page)
    page.get_by_label("E-mail").fill("coordinator@example.org")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code").fill("nonsense")
    assert_well_made(page)
    axe(page)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").first.wait_for()
    shoot(page, "code-wrong")
    axe(page)
    page.get_by_label("Code").fill(office_hours.desk.code_of("coordinator@example.org"))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    office_hours.assert_quiet()


def test_script_is_not_needed(office_hours: OfficeHours) -> None:
    """Signing in, adding a person and deactivating them work without JavaScript."""
    page = office_hours.page("", java_script_enabled=False)
    sign_in(office_hours, page, "administrator")
    page.get_by_role("link", name="People").click()
    page.get_by_role("link", name="Add a person").click()
    page.get_by_label("Name", exact=True).fill("Ada Example")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Short name").fill("ada")
    page.get_by_label("auditor").check()
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("link", name="Ada Example").click()
    page.get_by_text("Deactivate this person…").click()
    page.get_by_role("button", name="Deactivate").click()
    page.get_by_text("Deactivated and signed out.").wait_for()
    assert not office_hours.desk.office.ledger.people.get("ada").is_active


def test_the_keyboard_alone_is_enough(office_hours: OfficeHours) -> None:
    """Skip link first, then the menu; the focus is always to be seen."""
    page = office_hours.page("administrator")
    page.goto(office_hours.at("/desk/"))
    tab_to(page, "Skip to the content")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.reload()
    tab_to(page, "People")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/people")
    tab_to(page, "Add a person")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/people/add")
    tab_to(page, "name")
    page.keyboard.type("Ada Example")
    tab_to(page, "Add")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    expect(page.locator("#problem")).to_be_focused()
    axe(page)
    shoot(page, "person-wrong")


def test_a_passkey_is_added_and_signs_in(office_hours: OfficeHours) -> None:
    """With a device that the browser simulates: added at the desk, then enough by itself."""
    page = office_hours.page("coordinator")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    made = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    verified = {"hasUserVerification": True, "isUserVerified": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {**made, **verified}})
    place = office_hours.at("/account/passkeys/add").replace("127.0.0.1", "localhost")
    session = office_hours.desk.session("coordinator")
    page.context.add_cookies([{"name": "desk", "value": session, "url": place}])
    page.goto(place)
    expect(page.get_by_text("Passkeys need a browser that knows them")).to_be_hidden()
    page.get_by_label("Name").fill("Work phone")
    page.get_by_label("Name").press("Enter")  # asks the device, as the button does
    page.get_by_role("heading", name="Recovery codes").wait_for()
    axe(page)
    page.get_by_role("link", name="To my account").click()
    page.get_by_text("Work phone").wait_for()
    shoot(page, "mine-with-passkey")
    axe(page)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", level=1, name="Good to see you").wait_for()
    signed_in = office_hours.desk.office.ledger.history.of("user:coordinator")[-1]
    assert signed_in.kind == "account.signed_in"
    assert signed_in.details == {"ways": ["webauthn"]}
    assert office_hours.complaints == []


def test_without_script_no_passkey_is_offered_and_a_code_signs_in(
    office_hours: OfficeHours,
) -> None:
    """A form that only its script can fill stays hidden, and the page says what works instead."""
    page = office_hours.page("coordinator", java_script_enabled=False)
    page.goto(office_hours.at("/account/passkeys/add"))
    expect(page.get_by_role("button", name="Add a passkey")).to_have_count(0)
    expect(page.get_by_text("Passkeys need a browser that knows them")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
    page.get_by_label("E-mail").fill("coordinator@example.org")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("code").wait_for()
