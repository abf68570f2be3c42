"""`python -m tests.benchmarks.packet [--json]`: how fast a packet is, beside what others need for it.

Everything that is compared runs in one process tree, round by round in turn, on the same content.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.render.docx import render_docx
from docgen.render.gate import check
from docgen.render.html import reading_view
from docgen.render.manifest import load_template
from tests.benchmarks.pages import web_resident_mb
from tests.benchmarks.peers import (
    OneShot,
    Running,
    merge,
    missing,
    pages_of,
    running_unoserver,
    stock_docx,
)
from tests.benchmarks.report import RATIOS, as_text, verdicts
from tests.benchmarks.sealing import sign_and_seal, store_callback
from tests.benchmarks.spread import Stopwatch, ratios
from tests.benchmarks.stage import Site, engine_versions, free_port
from tests.benchmarks.workers import Done, Job, per_minute, run_workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.document import Document
    from docgen.ports.press import Forms

CALLBACKS_A_ROUND = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to measure, and how often."""

    rounds: int = 9
    warm_up: int = 2
    workers: int = 2
    bulk: int = 60
    memory: int = 1000
    requests: int = 200
    peers: bool = True
    unoserver: Path | None = None


@dataclass(slots=True, kw_only=True)
class Contenders:
    """Who takes part; a peer that is not installed is None."""

    site: Site
    one_shot: OneShot | None = None
    running: Running | None = None
    pages: dict[str, int] = field(default_factory=dict)


def measure(options: Options) -> dict[str, object]:
    """Run everything; give what `--json` prints."""
    absent = missing(options.unoserver) if options.peers else []
    with tempfile.TemporaryDirectory(prefix="docgen-bench-") as name, ExitStack() as stack:
        scratch = Path(name)
        site = Site(scratch / "home", base_url=f"http://127.0.0.1:{free_port()}")
        contenders = Contenders(site=site)
        if options.peers and not absent:
            contenders.one_shot = OneShot(scratch)
            contenders.running = stack.enter_context(running_unoserver(scratch, options.unoserver))
        spreads = _rounds(contenders, options).spreads()
        stack.close()  # nothing of a peer runs beside what follows
        bulk = {
            "whole packets": _bulk(options, whole=True),
            "PDF alone": _bulk(options, whole=False),
        }
        worker = _memory(options)
        web = web_resident_mb(site, requests_made=options.requests) if options.requests else {}
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": _machine(),
        "engines": engine_versions(),
        "rounds": options.rounds,
        "pages": contenders.pages,
        "figures": {name: spread.to_json() for name, spread in spreads.items()},
        "ratios": ratios(RATIOS, spreads),
        "bulk": bulk,
        "worker_resident_mb": worker,
        "web_resident_mb": web,
        "bars": verdicts(spreads, bulk, worker, web),
        "to_measure_the_peers_install": absent,
    }


def _rounds(contenders: Contenders, options: Options) -> Stopwatch:
    """Run every contender once in each round; the first rounds are warm-up and forgotten."""
    watch = Stopwatch()
    for number in range(options.warm_up + options.rounds):
        if number == options.warm_up:
            watch.forget()
        _round(contenders, watch, number)
    return watch


def _round(contenders: Contenders, watch: Stopwatch, number: int) -> None:
    site = contenders.site
    ours, alone = site.enrollment(2 * number), site.enrollment(2 * number + 1)
    forms = watch.time("packet", lambda: site.packet(ours))
    watch.time("render alone", lambda: site.render(alone))
    documents = [item.document for item in forms]
    shells = [
        load_template(site.office.templates, item.slug, item.version).shell for item in documents
    ]
    watch.time("DOCX set", lambda: _docx_set(documents, shells))
    watch.time("HTML set", lambda: [reading_view(item) for item in documents])
    watch.time("gate", lambda: _gate(forms))
    merged = watch.time("merge of our PDFs", lambda: merge([item.typeset.pdf for item in forms]))
    contenders.pages["ours"] = pages_of(merged)
    stock = watch.time(
        "DOCX set, stock docxtpl",
        lambda: [stock_docx(*pair) for pair in zip(documents, shells, strict=True)],
    )
    _peers(contenders, watch, documents, shells)
    contenders.pages["DOCX bytes, stock"] = sum(map(len, stock))
    sign_and_seal(site.office, forms[0].typeset, watch)
    for _ in range(CALLBACKS_A_ROUND):
        store_callback(site.office, watch)


