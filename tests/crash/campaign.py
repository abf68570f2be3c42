"""Many runs at once: as many workers as asked for, each with a site of its own."""

from __future__ import annotations

import math
import queue
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar

from integrations.simulators.mischief import Delivery
from tests.crash.plant import EFFECT_FIRST, NO_FILE_SYNC, NO_FOLDER_SYNC, NO_LOOK_UP, TRUSTING
from tests.crash.point import END, Death, Point
from tests.crash.run import Outcome, run, survey
from tests.crash.worker import Snapshot, Worker
from tests.crash.world import BY_KEY, BY_LIST, SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from tests.crash.trace import Call

MOST_HUNTED, ROUNDS = 12, 4
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunted:
    """A planted fault: where it showed, after how many runs, and that place without the fault."""

    fault: str
    runs: int
    found: Outcome | None
    control: Sequence[Outcome]

    @property
    def well(self) -> bool:
        """Say whether it was found, and is what was found."""
        return self.found is not None and not any(item.wrong for item in self.control)

    def words(self) -> str:
        """Say it in a line."""
        if self.found is None:
            return f"planted {self.fault}: NOT FOUND in {self.runs} runs"
        told = f"planted {self.fault}: found in run {self.runs}, {self.found.point}"
        told += f": {'; '.join(self.found.wrong)}"
        spoiled = [what for item in self.control for what in item.wrong]
        return f"{told}; BUT WITHOUT IT: {'; '.join(spoiled)}" if spoiled else told


class Campaign:
    """Workers over one snapshot. `brief` surveys two ways of delivery and takes them for all."""

    def __init__(self, folder: Path, *, jobs: int, server: str = "", brief: bool = False) -> None:
        self._folder, self._jobs, self._server = folder, jobs, server
        self._ways = (Delivery.NORMAL, Delivery.LOST) if brief else tuple(Delivery)
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        self._open = ExitStack()
        self._lines: dict[tuple[str, Delivery], tuple[list[Call], dict[str, int]]] = {}

    def __enter__(self) -> Self:
        snapshot = Snapshot.make(self._folder / "snapshot", self._server)
        self._pool = self._open.enter_context(ThreadPoolExecutor(self._jobs))
        opened = [
            self._pool.submit(Worker, self._folder / f"{number}", snapshot)
            for number in range(self._jobs)
        ]
        for one in opened:
            self._idle.put(self._open.enter_context(one.result()))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def survey(self) -> None:
        """Live through every kind of line undisturbed, so that its calls are known."""
        kinds = [(service, way) for service in SERVICES for way in self._ways]
        lines = [self._hand(partial(_surveyed, *kind)) for kind in kinds]
        self._lines = {kind: line.result() for kind, line in zip(kinds, lines, strict=True)}

    def calls(self, service: str, delivery: Delivery) -> Sequence[Call]:
        """Give the calls at which a site can be killed, in order."""
        return self._line(service, delivery)[0]

    def each(
        self, points: Iterable[Point], fault: str = "", *, until: float = math.inf
    ) -> Iterator[Outcome]:
        """Run all, and give what came of them in the order in which they were given.

        None is begun after `until`, on the monotonic clock.
        """

        def begun(point: Point, worker: Worker) -> Outcome | None:
            return self._run(worker, point, fault) if time.monotonic() < until else None

        for future in [self._hand(partial(begun, one)) for one in points]:
            outcome = future.result()
            if outcome is not None:
                yield outcome

    def hunt(self, faults: Sequence[str]) -> Iterator[Hunted]:
        """Look for planted faults, all at once; give what was found for each."""
        with ThreadPoolExecutor(len(faults)) as hunters:
            yield from hunters.map(self._hunt, faults)

    def _hunt(self, fault: str) -> Hunted:
        found, runs = self._find(fault)
        control = list(self.each([found.point])) if found else []
        return Hunted(fault=fault, runs=runs, found=found, control=control)

    def _find(self, fault: str) -> tuple[Outcome | None, int]:
        # Again and again: an answer is read in one call or in two, so that numbers move between runs.
        where = list(self._haunts(fault))[:MOST_HUNTED] * ROUNDS
        for number, point in enumerate(where, 1):
            (outcome,) = self.each([point], fault)
            if outcome.wrong:
                return outcome, number
        return None, len(where)

    def _haunts(self, fault: str) -> Iterator[Point]:
        lights_out = Point(
            service=BY_LIST, death=Death.POWER, delivery=Delivery.NORMAL, call=END, number=1
        )
        match fault:
            case str(it) if it in {NO_FILE_SYNC, NO_FOLDER_SYNC, TRUSTING}:
                yield lights_out
            case str(it) if it in {NO_LOOK_UP, EFFECT_FIRST}:
                for call in self.calls(BY_KEY, Delivery.LOST):
                    if call.name == "recvfrom":
                        yield Point(
                            service=BY_KEY,
                            death=Death.KILL,
                            delivery=Delivery.LOST,
                            call=call.name,
                            number=call.number,
                        )
            case other:
                raise ValueError(other)

    def _line(self, service: str, delivery: Delivery) -> tuple[list[Call], dict[str, int]]:
        way = delivery if delivery in self._ways else Delivery.NORMAL
        return self._lines[service, way]

    def _run(self, worker: Worker, point: Point, fault: str) -> Outcome:
        letters = self._line(point.service, point.delivery)[1] if self._lines else {}
        return run(worker, point, fault, letters)

    def _hand(self, work: Callable[[Worker], T]) -> Future[T]:
        def with_one() -> T:
            worker = self._idle.get()
            try:
                return work(worker)
            finally:
                self._idle.put(worker)

        return self._pool.submit(with_one)


def _surveyed(
    service: str, delivery: Delivery, worker: Worker
) -> tuple[list[Call], dict[str, int]]:
    return survey(worker, service, delivery)
