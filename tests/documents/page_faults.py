"""Faults of a web page that a reader's tools stumble over; independent of what wrote the page.

`faults(page)` lists sentences; an empty list is a page that parses without an error and whose ids,
labels, references, headings, tables and interactive parts are in order. The parser is the one that
the printer uses (a strict HTML 5 parser that names each error).
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from tinyhtml5.parser import HTMLParser  # type: ignore[import-untyped]  # it has no stubs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element


def _listed(words: str) -> list[str]:
    return words.split()


_HTML = "{http://www.w3.org/1999/xhtml}"
_REFERRING = ("for", "form", "list", "headers", "popovertarget")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CONTROLS = frozenset({"input", "select", "textarea", "progress", "meter"})
_WITHOUT_LABEL = frozenset({"hidden", "submit", "button", "reset", "image"})
_INTERACTIVE = frozenset({"a", "button", "select", "textarea", "details", "iframe"})
_BLOCKS = frozenset(
    _listed("""
    address article aside blockquote details dialog div dl fieldset figure footer form header hr
    main menu nav ol p pre search section table ul
""")
)
_WORDS_ONLY = frozenset(
    _listed("""
    abbr b bdi bdo button cite code em h1 h2 h3 h4 h5 h6 i label mark p q s small span strong sub
    summary sup time u var
""")
)
_NAMED_BY = ("aria-label", "aria-labelledby", "title", "alt")


def faults(page: str) -> list[str]:
    """List what is wrong with a page, each with what it is about."""
    root, errors = _parsed(page)
    found = list(errors)
    for look in (
        _ids,
        _references,
        _labels,
        _nesting,
        _content,
        _headings,
        _tables,
        _names,
        _endings,
        _landmarks,
    ):
        found += look(root)
    return found


def anchors(page: str) -> set[str]:
    """Give every place of a page that a link can lead to."""
    root, _ = _parsed(page)
    return {str(item.get("id")) for item in root.iter() if item.get("id")}


def links(page: str) -> list[str]:
    """List the addresses that a page's links, pictures, styles and search forms lead to."""
    root, _ = _parsed(page)
    found = []
    for item in root.iter():
        match _tag(item):
            case "a" | "link":
                found.append(item.get("href"))
            case "iframe" | "script" | "img":
                found.append(item.get("src"))
            case "object":
                found.append(item.get("data"))
            case "form" if item.get("method", "get").lower() == "get":
                found.append(item.get("action"))
        found.append(item.get("hx-get"))
    return [address for address in found if address is not None]


@lru_cache(maxsize=1)
def _parsed(page: str) -> tuple[Element, tuple[str, ...]]:
    """Parse a page, and list the parser's errors; what asks several things of one page waits once."""
    parser = HTMLParser()
    root = parser.parse(page)
    return root, tuple(f"line {place[0]}: {name} {told}" for place, name, told in parser.errors)


def _tag(item: Element) -> str:
    return str(item.tag).removeprefix(_HTML)


def _inside(root: Element) -> Iterator[tuple[Element, tuple[Element, ...]]]:
    """Give every element with what it lies in, the outermost first."""
    waiting: list[tuple[Element, tuple[Element, ...]]] = [(root, ())]
    while waiting:
        item, above = waiting.pop()
        yield item, above
        waiting += [(child, (*above, item)) for child in item]


def _words(item: Element) -> str:
    """Give what is read aloud of an element: its words and its pictures' descriptions."""
    told = ["".join(item.itertext())]
    told += [str(one.get("alt") or one.get("aria-label") or "") for one in item.iter()]
    return " ".join(" ".join(told).split())


def _ids(root: Element) -> list[str]:
    found = [str(item.get("id")) for item in root.iter() if item.get("id") is not None]
    twice = [name for name, count in Counter(found).items() if count > 1]
    odd = [name for name in found if not name or re.search(r"\s", name)]
    return [f"id {name!r} stands twice" for name in twice] + [
        f"id {name!r} is none" for name in odd
    ]


def _references(root: Element) -> list[str]:
    there = {item.get("id") for item in root.iter()}
    found = []
    for item in root.iter():
        for name, value in item.attrib.items():
            is_list = name in {"aria-labelledby", "aria-describedby", "aria-controls", "aria-owns"}
            wanted = value.split() if is_list else [value] if name in _REFERRING else []
            if is_list and not wanted:
                found.append(f"{_tag(item)}: {name} is empty")
            found += [
                f"{_tag(item)}: {name}={one!r} is nowhere" for one in wanted if one not in there
            ]
        wanted_by = re.fullmatch(r"#([\w-]+)", item.get("hx-target", ""))
        if wanted_by and wanted_by[1] not in there:
            found.append(f"{_tag(item)}: hx-target #{wanted_by[1]} is nowhere")
    return found


