"""Bulk: worker processes that do whole packets side by side, and what memory one holds.

Workers are spawned, never forked: Typst's threads do not survive a fork.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.queues import Queue
    from multiprocessing.synchronize import Barrier

WARM_UP = 3
START_LIMIT_S = 300
_APART = 100_000  # practices of one worker are none of another's


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one worker does. `whole` packets with DOCX, HTML and gate, or PDFs alone."""

    worker: int
    workers: int
    packets: int
    whole: bool
    look_at: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How long a worker took (wall and processor), and its memory after so many packets."""

    wall_s: float
    cpu_s: float
    resident: tuple[tuple[int, float], ...]


def run_workers(jobs: Sequence[Job]) -> list[Done]:
    """Run all jobs at once, each in a process of its own; the clock starts when all are warm."""
    context = multiprocessing.get_context("spawn")
    results: Queue[Done] = context.Queue()
    start = context.Barrier(len(jobs))
    processes = [context.Process(target=_work, args=(job, start, results)) for job in jobs]
    for process in processes:
        process.start()
    done = [results.get() for _ in processes]
    for process in processes:
        process.join()
    return done


def per_minute(jobs: Sequence[Job], done: Sequence[Done]) -> float:
    """Say how many packets all workers together do in a minute, until the slowest is done."""
    return 60 * sum(job.packets for job in jobs) / max(item.wall_s for item in done)


def _work(job: Job, start: Barrier, results: Queue[Done]) -> None:
    _keep_to_one_processor(job)
    from tests.benchmarks.stage import Site, resident_mb

    with tempfile.TemporaryDirectory(prefix="docgen-bench-") as folder:
        site = Site(Path(folder) / "home")
        do = site.packet if job.whole else site.render
        numbers = iter(range(_APART * job.worker, _APART * (job.worker + 1)))
        for _ in range(WARM_UP):
            do(site.enrollment(next(numbers)))
        versions = [site.enrollment(next(numbers)) for _ in range(job.packets)]
        start.wait(START_LIMIT_S)
        wall, cpu = time.perf_counter(), time.process_time()
        resident = []
        for count, version in enumerate(versions, start=1):
            do(version)
            if count in job.look_at:
                resident.append((count, resident_mb()))
        results.put(
            Done(
                wall_s=time.perf_counter() - wall,
                cpu_s=time.process_time() - cpu,
                resident=tuple(resident),
            )
        )


def _keep_to_one_processor(job: Job) -> None:
    """Where there is a worker for each processor, each keeps to its own and its own caches."""
    processors = sorted(os.sched_getaffinity(0))
    if job.workers >= len(processors) > 1:
        os.sched_setaffinity(0, {processors[job.worker % len(processors)]})
