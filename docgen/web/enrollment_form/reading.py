"""What a browser sent, as plain values for the record's own reader; nothing is refused here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docgen.domain.enrollment.findings import Findings, Place, Rule
from docgen.domain.enrollment.kinds import Choice, Count, Flag, Many, Part, is_absent, specs_of
from docgen.domain.enrollment.leaves import Path, dotted, rows_of
from docgen.domain.enrollment.written import understand

if TYPE_CHECKING:
    from docgen.domain.enrollment.kinds import Spec
    from docgen.errors import Problem

Fields = Mapping[str, list[str]]
ACT, BASE, WHOLE = "do", "base", "whole"
CONTROLS = frozenset({ACT, BASE, WHOLE, "csrfmiddlewaretoken", "once", "target"})
_MOST_NAMED = 20  # unknown fields that are listed one by one


@dataclass(slots=True)
class Reader:
    """Reads fields by their dotted names and remembers which of them belong to the form."""

    fields: Fields
    keeps_blank_rows: bool = False  # while rows are moved, each must keep its number
    known: set[str] = field(default_factory=set)

    def record(self, record: type[Any], at: Path) -> dict[str, Any]:
        """Read the fields of a record; what says nothing, or only the default, is left out."""
        values = {}
        for name, spec in specs_of(record).items():
            value = self.value(spec, (*at, name))
            if not says_nothing(spec, value):
                values[name] = value
        return values

    def value(self, spec: Spec, at: Path) -> object:
        """Read one field, part or list of parts."""
        if isinstance(spec, Part):
            return self.record(spec.record, at)
        row = rows_of(spec)
        if row is not None:
            found = [self.record(row, (*at, index)) for index in self._numbers(at)]
            return [one for one in found if one or self.keeps_blank_rows]
        return self._leaf(spec, dotted(at))

    def _leaf(self, spec: Spec, name: str) -> object:
        self.known.add(name)
        given = self.fields.get(name, [])
        if isinstance(spec, Many) and is_ticked(spec):
            return [one for one in given if one.strip()]
        if isinstance(spec, Flag) and not given and spec.default is not None:
            return False  # a box that is not ticked is not sent
        text = given[-1] if given else ""
        return None if is_absent(text) else understand(spec, text).value

    def _numbers(self, at: Path) -> list[int]:
        inside = re.compile(rf"{re.escape(dotted(at))}\.([0-9]{{1,4}})\.", re.ASCII)
        found = (inside.match(name) for name in self.fields)
        return sorted({int(one[1]) for one in found if one})

    def strangers(self) -> tuple[Problem, ...]:
        """Refuse the fields that the form does not have."""
        findings = Findings()
        unknown = sorted(set(self.fields) - self.known - CONTROLS)
        for name in unknown[:_MOST_NAMED]:
            findings.refuse(
                Place().unknown(name),
                Rule.UNKNOWN_FIELD,
                "take this out or correct its name; the form has no such field",
            )
        return tuple(dict.fromkeys(findings.problems))


def is_ticked(spec: Many) -> bool:
    """Say whether a list is chosen by ticking: listed words, or rows of the same record."""
    return isinstance(spec.item, Choice) or bool(getattr(spec.item, "refers_to", ""))


def says_nothing(spec: Spec, value: object) -> bool:
    """Say whether leaving the value out says the same."""
    if is_absent(value):
        return True
    if isinstance(spec, Choice | Flag | Count):
        return value == spec.default and type(value) is not int
    return False
