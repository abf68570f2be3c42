"""Evidence at size: search, proofs, appending and verifying, with ever more in archive and log.

`python -m tests.benchmarks.evidence --documents 10000,100000,1000000 --entries 10`

Documents are executed ones in the archive's register; `--entries` says how many activities the
history holds for each of them. A site of its own is filled in bulk (see `tests.benchmarks.bulk`),
measured at each size, and thrown away. Everything measured is the product's own path.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any, TypeVar

from docgen.domain.canonical import sha256_hex
from docgen.domain.enrollment import Stage, canonical_bytes, parse_enrollment
from docgen.domain.merkle import leaf_hash, verify_consistency, verify_inclusion
from docgen.domain.packet import PacketKind
from docgen.resources import stand_alone_verifier
from docgen.services.anchor import anchor_of
from docgen.services.approve import approve, missing_approvals
from docgen.services.checkpoint import sign_checkpoint
from docgen.services.generate import generate
from docgen.services.log_tree import log_tree
from docgen.services.receive import refresh
from docgen.services.send import send
from docgen.services.sweep import run_due, run_errand
from docgen.services.verify import run_verifier
from tests.benchmarks.chart import chart
from tests.benchmarks.spread import judged
from tests.benchmarks.stage import Site
from tests.unit.services.walk import Loopback, add_people, at_own_desk, form, sign_next

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from docgen.ports.ledger import EnrollmentVersion
    from docgen.services.office import Office
    from tests.benchmarks.bulk import Loader

_Result = TypeVar("_Result")
SEED = 20261129
SEARCH_MS, PROOF_MS, APPENDED, VERIFY_MS = 50.0, 5.0, 2000.0, 1000.0
TOGETHER = 100  # activities in one transaction, as where one act concerns many
ALL = "all questions together"
OF_PROCESSOR = "the same, processor time"
CHARTS = (
    ("search, p99 of all questions", "search_p99_ms", "ms", SEARCH_MS),
    ("inclusion proof, p99", "inclusion_p99_ms", "ms", PROOF_MS),
    ("consistency proof, p99", "consistency_p99_ms", "ms", None),
    ("next checkpoint", "checkpoint_ms", "ms", None),
    ("activities appended, each made durable", "appended_alone", "a second", None),
    (
        "activities appended, a hundred made durable together",
        "appended_together",
        "a second",
        APPENDED,
    ),
    (
        "one bundle (one signer of the practice) verified, own process",
        "verified_apart_ms",
        "ms",
        VERIFY_MS,
    ),
    ("the same bundle verified in process", "verified_within_ms", "ms", VERIFY_MS),
)


def percentiles(taken: Sequence[float]) -> dict[str, float]:
    """Give median, 95th and 99th percentile of milliseconds."""
    cuts = quantiles(taken, n=100, method="inclusive") if len(taken) > 1 else [taken[0]] * 99
    return {name: round(cuts[at], 2) for name, at in (("p50", 49), ("p95", 94), ("p99", 98))}


def timed(work: Callable[[], object]) -> float:
    """Say how many milliseconds something takes."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


class Taken:
    """What things took, by the clock and of a processor; on a busy machine the two differ much."""

    def __init__(self) -> None:
        self.clock: list[float] = []
        self.processor: list[float] = []

    def by(self, work: Callable[[], _Result]) -> _Result:
        """Do the work and note what it took."""
        began, used = time.perf_counter(), time.thread_time()
        result = work()
        self.processor.append(1000 * (time.thread_time() - used))
        self.clock.append(1000 * (time.perf_counter() - began))
        return result


