"""Template injection (security T1, T2): a hostile text is refused, a hostile value is only text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.errors import TemplateInvalid
from docgen.render.expressions import CLOSE, OPEN
from tests.unit.render.making import filled, one_text, quoted, template

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "CANARY"

# What stands in a text; each reaches for the interpreter, for other names, or for endless memory.
PAYLOADS = {
    "class walk": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "class walk by a field": "{{ name.__class__ }}",
    "dunder by attr": "{{ name | attr('__class__') }}",
    "dunder by concatenation": "{{ name | attr('__cl' ~ 'ass__') }}",
    "dunder by subscript": "{{ name['__class__'] }}",
    "format map": "{{ '{0.__class__}'.format_map({'0': name}) }}",
    "format": "{{ '{0.__class__}'.format(name) }}",
    "cycler globals": "{{ cycler.__init__.__globals__.os.popen('touch CANARY').read() }}",
    "joiner globals": "{{ joiner.__init__.__globals__ }}",
    "lipsum globals": "{{ lipsum.__globals__['os'].system('touch CANARY') }}",
    "namespace": "{{ namespace.__init__.__globals__ }}",
    "range": "{% for a in range(99999999) %}x{% endfor %}",
    "dict": "{{ dict(a=1) }}",
    "self": "{{ self._TemplateReference__context }}",
    "self plain": "{{ self.name }}",
    "request": "{{ request.application.__globals__ }}",
    "config": "{{ config }}",
    "url_for": "{{ url_for.__globals__ }}",
    "get_flashed_messages": "{{ get_flashed_messages.__globals__ }}",
    "import": "{% import 'os' as os %}{{ os }}",
    "from import": "{% from 'os' import system %}{{ system('touch CANARY') }}",
    "include": "{% include '/etc/passwd' %}",
    "extends": "{% extends '/etc/passwd' %}",
    "macro caller": "{% macro a() %}{{ caller.__globals__ }}{% endmacro %}{{ a() }}",
    "call block": "{% call name() %}x{% endcall %}",
    "set and block": "{% set x = name.__class__ %}{{ x }}",
    "with": "{% with x = name %}{{ x.__class__ }}{% endwith %}",
    "filter block": "{% filter upper %}x{% endfilter %}",
    "memory": "{{ 'a' * 20000000 }}",
    "power": "{{ 9 ** 9999999 }}",
    "concatenation": "{{ name ~ name }}",
    "addition": "{{ name + name }}",
    "map to attribute": "{{ [name] | map(attribute='__class__') | list }}",
    "select": "{{ name | select('defined') }}",
    "pprint": "{{ name | pprint }}",
    "safe": "{{ name | safe }}",
    "tojson": "{{ name | tojson }}",
    "join by attribute": "{{ names | join(attribute='__class__') }}",
    "a test": "{{ name is callable }}",
    "a method": "{{ name.upper() }}",
    "the reference's own globals": "{{ ref.__globals__ }}",
    "a reference worked out": "{{ ref(name) }}",
    "a reference with a star": "{{ ref(*names) }}",
    "the name of a reference stolen": "{% for ref in names %}{{ ref }}{% endfor %}",
    "do": "{% do name.__class__ %}",
    "debug": "{% debug %}",
    "raw then more": "{% raw %}{{{% endraw %}{{ name.__class__ }}",
    "async": "{{ name.__await__ }}",
    "slice": "{{ name[0:1] }}",
    "a list": "{{ [1, 2, 3] }}",
    "recursive loop": "{% for a in names recursive %}{{ loop(names) }}{% endfor %}",
}


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("case", PAYLOADS)
def test_a_hostile_text_is_refused_when_loaded(case: str, tmp_path: Path) -> None:
    """Each payload is refused before anything is evaluated, and touches nothing."""
    source = f"preamble:\n  - id: tiny.p\n    text: {quoted(PAYLOADS[case])}\n"
    with pytest.raises(TemplateInvalid, match=r"^tiny"):
        template(source, fields="name names")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "condition",
    [
        "name.__class__",
        "name['__class__']",
        "cycler.__init__.__globals__.os.system('touch CANARY')",
        "().__class__.__base__.__subclasses__()",
        "name is defined",
        "name | attr('x')",
        "name.upper() == 'A'",
        "1 %} x {% if 1",
        "1 }} {{ name.__class__",
        "9 ** 999999999",
        "[x for x in name]",
        "lambda: 1",
    ],
)
def test_a_hostile_condition_is_refused(condition: str, tmp_path: Path) -> None:
    """A condition is held to the same constructs, and cannot break out of its place."""
    source = f"preamble:\n  - id: tiny.p\n    text: a\n    when: {quoted(condition)}\n"
    with pytest.raises(TemplateInvalid, match=r"^tiny"):
        template(source, fields="name")
    assert list(tmp_path.iterdir()) == []


def test_ordinary_constructs_pass() -> None:
    """The control: fields, conditions, choices, loops and the five filters work."""
    text = (
        "{{ party.name | upper }}{% if flag and not other %} yes{% endif %} "
        "{{ names | join('; ') }} {{ names | length }} {{ 'a' if flag else 'b' }}"
        "{% for item in names %} {{ item }}{% if not loop.last %},{% endif %}{% endfor %}"
    )
    fields = {"party": {"name": "Nord"}, "flag": True, "other": False, "names": ["x", "y"]}
    assert one_text(text, fields) == "NORD yes x; y 2 a x, y"


@pytest.mark.parametrize(
    "value",
    [
        *PAYLOADS.values(),
        "**bold** and *italic*",
        "a ** b * c",
        "<b>&amp;</b> ]]> </w:t><w:t>",
        "#evil[x] $x$ @ref // \\ `raw`",
        "{{7*7}}",
        "${7*7} #{7*7} <%= 7*7 %>",
        "{# gone #}",
    ],
)
def test_a_hostile_value_is_only_text(value: str, tmp_path: Path) -> None:
    """Whatever stands in a value is printed as it stands, as is, in its own style."""
    assert one_text("By {{ name }}, thus.", {"name": value}) == f"By {value}, thus."
    assert list(tmp_path.iterdir()) == []


def test_a_value_takes_the_style_around_it_and_adds_none() -> None:
    """A field within bold words is bold whole; asterisks in its value change nothing."""
    source = "preamble: [{id: tiny.p, text: 'a **{{ name }}** b'}]"
    runs = filled(source, {"name": "x*y**z"}).blocks[1].runs
    assert [(run.text, run.bold) for run in runs] == [
        ("a ", False),
        ("x*y**z", True),
        (" b", False),
    ]


@pytest.mark.parametrize(
    "value", [f"a{OPEN}b", f"a{CLOSE}b", "a\x00b", "a\x0bb", "\ud800", "\ufffe", "\U000f0000"]
)
def test_what_no_form_can_print_is_refused(value: str) -> None:
    """A value with an unprintable character is refused by code point, never cut short."""
    with pytest.raises(TemplateInvalid, match=r"U\+[0-9A-F]{4,6}") as refused:
        one_text("{{ name }}", {"name": value})
    assert value not in str(refused.value)


@pytest.mark.parametrize("value", [None, True, 1.5, ["a"], {"a": 1}, object()])
def test_only_text_and_whole_numbers_are_printed(value: object) -> None:
    """A value of another kind is a fault of the template, not a word like None or True."""
    with pytest.raises(TemplateInvalid, match=r"tiny\.p"):
        one_text("{{ name }}", {"name": value})


def test_an_empty_value_is_not_printed_as_a_gap() -> None:
    """A field that is empty where it is printed is refused: the clause must be guarded."""
    with pytest.raises(TemplateInvalid, match="guard it with"):
        one_text("By {{ name }}.", {"name": ""})
    assert one_text("By{% if name %} {{ name }}{% endif %}.", {"name": ""}) == "By."


def test_a_missing_inner_field_is_named() -> None:
    """A field that its group does not have is an error that names it, not an empty word."""
    with pytest.raises(TemplateInvalid, match="street"):
        one_text("{{ party.street }}", {"party": {"name": "x"}})


def test_a_field_nobody_gave_is_named() -> None:
    """Filling in without a declared field is refused."""
    from docgen.render.clauses import evaluate
    from tests.unit.render.making import DRESSING

    tiny = template("preamble: [{id: tiny.p, text: '{{ name }}'}]", fields="name")
    with pytest.raises(TemplateInvalid, match="'name'"):
        evaluate(tiny, {}, panels=[], dressing=DRESSING)
