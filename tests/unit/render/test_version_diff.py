"""What differs between two versions of an agreement, and what each of its clauses meets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.render.contents import contents_of, joined_words, labels_of
from docgen.render.diff import Change, _together, compare, difference_rows, differences, words_by_id
from docgen.render.manifest import load_template
from docgen.resources import contract_templates
from tests.app.desk.texts import changed, copied

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.render.manifest import Template

NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True)


@pytest.fixture
def both(tmp_path: Path) -> tuple[Template, Template]:
    """Give two versions of the BAA: words, a condition and the title changed, a recital renamed."""
    root = tmp_path / "texts"
    copied(contract_templates(), root)
    one, two = root / "baa" / "1.0.0", root / "baa" / "1.0.1"
    copied(one, two)
    changed(
        two / "manifest.toml",
        ('version = "1.0.0"', 'version = "1.0.1"'),
        ('title = "Business Associate', 'title = "New Business Associate'),
    )
    changed(
        two / "clauses.yaml",
        ("id: baa.recital.phi", "id: baa.recital.information"),
        ("without weakening the privilege", "without any loss of the privilege"),
        ("when: flags.deidentify\n", "when: flags.deidentify and flags.aggregate\n"),
    )
    return load_template(root, "baa", "1.0.0"), load_template(root, "baa", "1.0.1")


def test_each_difference_is_told_once_in_reading_order(both: tuple[Template, Template]) -> None:
    """The manifest first; what went stands where it stood."""
    found = [(item.id, item.change) for item in differences(*both)]
    assert found[0] == ("title", Change.CHANGED)
    assert ("baa.recital.phi", Change.REMOVED) in found
    assert ("baa.recital.information", Change.ADDED) in found
    lines = list(compare(*both))
    assert lines[0] == "changed  title: {+New+} Business Associate Agreement"
    assert "removed  baa.recital.phi" in lines
    assert any(line.startswith("added    baa.recital.information: ") for line in lines)
    assert any("{+any loss of+}" in line and "[-weakening-]" in line for line in lines)
    assert any(
        "[-flags.deidentify]-] {+flags.deidentify and flags.aggregate]+}" in line for line in lines
    )
    assert list(differences(both[0], both[0])) == []


def test_programs_read_each_difference_with_all_its_words(both: tuple[Template, Template]) -> None:
    """Nothing is shortened, and each piece says whether it is new, gone or as before."""
    rows = json.loads(json.dumps(difference_rows(*both)))
    assert rows[0] == {
        "id": "title",
        "change": "changed",
        "pieces": [
            {"words": "New", "is_new": True, "is_gone": False},
            {"words": "Business Associate Agreement", "is_new": False, "is_gone": False},
        ],
    }
    assert [row["id"] for row in rows] == [item.id for item in differences(*both)]
    assert not any("…" in piece["words"] for row in rows for piece in row["pieces"])
    assert difference_rows(both[0], both[0]) == []


def test_all_words_are_in_the_pieces(both: tuple[Template, Template]) -> None:
    """Old and new text can each be put together again from the pieces of a changed clause."""
    old, new = (words_by_id(item) for item in both)
    for item in differences(*both):
        if item.change is not Change.CHANGED or item.id not in old:
            continue
        before = " ".join(piece.words for piece in item.pieces if not piece.is_new)
        after = " ".join(piece.words for piece in item.pieces if not piece.is_gone)
        assert (before.split(), after.split()) == (old[item.id].split(), new[item.id].split())


@given(NAMES, NAMES)
def test_two_orders_are_joined_without_loss(old: list[str], new: list[str]) -> None:
    """Everything once, the new order kept."""
    joined = _together(old, new)
    assert sorted(joined) == sorted({*old, *new})
    assert [name for name in joined if name in new] == new


@pytest.mark.parametrize("slug", ["psa", "baa", "pses"])
def test_every_requirement_stands_at_a_clause(slug: str) -> None:
    """Contents and coverage agree, and no field is shown as it is written in the source."""
    root = contract_templates()
    template = load_template(root, slug, "1.0.0")
    contents = contents_of(template, root)
    assert contents.unmet == ()
    assert {item.id for item in contents.clauses} == set(labels_of(template))
    for clause in contents.clauses:
        assert "{" not in clause.words
        for met in clause.meets:
            assert met.requirement.document == slug
            assert met.sentence


def test_conditions_are_said_once() -> None:
    """An outer condition that the inner one repeats is not said twice."""
    conditions = ("flags.government", "flags.government and government.no_indemnity")
    assert joined_words(conditions) == "government and government: no indemnity"
    assert joined_words(("flags.a", "flags.b")) == "a and b"
    assert joined_words(("flags.a or flags.b", "flags.c")) == "(a or b) and c"
    assert joined_words(("flags.a", "flags.a and flags.b or flags.c")) == "a and (a and b or c)"
    assert joined_words(()) == ""