def _labels(root: Element) -> list[str]:
    labelled = {item.get("for") for item in root.iter(f"{_HTML}label") if _words(item)}
    found = []
    for item, above in _inside(root):
        if _tag(item) not in _CONTROLS or item.get("type") in _WITHOUT_LABEL:
            continue
        if item.get("aria-hidden") == "true" and _tag(item) in {"progress", "meter"}:
            continue  # its words stand beside it
        wrapped = any(_tag(one) == "label" and _words(one) for one in above)
        named = any(item.get(name) for name in _NAMED_BY[:2])
        if not (wrapped or named or (item.get("id") and item.get("id") in labelled)):
            found.append(f"{_tag(item)} {item.get('name')!r} has no label")
    found += [
        "a group of fields has no legend"
        for item in root.iter(f"{_HTML}fieldset")
        if not any(_tag(child) == "legend" and _words(child) for child in item)
    ]
    return found


def _nesting(root: Element) -> list[str]:
    found = []
    for item, above in _inside(root):
        tag, outer = _tag(item), [_tag(one) for one in above]
        if tag == "form" and "form" in outer:
            found.append("a form lies in a form")
        acts = tag in _INTERACTIVE or (tag == "input" and item.get("type") != "hidden")
        presses = {"a", "button", "summary"} & set(outer)
        found += [f"{tag} lies in {one}" for one in sorted(presses) if acts]
        if tag == "label" and "label" in outer:
            found.append("a label lies in a label")
        if item.get("style") is not None:
            found.append(f"{tag} has a style of its own")
        found += [f"{tag} has {name}" for name in item.attrib if name.startswith("on")]
    return found


def _content(root: Element) -> list[str]:
    """Find what may not lie within words: a list in a span, a form in a paragraph."""
    return [
        f"{_tag(item)} lies in {_tag(one)}"
        for item, above in _inside(root)
        for one in above
        if _tag(item) in _BLOCKS and _tag(one) in _WORDS_ONLY
    ]


def _headings(root: Element) -> list[str]:
    found, before = [], 0
    levels = [
        (_HEADINGS.index(_tag(item)) + 1, item) for item in root.iter() if _tag(item) in _HEADINGS
    ]
    for level, item in levels:
        if not _words(item):
            found.append(f"an empty heading h{level}")
        if level > before + 1:
            found.append(f"h{level} {_words(item)!r} follows h{before}")
        before = level
    ones = sum(level == 1 for level, _ in levels)
    return found if ones == 1 else [*found, f"{ones} main headings"]


def _tables(root: Element) -> list[str]:
    found = []
    for table in root.iter(f"{_HTML}table"):
        heads = list(table.iter(f"{_HTML}th"))
        caption = table.find(f"{_HTML}caption")
        if caption is None or not _words(caption):
            found.append("a table has no caption")
        if not heads:
            found.append("a table has no headings")
        found += [f"heading {_words(one)!r} has no scope" for one in heads if not one.get("scope")]
        found += ["a table's heading is empty" for one in heads if not _words(one)]
        widths = {_width(row) for row in table.iter(f"{_HTML}tr")}
        if len(widths) > 1:
            found.append(f"rows of one table have {sorted(widths)} cells")
    return found


def _width(row: Element) -> int:
    return sum(int(cell.get("colspan", "1")) for cell in row)


def _names(root: Element) -> list[str]:
    found = []
    for item in root.iter():
        tag = _tag(item)
        named = _words(item) or any(item.get(name) for name in _NAMED_BY)
        if tag in {"a", "button", "summary"} and not named:
            found.append(f"{tag} {item.get('href') or item.get('name') or ''} has no words")
        if tag == "a" and item.get("href") == "":
            found.append(f"link {_words(item)!r} leads nowhere")
        if tag == "img" and item.get("alt") is None:
            found.append(f"picture {item.get('src')} has no description")
        if tag in {"iframe", "object"} and not item.get("title") and not item.get("aria-label"):
            found.append(f"{tag} has no title")
        if tag in {"ul", "ol", "dl"} and not len(item):
            found.append(f"{tag} is empty")
    return found


def _endings(root: Element) -> list[str]:
    """Find forms that nothing sends, and words with a space before the mark that ends them."""
    found = [
        "a form has no button that sends it"
        for form in root.iter(f"{_HTML}form")
        if not any(map(_sends, form.iter()))
    ]
    return found + [
        f"a space stands between {_words(item)!r} and what ends it"
        for item in root.iter()
        if _tag(item) in _WORDS_ONLY and re.match(r"\s+[,.;:]", item.tail or "")
    ]


def _sends(item: Element) -> bool:
    """Say whether pressing this sends its form."""
    return _tag(item) == "button" and item.get("type", "submit") == "submit"


def _landmarks(root: Element) -> list[str]:
    found = []
    navs = [item.get("aria-label") for item in root.iter(f"{_HTML}nav")]
    if len(navs) > 1 and (None in navs or len(set(navs)) < len(navs)):
        found.append(f"navigations are not told apart: {navs}")
    mains = len(list(root.iter(f"{_HTML}main")))
    if mains != 1:
        found.append(f"{mains} main parts")
    if not root.get("lang"):
        found.append("no language")
    if not " ".join(item.text or "" for item in root.iter(f"{_HTML}title")).strip():
        found.append("no title")
    return found
