"""Two people changed one page: each field that only one of them changed keeps that change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docgen.domain.enrollment.kinds import Part, specs_of
from docgen.domain.enrollment.leaves import rows_of
from docgen.web.enrollment_form.reading import says_nothing

if TYPE_CHECKING:
    from docgen.domain.enrollment.kinds import Spec


def merged(spec: Spec, base: object, mine: object, theirs: object) -> object:
    """Return my value where I changed it, theirs elsewhere; parts are looked at field by field."""
    held = [_said(spec, one) for one in (base, mine, theirs)]
    if held[0] == held[1]:
        return held[2]
    if isinstance(spec, Part) and held[2] != held[0]:
        return merged_parts(spec.record, *(one or {} for one in held))
    return held[1]


def merged_parts(record: type[Any], base: Any, mine: Any, theirs: Any) -> dict[str, Any]:
    """Merge the fields of one record."""
    found = {
        name: merged(spec, base.get(name), mine.get(name), theirs.get(name))
        for name, spec in specs_of(record).items()
    }
    return {name: held for name, held in found.items() if held is not None}


def _said(spec: Spec, value: object) -> Any:
    """Leave out what says nothing, so that equal meanings are equal values; None for nothing."""
    row = rows_of(spec)
    if row is not None and isinstance(value, list):
        value = [_inside(row, one) for one in value]
    elif isinstance(spec, Part):
        value = _inside(spec.record, value)
    return None if says_nothing(spec, value) else value


def _inside(record: type[Any], value: object) -> dict[str, Any]:
    values = value if isinstance(value, dict) else {}
    found = {name: _said(spec, values.get(name)) for name, spec in specs_of(record).items()}
    return {name: held for name, held in found.items() if held is not None}
