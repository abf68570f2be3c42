"""The pages of a PDF in a real browser: the right bytes, drawn, reachable, and no harm without script."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from docgen.domain.packet import ExecutedDocument, PacketState
from tests.app.browser import desk_site
from tests.app.browser.desk_site import NARROWEST, SIZES, axe, shoot
from tests.app.browser.sample_pdfs import scanned, signed, written
from tests.app.browser.serving import DESKTOP, PHONE
from tests.app.browser.test_signing_in_a_browser import assert_well_made
from tests.app.browser.visit import tab_to
from tests.app.desk.test_countersign import AT, put_countersigner, signed_packet, trace
from tests.app.signing_site import envelope_document
from tests.app.test_executed import PRIMARY, code

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from docgen.domain.packet import Packet
    from tests.app.browser.desk_site import OfficeHours
    from tests.app.browser.visit import Visitor

TITLE = "Participation Agreement"
BROKEN = "The pages cannot be shown here."
CHANGED = "This document has changed since the page was opened."
# The share of a canvas that is not white, in percent.
INK = """it => {
  const {data} = it.getContext("2d").getImageData(0, 0, it.width, it.height);
  let dark = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at + 3] && data[at] < 200) dark += 1;
  return 100 * dark / (data.length / 4);
}"""
MEMORY = """() => [...document.querySelectorAll(".sheet canvas")]
  .reduce((sum, it) => sum + it.width * it.height * 4, 0)"""
# Later, because what the tests' own tool runs at once is exempt from the policy.
EVALUATED = """() => new Promise((done) => setTimeout(() => {
  try { done(new Function("return 'ran'")()) } catch (it) { done(it.name) } }))"""
COMPILED = """() => new Promise((done) => setTimeout(() =>
  WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))
    .then(() => done("compiled"), (it) => done(it.name))))"""
INLINE = """() => { const it = document.createElement("script");
  it.textContent = "document.title = 'ran'"; document.head.append(it); }"""
MOST_CANVASES, MOST_BYTES = 8, 64_000_000


def at_the_document(
    visitor: Visitor, pdf: bytes, size: dict[str, int] | None = None, **options: object
) -> Page:
    """Go as far as the first document, which has these pages."""
    documents = (
        envelope_document("psa", TITLE, pdf),
        envelope_document("baa", "Business Associate Agreement", written(2, "Other page")),
    )
    page = visitor.page(size, **options)
    visitor.identify(page, visitor.site.send(documents=documents))
    page.get_by_label("I agree to read").check()
    page.get_by_role("button", name="Continue to the documents").click()
    page.wait_for_url("**/read/psa")
    return page


def see_pages(page: Page) -> Locator:
    """Choose the pages; give the first one's canvas."""
    page.get_by_role("button", name="See the pages").click()
    return drawn(page)


def drawn(page: Page, number: int = 1) -> Locator:
    """Wait until a page is drawn."""
    canvas = page.get_by_role("region", name=f"Page {number}", exact=True).locator("canvas")
    canvas.wait_for()
    return canvas


def percent(page: Page) -> int:
    """Read the zoom."""
    return int(page.locator("#zoom-now").inner_text().rstrip("%"))


def visible_words(page: Page, number: int) -> str:
    """Give the words that lie over a page."""
    sheet = page.get_by_role("region", name=f"Page {number}", exact=True)
    sheet.locator(".words span").first.wait_for(state="attached")
    return " ".join(sheet.locator(".words").inner_text().split())


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(NARROWEST, "light"), (PHONE, "dark"), (DESKTOP, "light"), (DESKTOP, "dark")],
    ids=["320-light", "phone-dark", "desktop-light", "desktop-dark"],
)
def test_a_signer_sees_the_pages(visitor: Visitor, size: dict[str, int], scheme: str) -> None:
    """Drawn, counted, turned and zoomed, with the words to select, and well made all the while."""
    page = at_the_document(visitor, written(3), size, color_scheme=scheme)
    canvas = see_pages(page)
    assert canvas.evaluate(INK) > 0.05
    assert visible_words(page, 1) == "Page number 1."
    expect(page.locator("#page-count")).to_have_text("of 3")
    assert_well_made(page)
    axe(page)
    fitted, before = percent(page), canvas.bounding_box()
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function("was => document.querySelector('.sheet canvas').width > was", arg=0)
    after = drawn(page).bounding_box()
    assert before is not None
    assert after is not None
    assert percent(page) > fitted
    assert after["width"] > before["width"]
    page.get_by_role("button", name="Zoom out").click()
    page.get_by_role("button", name="Fit width").click()
    assert percent(page) == fitted
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_label("Page", exact=True)).to_have_value("2")
    expect(page.locator("#viewer-state")).to_have_text("Page 2 of 3")
    assert drawn(page, 2).evaluate(INK) > 0.05
    page.get_by_role("button", name="Previous page").click()
    expect(page.get_by_label("Page", exact=True)).to_have_value("1")
    axe(page)
    assert page.evaluate("() => document.getAnimations().length") == 0
    visitor.assert_kept_to_itself()


