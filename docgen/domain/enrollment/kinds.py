"""The kinds of field: each reads a value, writes it and describes it in JSON Schema.

Blank is absent: null, an empty text, an empty list and an empty object all read as "not given".
Reading never raises: it notes problems in `Findings` and puts the blank value in place.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar, cast

from docgen.domain.enrollment.findings import Findings, Place, Rule
from docgen.domain.enrollment.guess import likely_name
from docgen.domain.enrollment.moments import parse_day, parse_instant, write_instant
from docgen.domain.enrollment.stages import Stage
from docgen.domain.enrollment.text import wrong
from docgen.errors import EnrollmentInvalid

R = TypeVar("R")
Doubts = Callable[[str], Iterable[tuple[Rule, str]]]

SPEC = "spec"  # key of a field's kind in its metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What every kind of field knows: its label, when it is needed, whether documents print it.

    Abstract, though without `abc.ABC`: with it, each question of which kind a field is takes three
    times as long, and reading a large record asks eight thousand.
    """

    label: str
    need: Stage | None = None
    printed: bool = True

    @property
    def blank(self) -> object:
        """Return the value that means "not given"."""
        return None

    @property
    def ask(self) -> str:
        """Say what to do when the value is missing."""
        return "fill this in"

    @abc.abstractmethod
    def read(self, raw: object, at: Place, findings: Findings) -> object:
        """Return the trusted value, or note what is wrong and return the blank."""

    def write(self, value: object) -> object:
        """Return the JSON form of a trusted value."""
        return value

    @abc.abstractmethod
    def schema(self) -> dict[str, object]:
        """Describe the JSON form."""

    def take(self, raw: object, at: Place, findings: Findings) -> object:
        """Read a value that may be absent, noting when a step will need it."""
        if is_absent(raw):
            if self.need is not None:
                findings.lack(at, self.need, self.ask)
            return self.blank
        return self.read(raw, at, findings)


