"""How many requests this process answered, how, and how long they took; never whose they were."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from threading import Lock

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """The answers of one route: how many took at most so long, for each bound; count and sum."""

    within: tuple[int, ...]
    count: int
    sum_s: float


class Answered:
    """Counts answers by the pattern of their address, so that no value in it is ever kept."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._statuses: Counter[tuple[str, str, int]] = Counter()
        self._within: dict[str, list[int]] = {}
        self._sums: dict[str, float] = {}

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answer."""
        with self._lock:
            self._statuses[route, method, status] += 1
            within = self._within.setdefault(route, [0] * (len(BOUNDS_S) + 1))
            for place, bound in enumerate((*BOUNDS_S, float("inf"))):
                within[place] += seconds <= bound
            self._sums[route] = self._sums.get(route, 0.0) + seconds

    def statuses(self) -> dict[tuple[str, str, int], int]:
        """Give how many answers there were of each route, method and status."""
        with self._lock:
            return dict(self._statuses)

    def durations(self) -> dict[str, Duration]:
        """Give how long each route's answers took."""
        with self._lock:
            return {
                route: Duration(
                    within=tuple(within[:-1]), count=within[-1], sum_s=self._sums[route]
                )
                for route, within in self._within.items()
            }
