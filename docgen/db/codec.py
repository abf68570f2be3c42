"""Domain values to plain JSON and back, for the columns that hold a value whole."""

from __future__ import annotations

from typing import TypeVar, cast

from cattrs.preconf.json import make_converter

Value = TypeVar("Value")

_converter = make_converter(detailed_validation=False)
# Details of an activity are plain JSON already.
_converter.register_structure_hook_func(lambda kind: kind is object, lambda value, _: value)


def to_json(value: object) -> dict[str, object]:
    """Give a domain value as plain JSON."""
    return cast("dict[str, object]", _converter.unstructure(value))


def from_json(raw: object, kind: type[Value]) -> Value:
    """Rebuild a domain value from what `to_json` gave."""
    return _converter.structure(raw, kind)
