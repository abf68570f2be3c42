"""What the components show, as values: pages build these and hand them to the partials.

The partials are in templates/docgen/desk/components; each says at its top which of these it takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from docgen.domain.packet import ENDED_UNSIGNED, OUT_FOR_SIGNATURE, PacketState


class Tone(StrEnum):
    """How something stands; the words say it, the tone only helps the eye."""

    QUIET = "quiet"  # nothing to do
    BUSY = "busy"  # under way with somebody else
    WAIT = "wait"  # waits for one of us
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A state in words."""

    words: str
    tone: Tone = Tone.QUIET

    @classmethod
    def of(cls, state: PacketState) -> Badge:
        """Give the badge of a packet's state."""
        return cls(words=state.words, tone=_TONES.get(state, Tone.WAIT))


_TONES = {
    **dict.fromkeys(OUT_FOR_SIGNATURE, Tone.BUSY),
    **dict.fromkeys(ENDED_UNSIGNED, Tone.BAD),
    PacketState.FULLY_EXECUTED: Tone.GOOD,
    PacketState.ARCHIVED: Tone.GOOD,
    PacketState.ON_FILE: Tone.GOOD,
    PacketState.TERMINATED: Tone.QUIET,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crumb:
    """One step of the way back; the page itself is added by the layout."""

    words: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A link that looks like a button; acts that change something are forms, not actions."""

    words: str
    url: str
    is_main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column; a `key` makes its heading sort by `?sort=key` and `?sort=-key`."""

    words: str
    key: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell: words, perhaps a link, a smaller second line, a badge, or a moment."""

    words: str = ""
    url: str = ""
    below: str = ""
    badge: Badge | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row, a cell for each column; `pick` is the value of its tick box, if rows are picked."""

    cells: tuple[Cell, ...]
    pick: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Where in a long list this page is; `previous` and `next` are values for `?page=`."""

    words: str
    previous: str = ""
    next: str = ""

    @classmethod
    def numbered(cls, number: int, size: int, total: int, *, counted: str = "") -> Pager:
        """Count pages of `size` rows from 1; `counted` says how many there are, where not all."""
        first, last = (number - 1) * size + 1, min(number * size, total)
        return cls(
            words=f"{first:,}–{last:,} of {counted or f'{total:,}'}" if total else "",
            previous=str(number - 1) if number > 1 else "",
            next=str(number + 1) if last < total else "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with a caption; `picks` names the tick boxes that bulk actions read."""

    caption: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    sort: str = ""
    picks: str = ""
    pager: Pager | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One drop-down of a filter bar; the first option has the value "" and means all."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """A filter bar: one search field (`?q=`) and drop-downs; it works with and without script."""

    label: str
    value: str = ""
    hint: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One entry of a timeline."""

    at: datetime
    words: str
    who: str = ""
    more: str = ""
    tone: Tone = Tone.QUIET


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of a definition list."""

    term: str
    words: str = ""
    url: str = ""
    badge: Badge | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing to correct; `anchor` is the id of the field it is about."""

    words: str
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One page of a record that has several."""

    words: str
    url: str
    is_here: bool = False
    count: int | None = None
