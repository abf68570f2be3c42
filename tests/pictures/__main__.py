"""Make the pictures of docs/pictures anew: `python -m tests.pictures [NAME...]`.

Serves the site on loopback with sample practices (stock.py), a standing clock and counted ids, and
opens the pages of table.py and stories.py in Debian's Chromium. Nothing of this machine's own site is
read. The same site gives the same pictures, as far as the browser's fonts are the same.
"""

from __future__ import annotations

import io
import logging
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PIL import Image
from playwright.sync_api import sync_playwright

from docgen.bootstrap.application import build
from docgen.bootstrap.settings_file import SettingsFile
from docgen.cli.start import write_settings
from docgen.services.ceremony.flood import FloodGate
from docgen.settings import SETTINGS_FILE, read_settings
from integrations.mail.fake import FakeMailer
from integrations.system.clock import StandingClock
from tests.app.browser.desk_site import DESKTOP, PHONE
from tests.app.browser.serving import ARGUMENTS, CHROMIUM, WAIT_MS, served
from tests.app.desk.staff import Desk
from tests.conftest import NOON
from tests.pictures.stock import stocked
from tests.pictures.stories import STORIES, Teller
from tests.pictures.table import PICTURES, Size

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.pictures.stock import Stock

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
ADDRESS = "https://enroll.example.org"  # what the pages say; they are served on loopback
HIGHEST, COLORS = 1400, 64
# The pages of a PDF are drawn when they come near the view.
DRAWN = """() => [...document.querySelectorAll("#viewer-pages")].every((pages) => {
  if (!pages.offsetParent) return true;
  const view = pages.getBoundingClientRect();
  const seen = [...pages.children].filter((it) => it.getBoundingClientRect().top < view.bottom);
  return seen.length && seen.every((it) => it.querySelector("canvas"));
})"""
WINDOWS = {Size.DESKTOP: DESKTOP, Size.PHONE: PHONE}


class Outbox(FakeMailer):
    """Letters in memory, called on the page of settings what the demonstration's are."""

    key: ClassVar[str] = "outbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """The site as served, a browser, and which pictures are wanted (none: all)."""

    desk: Desk
    stock: Stock
    browser: Browser
    address: str
    wanted: frozenset[str]

    def window(self, who: str, size: Size) -> Page:
        """Open a window that this person is signed in to."""
        context = self.browser.new_context(
            viewport=WINDOWS[size],  # type: ignore[arg-type]
            color_scheme="light",
            reduced_motion="reduce",
            locale="en-US",
            timezone_id="UTC",
        )
        if who:
            session = self.desk.session(who)
            context.add_cookies([{"name": "desk", "value": session, "url": self.address}])
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        return page

    def take(self, page: Page, name: str) -> None:
        """Write one picture, cut off at a height that still fits a page of text."""
        if self.wanted and name not in self.wanted:
            return
        page.wait_for_load_state("networkidle")
        page.evaluate("() => document.fonts.ready")
        assert page.viewport_size is not None
        before = page.viewport_size["height"]
        wide, high = page.evaluate("() => [innerWidth, document.documentElement.scrollHeight]")
        # As high as the page, so that what sticks to the window's foot lies at the picture's.
        page.set_viewport_size({"width": wide, "height": min(high, HIGHEST)})
        page.wait_for_load_state("networkidle")
        page.wait_for_function(DRAWN)
        shot = page.screenshot(animations="disabled", caret="hide")
        page.set_viewport_size({"width": wide, "height": before})
        small = Image.open(io.BytesIO(shot)).convert("RGB")
        small = small.quantize(colors=COLORS, dither=Image.Dither.NONE)
        small.save(FOLDER / f"{name}.png", optimize=True)
        sys.stdout.write(f"docs/pictures/{name}.png\n")

    def tell(self) -> None:
        """Take every picture that is wanted."""
        for picture in PICTURES:
            if self.wanted and picture.name not in self.wanted:
                continue
            page = self.window(picture.who, picture.size)
            answer = page.goto(f"{self.address}{self.stock.place(picture.address)}")
            if answer is None or not answer.ok or answer.request.redirected_from is not None:
                raise SystemExit(f"{picture.name}: {picture.address} cannot be opened.")
            if picture.click:
                page.get_by_text(picture.click).first.click()
            self.take(page, picture.name)
            page.context.close()
        for story, size, names in STORIES:
            if not self.wanted or self.wanted & set(names):
                self._story(story, size)

    def _story(self, story: object, size: Size) -> None:
        page = self.window("", size)
        teller = Teller(
            desk=self.desk,
            stock=self.stock,
            page=page,
            address=self.address,
            take=lambda name: self.take(page, name),
        )
        assert callable(story)
        story(teller)
        page.context.close()


def _desk(home: Path) -> Desk:
    write_settings(home / SETTINGS_FILE, demo=True)
    app = build(read_settings({"DOCGEN_HOME": str(home), "DOCGEN_BASE_URL": "http://127.0.0.1"}))
    clock = StandingClock(NOON)
    rules = replace(app.office.rules, link_secret=bytes(32))  # one pictured code
    office = replace(app.office, clock=clock, floodgate=FloodGate(), rules=rules)
    desk = Desk.of(office, clock, [])
    desk.mailer = Outbox()
    desk.office = replace(desk.office, mailer=desk.mailer)
    return desk


def main(names: list[str]) -> None:
    """Make the pictures of these names, or all of them; what is no longer named is taken away."""
    FOLDER.mkdir(exist_ok=True)
    known = {picture.name for picture in PICTURES} | {one for *_, all_ in STORIES for one in all_}
    if unknown := set(names) - known:
        raise SystemExit(f"There is no picture {', '.join(sorted(unknown))}: see {__package__}.")
    for path in FOLDER.glob("*.png"):
        if path.stem not in known:
            path.unlink()
    home = Path(tempfile.gettempdir()) / "docgen-pictures"
    shutil.rmtree(home, ignore_errors=True)
    logging.disable(logging.WARNING)
    try:
        desk = _desk(home)
        # Playwright keeps an event loop in this thread, but nothing of ours runs in it.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        stock = stocked(desk)
        # Nothing is stored while pictures are taken, so nothing need be read anew.
        file = SettingsFile(path=home / SETTINGS_FILE, reopen=lambda: None)
        with served(desk, file) as address, sync_playwright() as playwright:
            desk.office = replace(desk.office, rules=replace(desk.office.rules, base_url=ADDRESS))
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            studio = Studio(
                desk=desk,
                stock=stock,
                browser=browser,
                address=address,
                wanted=frozenset(names),
            )
            studio.tell()
            browser.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
