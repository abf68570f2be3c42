"""How two versions of an enrollment differ, field by field, the way people read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from docgen.domain.enrollment.kinds import Many, Part, Spec, Text, specs_of
from docgen.domain.enrollment.moments import write_instant
from docgen.domain.enrollment.wording import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.domain.enrollment.record import Enrollment

_KINDS = ("entity", "facility", "contact")
_NAMES = ("legal_name", "full_name", "name", "pso_name", "role")
_KEPT_BY_THE_SITE = frozenset({"schema_version", "record_id", "version"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field before and after; "" stands for what is not given.

    An item that came or went is one difference: its name on one side, "" on the other.
    """

    path: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One version's value of a field, and the names behind its ids."""

    value: object
    names: Mapping[str, str]

    def of(self, name: str) -> _Side:
        """Step into a field."""
        return _Side(value=getattr(self.value, name), names=self.names)

    def say(self, spec: Spec) -> str:
        """Write the value for people."""
        return _say(spec, self.value, self.names)


def differences(old: Enrollment, new: Enrollment) -> tuple[Difference, ...]:
    """List every field that differs, in the form's order.

    Facilities, entities and people are told apart by their ids, so that a new first one does not
    make all others look changed.
    """
    before = _Side(value=old, names=_names(old))
    after = _Side(value=new, names=_names(new))
    return tuple(
        item
        for name, spec in specs_of(type(old)).items()
        if name not in _KEPT_BY_THE_SITE
        for item in _field(name, (spec.label,), spec, before.of(name), after.of(name))
    )


def _names(record: Enrollment) -> dict[str, str]:
    items = (*record.legal_entities, *record.facilities, *record.contacts)
    return {_referred(item): _name(item, {}) for item in items}


def _field(
    path: str, crumbs: tuple[str, ...], spec: Spec, before: _Side, after: _Side
) -> Iterator[Difference]:
    if before.value == after.value:
        return
    if isinstance(spec, Part):
        yield from _part(path, crumbs, before, after)
    elif isinstance(spec, Many) and isinstance(spec.item, Part):
        yield from _items(path, crumbs[:-1], spec, before, after)
    else:
        text = ", ".join(crumbs)
        yield Difference(
            path=path,
            label=text[:1].upper() + text[1:],
            before=before.say(spec),
            after=after.say(spec),
        )


def _part(path: str, crumbs: tuple[str, ...], before: _Side, after: _Side) -> Iterator[Difference]:
    for name, spec in specs_of(type(before.value)).items():
        inner = (*crumbs, spec.label)
        yield from _field(f"{path}.{name}", inner, spec, before.of(name), after.of(name))


def _items(
    path: str, crumbs: tuple[str, ...], spec: Many, before: _Side, after: _Side
) -> Iterator[Difference]:
    old, new = _keyed(before), _keyed(after)
    for key in dict.fromkeys([*old, *new]):
        here = f"{path}[{key}]"
        if key in old and key in new:
            named = f"{spec.noun} “{_name(new[key].value, after.names)}”"
            yield from _part(here, (*crumbs, named), old[key], new[key])
        else:
            yield Difference(
                path=here,
                label=", ".join((*crumbs, spec.noun)),
                before=_name(old[key].value, before.names) if key in old else "",
                after=_name(new[key].value, after.names) if key in new else "",
            )
    was = [key for key in old if key in new]
    now = [key for key in new if key in old]
    if was != now:
        yield Difference(
            path=path,
            label=f"{spec.label[:1].upper()}{spec.label[1:]}, order",
            before="; ".join(_name(old[key].value, before.names) for key in was),
            after="; ".join(_name(new[key].value, after.names) for key in now),
        )


def _keyed(side: _Side) -> dict[str, _Side]:
    """Give each item under its id, or its name; the same one again is numbered."""
    seen: Counter[str] = Counter()
    found = {}
    items = side.value if isinstance(side.value, tuple) else ()
    for item in items:
        key = _identity(item) or _name(item, {})
        seen[key] += 1
        number = f"#{seen[key]}" if seen[key] > 1 else ""
        found[key + number] = _Side(value=item, names=side.names)
    return found


def _referred(item: object) -> str:
    """Give kind and id of what an item is or stands for, as `contact:ann`; "" when it has none."""
    kinds = (kind for kind in _KINDS if hasattr(item, f"{kind}_id"))
    return next((f"{kind}:{getattr(item, f'{kind}_id')}" for kind in kinds), "")


def _identity(item: object) -> str:
    return _referred(item).partition(":")[2]


def _name(item: object, names: Mapping[str, str]) -> str:
    """Name an item: by its own name, else by that of the person or place it refers to."""
    own = next((str(getattr(item, name)) for name in _NAMES if getattr(item, name, "")), "")
    return own or names.get(_referred(item), _identity(item)) or "without a name"


def _say(spec: Spec, value: object, names: Mapping[str, str]) -> str:
    if isinstance(value, tuple) and isinstance(spec, Many):
        return "; ".join(_say(spec.item, one, names) for one in value)
    if isinstance(spec, Text) and spec.refers_to:
        return names.get(f"{spec.refers_to}:{value}", str(value))
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, StrEnum):
        return phrase(value)
    return write_instant(value) if isinstance(value, datetime) else str(value)