def _docx_set(documents: Sequence[Document], shells: Sequence[bytes]) -> list[bytes]:
    return [
        render_docx(document, shell, properties={"packet": "bench", "round": "0"})
        for document, shell in zip(documents, shells, strict=True)
    ]


def _gate(forms: Sequence[Forms]) -> None:
    for item in forms:
        check(item.document, docx=item.docx, html=item.html, pdf=item.typeset.pdf)


def _peers(
    contenders: Contenders,
    watch: Stopwatch,
    documents: Sequence[Document],
    shells: Sequence[bytes],
) -> None:
    """Let each peer take the ready documents to one PDF; reading the JSON is a gift to them."""
    for name, peer in (
        ("(a) docxtpl + soffice one-shot", contenders.one_shot),
        ("(b) docxtpl + unoserver", contenders.running),
    ):
        if peer is None:
            continue
        convert = peer.convert
        pdf = watch.time(
            name,
            lambda convert=convert: merge(  # type: ignore[misc]  # bound at once
                [convert(stock_docx(*pair)) for pair in zip(documents, shells, strict=True)]
            ),
        )
        contenders.pages[name] = pages_of(pdf)


def _bulk(options: Options, *, whole: bool) -> dict[str, object]:
    """Say how many packets N workers do in a minute, and what one packet takes of a processor."""
    if not options.bulk:
        return {}
    jobs = [
        Job(worker=worker, workers=options.workers, packets=options.bulk, whole=whole)
        for worker in range(options.workers)
    ]
    done = run_workers(jobs)
    cpu_ms = 1000 * sum(item.cpu_s for item in done) / sum(job.packets for job in jobs)
    return {
        "workers": options.workers,
        "packets": sum(job.packets for job in jobs),
        "packets_per_minute": round(per_minute(jobs, done), 1),
        "processor_ms_per_packet": round(cpu_ms, 1),
        "packets_per_minute_if_undisturbed": round(60_000 * options.workers / cpu_ms, 1),
    }


def _memory(options: Options) -> dict[str, float]:
    """Give a worker's memory after 10, 100 and all packets."""
    if not options.memory:
        return {}
    marks = tuple(mark for mark in (10, 100, 300, options.memory) if mark <= options.memory)
    job = Job(worker=9, workers=1, packets=options.memory, whole=True, look_at=marks)
    (done,) = _run_one(job)
    return {f"after {count}": resident for count, resident in done.resident}


def _run_one(job: Job) -> Sequence[Done]:
    return run_workers([job])


def _machine() -> str:
    """Describe the machine in neutral words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{len(os.sched_getaffinity(0))} processors ({platform.machine()}), {memory:.0f} GiB, "
        f"{platform.system()}, Python {platform.python_version()}"
    )


def _options(arguments: Sequence[str]) -> tuple[Options, bool]:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.packet", description=__doc__)
    usual = Options()
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--rounds", type=int, default=usual.rounds)
    parser.add_argument("--warm-up", type=int, default=usual.warm_up)
    parser.add_argument("--workers", type=int, default=usual.workers)
    parser.add_argument("--bulk", type=int, default=usual.bulk, help="packets a worker; 0 for none")
    parser.add_argument("--memory", type=int, default=usual.memory, help="packets; 0 for none")
    parser.add_argument("--requests", type=int, default=usual.requests, help="0 for none")
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    parser.add_argument("--unoserver", type=Path, help="folder that `pip --target` put it in")
    given = vars(parser.parse_args(arguments))
    as_json = bool(given.pop("json"))
    return Options(**given), as_json


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    options, as_json = _options(arguments)
    result = measure(options)
    text = json.dumps(result, indent=2, ensure_ascii=False) if as_json else as_text(result)
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
