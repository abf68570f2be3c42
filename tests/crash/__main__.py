"""Kill a site in every way and count what is lost, sent twice, sealed twice or unverifiable.

    python -m tests.crash [--runs N | --minutes M] [--seed S] [--jobs J] [--postgresql] [--json]
    python -m tests.crash --short            a few runs, and the hunt for every planted fault
    python -m tests.crash --plant FAULT      hunt a fault planted on purpose
    python -m tests.crash --replay POINT     one run again, by the coordinates it was printed with

Each run starts from the same site with one approved packet. Its process sends the packet, by DocuSign,
Dropbox Sign or our own signer, has it signed, takes the callbacks (as they come, lost, doubled or
reversed) and files it; strace kills it at the n-th fsync, fdatasync, rename, link, unlink, pwrite64,
write, openat, sendto, recvfrom or close on its home folder or a socket. Either the process alone
dies (kill), or the power goes: everything lies on a disk of our own, which then forgets what was not
flushed, all of it (power) or what chance says (torn). A new process goes on by itself, and in the end
the packet must be archived, once, and its bundle hold before the stand-alone verifier.

Exit codes: 0 all well; 1 something was wrong, or a planted fault was not found; 77 NOT RUN, since the
machine permits no tracing or no mounting.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tests.crash.campaign import Campaign
from tests.crash.permits import refused
from tests.crash.plant import FAULTS
from tests.crash.point import drawn, parse_point
from tests.postgresql import server

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.crash.run import Outcome

NOT_RUN = 77  # as test programs say it since automake
SHORT, LONG = 24, 3000
EVERY = 20


def main() -> int:
    """Run and report."""
    given = _arguments()
    why = refused()
    if why:
        sys.stdout.write(f"NOT RUN: {why}\n")
        return NOT_RUN
    began = time.monotonic()
    with ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="docgen-crash-"))
        point = parse_point(given.replay) if given.replay else None
        on_server = given.postgresql or (point is not None and point.server)
        campaign = stack.enter_context(
            Campaign(
                Path(name) / "runs",
                jobs=1 if point else given.jobs,
                server=stack.enter_context(server()) if on_server else "",
                brief=given.short,
            )
        )
        if point is not None:
            return _tell([*campaign.each([point], given.plant)], given, began)
        campaign.survey()
        if given.plant:
            return _hunted(campaign, [given.plant], quiet=given.json)
        count = given.runs or (SHORT if given.short else LONG)
        # Not for secrets: to be drawn again.
        random = Random(given.seed)  # noqa: S311
        points = drawn(random, count, campaign.calls, server=on_server)
        until = began + given.minutes * 60 if given.minutes else math.inf
        outcomes = campaign.each(points, until=until)
        code = _tell(_watched(outcomes, given, count), given, began)
        if given.short and not on_server:
            code = max(code, _hunted(campaign, FAULTS, quiet=given.json))
        return code


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("--runs", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--plant", choices=FAULTS, default="")
    parser.add_argument("--replay", default="")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _watched(
    outcomes: Iterable[Outcome], given: argparse.Namespace, count: int
) -> Iterator[Outcome]:
    """Say at once what went wrong, and now and then how far it is."""
    for number, outcome in enumerate(outcomes, 1):
        if not given.json:
            if outcome.wrong:
                sys.stdout.write(_words(outcome))
            elif number % EVERY == 0:
                sys.stdout.write(f"{number} of {count}\n")
            sys.stdout.flush()
        yield outcome


def _words(outcome: Outcome) -> str:
    return f"{outcome.point}  {outcome.about}\n    {'; '.join(outcome.wrong)}\n"


def _tell(outcomes: Iterable[Outcome], given: argparse.Namespace, began: float) -> int:
    """Give the figures; 1 when anything was wrong."""
    there = list(outcomes)
    wrong = [item for item in there if item.wrong]
    died = Counter(item.point.call for item in there if item.died)
    took = round(time.monotonic() - began)
    if given.json:
        told = {
            "seed": given.seed,
            "runs": len(there),
            "died": died,
            "wrong": {str(item.point): item.wrong for item in wrong},
            "seconds": took,
        }
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        at = ", ".join(f"{name} {died[name]}" for name in sorted(died))
        sys.stdout.write(
            f"{len(there)} runs from seed {given.seed} in {took} s, {len(wrong)} with something "
            f"wrong; {died.total()} died where they were to: {at}\n"
        )
        for item in wrong if given.replay else ():
            sys.stdout.write(_words(item))
    return 1 if wrong else 0


def _hunted(campaign: Campaign, faults: Sequence[str], *, quiet: bool) -> int:
    """Hunt planted faults; 1 when one is not found, or its run is wrong without it as well."""
    code = 0
    for hunted in campaign.hunt(faults):
        code = code if hunted.well else 1
        if not quiet:
            sys.stdout.write(f"{hunted.words()}\n")
            sys.stdout.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())
