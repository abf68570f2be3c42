"""Values as a person writes them in a field or a cell, and back again.

Nothing here refuses: what cannot be understood is handed on as it stands, so that the record's own
rules say what is wrong with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from docgen.domain.enrollment import forms
from docgen.domain.enrollment.kinds import Choice, Count, Day, Flag, Instant, Many, Spec, Text
from docgen.domain.enrollment.places import STATES, TIME_ZONES
from docgen.domain.enrollment.wording import phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

YES, NO = "yes", "no"
_YES = frozenset({"yes", "y", "true", "x", "on", "1", "✓", "✔"})
_NO = frozenset({"no", "n", "false", "off", "0"})
_SHORT = 200  # longer items may hold a semicolon of their own
_ZIP_DIGITS = 5
_WHOLE = re.compile(r"[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A value as the record wants it, and what was done to it beyond copying."""

    value: object
    note: str = ""


def choices(spec: Spec) -> Mapping[str, str]:
    """Return the words a field chooses from with what a form shows for each; empty if it is free.

    States and time zones are lists too, though the record reads them as text.
    """
    if isinstance(spec, Choice):
        return {option.value: phrase(option) for option in spec.options}
    if isinstance(spec, Text) and spec.parse in {forms.STATE.parse, forms.LOCATION.parse}:
        by_name = sorted(STATES.values(), key=lambda state: state.name.removeprefix("the "))
        return {state.code: state.name.removeprefix("the ") for state in by_name}
    if isinstance(spec, Text) and spec.parse is forms.TIMEZONE.parse:
        return {zone: zone for zone in sorted(TIME_ZONES)}
    return {}


def show(spec: Spec, value: object, *, on_one_line: bool = False) -> str:
    """Write a value of the record as text that `understand` reads back."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        items = [show(spec.item, one) if isinstance(spec, Many) else str(one) for one in value]
        if on_one_line and _pieces(spec, "; ".join(items)) == items:
            return "; ".join(items)
        text = "\n".join(items)
        # One item with a mark of separation in it: the line end says that it is one.
        return text + "\n" if len(items) == 1 and _pieces(spec, text) != items else text
    return "" if value is None else str(value)


def understand(spec: Spec, raw: object) -> Understood:
    """Return the value the record wants for what was written, or what was written."""
    if isinstance(spec, Many):
        return _understand_list(spec, raw)
    for kind, reader in _READERS.items():
        if isinstance(spec, kind):
            return reader(spec, raw)
    return Understood(value=raw)


def _text(spec: Spec, raw: object) -> Understood:
    if isinstance(raw, bool):
        return Understood(value=YES if raw else NO)
    is_zip = isinstance(spec, Text) and spec.parse is forms.ZIP.parse
    if isinstance(raw, int | float):
        digits = str(int(raw)) if float(raw).is_integer() else str(raw)
        if is_zip and len(digits) < _ZIP_DIGITS:
            padded = digits.zfill(_ZIP_DIGITS)
            return Understood(value=padded, note="the zeros in front, which were lost, were added")
        return Understood(value=digits)
    return Understood(value=raw)


def _choice(spec: Spec, raw: object) -> Understood:
    if isinstance(spec, Choice) and isinstance(raw, int | float):
        raw = str(raw)
    if not isinstance(spec, Choice) or not isinstance(raw, str):
        return Understood(value=raw)
    wanted = _plain(raw)
    for option in spec.options:
        if wanted in {_plain(option.value), _plain(phrase(option))}:
            return Understood(value=option.value)
    return Understood(value=raw)


def _plain(text: str) -> str:
    return re.sub(r"[\s_]+", " ", text).strip().casefold()


def _flag(_: Spec, raw: object) -> Understood:
    word = _plain(str(raw))
    if word in _YES:
        return Understood(value=True)
    return Understood(value=False if word in _NO else raw)


def _count(_: Spec, raw: object) -> Understood:
    if isinstance(raw, float) and raw.is_integer():
        return Understood(value=int(raw))
    if isinstance(raw, str) and re.fullmatch(
        r"[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2}", raw.strip()
    ):
        return Understood(value=int(raw.strip().replace(",", "")))
    return Understood(value=raw)


def _day(_: Spec, raw: object) -> Understood:
    if not isinstance(raw, str):
        return Understood(value=raw)
    text = raw.strip()
    found = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text)
    if not found:
        return Understood(value=text)
    month, day, year = (int(piece) for piece in found.groups())
    try:
        written = date(year, month, day).isoformat()
    except ValueError:
        return Understood(value=text)
    return Understood(value=written, note="taken as month, day, year")


def _instant(spec: Spec, raw: object) -> Understood:
    day = _day(spec, raw)
    if isinstance(day.value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day.value):
        return Understood(
            value=f"{day.value}T12:00:00Z", note="no time of day was given; noon UTC stands for it"
        )
    return day


def _understand_list(spec: Many, raw: object) -> Understood:
    if isinstance(raw, list):
        return Understood(value=raw)
    text = str(raw) if isinstance(raw, int | float) and not isinstance(raw, bool) else raw
    if not isinstance(text, str):
        return Understood(value=raw)
    return Understood(value=[understand(spec.item, one).value for one in _pieces(spec, text)])


def _pieces(spec: Spec, text: str) -> list[str]:
    """Split a list as it is written: by lines, else by semicolons, short words also by commas."""
    item = spec.item if isinstance(spec, Many) else spec
    high = item.high if isinstance(item, Text) else 0
    by_line = "\n" in text or high > _SHORT
    marks = r"[\r\n]+" if by_line else r"[;,]" if high <= _WORD else r";"
    return [piece.strip() for piece in re.split(marks, text) if piece.strip()]


_WORD = 64
_READERS: Mapping[type[Spec], Callable[[Spec, object], Understood]] = {
    Text: _text, Choice: _choice, Flag: _flag, Count: _count, Day: _day, Instant: _instant,
}  # fmt: skip