def searches(office: Office, loader: Loader, rounds: int) -> dict[str, dict[str, float]]:
    """Ask each kind of question so many times, other ones each time, in turn with the others."""
    from tests.benchmarks.reading_room import Questions

    asked = Questions(loader, SEED).kinds()
    taken = {name: Taken() for name in asked}
    for number in range(rounds + 1):
        for name, make in asked.items():
            query = make()
            # The first round opens files and fills the first pages.
            noted = taken[name] if number else Taken()
            noted.by(partial(office.register.archived, query))
    return {name: percentiles(found.clock) for name, found in taken.items()} | {
        ALL: percentiles([took for found in taken.values() for took in found.clock]),
        OF_PROCESSOR: percentiles([took for found in taken.values() for took in found.processor]),
    }


def _inclusion(office: Office, size: int, index: int) -> tuple[bytes, ...]:
    return log_tree(office, size).inclusion(index)


def _consistency(office: Office, size: int, old: int) -> tuple[bytes, ...]:
    return log_tree(office, size).consistency(old)


def proofs(office: Office, rounds: int) -> dict[str, dict[str, float]]:
    """Prove activities and older sizes from nothing in memory; each proof is checked, untimed."""
    choose = random.Random(SEED)  # noqa: S311  # chooses samples, guards nothing
    point = office.ledger.history.latest_checkpoint()
    if point is None:
        raise ValueError
    root, size = bytes.fromhex(point.root), point.size
    included, consistent = Taken(), Taken()
    for _ in range(rounds):
        index, old = choose.randrange(size), choose.randrange(1, size)
        path = included.by(partial(_inclusion, office, size, index))
        (leaf,) = office.ledger.history.leaves(index, index + 1)
        proof = consistent.by(partial(_consistency, office, size, old))
        before = log_tree(office, old).root
        if not verify_inclusion(leaf_hash(leaf), index, size, path, root):
            raise ValueError
        if not verify_consistency((old, size), (before, root), proof):
            raise ValueError
    return {
        "inclusion": percentiles(included.clock),
        "inclusion_processor": percentiles(included.processor),
        "consistency": percentiles(consistent.clock),
    }


