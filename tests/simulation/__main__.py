"""Live through many bad days and say which seeds ended badly.

    python -m tests.simulation [--seeds N] [--first S] [--jobs J] [--json]

Clock, transport and chance are drawn from the seed; `--first S --seeds 1` replays one.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

from tests.simulation.stretch import stretch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.day import Day

STRETCH = 200  # seeds for one process: enough to make up for starting it
EVERY = 1000


def lived(seeds: range, jobs: int) -> Iterator[tuple[int, Day]]:
    """Live through all days in so many processes; give them in the order of their seeds."""
    stretches = [seeds[at : at + STRETCH] for at in range(0, len(seeds), STRETCH)]
    spawn = get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=spawn, max_tasks_per_child=1) as pool:
        for some in pool.map(stretch, stretches):
            yield from some


def main() -> int:
    """Run and report; 0 only when every day ended well."""
    given = _arguments()
    began, bad = time.monotonic(), {}
    seeds = range(given.first, given.first + given.seeds)
    for done, (seed, day) in enumerate(lived(seeds, given.jobs), 1):
        if day.wrong:
            bad[seed] = day.wrong
        if not given.json:
            _tell(seed, day, done, given.seeds)
    took = time.monotonic() - began
    if given.json:
        sys.stdout.write(json.dumps({"seeds": given.seeds, "bad": bad, "seconds": took}) + "\n")
    else:
        sys.stdout.write(f"{given.seeds} days in {took:.0f} s, {len(bad)} ended badly\n")
    return 1 if bad else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _tell(seed: int, day: Day, done: int, of: int) -> None:
    """Say at once what ended badly, and now and then how far it is."""
    if day.wrong:
        sys.stdout.write(f"seed {seed}: {'; '.join(day.wrong)}\n    {' '.join(day.told)}\n")
    elif done % EVERY == 0:
        sys.stdout.write(f"{done} of {of}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
