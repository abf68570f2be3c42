"""Coverage (correction 7): every requirement is listed, and met in words that stand in a clause."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docgen.errors import TemplateInvalid
from docgen.render.coverage import Covered, check_coverage, read_coverage, report
from docgen.render.inline import without_markup
from docgen.render.nodes import Node, SourceColumn, SourceTable, Text
from docgen.render.requirements import MUST_COVER, read_requirements
from docgen.render.source import parse_source
from tests.unit.render.making import TEMPLATES, real

if TYPE_CHECKING:
    from docgen.render.manifest import Template

SLUGS = ("psa", "baa", "pses")
LISTED = dict(
    line.split(maxsplit=1)
    for line in (Path(__file__).parent / "domain_requirements.txt").read_text().splitlines()
    if not line.startswith("#")
)
COVERED = [(slug, item) for slug in SLUGS for item in read_coverage(real(slug))]


def test_the_registry_holds_every_requirement_at_its_level() -> None:
    """The registry is the transcribed list, id by id, level by level."""
    registry = {item.id: item.level.value for item in read_requirements(TEMPLATES)}
    assert len(LISTED) == 194
    assert registry == LISTED


def test_each_requirement_belongs_to_the_document_of_its_law() -> None:
    """Patient Safety Act to the services agreement, HIPAA to the BAA, PSES to the policy."""
    document = {"psqia": "psa", "hipaa": "baa", "pses": "pses"}
    for item in read_requirements(TEMPLATES):
        assert item.document == document[item.id.partition(".")[0]]
        assert item.title
        assert item.citation


@pytest.mark.parametrize("slug", SLUGS)
def test_every_released_template_covers_what_it_must(slug: str) -> None:
    """The control: the released agreements pass, with every obligatory id among the covered."""
    check_coverage(real(slug), TEMPLATES)
    must = {
        item.id
        for item in read_requirements(TEMPLATES)
        if item.document == slug and item.level in MUST_COVER
    }
    assert must <= {item.id for item in read_coverage(real(slug))}


@pytest.mark.parametrize("slug", SLUGS)
def test_no_requirement_may_be_dropped(slug: str) -> None:
    """Leaving any obligatory id out of the coverage is refused by name."""
    text = real(slug).coverage.decode()
    head, *entries = text.split("[[requirement]]")
    levels = {item.id: item.level for item in read_requirements(TEMPLATES)}
    for position, entry in enumerate(entries):
        name = entry.split('id = "', 1)[1].split('"', 1)[0]
        if levels[name] not in MUST_COVER:
            continue
        rest = [*entries[:position], *entries[position + 1 :]]
        dropped = head + "".join(f"[[requirement]]{part}" for part in rest)
        with pytest.raises(TemplateInvalid, match="no clause covers") as refused:
            check_coverage(replace(real(slug), coverage=dropped.encode()), TEMPLATES)
        assert name in str(refused.value)


def _without(template: Template, sentence: str, clauses: tuple[str, ...]) -> Template:
    """Take the sentence out of the clauses' own texts, as an editor would who did not know."""
    names = dict(template.source.names)
    for clause in clauses:
        names[clause] = _cut(names[clause], sentence)
    return replace(template, source=replace(template.source, names=names))


def _cut(part: Any, sentence: str) -> Any:
    """Copy a part of a source, and all within it, without the sentence."""
    match part:
        case str():
            return part.replace(sentence, "")
        case tuple():
            return tuple(_cut(item, sentence) for item in part)
        case Text():
            return replace(part, source=_cut(without_markup(part.source), sentence))
        case Node() | SourceTable() | SourceColumn():
            keys = [field.name for field in fields(part) if field.name not in {"id", "when"}]
            return replace(part, **{key: _cut(getattr(part, key), sentence) for key in keys})
        case _:
            return part


