"""The ceremony in a real browser: phone and desktop, by mouse, by keyboard alone, without script."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from docgen.domain.signing import Signal
from docgen.services.sweep import run_due
from tests.app.browser.desk_site import axe
from tests.app.browser.serving import DESKTOP, PHONE
from tests.app.browser.visit import tab_to
from tests.app.signing_site import FIRST, SECOND

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.app.browser.visit import Visitor

NARROW = {"width": 320, "height": 640}
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, textarea, summary")]
  .filter(it => it.type !== "hidden" && it.offsetParent && !it.closest(".skip, .reading"))
  .map(it => [it.closest("label.tick") || it, it])
  .map(([box, it]) => [box.getBoundingClientRect(), it.innerText || it.name])
  .filter(([box]) => box.height < 43.9 || box.width < 24)
  .map(([box, words]) => `${words}: ${box.width} x ${box.height}`)"""
# WCAG 2.x contrast of every text node against the nearest painted ground.
FAINT_TEXT = """() => {
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = (it) => {
    for (; it; it = it.parentElement) {
      const color = parts(getComputedStyle(it).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const faint = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const it = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !it.offsetParent) continue;
    const style = getComputedStyle(it), one = light(parts(style.color)), two = light(ground(it));
    const ratio = (Math.max(one, two) + .05) / (Math.min(one, two) + .05);
    if (ratio < 4.5) faint.push(`${walk.currentNode.data.trim().slice(0, 30)}: ${ratio}`);
  }
  return faint;
}"""


def assert_well_made(page: Page) -> None:
    """Check what holds on every page: width, targets, contrast, one main heading, a language."""
    page.wait_for_load_state("load")  # a click before may still be leading here
    assert page.evaluate(OVERFLOW) <= 0, f"{page.url} scrolls sideways"
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate(FAINT_TEXT) == []
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title()
    unnamed = "input:not([type=hidden]):not([id]):not(label input), button:empty, a:empty"
    assert page.locator(unnamed).count() == 0


def look_at(page: Page) -> None:
    """Check the same, and that axe finds nothing."""
    assert_well_made(page)
    axe(page)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_two_people_sign_in_a_browser(visitor: Visitor, size: dict[str, int]) -> None:
    """From the letter to the sealed documents, with no request to any other host."""
    envelope = visitor.site.send()
    for key in (FIRST, SECOND):
        page = visitor.page(size)
        visitor.identify(page, envelope, key)
        visitor.read_all(page)
        page.get_by_label("Your signature:").fill("Dana Example")
        page.get_by_label("I have authority").check()
        page.get_by_role("button", name="Sign", exact=True).click()
        page.wait_for_url("**/done")
    assert visitor.site.office.ledger.ceremonies.get(envelope).ended is Signal.FULLY_EXECUTED
    expect(page.get_by_role("heading", name="Fully executed")).to_have_count(1)
    visitor.assert_kept_to_itself()


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(NARROW, "light"), (PHONE, "dark"), (DESKTOP, "light")],
    ids=["320-light", "phone-dark", "desktop-light"],
)
def test_every_page_is_readable_and_reachable(
    visitor: Visitor, size: dict[str, int], scheme: str
) -> None:
    """No sideways scroll, targets of 44 px, contrast of 4.5, nothing for axe; light, dark, everywhere."""
    envelope = visitor.site.send()
    page = visitor.page(size, color_scheme=scheme)
    base = f"{visitor.address}/signing/{envelope}"
    visitor.open(page, envelope)
    look_at(page)
    page.goto(f"{base}/not-me")
    look_at(page)
    visitor.identify(page, envelope)
    for place in ("consent", "decline", "paper", "code"):
        page.goto(f"{base}/{place}")
        look_at(page)
    page.goto(f"{base}/consent")
    page.get_by_label("I agree to read").check()
    page.get_by_role("button", name="Continue to the documents").click()
    look_at(page)
    for _ in range(2):
        page.get_by_role("button", name="I have read this document").click()
    page.get_by_role("button", name="Draw it instead").click()
    look_at(page)
    page.get_by_label("I have authority").check()
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_role("alert").wait_for()
    look_at(page)
    page.get_by_label("Your signature:").fill("Dana Example")
    page.get_by_label("I have authority").check()
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_url("**/done")
    look_at(page)
    for place in ("/nowhere", "/sign/wrong.link.x"):
        page.goto(f"{visitor.address}{place}")
        look_at(page)


