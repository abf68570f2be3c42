"""Lay what a form or a sheet says over the draft it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docgen.domain.enrollment.kinds import Part, specs_of
from docgen.domain.enrollment.leaves import ROW_IDS, Path, rows_of
from docgen.domain.enrollment.record import Enrollment

if TYPE_CHECKING:
    from docgen.domain.enrollment.kinds import Spec

_ROW_NAMES = ("entity_id", "facility_id", "contact_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """What the new values speak about.

    When `adding`, rows the file does not name stay, and an empty field leaves what is there.
    """

    covered: AbstractSet[Path]
    adding: bool


def overlay(
    base: Mapping[str, Any], new: Mapping[str, Any], over: Over
) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """Return the draft with the new values in it, and the new place of each list's new rows.

    A field the file speaks about is replaced; all others stay as they are. Rows are matched by
    their ids.
    """
    moved: dict[str, list[int]] = {}
    values = _record(Enrollment, base, new, over, ())
    for rows, (id_name, _) in ROW_IDS.items():
        order = [one.get(id_name) for one in values.get(rows, ())]
        moved[rows] = [order.index(one.get(id_name)) for one in new.get(rows, ())]
    return values, moved


def _record(
    record: type[Any], base: Mapping[str, Any], new: Mapping[str, Any], over: Over, at: Path
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, spec in specs_of(record).items():
        held = _value(spec, base.get(name), new.get(name), over, (*at, name))
        if held not in (None, {}, []):
            values[name] = held
    extra = {key: value for key, value in base.items() if key not in specs_of(record)}
    return {**extra, **values}


def _value(spec: Spec, base: Any, new: Any, over: Over, at: Path) -> object:
    if isinstance(spec, Part):
        return _record(spec.record, base or {}, new or {}, over, at)
    if (record := rows_of(spec)) is not None:
        if not any(one[: len(at)] == at for one in over.covered):
            return base
        return _rows(record, base or [], new or [], over, at)
    is_silent = new is None and over.adding
    return new if at in over.covered and not is_silent else base


def _rows(
    record: type[Any], base: list[Any], new: list[Any], over: Over, at: Path
) -> list[dict[str, Any]]:
    held, fresh = _by_key(base), _by_key(new)
    order = [*held, *(one for one in fresh if one not in held)] if over.adding else [*fresh]
    return [
        _record(record, held.get(one, {}), fresh[one], over, at) if one in fresh else held[one]
        for one in order
    ]


def _by_key(rows: list[Any]) -> dict[object, dict[str, Any]]:
    """Return rows by what tells them apart; the second row of one id is a row of its own."""
    found: dict[object, dict[str, Any]] = {}
    for index, row in enumerate(rows):
        key: object = next((row[name] for name in _ROW_NAMES if row.get(name)), index)
        number = sum(1 for one in found if isinstance(one, tuple) and one[0] == key)
        found[key, number] = row
    return found
