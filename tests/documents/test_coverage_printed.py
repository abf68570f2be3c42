"""Coverage in print (correction 7): each covering sentence stands in the rendered PDF it applies to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from docgen.render.coverage import Covered, read_coverage
from docgen.render.expressions import compile_condition
from docgen.render.manifest import Template
from docgen.render.pdf_reading import read_pdf
from tests.documents.rendered import CASES, SLUGS, made, pdf_of, typeset

# What nobody sees: soft hyphens, joiners, marks of direction.
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2069\ufeff]")


def applies(item: Covered, fields: Mapping[str, object]) -> bool:
    """Tell whether a covered requirement applies to a document with these fields."""
    return not item.when or compile_condition(item.when, item.id)(fields)


def missing_in_pdf(
    template: Template, fields: Mapping[str, object], pdf: bytes, *, frame: Sequence[str]
) -> set[str]:
    """Name the requirements whose sentence is not found in a rendered PDF where it applies.

    `frame` are the lines of header and footer, which stand between a sentence's halves where it
    runs over a page.
    """
    text = _pdf_text(pdf, frame)
    return {
        item.id
        for item in read_coverage(template)
        if applies(item, fields) and _squeezed(item.sentence) not in text
    }


def _pdf_text(pdf: bytes, frame: Sequence[str]) -> str:
    pages = []
    read = read_pdf(pdf)
    for number, page in enumerate(read, start=1):
        text = _squeezed(page)
        for line in (*frame, f"Page {number} of {len(read)}"):
            text = text.replace(_squeezed(line), "")
        pages.append(text)
    return "".join(pages)


def _squeezed(text: str) -> str:
    return "".join(UNSEEN.sub("", text).split())


def _frame(name: str, slug: str) -> tuple[str, ...]:
    document = made(name, slug).document
    return (document.running_title, document.mark, document.control_line)


@pytest.mark.parametrize(("name", "slug"), CASES)
def test_every_sentence_is_printed_where_it_applies(name: str, slug: str) -> None:
    """In every sample's PDF each requirement that applies is met in its quoted words."""
    mine = made(name, slug)
    pdf = pdf_of(name, slug)
    assert missing_in_pdf(mine.template, mine.fields, pdf, frame=_frame(name, slug)) == set()


@pytest.mark.parametrize("slug", SLUGS)
def test_every_requirement_applies_to_some_sample(slug: str) -> None:
    """No requirement is covered only by a condition that no sample ever meets."""
    never = {
        item.id
        for item in read_coverage(made(CASES[0][0], slug).template)
        if not any(applies(item, made(name, slug).fields) for name, kind in CASES if kind == slug)
    }
    assert never == set()


@pytest.mark.parametrize("slug", SLUGS)
def test_a_dropped_clause_is_missed_in_print(slug: str) -> None:
    """With a covering clause left out of the document, its requirements are listed as missing."""
    name = "freestanding-pllc"
    mine = made(name, slug)
    always = [item for item in read_coverage(mine.template) if not item.when]
    shown = {block.id for block in mine.document.blocks if block.runs and block.heading != ""}
    item = next(item for item in always if len(item.clauses) == 1 and item.clauses[0] in shown)
    blocks = tuple(block for block in mine.document.blocks if block.id != item.clauses[0])
    pdf = typeset(replace(mine.document, blocks=blocks))
    missing = missing_in_pdf(mine.template, mine.fields, pdf, frame=_frame(name, slug))
    assert item.id in missing
    alike = {other.id for other in always if set(other.clauses) & set(item.clauses)}
    assert missing <= alike