def appending(office: Office, packets: Sequence[str], count: int) -> dict[str, float]:
    """Append activities about archived packets, durably; give how many a second."""
    choose = random.Random(SEED)  # noqa: S311  # chooses samples, guards nothing

    def note() -> None:
        office.note(choose.choice(packets), "archive.opened", "user:auditor_1", slug="psa")

    def together() -> None:
        with office.ledger.transaction():
            for _ in range(TOGETHER):
                note()

    def times(number: int, work: Callable[[], None]) -> float:
        began = time.perf_counter()
        for _ in range(number):
            work()
        return 1000 * (time.perf_counter() - began)

    def signing() -> None:  # what changes a packet's line in the register, worked out anew
        office.note(choose.choice(packets), "copy.sent", "system", recipient="practice_1")

    alone_ms, batches = times(count, note), max(1, count // TOGETHER)
    together_ms = times(batches, together)
    return {
        "alone": round(count / alone_ms * 1000, 1),
        "with_line": round(count / times(count, signing) * 1000, 1),
        "together": round(batches * TOGETHER / together_ms * 1000, 1),
        "checkpoint_ms": round(timed(lambda: sign_checkpoint(office)), 1),
    }


def flush_ms(folder: Path) -> float:
    """Say how long this disk takes to write a few bytes for good."""
    with (folder / "flushed").open("wb", buffering=0) as file:

        def flush() -> None:
            file.write(b"x" * 4096)
            os.fsync(file.fileno())

        return round(percentiles([timed(flush) for _ in range(50)])["p50"], 3)


def real_bundle(site: Site, version: EnrollmentVersion) -> bytes:
    """Generate, approve, send, sign and file one packet of two agreements; give its bundle."""
    office = at_own_desk(site.office, Loopback())
    office.ledger.enrollments.add(version)
    packet = generate(office, version.enrollment_id, PacketKind.CONTRACTING, "user:coordinator")[0]
    for key in ("coordinator", "counsel"):
        if missing_approvals(office, packet):
            person = office.ledger.people.get(key)
            packet = approve(office, packet.id, packet.plan.checksum, person, "claimed")
    run_errand(office, send(office, packet.id, office.ledger.people.get("coordinator")))
    envelope = office.ledger.packets.get(packet.id).envelope_id
    for _ in packet.plan.recipients:
        sign_next(office, envelope)
    run_due(office)  # seals
    refresh(office, packet.id)
    run_due(office)  # files
    return office.archive.open(office.ledger.packets.get(packet.id).bundle_sha256)


def one_signer(site: Site, number: int) -> EnrollmentVersion:
    """Give an enrollment whose agreements one person of the practice signs, and the PSO's."""
    raw = form()
    raw["practice"]["display_name"] += f" {number}"
    now = site.office.clock.now()
    checked = parse_enrollment(raw, today=now.date(), stage=Stage.SUBMIT, pso=site.office.pso)
    record = canonical_bytes(checked.record)
    return replace(
        site.enrollment(number),
        enrollment_id=f"enr_{sha256_hex(record)[:26]}",
        record=record,
        sha256=sha256_hex(record),
        practice=checked.record.practice.display_name,
    )


def verifying(office: Office, bundle: bytes, folder: Path, rounds: int) -> dict[str, float]:
    """Verify one bundle under the site's anchor, by the verifier's process and within this one."""
    file, anchor = folder / "packet.bundle.zip", folder / "anchor.json"
    file.write_bytes(bundle)
    anchor.write_text(json.dumps(anchor_of(office)), "utf-8")
    verifier = _verifier()

    def apart() -> None:
        code, output = run_verifier(file, anchor, None, as_json=False)
        if code:
            raise ValueError(output)

    def within() -> None:
        now = office.clock.now()
        case, findings = verifier.examine_all(bundle, now, verifier.read_anchor(str(anchor)))
        code, words = verifier.conclude(case, findings)
        if code:
            raise ValueError(words)

    within()
    inside = Taken()
    for _ in range(rounds):
        inside.by(within)
    return {
        "apart_ms": percentiles([timed(apart) for _ in range(rounds)])["p50"],
        "within_ms": percentiles(inside.clock)["p50"],
        "within_processor_ms": percentiles(inside.processor)["p50"],
        "bytes": len(bundle),
    }


def _verifier() -> Any:
    """Load the stand-alone verifier's one file."""
    spec = importlib.util.spec_from_file_location("benchmarked", str(stand_alone_verifier()))
    if spec is None or spec.loader is None:
        raise ImportError
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def filled(site: Site, loader: Loader, documents: int, rounds: int) -> dict[str, Any]:
    """Fill the site up to so many documents and measure everything there."""
    began = time.perf_counter()
    loader.load(documents)
    return {"loaded_s": round(time.perf_counter() - began, 1)} | measured(site, loader, rounds)


def measured(site: Site, loader: Loader, rounds: int) -> dict[str, Any]:
    """Measure everything on a site as it was filled."""
    office, documents = site.office, loader.documents
    found = searches(office, loader, rounds)
    proved = proofs(office, rounds * 5)
    appended = appending(office, loader.packets, rounds * 10)
    tries = max(1, rounds // 10)
    verified = verifying(office, real_bundle(site, one_signer(site, documents)), site.home, tries)
    largest = verifying(office, real_bundle(site, site.enrollment(documents)), site.home, tries)
    return {
        "documents": loader.documents,
        "entries": office.ledger.history.size(),
        "practices": loader.count,
        "database_mb": round((site.home / "docgen.sqlite3").stat().st_size / 2**20, 1),
        "search": found,
        "search_p99_ms": found[ALL]["p99"],
        "search_processor_p99_ms": found[OF_PROCESSOR]["p99"],
        "inclusion_p50_ms": proved["inclusion"]["p50"],
        "inclusion_p99_ms": proved["inclusion"]["p99"],
        "inclusion_processor_p99_ms": proved["inclusion_processor"]["p99"],
        "consistency_p99_ms": proved["consistency"]["p99"],
        "checkpoint_ms": appended["checkpoint_ms"],
        "appended_alone": appended["alone"],
        "appended_together": appended["together"],
        "appended_with_line": appended["with_line"],
        "verified_apart_ms": verified["apart_ms"],
        "verified_within_ms": verified["within_ms"],
        "verified_processor_ms": verified["within_processor_ms"],
        "bundle_bytes": verified["bytes"],
        "largest_apart_ms": largest["apart_ms"],
        "largest_processor_ms": largest["within_processor_ms"],
        "largest_bundle_bytes": largest["bytes"],
        "flush_ms": flush_ms(site.home),
    }


def verdicts(step: Mapping[str, Any]) -> dict[str, object]:
    """Hold the figures at one size against their bars."""
    return {
        "search p99, ms": judged(step["search_p99_ms"], SEARCH_MS),
        "inclusion proof p99, ms": judged(step["inclusion_p99_ms"], PROOF_MS),
        "activities appended a second": judged(step["appended_together"], least=APPENDED),
        "one bundle verified, ms": judged(step["verified_apart_ms"], VERIFY_MS),
    }


def as_text(result: Mapping[str, Any]) -> Iterator[str]:
    """Lay the result out: the questions by size, the rest by size, and how each grows."""
    steps = result["steps"]
    sizes = "".join(f"{step['documents']:>26,}" for step in steps)
    yield f"{'documents':34}{sizes}"
    for name in steps[0]["search"]:
        cells = (step["search"][name] for step in steps)
        row = "".join(f"{c['p50']:>8.1f} {c['p95']:>8.1f} {c['p99']:>8.1f}" for c in cells)
        yield f"{name:34}{row}"
    yield f"{'':34}" + f"{'p50':>8} {'p95':>8} {'p99':>8}" * len(steps) + "  ms"
    yield ""
    for name in (name for name in steps[0] if name != "search"):
        yield f"{name:34}" + "".join(f"{step[name]:>26,}" for step in steps)
    for title, name, unit, bar in CHARTS:
        yield ""
        by = "documents" if name.startswith("search") else "entries"
        yield from chart(
            f"{title}, by {by}", {step[by]: step[name] for step in steps}, unit=unit, bar=bar
        )
    yield ""
    for name, told in result["bars"].items():
        limit = told.get("at_most") or told.get("at_least")
        sign = "at most" if "at_most" in told else "at least"
        holds = "holds" if told["holds"] else "NO"
        yield f"{name:34}{told['value']:>14,.2f}   {sign} {limit:,.0f}: {holds}"


def main() -> None:
    """Fill a new site step by step, measure each, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", default="10000,100000,1000000")
    parser.add_argument("--entries", type=int, default=10, help="activities for each document")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", type=Path, help="where the site is made; needs the space")
    asked = parser.parse_args()
    with ExitStack() as stack:
        made = tempfile.TemporaryDirectory(prefix="docgen-evidence-", dir=asked.folder)
        site = Site(Path(stack.enter_context(made)))
        from tests.benchmarks.bulk import Loader, People  # the models need the site's settings

        add_people(site.office)
        loader = Loader(site.office, People(SEED, asked.entries))
        steps = []
        for documents in (int(one) for one in asked.documents.split(",")):
            if documents <= loader.documents:
                print(f"{documents:,} left out: that many are there already", file=sys.stderr)  # noqa: T201  # progress
                continue
            steps.append(filled(site, loader, documents, asked.rounds))
            print(f"measured at {steps[-1]['documents']:,}", file=sys.stderr)  # noqa: T201  # progress
        from django.db import connection

        connection.close()
    result = {"steps": steps, "bars": verdicts(steps[-1])}
    print(json.dumps(result, indent=2) if asked.json else "\n".join(as_text(result)))  # noqa: T201  # what was asked for


if __name__ == "__main__":
    main()