def test_the_choice_holds_for_the_next_document(visitor: Visitor) -> None:
    """Who chose the pages sees the next document's pages too, and can go back to the text."""
    page = at_the_document(visitor, written(3))
    see_pages(page)
    page.get_by_role("button", name="I have read this document").click()
    page.wait_for_url("**/read/baa")
    drawn(page)
    assert visible_words(page, 1) == "Other page number 1."
    page.get_by_role("button", name="Read as text").click()
    expect(page.locator(".reading")).to_be_visible()
    expect(page.locator("#viewer")).to_be_hidden()
    page.get_by_role("button", name="I have read this document").click()
    page.wait_for_url("**/sign")
    visitor.assert_kept_to_itself()


def test_a_long_document_takes_little_memory(visitor: Visitor) -> None:
    """Of 41 pages only those near the view are drawn, and those left behind are given back."""
    page = at_the_document(visitor, written(41), DESKTOP)
    see_pages(page)
    expect(page.locator("#page-count")).to_have_text("of 41")
    page.get_by_label("Page", exact=True).fill("30")
    page.get_by_label("Page", exact=True).press("Enter")
    assert drawn(page, 30).evaluate(INK) > 0.05
    assert visible_words(page, 30) == "Page number 30."
    page.get_by_role("region", name="Page 1", exact=True).locator("canvas").wait_for(
        state="detached"
    )
    assert page.locator(".sheet canvas").count() <= MOST_CANVASES
    for _ in range(15):
        page.get_by_role("button", name="Zoom in").click()
    assert percent(page) == 400
    drawn(page, 30)
    assert 0 < page.evaluate(MEMORY) <= MOST_BYTES
    visitor.assert_kept_to_itself()


def test_the_keyboard_alone_zooms_and_turns(visitor: Visitor) -> None:
    """The pages take the focus, visibly; +, - and 0 zoom there, End leads to the last page."""
    page = at_the_document(visitor, written(5), DESKTOP)
    tab_to(page, "See the pages")
    page.keyboard.press("Enter")
    drawn(page)
    fitted = percent(page)
    tab_to(page, "Fit width")
    page.keyboard.press("Tab")
    expect(page.locator("#viewer-pages")).to_be_focused()
    page.keyboard.press("+")
    assert percent(page) > fitted
    page.keyboard.press("0")
    assert percent(page) == fitted
    page.keyboard.press("-")
    assert percent(page) < fitted
    page.keyboard.press("End")
    expect(page.locator("#page-now")).to_have_value("5")
    drawn(page, 5)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('form')?.id") == "after"


def test_other_bytes_are_not_shown(visitor: Visitor) -> None:
    """Somebody on the way puts in another PDF: no page of it appears, and it is said; the attack."""
    page = at_the_document(visitor, written(3))
    page.route(
        "**/documents/psa.pdf?shown=*",
        lambda route: route.fulfill(body=written(3, "Forged page"), content_type="application/pdf"),
    )
    page.get_by_role("button", name="See the pages").click()
    expect(page.get_by_role("alert")).to_contain_text(CHANGED)
    assert page.locator("canvas").count() == 0
    assert page.get_by_text("Forged").count() == 0
    axe(page)


