"""The reading view: one accessible page, the same words, nothing from outside, nothing hidden."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from docgen.domain.document import BlockKind
from docgen.render.html import reading_view, stylesheet
from docgen.render.wording import pieces
from tests.documents.rendered import CASES, SLUGS, made
from tests.unit.render.making import filled

NAME = "network-joinder"


class _Reader(HTMLParser):
    """Reads a page with Python's own parser: its words, tags and attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = self._inside or tag == "main"
        if tag in {"p", "h1", "h2", "h3", "td", "th", "caption", "span"}:
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "main"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.words.append(data)


def _read(page: bytes) -> _Reader:
    reader = _Reader()
    reader.feed(page.decode())
    return reader


@pytest.mark.parametrize(("name", "slug"), CASES)
def test_the_page_holds_the_documents_words(name: str, slug: str) -> None:
    """A third parser finds exactly the document's words, in order."""
    expected = " ".join("\n".join(pieces(block)) for block in made(name, slug).document.blocks)
    assert "".join(_read(made(name, slug).html).words).split() == expected.split()


@pytest.mark.parametrize("slug", SLUGS)
def test_the_page_stands_alone(slug: str) -> None:
    """No script, no address, no frame: the page refers to nothing outside itself."""
    page = made(NAME, slug).html.decode()
    for tag, attributes in _read(page.encode()).tags:
        assert tag not in {"script", "link", "iframe", "object", "embed", "img", "base", "form"}
        assert not {name for name in attributes if name.startswith("on")}
        assert not set(attributes) & {"src", "href", "srcset", "style", "action"}
    assert "http" not in page.split("<main>")[0]
    assert "@import" not in page
    assert "url(" not in page


@pytest.mark.parametrize("slug", SLUGS)
def test_the_page_is_accessible(slug: str) -> None:
    """Language, title, one first heading, no rank skipped, tables with headed columns."""
    document, root = made(NAME, slug).document, lxml_html.fromstring(made(NAME, slug).html.decode())
    assert root.get("lang") == document.language
    assert root.findtext(".//title") == document.title
    ranks = [int(item.tag[1]) for item in root.iter("h1", "h2", "h3")]
    assert ranks.count(1) == 1
    assert ranks[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(ranks))
    for table in root.iter("table"):
        assert {cell.get("scope") for cell in table.iter("th")} == {"col"}
    for region in root.xpath("//*[@role='region']"):
        assert region.get("aria-label")
        assert region.get("tabindex") == "0"
    names = [item.get("id") for item in root.iter() if item.get("id")]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("slug", SLUGS)
def test_each_clause_can_be_linked_to(slug: str) -> None:
    """Every clause id is an anchor of the page."""
    root = lxml_html.fromstring(made(NAME, slug).html.decode())
    anchors = {item.get("id") for item in root.iter() if item.get("id")}
    kinds = {BlockKind.CLAUSE, BlockKind.ARTICLE, BlockKind.EXHIBIT, BlockKind.RECITAL}
    ids = {block.id for block in made(NAME, slug).document.blocks if block.kind in kinds}
    assert ids <= anchors


@settings(max_examples=80, deadline=None)
@given(
    st.text(
        alphabet=st.characters(
            categories=("L", "M", "N", "P", "S"), include_characters=" <>&\"'{}%#*_[]\\|~$^"
        ),
        min_size=1,
        max_size=40,
    )
)
def test_any_value_comes_back_as_it_went_in(value: str) -> None:
    """Whatever a value holds stands on the page as text, in words, labels and lines alike."""
    document = filled(
        """
        preamble: [{id: tiny.a, text: "By {{ name }} here."}]
        exhibits: [{id: tiny.b, heading: B, blocks: [{table: {caption: C, rows: rows, columns: [
          {heading: A, value: "{{ row }}"}]}}]}]
        """,
        {"name": value, "rows": [value]},
    )
    page = _read(reading_view(document))
    # A run of spaces is folded, as in every form.
    folded = re.sub(" {2,}", " ", f"By {value} here.")
    assert folded in re.sub(" {2,}", " ", "".join(page.words))
    assert {tag for tag, _ in page.tags} <= {
        *("html", "head", "meta", "title", "style", "body", "main", "p", "h1", "h2", "footer"),
        *("div", "table", "caption", "thead", "tbody", "tr", "th", "td", "span"),
    }


def test_the_style_hides_nothing_and_adapts() -> None:
    """The one style sheet hides no words, and answers narrow screens, dark screens and print."""
    style = stylesheet()
    assert not re.search(r"display:\s*none|visibility:|opacity:|content:|position:", style)
    for feature in ("prefers-color-scheme: dark", "@media print", "overflow-x: auto"):
        assert feature in style
