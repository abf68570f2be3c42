"""A clause source that is not quite right is refused in a sentence that says where and what."""

from __future__ import annotations

import pytest

from docgen.errors import TemplateInvalid
from tests.unit.render.making import template

_P = "preamble: [{id: tiny.a, text: Words.}]\n"
_DEEP = "[" * 40 + "]" * 40

REFUSED: dict[str, tuple[str | bytes, str]] = {
    "a top-level key nobody knows": ("chapters: []", "may hold only these keys: subtitle"),
    "a list at the top": ("- a\n- b", "may hold only these keys"),
    "an empty file": ("", "clauses.yaml is empty"),
    "broken YAML": ("preamble: [", "is not valid YAML: line"),
    "bytes that are not UTF-8": (b"preamble: \xff\xfe", "not UTF-8"),
    "a key given twice": ("preamble: []\npreamble: []", "line 2: the key 'preamble' stands twice"),
    "an alias": ("preamble: &a []\nrecitals: *a", "anchors and aliases are not used"),
    "a tag": ("preamble: !!python/object/apply:os.system ['true']", "tags are not used"),
    "a binary tag": ("subtitle: !!binary aGVsbG8=", "tags are not used"),
    "lists in lists in lists": (f"preamble: {_DEEP}", "nested too deeply"),
    "a part that is no list": ("preamble: words", "preamble: this must be a list"),
    "an element that is no mapping": ("preamble: [words]", "must be an element with keys"),
    "an unknown key in an element": (
        "preamble: [{id: tiny.a, text: a, hidden: 'true'}]",
        "tiny.a: the key 'hidden' is unknown here",
    ),
    "a paragraph without words": ("preamble: [{id: tiny.a}]", "the key 'text' is missing"),
    "a paragraph without an id": ("preamble: [{text: a}]", "the key 'id' is missing"),
    "an article without a heading": ("articles: [{id: tiny.a}]", "the key 'heading' is missing"),
    "a clause without words": (
        "articles: [{id: tiny.a, heading: A, clauses: [{id: tiny.a.b}]}]",
        "tiny.a.b: the key 'text' is missing",
    ),
    "a word that is no id": ("preamble: [{id: Tiny, text: a}]", "not an id like"),
    "an id of another agreement": ("preamble: [{id: psa.a, text: a}]", "begins with 'tiny'"),
    "an id given twice": (_P + "recitals: [{id: tiny.a, text: b}]", "the id tiny.a stands twice"),
    "a text that is a list": ("preamble: [{id: tiny.a, text: [a, b]}]", "must be a text"),
    "a heading with its point": ("articles: [{id: tiny.a, heading: A.}]", "ends without a point"),
    "a heading with a field": (
        "articles: [{id: tiny.a, heading: '{{ a }}'}]",
        "'heading' may hold no field and no markup",
    ),
    "bold left open": ("preamble: [{id: tiny.a, text: 'a **b'}]", "opened and never closed"),
    "four levels of items": (
        (
            "articles: [{id: tiny.a, heading: A, clauses: [{id: tiny.a.b, text: t, items: ["
            "{text: 1, items: [{text: 2, items: [{text: 3, items: [{text: 4}]}]}]}]}]}]"
        ),
        "items nest 3 deep at most",
    ),
    "signatures: yes": ("closing: [{signatures: maybe}]", "write `signatures: true`"),
    "a reference to nothing": (
        "preamble: [{id: tiny.a, text: '{{ ref(\"tiny.b\") }}'}]",
        "leads to tiny.b, which does not exist",
    ),
    "a text that does not compile": (
        "preamble: [{id: tiny.a, text: '{% if a %}x'}]",
        "tiny.a: the text does not compile",
    ),
    "a condition that does not compile": (
        "preamble: [{id: tiny.a, text: b, when: 'a and'}]",
        "tiny.a: `when` does not compile",
    ),
    "two conditions in one": (
        "preamble: [{id: tiny.a, text: b, when: 'a b'}]",
        "tiny.a: `when`",
    ),
    "a table without columns": (
        "preamble: [{id: tiny.a, table: {rows: facilities}}]",
        "a table needs `columns`",
    ),
    "a table with an unknown key": (
        "preamble: [{id: tiny.a, table: {columns: [{heading: A}], style: x}}]",
        "a table needs `columns` and may hold only",
    ),
    "a list's column without a value": (
        "preamble: [{id: tiny.a, table: {rows: facilities, columns: [{heading: A}]}}]",
        "a column of a list needs `value`",
    ),
    "a width in words": (
        "preamble: [{id: tiny.a, table: {rows: [[a]], columns: [{heading: A, width: wide}]}}]",
        "width is a whole number",
    ),
    "a width of nothing": (
        "preamble: [{id: tiny.a, table: {rows: [[a]], columns: [{heading: A, width: '0'}]}}]",
        "width is a whole number",
    ),
    "a row too short": (
        "preamble: [{id: tiny.a, table: {rows: [[a]], columns: [{heading: A}, {heading: B}]}}]",
        "each row of this table has 2 cells",
    ),
    "bold in a cell": (
        "preamble: [{id: tiny.a, table: {rows: [['**a**']], columns: [{heading: A}]}}]",
        "a table cell has no bold or italic",
    ),
    "rows that are an expression": (
        "preamble: [{id: tiny.a, table: {rows: 'a[0]', columns: [{heading: A, value: a}]}}]",
        "`rows` names a list of the fields",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_faulty_source_is_refused(case: str) -> None:
    """Each fault is refused in one full sentence that names the place and the remedy."""
    source, said = REFUSED[case]
    with pytest.raises(TemplateInvalid) as refused:
        template(source)
    message = str(refused.value)
    assert said in message
    assert message.startswith("tiny")
    assert message.endswith(".")
    assert "Traceback" not in message


def test_a_huge_source_is_refused_unread() -> None:
    """A source larger than the limit is refused before it is parsed."""
    with pytest.raises(TemplateInvalid, match="larger than"):
        template(b"# " + b"x" * 2_000_001)


def test_a_right_source_passes() -> None:
    """The control: every construct the format knows, in one source, is accepted."""
    source = """
    subtitle: Between two parties
    preamble:
      - id: tiny.parties
        text: Between **A** and *B*.
    recitals:
      - id: tiny.recital
        text: Whereas.
    articles:
      - id: tiny.art
        heading: Terms
        intro: In short.
        clauses:
          - id: tiny.art.one
            heading: First
            text: As {{ ref("tiny.art") }} says{% if flag %}, or not{% endif %}.
            items:
              - text: one
                items: [{text: two, items: [{text: three}]}]
            tail: The end.
    closing:
      - text: Signed.
      - signatures: true
    exhibits:
      - id: tiny.exhibit
        heading: Lists
        blocks:
          - subheading: Places
          - table: {id: tiny.table, caption: Places, rows: places, columns: [
              {heading: Name, value: "{{ row.name }}", width: "3"}]}
          - table: {rows: [["a", "b"]], columns: [{heading: A}, {heading: B}]}
          - id: tiny.exhibit.note
            heading: Note
            text: A note.
          - signatures: true
    """
    assert template(source, fields="flag places").source.refs == {"tiny.art"}
