"""The pages in docs/ are true: pictures, links, commands and the words they quote are there."""

from __future__ import annotations

import re
import shlex
from html import unescape
from pathlib import Path

import click
import pytest
from PIL import Image

from docgen.cli.main import docgen
from tests.app.test_cli_help import parse
from tests.pictures.stories import STORIES
from tests.pictures.table import PICTURES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PICTURED = DOCS / "pictures"
READERS = [DOCS / f"{name}.md" for name in ("README", "coordinators", "practices", "auditors")]
READERS.append(DOCS / "operators" / "README.md")
PAGES = sorted({*DOCS.rglob("*.md"), ROOT / "README.md"})
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
MOST_BYTES, HIGHEST = 3_000_000, 1400
# Bold for weight, not because it stands on a page of the product.
STRESSED = {
    "bold",
    "anchor",
    "PSO countersigner.",
    "Legal approver.",
    "Administrator.",
    "Auditor",
    "The practice begins by itself",
    "You begin",
    "A file came",
}
each = pytest.mark.parametrize("page", READERS, ids=lambda page: str(page.relative_to(DOCS)))


def named(path: Path) -> str:
    """Give the address of a page within the repository."""
    return str(path.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Give the places of a page as GitHub names them."""
    heads = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def commands(page: Path) -> list[str]:
    """List the commands of a page: indented, fenced, or in the text between backquotes."""
    text = page.read_text("utf-8")
    found = re.findall(r"^ {4}(docgen .*)$", text, re.MULTILINE)
    return found + re.findall(r"`(docgen [a-z][^`…]*)`", text)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    """Pages, places on them, and pictures are there; a picture says what it shows."""
    wrong = []
    for is_picture, words, target in LINK.findall(page.read_text("utf-8")):
        if re.match(r"(https?|mailto):", target):
            continue
        place, _, anchor = target.partition("#")
        path = (page.parent / place).resolve() if place else page
        is_there = path.exists() and path.is_relative_to(ROOT)
        places = anchors(path) if is_there and path.suffix == ".md" else {anchor}
        if not is_there or (anchor and anchor not in places):
            wrong.append(target)
        if is_picture and not words:
            wrong.append(f"{target} says nothing")
    assert wrong == []


def test_every_picture_is_made_and_shown() -> None:
    """What the command makes, what lies there and what the pages show are the same."""
    there = {path.stem for path in PICTURED.glob("*")}
    made = {one.name for one in PICTURES} | {name for *_, names in STORIES for name in names}
    shown = {
        Path(target).stem
        for page in PAGES
        for is_picture, _, target in LINK.findall(page.read_text("utf-8"))
        if is_picture
    }
    assert there == made
    assert made - shown == set(), "shown nowhere"
    assert shown - made == set(), "made by nothing"


def test_pictures_are_small() -> None:
    """All together they are less than 3 MB, and each fits a page of text."""
    files = list(PICTURED.glob("*.png"))
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    for path in files:
        with Image.open(path) as picture:
            assert picture.size[0] in {390, 1280}, path
            assert picture.size[1] <= HIGHEST, path


@each
def test_every_command_exists_with_these_options(page: Path) -> None:
    """Each parses as the program parses it; nothing is run."""
    for line in commands(page):
        try:
            parse(docgen, shlex.split(line, comments=True)[1:])
        except click.UsageError as error:
            pytest.fail(f"{line}: {error.format_message()}")


@pytest.mark.parametrize(
    "line", ["archive fetch pkt_1", "archive get --into x pkt_1", "approve pkt_1"]
)
def test_a_command_that_does_not_exist_is_found(line: str) -> None:
    """The control: a wrong name, a wrong option, a missing one."""
    with pytest.raises(click.UsageError):
        parse(docgen, shlex.split(line))


@pytest.fixture(scope="module")
def said() -> str:
    """Give every word that the program's web pages hold, as people read it."""
    found = [
        re.sub(r"<[^>]*>|{%[^%]*%}", "", path.read_text("utf-8"))
        for path in (ROOT / "docgen").rglob("*")
        if path.suffix in {".html", ".py"} and "migrations" not in path.parts
    ]
    return " ".join(unescape(" ".join(found)).split()).casefold()


@each
def test_quoted_words_stand_on_a_page(page: Path, said: str) -> None:
    """Whatever a page sets in bold is written so in the product."""
    quoted = re.findall(r"\*\*([^*]+)\*\*", page.read_text("utf-8"))
    words = {" ".join(item.split()).rstrip(":") for item in quoted} - STRESSED
    assert [item for item in sorted(words) if item.casefold() not in said] == []
