"""A person at a real browser, and what the browser did meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.app.browser.serving import PHONE, WAIT_MS
from tests.app.signing_site import FIRST, TOKEN, Site

if TYPE_CHECKING:
    from typing import Any

    from playwright.sync_api import Browser, BrowserContext, Page, Request

MOST_TABS = 60
FOCUSED = """() => {
  const it = document.activeElement, style = getComputedStyle(it);
  return {tag: it.tagName, name: it.name || "", words: (it.innerText || it.value || "").trim(),
          ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2};
}"""


@dataclass(kw_only=True)
class Visitor:
    """Opens pages as one person; every request the browser makes is noted."""

    site: Site
    browser: Browser
    address: str
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def page(self, size: dict[str, int] | None = None, **options: Any) -> Page:
        """Open a page in a browser context of its own."""
        context = self.browser.new_context(viewport=size or PHONE, **options)  # type: ignore[arg-type]
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("request", lambda request: self.requests.append(request))  # noqa: PLW0108  # it takes no built-in
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def close(self) -> None:
        """Close everything that was opened."""
        for context in self.contexts:
            context.close()

    def open(self, page: Page, envelope: str, key: str = FIRST) -> None:
        """Follow the link in the letter."""
        page.goto(f"{self.address}/sign/{self.site.token(envelope, key)}")

    def identify(self, page: Page, envelope: str, key: str = FIRST) -> None:
        """Follow the link, ask for the code and give it."""
        self.open(page, envelope, key)
        page.get_by_role("button", name="E-mail me").click()
        page.get_by_label("One-time code").fill(self.site.code(envelope, key))
        page.get_by_role("button", name="Continue").click()

    def read_all(self, page: Page) -> None:
        """Agree, then read every document to its end."""
        page.get_by_label("I agree to read").check()
        with page.expect_navigation():
            page.get_by_role("button", name="Continue to the documents").click()
        while page.get_by_role("button", name="I have read this document").count():
            with page.expect_navigation():
                page.get_by_role("button", name="I have read this document").click()

    def assert_kept_to_itself(self) -> None:
        """Check that no request left for another host, and that none carried a token after entry."""
        assert self.requests
        for request in self.requests:
            assert request.url.startswith(f"{self.address}/"), request.url
            entry = request.url.startswith(f"{self.address}/sign/")
            assert entry or TOKEN.search(request.url) is None
            assert TOKEN.search(request.headers.get("referer", "")) is None
        assert self.complaints == []


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the control with these words or this name has the focus, always visibly."""
    seen = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["tag"] == "BODY":
            continue
        seen.append(focused["words"][:30] or focused["name"])
        assert focused["ring"], f"no visible focus on {seen[-1]}"
        if wanted in focused["words"] or wanted == focused["name"]:
            return
    raise AssertionError(f"{wanted} was not reached; reached {seen}")
