"""Figures of a run: medians with their spread, and ratios of medians taken side by side."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What one thing took over all rounds, in milliseconds."""

    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        """Give the median."""
        return median(self.samples)

    def to_json(self) -> dict[str, object]:
        """Give median, fastest and slowest."""
        return {
            "unit": "ms",
            "median": round(self.median, 2),
            "min": round(min(self.samples), 2),
            "max": round(max(self.samples), 2),
            "n": len(self.samples),
        }


class Stopwatch:
    """Collects by name what each thing took; what ran in warm-up rounds is forgotten."""

    def __init__(self) -> None:
        self._walls: defaultdict[str, list[float]] = defaultdict(list)

    def time(self, name: str, work: Callable[[], _Result]) -> _Result:
        """Do the work and note how long it took."""
        began = time.perf_counter()
        result = work()
        self._walls[name].append(1000 * (time.perf_counter() - began))
        return result

    def forget(self) -> None:
        """Forget everything so far: that was the warm-up."""
        self._walls.clear()

    def spreads(self) -> Mapping[str, Spread]:
        """Give what was collected, in the order of first use."""
        return {name: Spread(samples=tuple(walls)) for name, walls in self._walls.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """What one figure must be of another, both from the same run."""

    figure: str
    of: str
    bar: float | None = None

    def to_json(self, spreads: Mapping[str, Spread]) -> dict[str, object]:
        """Give the ratio of the medians; unknown when either was not measured."""
        value = None
        if self.figure in spreads and self.of in spreads:
            value = spreads[self.figure].median / spreads[self.of].median
        return judged(value, self.bar)


def judged(
    value: float | None, most: float | None = None, *, least: float | None = None
) -> dict[str, object]:
    """Give a value beside the bar it is held against and whether it holds; None is not measured."""
    verdict: dict[str, object] = {"value": None if value is None else round(value, 4)}
    if most is not None:
        verdict |= {"at_most": most, "holds": None if value is None else value <= most}
    if least is not None:
        verdict |= {"at_least": least, "holds": None if value is None else value >= least}
    return verdict


def ratios(wanted: Sequence[Ratio], spreads: Mapping[str, Spread]) -> dict[str, object]:
    """Name every ratio."""
    return {f"{item.figure} / {item.of}": item.to_json(spreads) for item in wanted}
