"""Declare a record once: a frozen dataclass whose every field is made by one of these functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from docgen.domain.enrollment.findings import Rule
from docgen.domain.enrollment.kinds import (
    SPEC,
    Choice,
    Count,
    Day,
    Doubts,
    Flag,
    Instant,
    Many,
    Part,
    Spec,
    Text,
)
from docgen.domain.enrollment.scripts import looks_confusable
from docgen.domain.enrollment.text import (
    clean_line,
    clean_name,
    clean_paragraph,
    refuse_private_data,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from docgen.domain.enrollment.stages import Stage

R = TypeVar("R")
E = TypeVar("E", bound=StrEnum)

_CONFUSABLE = (
    Rule.CONFUSABLE,
    "compare the letters with the original; some belong to another alphabet and look alike",
)


def _meta(spec: Spec) -> dict[str, Spec]:
    return {SPEC: spec}


def _name_doubts(value: str) -> Iterable[tuple[Rule, str]]:
    return (_CONFUSABLE,) if looks_confusable(value) else ()


def _guarded_name(text: str) -> str:
    line = clean_name(text)
    refuse_private_data(line)
    return line


def _guarded_line(text: str) -> str:
    line = clean_line(text)
    refuse_private_data(line)
    return line


def _guarded_paragraph(text: str) -> str:
    paragraph = clean_paragraph(text)
    refuse_private_data(paragraph)
    return paragraph


def named(
    label: str, *, low: int = 1, high: int = 100, need: Stage | None = None, printed: bool = True,
    hint: str = "",
) -> str:  # fmt: skip
    """Declare the name of a person, a place or an organization."""
    spec = Text(
        label=label, need=need, printed=printed, parse=_guarded_name, low=low, high=high,
        doubts=_name_doubts, hint=hint,
    )  # fmt: skip
    return field(default="", metadata=_meta(spec))


def line(label: str, *, high: int = 100, need: Stage | None = None, printed: bool = True) -> str:
    """Declare one line of text."""
    spec = Text(label=label, need=need, printed=printed, parse=_guarded_line, high=high)
    return field(default="", metadata=_meta(spec))


def prose(label: str, *, high: int = 500, need: Stage | None = None, printed: bool = True) -> str:
    """Declare a paragraph of free text."""
    spec = Text(label=label, need=need, printed=printed, parse=_guarded_paragraph, high=high)
    return field(default="", metadata=_meta(spec))


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A fixed written form: how to read it, how long it may be, its pattern and its doubts."""

    parse: Callable[[str], str]
    high: int = 100
    pattern: str = ""
    doubts: Doubts | None = None


def formed(label: str, form: Form, *, need: Stage | None = None, printed: bool = True) -> str:
    """Declare text of a fixed form, such as a ZIP code."""
    spec = Text(
        label=label, need=need, printed=printed, parse=form.parse, high=form.high,
        doubts=form.doubts, pattern=form.pattern,
    )  # fmt: skip
    return field(default="", metadata=_meta(spec))


def reference(
    label: str, form: Form, refers_to: str, *, need: Stage | None = None, printed: bool = True
) -> str:
    """Declare the id of an entity, a facility or a contact in the same record."""
    spec = Text(
        label=label, need=need, printed=printed, parse=form.parse, high=form.high,
        refers_to=refers_to, pattern=form.pattern,
    )  # fmt: skip
    return field(default="", metadata=_meta(spec))


def choice(
    options: type[E], label: str, *, need: Stage | None = None, printed: bool = True
) -> E | None:
    """Declare one word out of a list, with no word assumed."""
    spec = Choice(label=label, need=need, printed=printed, options=options)
    return field(default=None, metadata=_meta(spec))


def choice_or(default: E, label: str, *, printed: bool = True) -> E:
    """Declare one word out of a list, with the word that holds when none is given."""
    spec = Choice(label=label, printed=printed, options=type(default), default=default)
    return field(default=default, metadata=_meta(spec))


def flag(
    label: str, *, default: bool = False, need: Stage | None = None, printed: bool = True
) -> bool:
    """Declare yes or no."""
    spec = Flag(label=label, need=need, printed=printed, default=default)
    return field(default=default, metadata=_meta(spec))


def maybe(label: str, *, need: Stage | None = None, printed: bool = True) -> bool | None:
    """Declare yes, no, or nothing said."""
    return field(
        default=None, metadata=_meta(Flag(label=label, need=need, printed=printed, default=None))
    )


def count(
    label: str, *, low: int, high: int, need: Stage | None = None, printed: bool = True
) -> int | None:
    """Declare a whole number."""
    spec = Count(label=label, need=need, printed=printed, low=low, high=high)
    return field(default=None, metadata=_meta(spec))


def count_or(default: int, label: str, *, low: int, high: int, printed: bool = True) -> int:
    """Declare a whole number with the one that holds when none is given."""
    spec = Count(label=label, printed=printed, low=low, high=high, default=default)
    return field(default=default, metadata=_meta(spec))


def day(label: str, *, need: Stage | None = None, printed: bool = True) -> date | None:
    """Declare a calendar date."""
    return field(default=None, metadata=_meta(Day(label=label, need=need, printed=printed)))


def instant(label: str, *, need: Stage | None = None, printed: bool = True) -> datetime | None:
    """Declare a moment."""
    return field(default=None, metadata=_meta(Instant(label=label, need=need, printed=printed)))


def part(record: type[R], label: str, *, need: Stage | None = None, printed: bool = True) -> R:
    """Declare a record inside a record."""
    spec = Part(label=label, need=need, printed=printed, record=record)
    return field(default=record(), metadata=_meta(spec))


def parts(
    record: type[R], label: str, noun: str, *, high: int, need: Stage | None = None,
    printed: bool = True,
) -> tuple[R, ...]:  # fmt: skip
    """Declare a list of records."""
    item = Part(label=noun, record=record)
    spec = Many(label=label, need=need, printed=printed, item=item, noun=noun, high=high)
    return field(default=(), metadata=_meta(spec))


def words(
    options: type[E], label: str, *, need: Stage | None = None, printed: bool = True
) -> tuple[E, ...]:
    """Declare a list of words out of a fixed list, each at most once."""
    item = Choice(label=label, options=options)
    spec = Many(
        label=label,
        need=need,
        printed=printed,
        item=item,
        noun=label,
        high=len(options) + 20,
        distinct=True,
    )
    return field(default=(), metadata=_meta(spec))


def texts(
    label: str, noun: str, item: Spec, *, high: int, need: Stage | None = None,
    printed: bool = True,
) -> tuple[str, ...]:  # fmt: skip
    """Declare a list of texts."""
    spec = Many(label=label, need=need, printed=printed, item=item, noun=noun, high=high)
    return field(default=(), metadata=_meta(spec))


def a_name(label: str, *, high: int = 150) -> Text:
    """Return the kind of one name in a list."""
    return Text(label=label, parse=_guarded_name, high=high, doubts=_name_doubts)


def a_line(label: str, *, high: int = 200) -> Text:
    """Return the kind of one line in a list."""
    return Text(label=label, parse=_guarded_paragraph, high=high)


def a_reference(label: str, form: Form, refers_to: str) -> Text:
    """Return the kind of one id in a list."""
    return Text(
        label=label, parse=form.parse, high=form.high, refers_to=refers_to, pattern=form.pattern
    )
