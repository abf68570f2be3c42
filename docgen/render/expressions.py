"""The sandbox in which clause texts are evaluated: no globals, few filters, values never markup.

A value is wrapped between two private-use characters on its way out of an expression, so that what
stands in a value (an asterisk, say) is never read as our inline markup. Such characters cannot occur
in values: the enrollment refuses them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from docgen.errors import TemplateInvalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jinja2 import Template as Compiled

OPEN, CLOSE = "\ue000", "\ue001"
FILTERS = ("join", "length", "upper", "lower", "title")
LOCAL_NAMES = frozenset({"row", "ref", "loop"})


def _wrap(value: object) -> str:
    return f"{OPEN}{value}{CLOSE}"


@cache
def sandbox() -> ImmutableSandboxedEnvironment:
    """Give the one environment of clause texts."""
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        finalize=_wrap,
        autoescape=False,  # noqa: S701  # renderers escape; here nothing is markup yet
        cache_size=0,
    )
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    environment.tests = {
        name: environment.tests[name] for name in ("defined", "eq", "ne", "gt", "lt", "in")
    }
    environment.globals = {}
    return environment


def compile_text(source: str, where: str) -> Compiled:
    """Compile one text.

    Raises:
        TemplateInvalid: the text is not a template we accept; the message names the clause.
    """
    try:
        return sandbox().from_string(source)
    except TemplateError as error:
        raise TemplateInvalid(f"{where} does not compile: {error.message}.") from error


def compile_condition(source: str, where: str) -> Callable[[Mapping[str, object]], bool]:
    """Compile a condition into a function of the fields."""
    try:
        expression = sandbox().compile_expression(source, undefined_to_none=False)
    except TemplateError as error:
        raise TemplateInvalid(f"{where}: `when` does not compile: {error.message}.") from error

    def holds(fields: Mapping[str, object]) -> bool:
        try:
            return bool(expression(**fields))
        except TemplateError as error:
            raise TemplateInvalid(f"{where}: `when` fails: {error.message}.") from error

    return holds


def names_used(source: str, where: str) -> Iterator[tuple[str, str]]:
    """Yield ("field", name) for each top-level name read and ("ref", id) for each reference.

    Raises:
        TemplateInvalid: a reference is not a literal id, or an attribute begins with `_`.
    """
    tree = sandbox().parse(source)
    local = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    for call in tree.find_all(nodes.Call):
        is_ref = isinstance(call.node, nodes.Name) and call.node.name == "ref"
        target = call.args[0] if call.args else None
        if not is_ref or not isinstance(target, nodes.Const):
            raise TemplateInvalid(f"{where}: only ref(\"clause id\") may be called.")
        yield "ref", str(target.value)
    for attribute in tree.find_all(nodes.Getattr):
        if attribute.attr.startswith("_"):
            raise TemplateInvalid(f"{where}: a name may not begin with an underscore.")
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and name.name not in local | LOCAL_NAMES:
            yield "field", name.name


def condition_as_text(source: str) -> str:
    """Write a condition as a text, so that its names can be read by `names_used`."""
    return "{% if " + source + " %}{% endif %}"


def evaluate_text(text: Compiled, fields: Mapping[str, object], where: str) -> str:
    """Evaluate one compiled text; values come wrapped.

    Raises:
        TemplateInvalid: a field is missing or may not be read; the message names the clause.
    """
    try:
        return text.render(fields)
    except TemplateError as error:
        raise TemplateInvalid(f"{where} cannot be filled in: {error.message}.") from error
