"""A page of the form as values for its templates, made from the declared record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from docgen.domain.enrollment import forms
from docgen.domain.enrollment.findings import Place
from docgen.domain.enrollment.kinds import (
    Count,
    Day,
    Flag,
    Many,
    Part,
    Text,
    is_absent,
    specs_of,
)
from docgen.domain.enrollment.leaves import REFERRED, ROW_IDS, Path, dotted, rows_of
from docgen.domain.enrollment.record import OtherRelationship
from docgen.domain.enrollment.stages import Stage
from docgen.domain.enrollment.wording import hint
from docgen.domain.enrollment.written import NO, YES, choices, show
from docgen.web.enrollment_form.reading import is_ticked

if TYPE_CHECKING:
    from docgen.domain.enrollment.kinds import Spec

NEEDS = {
    Stage.SUBMIT: "needed to submit",
    Stage.SIGN: "needed for signing",
    Stage.PSES: "needed for the PSES policy",
}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_IDS = {(rows, id_name) for rows, (id_name, _) in ROW_IDS.items()}
_MADE = "made from the name if left empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One line of a list to choose from."""

    value: str
    words: str
    is_chosen: bool = False
    id: str = ""


@dataclass(slots=True, kw_only=True)
class Box:
    """One field; `kind` is line, area, date, select, tick or ticks."""

    path: str
    id: str
    name: str
    label: str
    hint: str = ""
    kind: str = "line"
    value: str = ""
    options: tuple[Option, ...] = ()
    need: str = ""
    mode: str = ""  # which keyboard helps
    spoken: str = ""  # the label with the parts around it, as messages name the field
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    template: str = "docgen/form/box.html"

    @property
    def told_by(self) -> str:
        """List the ids of what describes this field, for screen readers."""
        parts = (("hint", self.hint), ("error", self.problems), ("warn", self.warnings))
        return " ".join(f"{self.id}-{name}" for name, held in parts if held)


@dataclass(slots=True, kw_only=True)
class Group:
    """The fields of one part under its name; a row of a list can be moved and taken out."""

    path: str
    id: str
    label: str
    inside: list[Any]
    need: str = ""
    row: str = ""  # its dotted name, when it is a row
    is_first: bool = False
    is_last: bool = False
    spoken: str = ""
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    template: str = "docgen/form/group.html"


@dataclass(slots=True, kw_only=True)
class Rows:
    """A list of parts inside the page."""

    path: str
    id: str
    name: str
    label: str
    noun: str
    groups: list[Group]
    may_add: bool
    need: str = ""
    spoken: str = ""
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    template: str = "docgen/form/rows.html"


Item = Box | Group | Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What stands around a field: where it is, and from which step on its part is needed."""

    place: Place
    path: Path
    is_asked: bool = True

    def of(self, name: str, spec: Spec) -> Around:
        """Step into a field."""
        return Around(
            place=self.place.child(name, spec.label),
            path=(*self.path, name),
            is_asked=self.is_asked,
        )

    def inside(self, spec: Spec, held: object) -> Around:
        """Step inside a part; one that is left out as a whole asks for nothing."""
        is_asked = self.is_asked and (spec.need is not None or not is_absent(held))
        place = self.place.needed(spec.need) if spec.need else self.place
        return Around(place=place, path=self.path, is_asked=is_asked)

    def row(self, index: int, noun: str) -> Around:
        """Step into a row."""
        return Around(
            place=self.place.item(index, noun),
            path=(*self.path, index),
            is_asked=self.is_asked,
        )

    def need(self, spec: Spec) -> str:
        """Say for which step the field is needed."""
        if spec.need is None or not self.is_asked:
            return ""
        return NEEDS.get(spec.need.later_of(self.place.floor), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Makes the fields of a page; `lists` are the record's people, places and entities by list."""

    lists: Mapping[str, list[tuple[str, str]]]

    def record(self, record: type[Any], values: object, around: Around) -> list[Item]:
        """Make the fields of a record; the id a list gives its rows comes last."""
        held = values if isinstance(values, dict) else {}
        items = [
            self.item(record, name, spec, held.get(name), around.of(name, spec))
            for name, spec in specs_of(record).items()
        ]
        return sorted(items, key=lambda one: _is_id(one.path))

    def item(self, record: type[Any], name: str, spec: Spec, held: object, around: Around) -> Item:
        """Make one field, part or list of parts."""
        row = rows_of(spec)
        if isinstance(spec, Many) and row is not None:
            return self._rows(spec, row, held, around)
        if isinstance(spec, Part):
            inside = around.inside(spec, held)
            return Group(
                path=around.place.path,
                id=_id(around.path),
                label=_upper(spec.label),
                spoken=around.place.label,
                need=around.need(spec) if is_absent(held) else "",
                inside=self.record(spec.record, held, inside),
            )
        box = Box(
            path=around.place.path,
            id=_id(around.path),
            name=dotted(around.path),
            label=_upper(spec.label),
            spoken=around.place.label,
            hint=_MADE if _is_id(around.place.path) else hint(record, name),
            need=around.need(spec),
        )
        self._fill(box, spec, held)
        return box

    def _rows(self, spec: Many, row: type[Any], held: object, around: Around) -> Rows:
        rows = held if isinstance(held, list) else []
        inside = around.inside(spec, held)
        groups = []
        for index, values in enumerate(rows):
            here = inside.row(index, spec.noun)
            groups.append(
                Group(
                    path=here.place.path,
                    id=_id(here.path),
                    label=f"{spec.noun} {index + 1}",
                    spoken=here.place.label,
                    inside=self.record(row, values, here),
                    row=dotted(here.path),
                    is_first=index == 0,
                    is_last=index == len(rows) - 1,
                )
            )
        return Rows(
            path=around.place.path,
            id=_id(around.path),
            name=dotted(around.path),
            label=_upper(spec.label),
            spoken=around.place.label,
            noun=lower(spec.noun),
            groups=groups,
            may_add=len(rows) < spec.high,
            need=around.need(spec) if not rows else "",
        )

    def _fill(self, box: Box, spec: Spec, held: object) -> None:
        """Say how the field is filled in and with what."""
        if isinstance(spec, Many) and is_ticked(spec):
            box.kind = "ticks"
            box.options = self._ticks(box, spec, held)
        elif isinstance(spec, Flag):
            self._flag(box, spec, held)
        elif words := self._words(spec, box.path):
            box.kind = "select"
            default = getattr(spec, "default", None)
            chosen = str(held) if not is_absent(held) else str(default or "")
            box.options = _select(words, chosen, has_blank=default is None)
        else:
            box.value = show(spec, held)
            box.kind, box.mode = _kind_of(spec, box.value), _mode_of(spec)

    def _flag(self, box: Box, spec: Flag, held: object) -> None:
        if spec.default is None or not (held is None or isinstance(held, bool)):
            answers = [(YES, "Yes"), (NO, "No")]
            box.kind, chosen = "select", show(spec, held)
            box.options = _select(answers, chosen, has_blank=spec.default is None)
        else:
            box.kind = "tick"
            box.options = (
                Option(value=YES, words=box.label, is_chosen=bool(_or(held, spec.default))),
            )

    def _words(self, spec: Spec, path: str) -> list[tuple[str, str]]:
        if isinstance(spec, Text) and spec.refers_to:
            return self.lists.get(REFERRED[spec.refers_to], []) or [("", _nobody(path))]
        return list(choices(spec).items())

    def _ticks(self, box: Box, spec: Many, held: object) -> tuple[Option, ...]:
        given = [str(one) for one in held] if isinstance(held, list) else []
        refers_to = getattr(spec.item, "refers_to", "")
        words = (
            self.lists.get(REFERRED[refers_to], [])
            if refers_to
            else list(choices(spec.item).items())
        )
        known = {value for value, _ in words}
        words += [(one, f"“{one}”, which is not in the list") for one in given if one not in known]
        return tuple(
            Option(value=value, words=shown, is_chosen=value in given, id=f"{box.id}-{number}")
            for number, (value, shown) in enumerate(words)
        )