def is_absent(raw: object) -> bool:
    """Say whether a raw value means "not given"."""
    if isinstance(raw, str):
        return not raw.strip()
    return raw is None or (isinstance(raw, list | tuple | dict) and not raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Spec):
    """Text: cleaned by `parse`, measured in characters, perhaps doubted by `doubts`."""

    parse: Callable[[str], str]
    low: int = 1
    high: int = 100
    doubts: Doubts | None = None
    refers_to: str = ""
    pattern: str = ""
    hint: str = ""  # how to fill it in where that is not plain

    @property
    def ask(self) -> str:
        """Say what to do when the text is missing."""
        return f"fill this in; {self.hint}" if self.hint else "fill this in"

    @property
    def blank(self) -> str:
        """Return the empty text."""
        return ""

    def read(self, raw: object, at: Place, findings: Findings) -> str:
        """Return the cleaned text."""
        if not isinstance(raw, str):
            findings.refuse(at, Rule.TYPE, "write text here; put numbers in quotation marks")
            return ""
        try:
            value = self._parsed(raw)
        except EnrollmentInvalid as found:
            findings.adopt(at, found)
            return ""
        for rule, sentence in self.doubts(value) if self.doubts else ():
            findings.doubt(at, rule, sentence)
        return value

    def _parsed(self, raw: str) -> str:
        if len(raw) > 2 * self.high + 80:
            raise self._of_wrong_length()
        value = self.parse(raw)
        if not self.low <= len(value) <= self.high:
            raise self._of_wrong_length()
        return value

    def _of_wrong_length(self) -> EnrollmentInvalid:
        bounds = f"{self.low} to {self.high} characters"
        return wrong(Rule.LIMITS, f"shorten or complete it; it takes {bounds}")

    def schema(self) -> dict[str, object]:
        """Describe the text's length, and its shape where one is fixed."""
        shape: dict[str, object] = {"pattern": self.pattern} if self.pattern else {}
        return {"type": "string", "minLength": self.low, "maxLength": self.high} | shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Spec):
    """One word out of a fixed list."""

    options: type[StrEnum]
    default: StrEnum | None = None

    @property
    def ask(self) -> str:
        """Say what to do when the word is missing."""
        return "choose one of the listed words"

    @property
    def blank(self) -> StrEnum | None:
        """Return the word that holds when none is given."""
        return self.default

    def read(self, raw: object, at: Place, findings: Findings) -> StrEnum | None:
        """Return the member whose word this is."""
        if not isinstance(raw, str):
            findings.refuse(at, Rule.TYPE, "write one of the listed words as text")
            return self.default
        found = next((option for option in self.options if option == raw.strip()), None)
        if found is None:
            words = ", ".join(option.value for option in self.options)
            findings.refuse(at, Rule.CHOICE, f"choose one of these words: {words}")
            return self.default
        return found

    def write(self, value: object) -> object:
        """Return the plain word."""
        return str(value)

    def schema(self) -> dict[str, object]:
        """List the words."""
        shape: dict[str, object] = {"enum": [option.value for option in self.options]}
        return shape | ({"default": self.default.value} if self.default else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Spec):
    """Yes or no; a flag that is needed must say yes."""

    default: bool | None = False

    @property
    def ask(self) -> str:
        """Say what to do when nothing is said."""
        return "confirm this" if self.default is False else "answer true or false"

    @property
    def blank(self) -> bool | None:
        """Return what holds when nothing is said."""
        return self.default

    def read(self, raw: object, at: Place, findings: Findings) -> bool | None:
        """Accept only true and false."""
        if not isinstance(raw, bool):
            findings.refuse(at, Rule.TYPE, "answer true or false")
            return self.default
        if self.need is not None and self.default is False and not raw:
            findings.lack(at, self.need, self.ask)
        return raw

    def schema(self) -> dict[str, object]:
        """Describe the two answers."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Spec):
    """A whole number within bounds."""

    low: int
    high: int
    default: int | None = None

    @property
    def blank(self) -> int | None:
        """Return the number that holds when none is given."""
        return self.default

    def read(self, raw: object, at: Place, findings: Findings) -> int | None:
        """Accept whole numbers only; true and false are not numbers."""
        if isinstance(raw, bool) or not isinstance(raw, int):
            findings.refuse(at, Rule.TYPE, "write a whole number without quotation marks")
            return self.default
        if not self.low <= raw <= self.high:
            findings.refuse(at, Rule.LIMITS, f"write a whole number from {self.low} to {self.high}")
            return self.default
        return raw

    def schema(self) -> dict[str, object]:
        """Describe the bounds."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Spec):
    """A calendar date."""

    def read(self, raw: object, at: Place, findings: Findings) -> date | None:
        """Accept an ISO 8601 date, or the date value of a TOML file."""
        try:
            return parse_day(raw)
        except EnrollmentInvalid as found:
            findings.adopt(at, found)
            return None

    def write(self, value: object) -> object:
        """Return YYYY-MM-DD."""
        return value.isoformat() if isinstance(value, date) else None

    def schema(self) -> dict[str, object]:
        """Describe the form."""
        return {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant(Spec):
    """A moment, kept in UTC to the second."""

    def read(self, raw: object, at: Place, findings: Findings) -> datetime | None:
        """Accept an ISO 8601 date and time with its offset."""
        try:
            return parse_instant(raw)
        except EnrollmentInvalid as found:
            findings.adopt(at, found)
            return None

    def write(self, value: object) -> object:
        """Return YYYY-MM-DDThh:mm:ssZ."""
        return write_instant(value) if isinstance(value, datetime) else None

    def schema(self) -> dict[str, object]:
        """Describe the form."""
        return {"type": "string", "format": "date-time"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Spec):
    """A record inside a record; blank is the record with nothing filled in."""

    record: type[Any]

    @property
    def blank(self) -> object:
        """Return the record with nothing filled in."""
        return self.record()

    def read(self, raw: object, at: Place, findings: Findings) -> object:
        """Read field by field; what the part needs, it needs no earlier than its own step."""
        return read_record(self.record, raw, at.needed(self.need) if self.need else at, findings)

    def write(self, value: object) -> object:
        """Return the part's fields."""
        return write_record(value)

    def schema(self) -> dict[str, object]:
        """Refer to the record's own description."""
        return {"$ref": f"#/$defs/{self.record.__name__}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Many(Spec):
    """A list; each item is read by the same kind."""

    item: Spec
    noun: str
    high: int
    distinct: bool = False

    @property
    def ask(self) -> str:
        """Say what to do when the list is empty."""
        return "list at least one"

    @property
    def blank(self) -> tuple[object, ...]:
        """Return the empty list."""
        return ()

    def read(self, raw: object, at: Place, findings: Findings) -> tuple[object, ...]:
        """Read every item up to the bound, keeping positions."""
        if not isinstance(raw, list | tuple):
            findings.refuse(at, Rule.TYPE, "write a list here")
            return ()
        if len(raw) > self.high:
            findings.refuse(at, Rule.LIMITS, f"list at most {self.high}")
        inside = at.needed(self.need) if self.need else at
        values = [
            self._item(one, inside.item(index, self.noun), findings)
            for index, one in enumerate(raw[: self.high])
        ]
        if self.distinct:
            return tuple(dict.fromkeys(one for one in values if one is not None))
        return tuple(values)

    def _item(self, raw: object, at: Place, findings: Findings) -> object:
        if is_absent(raw) and not (isinstance(self.item, Part) and isinstance(raw, dict)):
            findings.refuse(at, Rule.TYPE, "fill this in or take it out of the list")
            return self.item.blank
        return self.item.read(raw, at, findings)

    def write(self, value: object) -> object:
        """Return the items' JSON forms."""
        return [self.item.write(one) for one in value] if isinstance(value, tuple) else []

    def schema(self) -> dict[str, object]:
        """Describe the items and their number."""
        least = {"minItems": 1} if self.need is Stage.SUBMIT else {}
        return {"type": "array", "items": self.item.schema(), "maxItems": self.high} | least


# Looking for the name that was meant takes time; a file full of strangers gets no guesses.
_GUESSED_MOST = 20


def specs_of(record: type[Any]) -> Mapping[str, Spec]:
    """Return the kind of each field, in order of declaration."""
    known = _SPECS.get(record)
    if known is None:
        known = {one.name: cast("Spec", one.metadata[SPEC]) for one in fields(record)}
        _SPECS[record] = known
    return known


# Reading the fields of a class costs more than reading a value; a class never changes.
_SPECS: dict[type[Any], Mapping[str, Spec]] = {}


def read_record(record: type[R], raw: object, at: Place, findings: Findings) -> R:
    """Read a record field by field, refusing fields nobody declared."""
    if not isinstance(raw, dict):
        findings.refuse(at, Rule.TYPE, "write the fields of this part by name")
        return record()
    specs = specs_of(record)
    unknown = [key for key in raw if not isinstance(key, str) or key not in specs]
    for position, key in enumerate(unknown):
        meant = likely_name(key, specs) if position < _GUESSED_MOST else ""
        sentence = "take this out or correct its name; the form has no such field"
        if meant:
            sentence = f"{sentence}; perhaps {meant} is meant"
        findings.refuse(at.unknown(key), Rule.UNKNOWN_FIELD, sentence)
    # What is left out and may be keeps the field's default, which is its kind's blank.
    values = {
        name: spec.take(raw.get(name), at.child(name, spec.label), findings)
        for name, spec in specs.items()
        if name in raw or spec.need is not None
    }
    return record(**values)


def write_record(value: object) -> dict[str, object]:
    """Return the JSON form of a record; what is not given is left out."""
    shown: dict[str, object] = {}
    for name, spec in specs_of(type(value)).items():
        held = getattr(value, name)
        if held is None or held in ("", ()) or (isinstance(spec, Part) and held == spec.blank):
            continue
        shown[name] = spec.write(held)
    return shown


def is_blank(value: object) -> bool:
    """Say whether nothing in a part is filled in."""
    return value == type(value)()
