"""The desk at size: how long each question to the register and each page takes with many practices.

`python -m tests.benchmarks.desk --enrollments 10000 --archived 100000 --rounds 40`
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from http import HTTPStatus
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING

from docgen.bootstrap.application import build
from docgen.cli.start import write_settings
from docgen.domain.packet import PacketState
from docgen.domain.task import ProgramStage
from docgen.domain.waiting import Alert, WaitsOn
from docgen.ports.register_query import (
    ArchiveOrder,
    ArchiveQuery,
    EnrollmentOrder,
    EnrollmentQuery,
    PacketOrder,
    PacketQuery,
    Paging,
    Period,
    RetentionState,
)
from docgen.settings import SETTINGS_FILE, read_settings
from integrations.system.clock import StandingClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docgen.ports.register import Register
    from tests.app.desk.staff import Desk

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EVERYTHING = "everything"  # the person with all roles
HOST = "127.0.0.1:8720"  # of a site made by default
YEARS = Period(first=date(2024, 1, 1), last=date(2025, 12, 31))
DAY = Period(first=date(2024, 7, 1), last=date(2024, 7, 1))
COMMON, RARE = "oncology", f"enr_{7:026x}"


def questions(register: Register) -> Mapping[str, Callable[[], object]]:
    """Name everything the pages ask."""
    enrollments, packets, archived = register.enrollments, register.packets, register.archived
    far = Paging(number=180)
    return {
        "enrollments": lambda: enrollments(EnrollmentQuery()),
        "enrollments, far page": lambda: enrollments(EnrollmentQuery(page=far)),
        "enrollments, rare name": lambda: enrollments(EnrollmentQuery(text=RARE)),
        "enrollments, common name": lambda: enrollments(EnrollmentQuery(text=COMMON)),
        "enrollments, by practice": lambda: enrollments(
            EnrollmentQuery(order=EnrollmentOrder.PRACTICE, reverse=True)
        ),
        "enrollments, overdue first": lambda: enrollments(
            EnrollmentQuery(overdue_on=TODAY, order=EnrollmentOrder.DUE)
        ),
        "enrollments, a stage": lambda: enrollments(
            EnrollmentQuery(stages=frozenset({ProgramStage.ONBOARDING}))
        ),
        "board": lambda: register.stage_board(EnrollmentQuery(), TODAY),
        "board, common name": lambda: register.stage_board(EnrollmentQuery(text=COMMON), TODAY),
        "packets": lambda: packets(PacketQuery()),
        "packets, rare name": lambda: packets(PacketQuery(text=RARE)),
        "packets, common name": lambda: packets(PacketQuery(text=COMMON)),
        "packets, with signers": lambda: packets(
            PacketQuery(waits_on=WaitsOn.PRACTICE, order=PacketOrder.WAITING)
        ),
        "packets, archived": lambda: packets(PacketQuery(states=frozenset({PacketState.ARCHIVED}))),
        "packets, a template": lambda: packets(PacketQuery(template=("psa", "1.1.0"))),
        "packets, departures": lambda: packets(PacketQuery(departs=True)),
        "packets, an alert": lambda: packets(PacketQuery(alert=Alert.COPY_UNDELIVERED)),
        "packets, far page": lambda: packets(
            PacketQuery(order=PacketOrder.SIGNED, page=Paging(number=380))
        ),
        "countersigner's queue": register.countersign_queue,
        "home": lambda: register.waiting(TODAY),
        "archive": lambda: archived(ArchiveQuery()),
        "archive, far page": lambda: archived(ArchiveQuery(page=Paging(number=1900))),
        "archive, rare name": lambda: archived(ArchiveQuery(text=RARE)),
        "archive, common name": lambda: archived(ArchiveQuery(text=COMMON)),
        "archive, by practice": lambda: archived(ArchiveQuery(order=ArchiveOrder.PRACTICE)),
        "archive, signed in a period": lambda: archived(ArchiveQuery(signed=YEARS)),
        "archive, in effect on a day": lambda: archived(ArchiveQuery(in_effect=DAY)),
        "archive, a template": lambda: archived(
            ArchiveQuery(slug="psa", template_versions=frozenset({"1.1.0"}))
        ),
        "archive, to be kept": lambda: archived(
            ArchiveQuery(retention=RetentionState.KEPT, today=TODAY, order=ArchiveOrder.RETENTION)
        ),
        "archive, several": lambda: archived(
            ArchiveQuery(text=COMMON, in_effect=YEARS, slug="psa", order=ArchiveOrder.PRACTICE)
        ),
        "use of a template": lambda: register.template_use("psa"),
    }


PAGES = (
    "/desk/",
    "/desk/board",
    "/desk/board?q=oncology",
    "/desk/board?stage=onboarding&due=overdue",
    "/desk/enrollments",
    "/desk/enrollments?q=oncology",
    "/desk/enrollments?page=180",
    "/desk/packets",
    "/desk/packets?q=oncology",
    "/desk/packets?page=380",
    "/desk/archive",
    "/desk/archive?q=oncology",
    "/desk/archive?on=2024-07-01&document=psa",
    "/desk/archive/contracts",
    "/desk/archive/export?all=yes&document=psa",
    "/desk/countersign",
    "/desk/countersign?of=anybody",
    "/desk/countersign/stand-ins",
    "/desk/templates",
    "/desk/templates/psa/1.0.0",
    "/desk/templates/psa/practices",
    "/desk/templates/psa/compare",
    "/desk/people",
    "/desk/settings",
    "/desk/webhooks",
    "/desk/tokens",
    "/start",
)


def pages(desk: Desk) -> Mapping[str, Callable[[], object]]:
    """Name the pages that show many, and those of one record, as the server answers them whole."""
    from tests.app.desk.test_archive_reading import archived

    client, packet = desk.as_(EVERYTHING), archived(desk)
    mine = f"/desk/enrollments/{desk.enrollment.enrollment_id}"
    one, kept = f"/desk/packets/{packet.id}", f"/desk/archive/packets/{packet.id}"
    records = (
        *(mine, f"{mine}/form", f"{mine}/form/practice", f"{mine}/versions", f"{mine}/sources"),
        *(one, f"{one}/history", f"{one}/documents/psa", f"{one}/review", f"{one}/paper"),
        *(kept, f"{kept}/hold", f"{kept}/disposal", f"/desk/archive/export?packet={packet.id}"),
    )

    def page(address: str) -> Callable[[], object]:
        def get() -> None:
            answer = client.get(address, headers={"host": HOST})
            if answer.status_code != HTTPStatus.OK:
                message = f"{address} answers {answer.status_code}"
                raise RuntimeError(message)

        return get

    return {address: page(address) for address in (*PAGES, *records)}


def measure(asked: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, dict[str, float]]:
    """Ask everything so many times; give the median and the 95th percentile in milliseconds."""
    found = {}
    for name, ask in asked.items():
        ask()
        taken = []
        for _ in range(rounds):
            start = time.perf_counter()
            ask()
            taken.append((time.perf_counter() - start) * 1000)
        cuts = quantiles(taken, n=20, method="inclusive")
        found[name] = {"p50": round(cuts[9], 1), "p95": round(cuts[18], 1)}
    return found


def main() -> None:
    """Fill a new site and print what each question takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enrollments", type=int, default=10_000)
    parser.add_argument("--archived", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--database", default="", help="a postgresql:// URL; left out, SQLite")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="docgen-desk-")))
        write_settings(home / SETTINGS_FILE, demo=True)
        environment = {"DOCGEN_HOME": str(home)}
        if asked.database:
            environment["DOCGEN_DATABASE_URL"] = asked.database
        office = build(read_settings(environment)).office
        from tests.benchmarks.crowd import fill  # the database's models need its settings

        with office.ledger.transaction():
            fill(asked.enrollments, asked.archived)
        from tests.app.desk.staff import Desk

        found = measure(questions(office.register), asked.rounds)
        desk = Desk.of(replace(office, clock=StandingClock(NOON)), StandingClock(NOON), [])
        found |= measure(pages(desk), asked.rounds)
    if asked.json:
        print(json.dumps(found, indent=2))  # noqa: T201  # what was asked for
        return
    for name, taken in found.items():
        print(f"{name:32} p50 {taken['p50']:7.1f} ms   p95 {taken['p95']:7.1f} ms")  # noqa: T201


if __name__ == "__main__":
    main()
