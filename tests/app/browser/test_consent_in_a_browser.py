"""Consent to electronic records in a real browser: one paragraph to unfold, and an act of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from docgen.services.ceremony.disclosure import disclosure_text
from tests.app.browser.desk_site import axe, shoot
from tests.app.browser.serving import DESKTOP, PHONE
from tests.app.browser.test_signing_in_a_browser import NARROW, assert_well_made
from tests.app.browser.visit import tab_to
from tests.app.signing_site import FIRST

if TYPE_CHECKING:
    from tests.app.browser.visit import Visitor


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize(
    ("size", "scheme"),
    [(NARROW, "light"), (PHONE, "dark"), (DESKTOP, "light")],
    ids=["320-light", "phone-dark", "desktop-light"],
)
def test_the_disclosure_unfolds_and_agreeing_is_an_act(
    visitor: Visitor, size: dict[str, int], scheme: str, *, script: bool
) -> None:
    """Every word is there, folded until asked for; unfolding it agrees to nothing."""
    envelope = visitor.site.send()
    page = visitor.page(size, color_scheme=scheme, java_script_enabled=script)
    visitor.identify(page, envelope)
    last = disclosure_text().strip().split("\n\n")[-1]
    expect(page.get_by_text(last)).to_be_hidden()
    if script:
        assert_well_made(page)
        axe(page)
        shoot(page, "consent-folded")
        tab_to(page, "Signing and receiving these documents electronically")
        page.keyboard.press("Enter")
    else:
        page.locator("summary").click()
    for paragraph in disclosure_text().strip().split("\n\n")[1:]:
        expect(page.get_by_text(paragraph)).to_be_visible()
    if script:
        assert_well_made(page)
        axe(page)
        shoot(page, "consent-unfolded")
    assert visitor.site.signer(envelope, FIRST).consented_at is None
    page.get_by_label("I agree to read").check()
    page.get_by_role("button", name="Continue to the documents").click()
    page.wait_for_url("**/read/psa")
    assert visitor.site.signer(envelope, FIRST).consented_at is not None