def test_four_screens_besides_reading_and_each_survives_a_reload(visitor: Visitor) -> None:
    """Whoever reloads each page stays where they are; besides the documents there are four."""
    envelope = visitor.site.send()
    page = visitor.page(PHONE)
    seen = []

    def go_on(button: str) -> None:
        here = page.url
        page.reload()
        assert page.url == here
        seen.append(here.partition(envelope)[2])
        for label in ("I agree to read", "I have authority"):
            for box in page.get_by_label(label).all():
                box.check()
        if here.endswith("/code"):
            page.get_by_label("One-time code").fill(visitor.site.code(envelope))
        if here.endswith("/sign"):
            page.get_by_label("Your signature:").fill("Dana Example")
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=button == "Sign").click()

    visitor.open(page, envelope)
    for button in ("E-mail me a one-time code", "Continue", "Continue to the documents"):
        go_on(button)
    while "/read/" in page.url:
        go_on("I have read this document")
    go_on("Sign")
    page.reload()
    assert page.url.endswith("/done")
    assert [item for item in seen if "/read/" not in item] == ["", "/code", "/consent", "/sign"]
    assert visitor.site.signer(envelope).signed_at is not None


def test_the_first_screen_holds_what_matters(visitor: Visitor) -> None:
    """On a phone, without scrolling: for whom, what, the fee, who is next, whom to call, the button."""
    envelope = visitor.site.send()
    page = visitor.page(PHONE)
    visitor.open(page, envelope)
    for words in (
        "Dana Example",
        "Business Associate Agreement",
        "taking part is free",
        "Example PSO",
        "pso@example.org",
        "E-mail me a one-time code",
        "I am not the person who signs",
    ):
        box = page.get_by_text(words).locator("visible=true").first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= PHONE["height"], words


def test_the_keyboard_alone_is_enough(visitor: Visitor) -> None:
    """Tab, Space, Enter and letters sign a packet; the focus is always to be seen."""
    envelope = visitor.site.send()
    page = visitor.page(DESKTOP)
    visitor.open(page, envelope)
    keys = page.keyboard
    tab_to(page, "E-mail me a one-time code")
    keys.press("Enter")
    page.wait_for_url("**/code")
    expect(page.locator("[autofocus]")).to_be_focused()
    keys.type(visitor.site.code(envelope))
    keys.press("Enter")
    page.wait_for_url("**/consent")
    tab_to(page, "agree")
    keys.press("Space")
    tab_to(page, "Continue to the documents")
    keys.press("Enter")
    for slug in ("psa", "baa"):
        page.wait_for_url(f"**/read/{slug}")
        tab_to(page, "I have read this document")
        keys.press("Space")
    page.wait_for_url("**/sign")
    tab_to(page, "typed")
    keys.type("Dana Example")
    tab_to(page, "authority")
    keys.press("Space")
    tab_to(page, "Sign")
    keys.press("Enter")
    page.wait_for_url("**/done")
    assert visitor.site.signer(envelope).signed_at is not None


def test_the_skip_link_comes_first(visitor: Visitor) -> None:
    """The first Tab offers to skip to the content."""
    page = visitor.page()
    visitor.open(page, visitor.site.send())
    tab_to(page, "Skip to the content")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_script_is_not_needed(visitor: Visitor) -> None:
    """Without JavaScript the typed signature signs, and nothing that needs script is offered."""
    envelope = visitor.site.send()
    page = visitor.page(java_script_enabled=False)
    visitor.identify(page, envelope)
    visitor.read_all(page)
    assert page.get_by_role("button", name="Draw it instead").count() == 0
    page.get_by_label("Your signature:").fill("Dana Example")
    page.get_by_label("I have authority").check()
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_role("heading", name="You have signed").wait_for()
    assert visitor.site.signer(envelope).signed_at is not None
    visitor.assert_kept_to_itself()


