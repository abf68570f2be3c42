"""The agreements as counsel read them: terms, conditions, what survives, and where notices go."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from docgen.domain.document import Block, BlockKind
from docgen.domain.enrollment.address import Address
from docgen.domain.merge import contract_fields
from docgen.domain.pso import PsoNotice, PsoSettings
from docgen.render.clauses import evaluate
from tests.documents.rendered import CASES, PACKET, PANELS, dressing, made
from tests.unit.domain.enrollment.samples import sample_pso, sample_record
from tests.unit.render.making import real

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LASTING = {
    "psa": (
        *("psa.formation.certification", "psa.confidentiality.learning"),
        *("psa.confidentiality.no_learning", "psa.confidentiality.process"),
        *("psa.term.delisting", "psa.term.disposition", "psa.compliance.ownership", "psa.art.risk"),
        *("psa.changes.notices", "psa.general.law", "psa.general.disputes"),
        "psa.exhibit.government",
    ),
    "baa": (
        *("baa.use.deidentify", "baa.art.incident", "baa.rights.accounting"),
        *("baa.oversight.secretary", "baa.oversight.records", "baa.law.pswp", "baa.term.return"),
        *("baa.term.infeasible", "baa.general.notices", "baa.exhibit.government"),
    ),
}
CONTRACTS = [case for case in CASES if case[1] in LASTING]


def _blocks(name: str, slug: str) -> tuple[Block, ...]:
    return made(name, slug).document.blocks


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


def _defined(blocks: Sequence[Block]) -> list[str]:
    """Give the terms set in bold within quotation marks; a label that is quoted is a sentence."""
    return [
        term
        for block in blocks
        for before, run in pairwise(block.runs)
        if run.bold and before.text.endswith("“") and "." not in (term := run.text.rstrip(".,"))
    ]


def _label(block: Block) -> str:
    match block.kind:
        case BlockKind.ARTICLE:
            return f"Article {block.number.rstrip('.')}"
        case BlockKind.EXHIBIT:
            return block.number.replace("\xa0", " ")
        case _:
            return f"Section {block.number}"


@pytest.mark.parametrize(("name", "slug"), CASES)
def test_each_term_is_defined_once_and_used(name: str, slug: str) -> None:
    """No definition is given twice, and none for a word that stands nowhere else."""
    blocks = _blocks(name, slug)
    terms = _defined(blocks)
    assert len(terms) > 20
    assert sorted(terms) == sorted(set(terms))
    words = "\n".join(_texts(blocks))
    for term in terms:
        stem = re.escape(term.removesuffix("y"))
        assert len(re.findall(rf"(?<!\w){stem}(?:y|ies|s|’s)?(?!\w)", words)) > 1, term


def test_agreement_and_policy_mean_the_same_affiliates() -> None:
    """An Affiliated Provider under the policy is one under the agreement, in the Rule's words."""
    agreement, policy = (
        next(
            text.casefold()
            for text in _texts(_blocks("network-joinder", slug))
            if text.startswith("“Affiliated Provider”")
        )
        for slug in ("psa", "pses")
    )
    assert agreement == policy


@pytest.mark.parametrize(("name", "slug"), CASES)
def test_a_joining_entity_is_spoken_of_only_where_one_joins(name: str, slug: str) -> None:
    """No agreement with entities that are signed for, or with one entity, speaks of joining ones."""
    words = "\n".join(_texts(_blocks(name, slug)))
    joins = "joining entit" in words
    assert joins is (name == "network-joinder" and slug in LASTING)


@pytest.mark.parametrize("name", sorted({name for name, _ in CASES}))
def test_special_terms_are_spoken_of_only_where_some_are_agreed(name: str) -> None:
    """No rule about special terms stands in an agreement that has none."""
    words = "\n".join(_texts(_blocks(name, "psa"))).casefold()
    assert ("special term" in words) is bool(sample_record(name).terms.special_terms)


@pytest.mark.parametrize(("name", "slug"), CASES)
def test_one_thing_is_not_introduced_as_several(name: str, slug: str) -> None:
    """The words before a table of one row do not speak of “these” things."""
    blocks = _blocks(name, slug)
    for block, following in pairwise(blocks):
        if following.table and len(following.table.rows) == 1:
            assert not re.search(r"\bthese\b", _text(block), re.IGNORECASE), block.id


@pytest.mark.parametrize(("name", "slug"), CONTRACTS)
def test_what_reaches_beyond_the_end_survives(name: str, slug: str) -> None:
    """Each duty that is still owed afterwards is named, in its place, and nothing else is."""
    blocks = {block.id: block for block in _blocks(name, slug)}
    named = re.findall(
        r"(?:Section|Article|Exhibit) [A-Z0-9][0-9.]*(?<!\.)",
        _text(blocks[f"{slug}.term.survival"]),
    )
    assert named == [_label(blocks[one]) for one in LASTING[slug] if one in blocks]


@pytest.mark.parametrize(("name", "slug"), CASES)
def test_nothing_flows_between_signing_and_the_effective_date(name: str, slug: str) -> None:
    """Whatever waits for the last signature waits for a later effective date as well."""
    for text in _texts(_blocks(name, slug)):
        waits = re.findall(r"until [^.;]*?\bfully executed\b([^.;,]*)", text)
        assert all("in effect" in rest for rest in waits), text


@pytest.mark.parametrize("name", sorted({name for name, _ in CASES}))
def test_agreements_signed_together_are_dated_alike(name: str) -> None:
    """The BAA takes the date of a signature by the same clock as the agreement that it belongs to."""
    agreement, baa = (
        next(text for text in _texts(_blocks(name, slug)) if "“Effective Date” is" in text)
        for slug in ("psa", "baa")
    )
    (dated,) = re.findall(r"this BAA \(([^()]+)\)\.$", baa)
    assert "beside" in dated
    assert dated in agreement


def test_a_company_is_no_component_of_itself() -> None:
    """Where the PSO is a division, the division is a component; the company that signs is not."""
    pso = sample_pso()
    division = replace(pso, division_name="Harborlight Safety", parent_name=pso.legal_name)
    for printed in (_printed("psa", division), _printed("psa", pso)):
        (sentence,) = re.findall(r"[^.]* is a component of [^.]*", printed)
        assert not sentence.startswith(("PSO ", pso.legal_name))


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
