"""The gate reads pages on which names run from right to left, wherever they stand."""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.document import Block, BlockKind, Document, Run
from docgen.errors import RenderRefused
from docgen.render.gate import check_pdf
from docgen.render.pdf_reading import read_pdf
from docgen.render.reading_order import in_line_order
from tests.documents.gatekeeper import NAME, SLUG
from tests.documents.rendered import made, typeset

if TYPE_CHECKING:
    from collections.abc import Sequence

CENTER, CITY = "مركز الأورام الإشعاعي", "النور"


def _with(block: Block, changed: Sequence[Block]) -> Document:
    document = made(NAME, SLUG).document
    at = document.blocks.index(block)
    return replace(document, blocks=(*document.blocks[:at], *changed, *document.blocks[at + 1 :]))


def _paragraphs(*texts: str) -> Document:
    """Put paragraphs in the place of one."""
    block = next(one for one in made(NAME, SLUG).document.blocks if one.kind is BlockKind.PARAGRAPH)
    return _with(block, [replace(block, runs=(Run(text=text),)) for text in texts])


def _table(*cells: str) -> Document:
    """Give the first table one row with these cells."""
    block = next(one for one in made(NAME, SLUG).document.blocks if one.table)
    assert block.table is not None
    row = (*cells, *["x"] * len(block.table.columns))[: len(block.table.columns)]
    return _with(block, [replace(block, table=replace(block.table, rows=(row,)))])


def test_a_row_of_right_to_left_names_is_read() -> None:
    """Names and addresses side by side, as of a facility; its other words are still compared."""
    right = _table(CENTER, f"{CITY} {CENTER}, {CITY}, Texas 78701 rear entrance")
    check_pdf(right, typeset(right))
    for wrong in (
        _table(CENTER, f"{CITY} {CENTER}, {CITY}, Texas 78701 entrance rear"),
        _table(CENTER, f"{CITY} {CENTER}, {CITY}, Texas 78702 rear entrance"),
        _table(CENTER, f"{CITY} {CENTER}, Texas 78701 rear entrance"),
    ):
        with pytest.raises(RenderRefused, match="PDF form"):
            check_pdf(right, typeset(wrong))


@pytest.mark.parametrize(
    "text",
    [
        f"Practice does business as {CENTER} (“Practice”), for the Program.",
        f"Practice is {CENTER} 2; it includes every site.",
        f"{CENTER} LLC and {CITY} PC sign, {CITY}.",
        f"‘{CENTER}’, “{CITY}” or [{CENTER}]",
    ],
)
def test_marks_beside_a_right_to_left_name_are_read(text: str) -> None:
    """Quotation marks come back mirrored, a space on the other side of a semicolon."""
    right = _paragraphs(text)
    check_pdf(right, typeset(right))
    with pytest.raises(RenderRefused, match="PDF form"):
        check_pdf(right, typeset(_paragraphs(text.replace(CITY, "").replace("P", "Q", 1) + "z")))


def _left_to_right(text: str) -> str:
    return "".join(one for one in text if unicodedata.bidirectional(one) == "L")


def test_lines_of_both_directions_come_back_as_they_were_set() -> None:
    """Three hundred random mixtures: Latin words keep their order, on every line."""
    chance = random.Random(20261129)  # noqa: S311 - no secret
    latin = ["alpha", "beta", "LLC", "Inc.", "(x)", "A&B", "d-e,", "f;", "12", "7.5%"]
    leftward = f"{CENTER} {CITY} ١٢٣".split()
    texts = [
        " ".join(
            chance.choice(latin if chance.random() < share else leftward)
            for _ in range(chance.randint(1, 40))
        )
        for share in (0.2, 0.5, 0.8)
        for _ in range(100)
    ]
    document = replace(made(NAME, SLUG).document, blocks=_paragraphs(*texts).blocks, mark="")
    read = re.sub(r"\s", "", _left_to_right("".join(read_pdf(typeset(document)))))
    assert all(_left_to_right(text) in read for text in texts)


def test_a_page_without_such_letters_is_left_alone() -> None:
    """The control: nothing is turned that was not turned."""
    page = "One (two), three\nfour “five” Москва 北京\n"
    assert in_line_order(page) == page
    assert in_line_order(f"a {CITY}\nb\n") == f"a {CITY}\nb\n"
    words = "b مركز النور الأورام a"
    assert in_line_order(words) == " ".join(reversed(words.split()))
