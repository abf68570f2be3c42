"""Conditional parts, tables over lists, and the evaluation as a function of its fields."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.document import BlockKind
from docgen.errors import TemplateInvalid
from tests.unit.render.making import PANEL, filled

EVERYWHERE = """
preamble:
  - {id: tiny.always, text: Always.}
  - {id: tiny.paragraph, text: Paragraph., when: flag}
recitals: [{id: tiny.recital, text: Recital., when: flag}]
articles:
  - {id: tiny.article, heading: Article, when: flag, clauses: [{id: tiny.within, text: Within.}]}
  - id: tiny.kept
    heading: Kept
    clauses:
      - {id: tiny.clause, heading: Clause, text: Clause., when: flag}
      - {id: tiny.list, text: List., items: [{id: tiny.item, text: Item., when: flag}]}
closing:
  - {text: Closing., when: flag}
  - signatures: true
exhibits:
  - {id: tiny.exhibit, heading: Exhibit, when: flag, blocks: [{text: Inner.}]}
  - id: tiny.other
    heading: Other
    blocks: [{text: Block., when: flag}, {text: Last.}]
"""
CONDITIONAL = {
    *("tiny.paragraph", "tiny.recital", "tiny.article", "tiny.within"),
    *("tiny.clause", "tiny.item", "tiny.exhibit"),
}


@pytest.mark.parametrize("flag", [True, False])
def test_a_part_is_printed_when_its_condition_holds(*, flag: bool) -> None:
    """Every kind of part may carry a condition; what lies within goes with it."""
    blocks = filled(EVERYWHERE, {"flag": flag}).blocks
    assert {block.id for block in blocks} >= {"tiny.always", "tiny.kept", "tiny.list"}
    assert ({block.id for block in blocks} & CONDITIONAL) == (CONDITIONAL if flag else set())
    words = " ".join(run.text for block in blocks for run in block.runs)
    assert ("Closing." in words, "Block." in words, "Inner." in words) == (flag, flag, flag)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("flags.a", True),
        ("not flags.a", False),
        ("flags.a and flags.b", False),
        ("flags.a or flags.b", True),
        ("terms.kind == 'x'", True),
        ("terms.kind != 'x'", False),
        ("terms.kind in ('x', 'y')", None),
        ("places | length", True),
        ("places | length > 2", False),
        ("nothing", False),
    ],
)
def test_conditions_say_what_they_say(condition: str, *, holds: bool | None) -> None:
    """Conditions compare, combine and count; a construct outside the list is refused."""
    names = [name for name in ("flags", "terms", "places", "nothing") if name in condition]
    source = f'preamble: [{{id: tiny.a, text: A}}, {{id: tiny.b, text: B, when: "{condition}"}}]'
    given_fields = {
        "flags": {"a": True, "b": False},
        "terms": {"kind": "x"},
        "places": ["one", "two"],
        "nothing": "",
    }
    fields = {name: given_fields[name] for name in names}
    if holds is None:
        with pytest.raises(TemplateInvalid, match="may not use tuple"):
            filled(source, fields)
        return
    ids = [block.id for block in filled(source, fields).blocks]
    assert ("tiny.b" in ids) is holds


def test_a_condition_on_a_missing_field_is_an_error() -> None:
    """A misspelled inner field is refused, not read as false."""
    source = "preamble: [{id: tiny.a, text: A, when: flags.mispelled}]"
    with pytest.raises(TemplateInvalid, match="mispelled"):
        filled(source, {"flags": {"a": True}})


TABLE = """
exhibits:
  - id: tiny.exhibit
    heading: Places
    blocks:
      - table:
          id: tiny.table
          caption: Places covered
          rows: places
          empty: None as of today.
          columns:
            - {heading: Name, value: "{{ row.name }}", width: 30}
            - {heading: Kind, value: "{{ row.kind | upper }}, {{ suffix }}", width: "10"}
"""


@dataclass(frozen=True)
class _Place:
    name: str
    kind: str


@given(st.lists(st.tuples(st.from_regex(r"[A-Za-z*<&{]{1,9}", fullmatch=True)), max_size=5))
def test_a_table_has_a_row_for_each_entry(names: list[tuple[str]]) -> None:
    """A list prints one row an entry in its order, its cells literal; an empty one says so."""
    places = [_Place(name=name, kind="a") for (name,) in names]
    block = filled(TABLE, {"places": places, "suffix": "b"}).blocks[-1]
    assert block.id == "tiny.table"
    if not places:
        assert block.kind is BlockKind.PARAGRAPH
        assert block.runs[0].text == "Places covered: None as of today."
        return
    assert block.table is not None
    assert block.table.rows == tuple((place.name, "A, b") for place in places)
    assert [column.width for column in block.table.columns] == [30, 10]


@pytest.mark.parametrize("places", ["abc", None, 7, {"a": 1}])
def test_rows_that_are_no_list_are_refused(places: object) -> None:
    """A table over something that is no list is a fault of the template."""
    with pytest.raises(TemplateInvalid, match="places is not a list"):
        filled(TABLE, {"places": places, "suffix": "b"})


def test_the_same_fields_give_an_equal_document() -> None:
    """Evaluating twice gives equal documents, and no field is changed by it."""
    fields = {"places": [{"name": "a", "kind": "b"}], "suffix": "c"}
    before = repr(fields)
    assert filled(TABLE, fields) == filled(TABLE, fields)
    assert repr(fields) == before


def test_signatures_stand_where_the_source_puts_them() -> None:
    """The panels are printed where the closing asks for them, once."""
    panels = [block.panels for block in filled(EVERYWHERE, {"flag": False}).blocks if block.panels]
    assert panels == [(PANEL,)]
