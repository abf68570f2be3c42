"""The agreements as counsel read them: where notices go."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.enrollment.address import Address
from docgen.domain.merge import contract_fields
from docgen.domain.pso import PsoNotice, PsoSettings
from docgen.render.clauses import evaluate
from tests.documents.rendered import PACKET, PANELS, dressing
from tests.unit.domain.enrollment.samples import sample_pso, sample_record
from tests.unit.render.making import real

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docgen.domain.document import Block


def _text(block: Block) -> str:
    return "".join(run.text for run in block.runs).replace("\xa0", " ")


def _texts(blocks: Iterable[Block]) -> Iterator[str]:
    """Give every text that is printed: headings, paragraphs, and the cells of tables."""
    for block in blocks:
        yield block.heading
        yield _text(block)
        if block.table:
            for row in block.table.rows:
                yield from row


def _printed(slug: str, pso: PsoSettings) -> str:
    template = real(slug)
    every = contract_fields(
        sample_record("freestanding-pllc"), pso, packet_id=PACKET, title="A", version="1.0.0"
    )
    fields = {key: every[key] for key in template.fields}
    return "\n".join(_texts(evaluate(template, fields, panels=PANELS, dressing=dressing()).blocks))


@pytest.mark.parametrize(
    ("slug", "lead"),
    [
        ("psa", "To PSO: Harborlight PSO, LLC, Attention: Legal Department, {place}; {mail}."),
        (
            "baa",
            "go to Harborlight PSO, LLC, attention Legal Department, {place}; e-mail {mail}; ",
        ),
    ],
)
def test_notices_go_where_the_pso_wants_them(slug: str, lead: str) -> None:
    """Its own address for notices is printed, and its principal one only where it names none."""
    pso = sample_pso()
    office = Address(line1="7 Notice Row", city="Peoria", state="IL", postal_code="61602")
    own = PsoNotice(attention="Legal Department", address=office, email="law@pso.example.org")
    for notice, place, mail in (
        (own, "7 Notice Row, Peoria, Illinois 61602", "law@pso.example.org"),
        (
            PsoNotice(attention="Legal Department"),
            "100 Example Plaza, Suite 1400, Chicago, Illinois 60601",
            pso.email,
        ),
    ):
        words = _printed(slug, replace(pso, notice=notice))
        assert lead.format(place=place, mail=mail) in words
