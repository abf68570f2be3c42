"""The reading view's own part, and its table of contents, taken out of its stand-alone page."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

_LEAST_HEADINGS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """One heading that can be jumped to."""

    anchor: str
    words: str


class _Headings(HTMLParser):
    """Collects the second-level headings that have an id."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Heading] = []
        self._anchor = ""
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "h2":
            self._anchor, self._words = dict(attrs).get("id") or "", []

    def handle_data(self, data: str) -> None:
        if self._anchor:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "h2" and self._anchor:
            words = " ".join("".join(self._words).split())
            self.found.append(Heading(anchor=self._anchor, words=words))
            self._anchor = ""


def embedded_part(page: str) -> str:
    """Give everything between the page's body tags, without landmarks a page may have only once."""
    body = page.partition("<body>")[2].rpartition("</body>")[0]
    for old, new in (
        ("<main>", ""),
        ("</main>", ""),
        ("<footer>", '<div class="control">'),
        ("</footer>", "</div>"),
    ):
        # A document's own words are escaped, so none of them can look like a tag.
        body = body.replace(old, new)
    return body


def contents(part: str) -> list[Heading]:
    """List the headings worth a table of contents; a short document has none."""
    headings = _Headings()
    headings.feed(part)
    return headings.found if len(headings.found) >= _LEAST_HEADINGS else []
