"""How figures grow, drawn in text: one line for each size, a bar whose length is a logarithm."""

from __future__ import annotations

from math import log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WIDTH = 44


def chart(
    title: str, figures: Mapping[int, float], *, unit: str, bar: float | None = None
) -> Iterator[str]:
    """Draw one figure by size; `bar` is the limit, marked where it lies on the same scale."""
    known = [value for value in (*figures.values(), bar or 0) if value > 0]
    if not known:
        return
    least, most = _decades(min(known)), -_decades(1 / max(known))
    scale = WIDTH / max(1, most - least)

    def at(value: float) -> int:
        return max(1, round((log10(value) - least) * scale)) if value > 0 else 0

    yield f"{title}  [{unit}; each mark of the scale is ten times the one before]"
    for size, value in figures.items():
        line = list("█" * at(value) + " " * (WIDTH + 1 - at(value)))
        if bar:
            line[min(WIDTH, at(bar))] = "┃"
        yield f"  {size:>12,} {''.join(line)} {value:,.4g}"
    ticks = {round((power - least) * scale): power for power in range(least, most + 1)}
    yield " " * 15 + "".join("┴" if at in ticks else "─" for at in range(WIDTH + 1))
    yield " " * 15 + _labels(ticks) + (f"   ┃ bar {bar:g}" if bar else "")


def _decades(value: float) -> int:
    """Give the power of ten at or below a value."""
    power = int(log10(value))
    return power - 1 if 10**power > value * (1 + 1e-12) else power


def _labels(ticks: Mapping[int, int]) -> str:
    line = ""
    for at, power in ticks.items():
        line = line.ljust(at) + f"{10.0**power:g}"
    return line