@pytest.mark.parametrize(("slug", "item"), COVERED, ids=[item.id for _, item in COVERED])
def test_deleting_the_sentence_is_noticed(slug: str, item: Covered) -> None:
    """For each covered id: without its sentence the template is refused, naming the id."""
    cut = _without(real(slug), item.sentence, item.clauses)
    with pytest.raises(TemplateInvalid, match="sentence that covers"):
        check_coverage(cut, TEMPLATES)


def test_softening_one_word_is_noticed() -> None:
    """A clause that says "may" where the covering sentence says "shall" is refused."""
    item = next(item for slug, item in COVERED if slug == "psa" and " shall " in item.sentence)
    (node,) = (real("psa").source.names[name] for name in item.clauses[:1])
    assert node.text is not None
    soft = without_markup(node.text.source).replace(" shall ", " may ")
    names = {**real("psa").source.names, node.id: replace(node, text=Text(source=soft), items=())}
    changed = replace(real("psa"), source=replace(real("psa").source, names=names))
    with pytest.raises(TemplateInvalid, match="sentence that covers"):
        check_coverage(changed, TEMPLATES)


def _covering(entry: str) -> Template:
    return replace(real("psa"), coverage=real("psa").coverage + entry.encode())


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            '[[requirement]]\nid = "psqia.nowhere"\nclauses = ["psa.parties"]\nsentence = "x"',
            "no requirement",
        ),
        (
            '[[requirement]]\nid = "hipaa.164.524"\nclauses = ["psa.parties"]\nsentence = "x"',
            "no requirement",
        ),
        ('[[requirement]]\nid = "psqia.x"\nclauses = []\nsentence = "x"', "names no clause"),
        (
            '[[requirement]]\nid = "psqia.x"\nclauses = ["a"]\nsentence = "{{ a }}"',
            "may hold no field",
        ),
        ('[[requirement]]\nid = "psqia.x"\nclauses = ["a"]\nsentence = " "', "sentence"),
        ('[[requirement]]\nid = "psqia.x"\nclauses = ["a"]\nsentence = "x"\nnot = "y"', "unknown"),
        ("[[other]]\nid = 1", "only"),
        ("not toml", "TOML"),
    ],
)
def test_a_malformed_coverage_is_refused(entry: str, said: str) -> None:
    """Each fault of a coverage file is refused in a sentence."""
    with pytest.raises(TemplateInvalid, match=said) as refused:
        check_coverage(_covering(f"\n{entry}\n"), TEMPLATES)
    assert str(refused.value).endswith(".")


def test_a_clause_that_carries_too_much_needs_a_reason() -> None:
    """More than six ids on one clause is refused unless a reason is given."""
    words = "This Agreement is a written contract"
    source = f"articles: [{{id: psa.a, heading: A, clauses: [{{id: psa.a.b, text: {words}.}}]}}]"
    needed = sorted(name for name in LISTED if name.startswith("psqia."))
    crowd = "".join(
        f'[[requirement]]\nid = "{name}"\nclauses = ["psa.a.b"]\nsentence = "{words}"\n'
        for name in needed
    )
    crowded = replace(
        real("psa"), source=parse_source(source.encode(), "psa"), coverage=crowd.encode()
    )
    with pytest.raises(TemplateInvalid, match=f"covers {len(needed)} requirements"):
        check_coverage(crowded, TEMPLATES)
    check_coverage(replace(crowded, coverage=(crowd + 'reason = "one"\n').encode()), TEMPLATES)


def test_the_report_quotes_every_requirement() -> None:
    """`coverage --json`: one entry an id, with level, document, clauses and the quotation."""
    rows = report([real(slug) for slug in SLUGS], TEMPLATES)
    assert [row["id"] for row in rows] == sorted(LISTED)
    keys = {"id", "level", "document", "citation", "title", "check_citation"}
    for row in rows:
        assert set(row) == keys | {"clauses", "sentence", "when"}
        assert row["level"] == LISTED[str(row["id"])]
        assert bool(row["clauses"]) == bool(row["sentence"])
        if row["level"] in MUST_COVER:
            assert row["sentence"]
