"""The staff pages in a real browser: fixture `office_hours` (conftest.py) serves them and signs in.

    def test_it_looks_right(office_hours: OfficeHours) -> None:
        page = office_hours.page("coordinator", size=PHONE, scheme="dark")
        page.goto(office_hours.at("/desk/"))
        assert_well_made(page)          # width, targets, one h1, language, title
        axe(page)                       # no accessibility violation
        look(page, "home")              # both, in every size, light and dark
        office_hours.assert_quiet()     # nothing in the console, no request to another host

- `office_hours.page(key, size=..., scheme="light"|"dark", **options)`: a page somebody is signed in
  to ("" for nobody); `java_script_enabled=False` for the page without script.
- `office_hours.desk`: the `Desk` of tests/app/desk/staff.py, on the same database.
- `SIZES`: phone 390, tablet 820, desktop 1280. `shoot(page, "people")` writes
  people-WIDTH-SCHEME.png into the folder that SHOTS_IN names, for looking at; without it no
  picture is taken, and no test compares any.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.app.browser.serving import WAIT_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, BrowserContext, Page, Request

    from tests.app.desk.staff import Desk

PHONE = {"width": 390, "height": 844}
TABLET = {"width": 820, "height": 1180}
DESKTOP = {"width": 1280, "height": 900}
NARROWEST = {"width": 320, "height": 700}
SIZES = {"phone": PHONE, "tablet": TABLET, "desktop": DESKTOP}
DARK = "() => matchMedia('(prefers-color-scheme: dark)').matches"
VIEWER = ("chrome-extension://", "chrome://")  # the browser's own PDF viewer, inside the browser
AXE = Path(__file__).parent / "assets" / "axe.min.js"
OVERFLOW = "() => (document.documentElement?.scrollWidth ?? 0) - window.innerWidth"
# Links inside a sentence are as high as its line; everything else is for a thumb.
SMALL_TARGETS = """() => [...document.querySelectorAll(
    'main button, main .button, main input:not([type=hidden]), main select, main summary, .menu a'
  )].filter(it => it.offsetParent && it.type !== 'checkbox' && it.type !== 'radio'
    && it.getBoundingClientRect().height < 43.5)
  .map(it => `${it.tagName} ${it.innerText || it.name}: ${it.getBoundingClientRect().height}`)"""
RUN_AXE = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(
  it => `${it.id}: ${it.help}; ${it.nodes.map(node => node.target.join(' ')).join(', ')}`)"""


@dataclass(kw_only=True)
class OfficeHours:
    """The desk, really served, and everything the browser did meanwhile."""

    desk: Desk
    browser: Browser
    address: str
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def at(self, place: str) -> str:
        """Give the whole address of a page."""
        return f"{self.address}{place}"

    def page(
        self,
        key: str,
        *,
        size: dict[str, int] | None = None,
        scheme: str = "light",
        fresh: bool = True,
        **options: Any,
    ) -> Page:
        """Open a browser that this person is signed in to."""
        context = self.browser.new_context(
            viewport=size or DESKTOP,  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
            **options,
        )
        self.contexts.append(context)
        if key:
            session = self.desk.session(key, fresh=fresh)
            context.add_cookies([{"name": "desk", "value": session, "url": self.address}])
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("request", lambda request: self.requests.append(request))  # noqa: PLW0108  # it takes no built-in
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def assert_quiet(self) -> None:
        """Check that nothing was complained of and that no other host was asked."""
        assert self.complaints == [], self.complaints
        assert self.requests
        for request in self.requests:
            ours = request.url.startswith((f"{self.address}/", *VIEWER))
            assert ours, request.url

    def close(self) -> None:
        """Close everything that was opened."""
        for context in self.contexts:
            context.close()


def axe(page: Page) -> None:
    """Check the page as it stands with axe-core; there must be no violation.

    The checker is put in past the page's policy, which forbids foreign script.
    """
    page.wait_for_load_state("load")  # a click before may still be leading here
    if not page.evaluate("() => typeof axe === 'object'"):
        page.evaluate(AXE.read_text("utf-8"))
    violations = page.evaluate(RUN_AXE)
    assert violations == [], f"{_where(page)}: {violations}"


def assert_well_made(page: Page) -> None:
    """Check what holds on every page: width, targets, one main heading, a language, a title."""
    page.wait_for_load_state("load")  # a click before may still be leading here
    assert page.evaluate(OVERFLOW) <= 0, f"{_where(page)} scrolls sideways"
    assert page.evaluate(SMALL_TARGETS) == [], _where(page)
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title()


def look(page: Page, name: str, also: Callable[[Page], None] = lambda _: None) -> None:
    """Check the page as it stands in every size, light and dark, and on the narrowest phone.

    It stays the same page: what somebody opened or typed is there in each. `also` checks more.
    """
    before = page.viewport_size
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for size in SIZES.values():
            page.set_viewport_size(size)  # type: ignore[arg-type]
            assert_well_made(page)
            axe(page)
            also(page)
            shoot(page, name)
    page.set_viewport_size(NARROWEST)  # type: ignore[arg-type]
    assert_well_made(page)
    also(page)
    shoot(page, name)
    if before is not None:
        page.set_viewport_size(before)


def shoot(page: Page, name: str) -> None:
    """Write a picture of the whole page, where somebody asked to look at it."""
    folder = os.environ.get("SHOTS_IN")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}-{_seen(page)}.png", full_page=True)


def _seen(page: Page) -> str:
    width = page.viewport_size["width"] if page.viewport_size else 0
    return f"{width}-{'dark' if page.evaluate(DARK) else 'light'}"


def _where(page: Page) -> str:
    return f"{page.url} ({_seen(page)})"