def test_the_very_bytes_are_shown_on_the_same_way(visitor: Visitor) -> None:
    """The control: handed on by the same way, the document's own bytes appear."""
    page = at_the_document(visitor, written(3))
    handed: list[bytes] = []

    def pass_on(route: Route) -> None:
        answer = route.fetch()
        handed.append(answer.body())
        route.fulfill(response=answer)

    page.route("**/documents/psa.pdf?shown=*", pass_on)
    assert see_pages(page).evaluate(INK) > 0.05
    document = visitor.site.office.ledger.ceremonies.get(page.url.split("/")[4]).documents[0]
    assert handed == [visitor.site.office.work.open(document.current_sha256)]
    form = page.locator("input[name=shown]")
    assert form.get_attribute("value") == document.current_sha256
    assert page.locator("#viewer").get_attribute("data-sha256") == document.current_sha256


def test_a_site_without_tls_shows_pages_too(visitor: Visitor) -> None:
    """Where the browser reckons no digest, the address alone vouches for the bytes."""
    page = at_the_document(visitor, written(3))
    page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', {value: undefined})")
    page.reload()
    assert page.evaluate("() => crypto.subtle === undefined")
    assert see_pages(page).evaluate(INK) > 0.05


def test_a_document_changed_meanwhile_is_said(visitor: Visitor) -> None:
    """The server refuses the address of bytes that are not the document's any more."""
    page = at_the_document(visitor, written(3))
    page.evaluate("() => { const it = document.getElementById('viewer').dataset;"
                  " it.pdf = it.pdf.replace(/shown=.*/, 'shown=' + '0'.repeat(64)); }")  # fmt: skip
    page.get_by_role("button", name="See the pages").click()
    expect(page.get_by_role("alert")).to_contain_text(CHANGED)


def test_a_broken_pdf_is_said_in_a_sentence(visitor: Visitor) -> None:
    """No pages, but the reason, the text, the links, and the way on."""
    page = at_the_document(visitor, b"%PDF-1.7 no more than this\n")
    page.get_by_role("button", name="See the pages").click()
    expect(page.get_by_role("alert")).to_contain_text(BROKEN)
    expect(page.locator("#viewer-frame")).to_be_hidden()
    assert_well_made(page)
    axe(page)
    page.get_by_role("button", name="Read as text").click()
    expect(page.locator(".reading")).to_be_visible()
    page.get_by_role("button", name="I have read this document").click()
    page.wait_for_url("**/read/baa")


@pytest.mark.parametrize("missing", ["**/pdf.min.mjs", "**/pdf.worker.min.mjs", "**/psa.pdf?*"])
def test_what_cannot_be_fetched_is_said_in_a_sentence(visitor: Visitor, missing: str) -> None:
    """PDF.js, its worker or the file itself does not come: the same sentence."""
    page = at_the_document(visitor, written(3))
    page.route(missing, lambda route: route.abort())
    page.get_by_role("button", name="See the pages").click()
    expect(page.get_by_role("alert")).to_contain_text(BROKEN)


def test_without_script_the_links_are_enough(visitor: Visitor) -> None:
    """The reading view, the PDF to open and to save; nothing is offered that needs script."""
    page = at_the_document(visitor, written(3), java_script_enabled=False)
    expect(page.locator(".reading")).to_be_visible()
    for name in ("Open or print the PDF", "Save the PDF"):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    for locator in (page.locator("#ways"), page.locator("#viewer"), page.locator("#print-text")):
        expect(locator).to_be_hidden()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Save the PDF").click()
    assert waiting.value.path().read_bytes().startswith(written(3))


def test_a_failing_script_leaves_text_and_links(visitor: Visitor) -> None:
    """With our own script broken the page is as without script."""
    page = visitor.page()
    page.route("**/viewer.js", lambda route: route.abort())
    visitor.identify(page, visitor.site.send())
    visitor.read_all(page)
    page.wait_for_url("**/sign")


@pytest.mark.parametrize("chosen", ["text", "pages"])
def test_the_reading_view_prints_whole(visitor: Visitor, chosen: str) -> None:
    """On paper: every word of the text and which PDF is signed; no control, whichever was on screen."""
    page = at_the_document(visitor, written(3), DESKTOP)
    heading = " ".join(page.locator(".reading h2").last.inner_text().split())
    if chosen == "pages":
        see_pages(page)
    printed = PdfReader(io.BytesIO(page.pdf(format="Letter")))
    words = " ".join(" ".join(sheet.extract_text() for sheet in printed.pages).split())
    assert heading in words
    sha256 = page.locator("#viewer").get_attribute("data-sha256")
    assert str(sha256) in words.replace(" ", "")
    for control in ("I have read", "Zoom", "Fit width", "Save the PDF", "Read as text", "Contents"):
        assert control not in words


