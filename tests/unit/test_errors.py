"""The error tree: codes that scripts can rely on, and sentences that tell nobody's secrets."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

import docgen
from docgen import errors
from docgen.errors import EnrollmentInvalid, Problem, ServiceUnavailable

# A capital, an option, something quoted, or the name of a file or setting.
OPENING = r"[A-Z\[`]|--|[a-z]+\.[a-z]+ "
ROOT = Path(str(docgen.__file__)).parents[1]
CLASSES = {
    name: kind
    for name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, Exception)
}


def test_codes_are_unique_and_plain() -> None:
    """Each class has its own code, in lower case with hyphens."""
    codes = [kind.__dict__["code"] for kind in CLASSES.values()]
    assert len(codes) == len(set(codes))
    assert all(code == code.lower() and code.replace("-", "").isalpha() for code in codes)


def test_settings_errors_stand_apart() -> None:
    """What retries or degrades catches DocgenError, and so never swallows a missing setting."""
    assert not issubclass(errors.ConfigurationError, errors.DocgenError)


@pytest.mark.parametrize(("count", "noun"), [(1, "1 problem;"), (2, "2 problems;")])
def test_an_invalid_enrollment_counts_its_problems(count: int, noun: str) -> None:
    """The sentence counts; the values are not in it."""
    problem = Problem(path="contacts[0].email", rule="val.email", message="Write one address.")
    error = EnrollmentInvalid((problem,) * count)
    assert noun in str(error)
    assert "contacts" not in str(error)


def test_a_failing_neighbor_is_named_with_its_request() -> None:
    """Operators get the service and its request id."""
    error = ServiceUnavailable("No answer.", service="mail", request_id="r1", retry_after_s=3.0)
    assert (error.service, error.request_id, error.retry_after_s) == ("mail", "r1", 3.0)


def raised() -> list[tuple[str, ast.Call]]:
    """List every place in the product that raises one of these errors."""
    found = []
    for folder in ("docgen", "integrations"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                    name = getattr(node.exc.func, "id", "")
                    if name in CLASSES:
                        found.append((f"{file.relative_to(ROOT)}:{node.lineno}", node.exc))
    return found


def literal(call: ast.Call) -> str:
    """Give the fixed words of an error's first argument."""
    pieces = [
        node.value
        for argument in call.args[:1]
        for node in ast.walk(argument)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return "".join(pieces)


def test_every_message_is_a_sentence() -> None:
    """Where the words are written at the place itself, they begin and end as a sentence does."""
    calls = raised()
    assert len(calls) > 100
    wrong = [
        f"{place}: {text}"
        for place, call in calls
        if call.args
        and isinstance(call.args[0], ast.Constant)
        and (text := literal(call))
        and not (re.match(OPENING, text) and text.rstrip()[-1] in ".!?:")
    ]
    assert not wrong


def test_no_message_prints_a_person_or_a_secret() -> None:
    """No message takes in an address, a name, a token, a code or a body."""
    forbidden = {"email", "token", "code", "body", "password", "full_name", "secret", "typed"}
    wrong = [
        f"{place}: {node.attr}"
        for place, call in raised()
        for argument in call.args[:1]
        for node in ast.walk(argument)
        if isinstance(node, ast.Attribute) and node.attr in forbidden
    ]
    assert not wrong
