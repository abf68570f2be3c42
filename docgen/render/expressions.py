"""The sandbox in which clause texts are evaluated: no globals, few filters, values never markup.

A text may use only the constructs listed here; everything else is refused when the template is
loaded, not when it is filled in. A value is wrapped between two private-use characters on its way
out of an expression, so that what stands in a value (an asterisk, say) is never read as our inline
markup. A value that holds such a character itself is refused.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from docgen.errors import TemplateInvalid
from docgen.render.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jinja2 import Template as Compiled

OPEN, CLOSE = "\ue000", "\ue001"
FILTERS = ("join", "length", "upper", "lower", "title")
LOCAL_NAMES = frozenset({"row", "ref", "loop"})

# Everything a clause may be made of: no arithmetic (a text could grow without bound), no
# subscripts, tests, macros, assignments, includes or blocks.
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Name),
    *(nodes.Getattr, nodes.Const, nodes.Call, nodes.Filter, nodes.CondExpr),
    *(nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand),
)
# What no form can print: controls, surrogates, private places, the replacement sign.
_UNPRINTABLE = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ue000-\\uf8ff\\ufdd0-\\ufdef"
    "\\ufff9-\\uffff\\U000f0000-\\U0010ffff]"
)
_FAULTS = (TemplateError, TypeError, ValueError, AttributeError, KeyError, RecursionError)


def _wrap(value: object) -> str:
    """Mark a value as a value; only text and whole numbers are printed."""
    if isinstance(value, StrictUndefined):
        return str(value)  # raises, and names the field
    if isinstance(value, bool) or not isinstance(value, (str, int, Blank)):
        raise TypeError("a value is neither text nor a number")
    text = str(value)
    bad = _UNPRINTABLE.search(text)
    if bad is not None:
        raise ValueError(f"a value holds U+{ord(bad.group()):04X}, which cannot be printed")
    return f"{OPEN}{text}{CLOSE}"


@cache
def sandbox() -> ImmutableSandboxedEnvironment:
    """Give the one environment of clause texts."""
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        finalize=_wrap,
        autoescape=False,  # renderers escape; here nothing is markup yet
        cache_size=0,
    )
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    environment.tests = {}
    environment.globals = {}
    return environment


def has_expressions(source: str) -> bool:
    """Tell whether a text holds anything to evaluate."""
    return "{{" in source or "{%" in source or "{#" in source


def compile_text(source: str, where: str) -> Compiled:
    """Compile one text.

    Raises:
        TemplateInvalid: the text is not a template we accept; the message names the clause.
    """
    try:
        return sandbox().from_string(source)
    except _FAULTS as error:
        raise TemplateInvalid(f"{where}: the text does not compile: {_said(error)}.") from error


def compile_condition(source: str, where: str) -> Callable[[Mapping[str, object]], bool]:
    """Compile a condition into a function of the fields.

    Raises:
        TemplateInvalid: it is no expression we accept; the message names the clause.
    """
    try:
        expression = sandbox().compile_expression(source, undefined_to_none=False)
    except _FAULTS as error:
        raise TemplateInvalid(f"{where}: `when` does not compile: {_said(error)}.") from error

    def holds(fields: Mapping[str, object]) -> bool:
        try:
            return bool(expression(**fields))
        except _FAULTS as error:
            raise TemplateInvalid(f"{where}: `when` fails: {_said(error)}.") from error

    return holds


def names_in_text(source: str, where: str) -> Iterator[tuple[str, str]]:
    """Yield ("field", name) for each top-level name read and ("ref", id) for each reference.

    Raises:
        TemplateInvalid: the text uses something that clauses may not use.
    """
    try:
        tree: nodes.Node = sandbox().parse(source)
    except _FAULTS as error:
        raise TemplateInvalid(f"{where}: the text does not compile: {_said(error)}.") from error
    yield from _names(tree, where)


def names_in_condition(source: str, where: str) -> Iterator[tuple[str, str]]:
    """Yield the names a condition reads; see `names_in_text`."""
    try:
        parser = Parser(sandbox(), source, state="variable")
        tree = parser.parse_expression()
        ended = parser.stream.eos
    except _FAULTS as error:
        raise TemplateInvalid(f"{where}: `when` does not compile: {_said(error)}.") from error
    if not ended:
        raise TemplateInvalid(f"{where}: `when` holds more than one expression.")
    tree.set_environment(sandbox())
    yield from _names(tree, where)


def _names(tree: nodes.Node, where: str) -> Iterator[tuple[str, str]]:
    everything = [tree, *tree.find_all(nodes.Node)]
    for node in everything:
        _check_node(node, where)
    stored = {
        node.name for node in everything if isinstance(node, nodes.Name) and node.ctx == "store"
    }
    for node in everything:
        if isinstance(node, nodes.Call):
            yield "ref", _reference(node, where)
        elif isinstance(node, nodes.Name) and node.name not in stored | LOCAL_NAMES:
            yield "field", node.name


def _check_node(node: nodes.Node, where: str) -> None:
    if not isinstance(node, _ALLOWED):
        construct = type(node).__name__.lower()
        raise TemplateInvalid(f"{where}: clauses may not use {construct}; see the clause format.")
    match node:
        case nodes.Getattr(attr=name) | nodes.Name(name=name) if name.startswith("_"):
            raise TemplateInvalid(f"{where}: a name may not begin with an underscore.")
        case nodes.Name(name=("ref" | "row" | "loop"), ctx="store"):
            raise TemplateInvalid(f"{where}: ref, row and loop have a meaning of their own.")
        case nodes.Filter(name=name) if name not in FILTERS:
            raise TemplateInvalid(
                f"{where}: the filter {name!r} is not allowed; use one of {', '.join(FILTERS)}."
            )
        case nodes.Filter(kwargs=[_, *_]) | nodes.Filter(dyn_args=nodes.Node()):
            raise TemplateInvalid(f"{where}: a filter takes one plain argument at most.")
        case nodes.For(recursive=True):
            raise TemplateInvalid(f"{where}: a loop may not call itself.")
        case _:
            pass


def _reference(call: nodes.Call, where: str) -> str:
    match call:
        case nodes.Call(
            node=nodes.Name(name="ref"),
            args=[nodes.Const(value=str(target))],
            kwargs=[],
            dyn_args=None,
            dyn_kwargs=None,
        ):
            return target
        case _:
            raise TemplateInvalid(f'{where}: only ref("clause id") may be called.')


def evaluate_text(text: Compiled, fields: dict[str, object], where: str) -> str:
    """Evaluate one compiled text; values come wrapped.

    Raises:
        TemplateInvalid: a field is missing or cannot be printed; the message names the clause.
    """
    try:
        # As `text.render(fields)`, which copies all fields twice for each text; none changes them.
        return "".join(text.root_render_func(text.new_context(fields, shared=True)))
    except _FAULTS as error:
        raise TemplateInvalid(f"{where} cannot be filled in: {_said(error)}.") from error


def _said(error: BaseException) -> str:
    """Give an error's words; those of Jinja and ours hold names of fields, never values."""
    match error:
        case TemplateError(message=str(message)):
            return message.rstrip(".")
        case TypeError() | ValueError():
            return str(error).rstrip(".")
        case _:
            return "a value is not of the expected kind"