@pytest.mark.parametrize("mode", ["1", "RGBA", "RGB"], ids=["fax", "jpeg-2000", "jpeg"])
def test_a_scan_is_drawn(visitor: Visitor, mode: str) -> None:
    """Fax and JPEG 2000 pictures too, whose decoders are plain script because the policy asks for it."""
    page = at_the_document(visitor, scanned(mode))
    assert see_pages(page).evaluate(INK) > 30
    visitor.assert_kept_to_itself()


def test_a_picture_that_cannot_be_decoded_is_said(visitor: Visitor) -> None:
    """Rather no page than one that looks empty where something is printed."""
    page = at_the_document(visitor, scanned("1"))
    page.route("**/jbig2_nowasm_fallback.js", lambda route: route.abort())
    page.get_by_role("button", name="See the pages").click()
    sheet = page.get_by_role("region", name="Page 1", exact=True)
    expect(sheet).to_contain_text("This page cannot be shown here. Open the PDF to see it.")
    assert sheet.locator("canvas").count() == 0
    axe(page)


def test_signatures_are_drawn_and_named(visitor: Visitor) -> None:
    """A signed page shows the marks, and a screen reader is told whose they are."""
    page = at_the_document(visitor, signed().rpartition(b"%%EOF")[0] + b"%%EOF\n")
    assert see_pages(page).evaluate(INK) > 0.3
    sheet = page.get_by_role("region", name="Page 1", exact=True)
    expect(sheet.get_by_text("Signature of Ada Lindqvist")).to_have_count(1)
    expect(sheet.get_by_text("Signature of Bo Okafor")).to_have_count(1)
    axe(page)


def test_the_policy_forbids_evaluation(visitor: Visitor) -> None:
    """On a page with the viewer no text becomes code, inline or evaluated, nor does WebAssembly."""
    page = at_the_document(visitor, written(3))
    see_pages(page)
    assert page.evaluate(EVALUATED) == "EvalError"
    assert page.evaluate(COMPILED) == "CompileError"
    page.evaluate(INLINE)
    assert page.title() != "ran"
    assert any("Content Security Policy" in said for said in visitor.complaints)


def test_evaluation_is_there_to_be_forbidden(visitor: Visitor) -> None:
    """The control: on a page without a policy both run."""
    page = visitor.page()
    page.goto("about:blank")
    assert page.evaluate(EVALUATED) == "ran"
    assert page.evaluate(COMPILED) == "compiled"


def test_copies_are_seen_after_signing(visitor: Visitor) -> None:
    """From the last page the pages open, as they now are, with saving and printing beside them."""
    page = at_the_document(visitor, written(3), DESKTOP)
    for _ in range(2):
        page.get_by_role("button", name="I have read this document").click()
    page.get_by_label("Your signature:").fill("Dana Example")
    page.get_by_label("I have authority").check()
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_url("**/done")
    for name in ("Open", "Print", "Save"):
        assert page.get_by_role("link", name=f"{name}: {TITLE}").count() == 1
    page.get_by_role("link", name=f"Open: {TITLE}").click()
    assert drawn(page).evaluate(INK) > 0.05
    document = visitor.site.office.ledger.ceremonies.get(page.url.split("/")[4]).documents[0]
    assert document.current_sha256 != document.sent_sha256
    assert page.locator("#viewer").get_attribute("data-sha256") == document.current_sha256
    assert_well_made(page)
    axe(page)
    page.get_by_role("link", name="Back to your copies").click()
    page.wait_for_url("**/done")
    visitor.assert_kept_to_itself()


