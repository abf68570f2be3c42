"""The board's charts: values and where each bar and word stands; the template only writes them out.

Widths are shares of the drawing and heights are in lines of its text, so that the same drawing fits
a phone and a desktop with its words at full size. Every value stands beside its bar in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.domain.task import THREE_STAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.ports.register import StageCount, StageDays

# Heights, in lines of text.
HEADING, BASELINE = 1.5, 1.05
THICK, THIN, PITCH, BELOW = 1.1, 1.0, 1.4, 0.9
SLIVER = 0.6  # the least share of the width at which a bar is still seen
BESIDE = 48.0  # the longest bar's share of the width where words stand beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One kind of value: its heading, its sentence with {} for the number, and its style."""

    words: str
    sentence: str
    style: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What belongs to one stage: of how many practices, and a value for each series."""

    words: str
    practices: int
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar; `style` is its class."""

    x: str
    y: str
    width: str
    height: str
    style: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Words in the drawing, `y` is their baseline; `name` comes first and stands out."""

    x: str
    y: str
    words: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Everything that is drawn."""

    height: str
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A bar chart; stacked values are parts of a whole, others stand below each other.

    `name` begins the ids in the page; `none` is said of a group without practices.
    """

    name: str
    title: str
    lead: str
    none: str
    series: tuple[Series, ...]
    groups: tuple[Group, ...]
    is_stacked: bool

    @property
    def description(self) -> str:
        """Say in sentences what the drawing shows."""
        return " ".join(f"{item.words}: {self._said(item)}." for item in self.groups)

    @property
    def drawing(self) -> Drawing:
        """Give where each bar and each word stands."""
        return _stacked(self) if self.is_stacked else _beside(self)

    def _said(self, group: Group) -> str:
        return ", ".join(self.sentences(group)) if group.practices else self.none

    def sentences(self, group: Group) -> list[str]:
        """Say each value of a group, with its number."""
        pairs = zip(self.series, group.values, strict=True)
        return [item.sentence.format(f"{value:,}") for item, value in pairs]


def standing_chart(counts: Sequence[StageCount]) -> Chart:
    """Show how many practices stand in each of the three stages, on track and overdue."""
    by_stage = {item.stage: item for item in counts}
    return Chart(
        name="standing",
        title="Practices in each stage",
        lead="A practice is overdue when its next task was due before today.",
        none="none",
        series=(
            Series(words="On track", sentence="{} on track", style="on-track"),
            Series(words="Overdue", sentence="{} overdue", style="overdue"),
        ),
        groups=tuple(
            Group(
                words=stage.value.capitalize(),
                practices=by_stage[stage].practices,
                values=(
                    by_stage[stage].practices - by_stage[stage].overdue,
                    by_stage[stage].overdue,
                ),
            )
            for stage in THREE_STAGES
        ),
        is_stacked=True,
    )


def days_chart(days: Sequence[StageDays]) -> Chart:
    """Show how many days practices took for each stage they have left."""
    return Chart(
        name="days",
        title="Days in each stage",
        lead="Of practices that have left the stage, in whole days.",
        none="none yet",
        series=(
            Series(words="Median", sentence="median {}", style="median"),
            Series(words="90th percentile", sentence="9 of 10 within {}", style="most"),
            Series(words="Longest", sentence="longest {}", style="longest"),
        ),
        groups=tuple(
            Group(
                words=item.stage.value.capitalize(),
                practices=item.practices,
                values=(item.median, item.p90, item.longest),
            )
            for item in days
        ),
        is_stacked=False,
    )


def _stacked(chart: Chart) -> Drawing:
    """Draw one bar a group, its parts end to end, below a line that says them."""
    longest = max((sum(item.values) for item in chart.groups), default=0)
    bars: list[Bar] = []
    labels: list[Label] = []
    top = 0.0
    for group in chart.groups:
        said = ", ".join(chart.sentences(group)) if group.practices else chart.none
        labels.append(Label(x="0%", y=_lines(top + BASELINE), name=group.words, words=said))
        start = 0.0
        for series, value in zip(chart.series, group.values, strict=True):
            width = _share(value, longest, 100.0)
            start = min(start, 100.0 - width)
            if value:
                bars.append(_bar(start, top + HEADING, width, THICK, series))
            start += width
        top += HEADING + BELOW + (THICK if group.practices else 0)
    return Drawing(height=_lines(top), bars=tuple(bars), labels=tuple(labels))


def _beside(chart: Chart) -> Drawing:
    """Draw a bar for each value below its group's name, with its words at its end."""
    longest = max((value for item in chart.groups for value in item.values), default=0)
    bars: list[Bar] = []
    labels: list[Label] = []
    top = 0.0
    for group in chart.groups:
        of = f"{group.practices:,} practice{'' if group.practices == 1 else 's'}"
        said = of if group.practices else chart.none
        labels.append(Label(x="0%", y=_lines(top + BASELINE), name=group.words, words=said))
        top += HEADING
        if group.practices:
            values = zip(chart.series, group.values, chart.sentences(group), strict=True)
            for series, value, words in values:
                width = _share(value, longest, BESIDE)
                if value:
                    bars.append(_bar(0.0, top, width, THIN, series))
                labels.append(Label(x=_percent(width), y=_lines(top + 0.85), words=words))
                top += PITCH
        top += BELOW
    return Drawing(height=_lines(top), bars=tuple(bars), labels=tuple(labels))


def _bar(start: float, top: float, width: float, height: float, series: Series) -> Bar:
    return Bar(
        x=_percent(start),
        y=_lines(top),
        width=_percent(width),
        height=_lines(height),
        style=series.style,
    )


def _share(value: int, longest: int, whole: float) -> float:
    """Give a value's part of the width; whatever is not nothing can be seen."""
    return max(whole * value / longest, SLIVER) if value else 0.0


def _percent(share: float) -> str:
    return f"{share:.2f}%"


def _lines(height: float) -> str:
    return f"{height:.2f}em"
