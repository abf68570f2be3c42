"""What is printed reads as English for one thing and for many, whatever the names end in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from docgen.domain.enrollment import Enrollment
from docgen.domain.enrollment.vocabulary import EntityRole
from docgen.domain.merge import contract_fields
from docgen.render.clauses import evaluate
from tests.documents.rendered import PACKET, PANELS, dressing
from tests.unit.domain.enrollment.samples import sample_pso, sample_record
from tests.unit.render.making import real


def _words(record: Enrollment, slug: str) -> str:
    template = real(slug)
    every = contract_fields(
        record, sample_pso(), packet_id=PACKET, title=template.title, version=template.version
    )
    fields = {key: every[key] for key in template.fields}
    blocks = evaluate(template, fields, panels=PANELS, dressing=dressing()).blocks
    return "\n".join("".join(run.text for run in block.runs) for block in blocks)


@pytest.mark.parametrize("slug", ["psa", "baa"])
def test_a_name_that_ends_in_a_period_ends_its_sentence(slug: str) -> None:
    """The list of joining entities closes with one period, after "Inc." as after "LLC"."""
    record = sample_record("network-joinder")
    last = [one for one in record.legal_entities if one.role is EntityRole.JOINING_PARTY][-1]
    for name in ("Tidewater Radiation, Inc.", "Tidewater Radiation, LLC"):
        entities = tuple(
            replace(one, legal_name=name) if one is last else one for one in record.legal_entities
        )
        words = _words(replace(record, legal_entities=entities), slug)
        assert f"{name.removesuffix('.')}.\n" in words
        assert ".." not in words


def test_other_names_are_listed() -> None:
    """Two names are joined by "and", more of them stand in a list."""
    record = sample_record("freestanding-pllc")
    for names, printed in (
        (("One",), "doing business as One, with"),
        (("One", "Two"), "doing business as One and Two, with"),
        (("One", "Two", "Three"), "doing business as One, Two, and Three, with"),
    ):
        given = replace(record, practice=replace(record.practice, dba=names))
        assert printed in _words(given, "psa")


def test_special_terms_are_counted() -> None:
    """One term stands alone; several have numbers."""
    record = sample_record("freestanding-pllc")
    for terms, printed in (
        (("No fee is due.",), "the following special term: No fee is due."),
        (("First.", "Second."), "the following special terms: (1) First. (2) Second."),
    ):
        given = replace(record, terms=replace(record.terms, special_terms=terms))
        assert printed in _words(given, "psa")