def _select(words: list[tuple[str, str]], chosen: str, *, has_blank: bool) -> tuple[Option, ...]:
    """Make the lines of a list; what was given and is not among them stays to be seen."""
    lines = [("", "–")] if has_blank and all(value for value, _ in words) else []
    lines += words
    if chosen not in {value for value, _ in lines}:
        lines.append((chosen, f"“{chosen}”, which is not in the list"))
    return tuple(
        Option(value=value, words=shown, is_chosen=value == chosen) for value, shown in lines
    )


def _kind_of(spec: Spec, value: str) -> str:
    is_list = isinstance(spec, Many)
    if is_list or "\n" in value or _is_prose(spec):
        return "area"
    # A date field would hide what is no date, and with it what there is to correct.
    return "date" if isinstance(spec, Day) and (not value or _DAY.fullmatch(value)) else "line"


def _is_prose(spec: Spec) -> bool:
    return isinstance(spec, Text) and spec.parse is _PROSE


def _mode_of(spec: Spec) -> str:
    """Say which keyboard helps on a telephone."""
    if isinstance(spec, Text):
        return _MODES.get(spec.parse, "")
    return "numeric" if isinstance(spec, Count) else ""


_PROSE = cast("Text", specs_of(OtherRelationship)["description"]).parse
_MODES: Mapping[object, str] = {
    forms.EMAIL.parse: "email",
    forms.PHONE.parse: "tel",
    forms.URL.parse: "url",
    forms.ZIP.parse: "numeric",
    forms.NPI.parse: "numeric",
}


def _or(held: object, default: object) -> object:
    return default if held is None else held


def _is_id(path: str) -> bool:
    return any(re.fullmatch(rf"{rows}\[[0-9]+\]\.{name}", path) for rows, name in _IDS)


def _nobody(path: str) -> str:
    return "– none is on the form yet –" if path else ""


def lower(noun: str) -> str:
    """Write a noun for the middle of a sentence; its other capitals stay."""
    return noun[:1].lower() + noun[1:]


def _upper(label: str) -> str:
    return label[:1].upper() + label[1:]


def _id(path: Path) -> str:
    return f"f-{dotted(path)}".replace(".", "-")


def anchor_of(path: str) -> str:
    """Give the id under which a path of the record stands on its page."""
    return "f-" + path.replace("[", "-").replace("]", "").replace(".", "-")


def lists_of(values: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """List the rows that other fields refer to: id, and the name people know."""
    found: dict[str, list[tuple[str, str]]] = {}
    for rows, (id_name, names) in ROW_IDS.items():
        held = values.get(rows)
        found[rows] = [
            (str(one[id_name]), " ".join(str(one.get(name) or "") for name in names).strip()
             or str(one[id_name]))
            for one in (held if isinstance(held, list) else [])
            if isinstance(one, dict) and one.get(id_name)
        ]  # fmt: skip
    return found