@pytest.fixture
def executed(office_hours: OfficeHours) -> Packet:
    """Store a packet whose executed documents have pages."""
    desk = office_hours.desk
    packet = desk.packet(PacketState.ARCHIVED)
    documents = tuple(
        ExecutedDocument(
            slug=item.slug,
            sent_sha256=item.pdf_sha256,
            signed_sha256=desk.office.archive.put(written(2, f"Executed {item.slug}")).sha256,
        )
        for item in packet.rendered
    )
    done = replace(packet, executed=documents, executed_at=desk.clock.now())
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(done)
    return done


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_executed_set_is_seen(
    office_hours: OfficeHours, executed: Packet, size: dict[str, int]
) -> None:
    """A key contact sees the pages of each executed document, without the desk's sign-in."""
    page = office_hours.page("", size=size)
    page.goto(office_hours.at(f"/executed/{executed.id}"))
    page.get_by_label("Your e-mail address").fill(PRIMARY)
    page.get_by_role("button", name="Mail me a code").click()
    page.get_by_label("One-time code").fill(code(office_hours.desk))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Open: Patient Safety Organization").click()
    assert drawn(page).evaluate(INK) > 0.05
    assert visible_words(page, 2) == "Executed psa number 2."
    assert_well_made(page)
    axe(page)
    page.get_by_role("link", name="Back to your copies").click()
    page.wait_for_url("**/set")
    office_hours.assert_quiet()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_an_auditor_reads_what_was_executed(
    office_hours: OfficeHours, executed: Packet, size: dict[str, int]
) -> None:
    """From the packet's record to its pages and back."""
    page = office_hours.page("auditor", size=size)
    page.goto(office_hours.at(f"/desk/archive/packets/{executed.id}"))
    page.get_by_role("link", name="Patient Safety Organization").first.click()
    assert drawn(page).evaluate(INK) > 0.05
    assert visible_words(page, 1) == "Executed psa number 1."
    desk_site.assert_well_made(page)
    axe(page)
    shoot(page, "archive-read")
    page.get_by_role("link", name=executed.plan.practice).click()
    page.wait_for_url(f"**/packets/{executed.id}")
    office_hours.assert_quiet()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", sorted(SIZES))
def test_the_desk_shows_words_and_pages(office_hours: OfficeHours, size: str, scheme: str) -> None:
    """Side by side where there is room, one below the other where there is not."""
    packet = office_hours.desk.packet()
    page = office_hours.page("coordinator", size=SIZES[size], scheme=scheme)
    page.goto(office_hours.at(f"/desk/packets/{packet.id}/documents/psa"))
    page.locator("#viewer").scroll_into_view_if_needed()
    assert drawn(page).evaluate(INK) > 1
    (psa,) = [item for item in packet.rendered if item.slug == "psa"]
    expect(page.locator("#page-count")).to_have_text(f"of {psa.pages}")
    assert "Provider Services Agreement" in visible_words(page, 1)
    text, pages = page.locator(".reading").bounding_box(), page.locator("#viewer").bounding_box()
    assert text is not None
    assert pages is not None
    if size == "desktop":
        assert pages["x"] >= text["x"] + text["width"]
    else:
        assert pages["y"] >= text["y"] + text["height"]
    axe(page)
    office_hours.assert_quiet()


def test_without_script_the_desk_leads_to_the_pdf(office_hours: OfficeHours) -> None:
    """The words, a sentence in place of the pages, and the files."""
    packet = office_hours.desk.packet()
    page = office_hours.page("coordinator", java_script_enabled=False)
    page.goto(office_hours.at(f"/desk/packets/{packet.id}/documents/psa"))
    expect(page.get_by_text("To see the pages as they are signed, open the PDF.")).to_be_visible()
    expect(page.get_by_role("link", name="Open or print the PDF")).to_be_visible()
    expect(page.locator("#viewer-frame")).to_be_hidden()


def test_a_countersigner_sees_the_pages_that_are_signed_next(office_hours: OfficeHours) -> None:
    """With the practice's signature in them: the digest is that of the file as it now stands."""
    desk = office_hours.desk
    put_countersigner(desk)
    packet = signed_packet(desk)
    page = office_hours.page("pso_countersigner")
    (session,) = [item for item in page.context.cookies() if item.get("name") == "desk"]
    trace(desk, str(session.get("value")))
    page.goto(office_hours.at(f"{AT}/{packet.id}"))
    page.get_by_role("checkbox").check()
    page.locator("button[name=agree]").click()
    page.wait_for_url("**/read/**")
    assert drawn(page).evaluate(INK) > 1
    ceremony = desk.office.ledger.ceremonies.get(packet.envelope_id)
    shown = {item.slug: item.current_sha256 for item in ceremony.documents}
    slug = page.url.rpartition("/")[2]
    assert page.locator("#viewer").get_attribute("data-sha256") == shown[slug]
    axe(page)
    office_hours.assert_quiet()
