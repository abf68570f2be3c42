"""The reading view read back to the words a person sees, with lxml's HTML parser.

Whatever could hide words from a person, or show other words than a program reads, is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree
from lxml import html as lxml_html

from docgen.errors import RenderRefused
from docgen.render.wording import ReadForm

if TYPE_CHECKING:
    from collections.abc import Iterator

_HTML_BLOCKS = frozenset(
    {"p", "h1", "h2", "h3", "div", "section", "table", "caption", "tr", "th", "td"}
)
_HTML_ELEMENTS = _HTML_BLOCKS | {"main", "b", "i", "span", "thead", "tbody"}
_HTML_ATTRIBUTES = frozenset({"id", "class", "scope", "tabindex", "role", "aria-label"})
_HTML_OUTSIDE = frozenset({"html", "head", "meta", "title", "style", "body", "main", "p", "footer"})
_HTML_OUTSIDE_ATTRIBUTES = _HTML_ATTRIBUTES | {"lang", "charset", "name", "content"}


def read_html(data: bytes, style: str) -> ReadForm:
    """Read the words a person sees on the reading view; its one style must be `style`.

    Raises:
        RenderRefused: the page carries a style, element or attribute that could hide or change
            words.
    """
    try:
        root = lxml_html.document_fromstring(data.decode("utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise RenderRefused("The HTML form cannot be read back; nothing was used.") from error
    styles = [(element.text or "").strip() for element in root.iter("style")]
    mains = list(root.iter("main"))
    if styles != [style.strip()] or len(mains) != 1:
        raise RenderRefused("The HTML form carries a style that is not ours; nothing was used.")
    within = set(mains[0].iter())
    for element in root.iter():
        inside = element in within
        if element.tag not in (_HTML_ELEMENTS if inside else _HTML_OUTSIDE):
            raise RenderRefused("The HTML form carries a foreign element; nothing was used.")
        if set(element.attrib) - (_HTML_ATTRIBUTES if inside else _HTML_OUTSIDE_ATTRIBUTES):
            raise RenderRefused(
                "The HTML form carries an attribute that could hide words; nothing was used."
            )
    body = root.find("body")
    around = [element for element in body if element is not mains[0]]
    loose = [body.text, *(element.tail for element in body)]
    return ReadForm(
        body="".join(_html_words(mains[0])),
        frame="\n".join(
            ["".join(_html_words(element)) for element in around] + [text or "" for text in loose]
        ),
    )


def _html_words(element: lxml_html.HtmlElement) -> Iterator[str]:
    """Yield the texts under an element, with a line break around each block."""
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if node.tag in _HTML_BLOCKS:
            yield "\n"
        if event == "start":
            yield node.text or ""
        elif node is not element:
            yield node.tail or ""