def test_a_failing_script_does_no_harm(visitor: Visitor) -> None:
    """With the script's download broken the page still signs."""
    envelope = visitor.site.send()
    page = visitor.page()
    page.route("**/draw.js", lambda route: route.abort())
    visitor.identify(page, envelope)
    visitor.read_all(page)
    page.get_by_label("Your signature:").fill("Dana Example")
    page.get_by_label("I have authority").check()
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_role("heading", name="You have signed").wait_for()


def test_a_drawn_signature_arrives(visitor: Visitor) -> None:
    """Drawn with the mouse it appears on the page, survives a refused form, and is what is signed."""
    envelope = visitor.site.send()
    page = visitor.page(DESKTOP)
    visitor.identify(page, envelope)
    visitor.read_all(page)
    page.get_by_role("button", name="Draw it instead").click()
    canvas = page.locator("#pad-canvas")
    blank = canvas.evaluate("it => it.toDataURL()")
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 80)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 40 + step * 20, box["y"] + 60 + step % 3 * 20)
    page.mouse.up()
    drawn = canvas.evaluate("it => it.toDataURL()")
    assert drawn != blank
    strokes = json.loads(page.locator("#drawn").input_value())
    assert len(strokes) == 1
    assert all(0 <= x <= 1000 and 0 <= y <= 300 for x, y in strokes[0])
    page.get_by_label("Your title").fill("x\u202ey")
    page.get_by_label("I have authority").check()
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert canvas.evaluate("it => it.toDataURL()") != blank, "the drawing is still there"
    page.get_by_label("Your title").fill("Director")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_url("**/done")
    signed = [
        item for item in visitor.site.office.ledger.history.of("pkt_1") if "signed" in item.kind
    ]
    assert [item.details["mark"] for item in signed] == ["drawn"]


def test_a_drawing_can_be_cleared(visitor: Visitor) -> None:
    """Clearing leaves nothing drawn, so that a signature must be given again."""
    envelope = visitor.site.send()
    page = visitor.page(DESKTOP)
    visitor.identify(page, envelope)
    visitor.read_all(page)
    page.get_by_role("button", name="Draw it instead").click()
    canvas = page.locator("#pad-canvas")
    blank = canvas.evaluate("it => it.toDataURL()")
    canvas.click()
    assert page.locator("#drawn").input_value()
    page.get_by_role("button", name="Clear the drawing").click()
    assert page.locator("#drawn").input_value() == ""
    assert canvas.evaluate("it => it.toDataURL()") == blank


def test_the_contents_lead_into_the_document(visitor: Visitor) -> None:
    """On the reading page a heading in the contents jumps to its place in the text."""
    envelope = visitor.site.send()
    page = visitor.page()
    visitor.identify(page, envelope)
    page.get_by_label("I agree to read").check()
    page.get_by_role("button", name="Continue to the documents").click()
    page.locator(".contents summary").click()
    link = page.locator(".contents a").last
    words = link.inner_text()
    link.click()
    heading = page.locator(".reading h2").last
    assert " ".join(heading.inner_text().split()) == words
    page.wait_for_function(
        "it => { const y = it.getBoundingClientRect().top; return y >= 0 && y < innerHeight }",
        arg=heading.element_handle(),
    )


def test_copies_are_saved_after_signing(visitor: Visitor) -> None:
    """The saved file is the very sealed file."""
    envelope = visitor.site.send()
    for key in (FIRST, SECOND):
        page = visitor.page(DESKTOP)
        visitor.identify(page, envelope, key)
        visitor.read_all(page)
        page.get_by_label("Your signature:").fill("Dana Example")
        page.get_by_label("I have authority").check()
        page.get_by_role("button", name="Sign", exact=True).click()
        page.wait_for_url("**/done")
    run_due(visitor.site.office)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Save: Participation Agreement").click()
    saved = waiting.value.path().read_bytes()
    document = visitor.site.office.ledger.ceremonies.get(envelope).documents[0]
    assert saved == visitor.site.office.work.open(document.current_sha256)
