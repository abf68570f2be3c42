"""Read an enrollment file into plain values, refusing what no honest form contains."""

from __future__ import annotations

import json
import math
import re
import tomllib
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import yaml

from docgen.domain.enrollment.findings import Rule
from docgen.errors import EnrollmentInvalid, EnrollmentUnreadable, InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

BYTES_MOST = 1_048_576
DEPTH_MOST = 32
_DIGITS_MOST = 30
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


@contextmanager
def told_as_problem() -> Iterator[None]:
    """Tell whatever is wrong with a form's file as a problem, with rule and path as any other.

    Raises:
        EnrollmentUnreadable: the file cannot be used.
    """
    try:
        yield
    except EnrollmentInvalid:
        raise
    except InputError as refusal:
        problem = Problem(path="file", rule=Rule.FILE.value, message=str(refusal))
        raise EnrollmentUnreadable(problem) from refusal


@told_as_problem()
def read_enrollment(data: bytes, *, suffix: str) -> object:
    """Return the values in a JSON, YAML or TOML file.

    Refused: more than one mebibyte, text that is not UTF-8, nesting deeper than 32, a field given
    twice, NaN and infinity, and in YAML anchors, aliases and tags.

    Raises:
        EnrollmentUnreadable: it cannot be read; one sentence says where and what to do.
    """
    reader = _READERS.get(suffix.lower().lstrip("."))
    if reader is None:
        raise InputError("Save the enrollment as a .json, .yaml, .yml or .toml file.")
    if len(data) > BYTES_MOST:
        raise InputError("Shorten the enrollment file; it may hold at most one mebibyte.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _not_utf8() from None
    if "\0" in text[:2]:  # UTF-16 or UTF-32 without a byte order mark
        raise _not_utf8()
    if not text.strip():
        raise InputError("The enrollment file is empty; fill it in and upload it again.")
    value = reader(text)
    _check(value)
    return value


def _not_utf8() -> InputError:
    return InputError("Save the enrollment file in UTF-8 and upload it again.")


def _too_deep() -> InputError:
    return InputError(
        f"Flatten the enrollment file; its parts are nested more than {DEPTH_MOST} levels deep."
    )


def _not_a_number() -> InputError:
    return InputError("Replace NaN and infinity in the enrollment file by numbers.")


def _given_twice(names: Sequence[str], lines: Sequence[int] = ()) -> InputError:
    """Name the first field that stands there a second time, and its line where that is known."""
    second = next(at for at, name in enumerate(names) if name in names[:at])
    name = names[second]
    what = name if _FIELD_NAME.fullmatch(name) else "one"  # others might hold anything
    where = f" (again on line {lines[second]})" if lines else ""
    return InputError(
        f"Give each field of the enrollment file once; {what} stands there twice{where}."
    )


def _check(value: object) -> None:
    """Refuse deep nesting and numbers that are none, level by level."""
    level: list[object] = [value]
    depth = 0
    while level:
        if any(isinstance(one, float) and not math.isfinite(one) for one in level):
            raise _not_a_number()
        if depth >= DEPTH_MOST and any(isinstance(one, dict | list) for one in level):
            raise _too_deep()
        level = [inner for one in level for inner in _inside(one)]
        depth += 1


def _inside(value: object) -> Iterable[object]:
    match value:
        case dict():
            return value.values()
        case list():
            return value
        case _:
            return ()


def _read_json(text: str) -> object:
    try:
        return json.loads(
            text,
            object_pairs_hook=_once,
            parse_constant=_refuse_constant,
            parse_int=_whole_number,
        )
    except json.JSONDecodeError as error:
        raise InputError(
            f"Correct the JSON on line {error.lineno}, column {error.colno}; it cannot be read "
            "there."
        ) from None
    except RecursionError:
        raise _too_deep() from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _given_twice([name for name, _ in pairs])
    return fields


def _refuse_constant(_: str) -> NoReturn:
    raise _not_a_number()


def _whole_number(text: str) -> int:
    if len(text) > _DIGITS_MOST:
        raise InputError("Shorten the numbers in the enrollment file; one is too long.")
    return int(text)


# A dotted key of n parts costs tomllib n times n steps; strings may hold any number of dots.
# Possessive quantifiers and optional ends keep both patterns linear.
_TOML_TEXT = re.compile(
    r'"""(?:\\.|[^\\"]|"(?!""))*+(?:""")?'
    r"|'''(?:[^']|'(?!''))*+(?:''')?"
    r'|"(?:\\.|[^"\\\n])*+"?'
    r"|'[^'\n]*+'?"
    r"|#[^\n]*+",
    re.DOTALL,
)
_TOML_DEEP_KEY = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{DEPTH_MOST}}}")


def _read_toml(text: str) -> object:
    if _TOML_DEEP_KEY.search(_TOML_TEXT.sub("s", text)):
        raise _too_deep()
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        line = re.search(r"at line ([0-9]+)", str(error))
        where = f" on line {line[1]}" if line else ""
        raise InputError(
            f"Correct the TOML{where}; it cannot be read there, or a field stands there twice."
        ) from None


def _read_yaml(text: str) -> object:
    try:
        _refuse_yaml_extras(text)
        value: object = _Plain(text).get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" on line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise InputError(f"Correct the YAML{where}; it cannot be read there.") from None
    except (yaml.YAMLError, ValueError):
        raise InputError(
            "Retype the YAML file; it holds a character that cannot be printed."
        ) from None
    return value


def _refuse_yaml_extras(text: str) -> None:
    """Refuse anchors, tags and deep nesting from the stream of events, before building anything."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise InputError(
                f"Write each part of the YAML file out; anchors are not accepted (line "
                f"{_line(event)})."
            )
        if getattr(event, "tag", None) is not None:
            raise InputError(
                "Take the tags (words that start with !) out of the YAML file; one is on line "
                f"{_line(event)}."
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEPTH_MOST:
            raise _too_deep()


def _line(item: yaml.Event | yaml.Node) -> int:
    mark = item.start_mark
    return mark.line + 1 if mark else 1


class _Plain(yaml.CSafeLoader):
    """YAML with JSON's types only: no dates, and "no" stays a word."""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 - the library's own signature
    ) -> dict[Hashable, object]:
        """Refuse field names that are not text, and a field that stands there twice."""
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        plain = all(key.tag == _TEXT_TAG for key, _ in node.value)
        if not plain or len(names) != len(node.value):
            raise InputError(
                f"Write each field name of the YAML file as plain text (line {_line(node)})."
            )
        if len(set(names)) != len(names):
            raise _given_twice(names, [_line(key) for key, _ in node.value])
        return super().construct_mapping(node, deep=deep)


_TEXT_TAG = "tag:yaml.org,2002:str"
_NUMBER_STARTS = list("-+.0123456789")
# YAML 1.2's JSON schema, so that a ZIP code 02139 or the word "no" is not changed in reading.
_Plain.yaml_implicit_resolvers = {}
_Plain.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
_Plain.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), _NUMBER_STARTS
)
_Plain.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(
        r"^(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)"
        r"|\.(?:nan|NaN|NAN))$"
    ),
    _NUMBER_STARTS,
)


def _yaml_int(_: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    return _whole_number(node.value)


_Plain.add_constructor("tag:yaml.org,2002:int", _yaml_int)
_READERS: dict[str, Callable[[str], object]] = {
    "json": _read_json,
    "yaml": _read_yaml,
    "yml": _read_yaml,
    "toml": _read_toml,
}
