"""Coverage in print (correction 7): each covering sentence stands in the rendered PDF it applies to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from docgen.render.coverage import applies, missing_in_pdf, read_coverage
from tests.documents.rendered import CASES, SLUGS, made, pdf_of, typeset


def _frame(name: str, slug: str) -> tuple[str, ...]:
    document = made(name, slug).document
    return (document.running_title, document.mark, document.control_line)


@pytest.mark.parametrize(("name", "slug"), CASES)
def test_every_sentence_is_printed_where_it_applies(name: str, slug: str) -> None:
    """In every sample's PDF each requirement that applies is met in its quoted words."""
    mine = made(name, slug)
    pdf = pdf_of(name, slug)
    assert missing_in_pdf(mine.template, mine.fields, pdf, frame=_frame(name, slug)) == ()


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
    assert set(missing) <= alike
