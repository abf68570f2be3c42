"""One real application for the whole test process, on SQLite or on PostgreSQL; empty for each test.

`DOCGEN_TEST_DATABASE_URL` names a PostgreSQL server (any database there) to run on; left out, it is
SQLite. Each process makes a database of its own, so that `-n` works there too.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from docgen.bootstrap.application import Application, build
from docgen.cli.start import write_settings
from docgen.services.ceremony.flood import FloodGate
from docgen.settings import SETTINGS_FILE, read_settings
from integrations.system.clock import StandingClock
from tests.asked import FOLDER, POSTGRESQL, SQLITE, Asked
from tests.emptied import empty_ledger
from tests.postgresql import own_database
from tests.remembering_press import RememberingPress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docgen.services.office import Office
    from tests.s3 import S3Server

# No test judges a time: on a busy machine, drawing an example takes as long as it takes.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

# Nothing of the machine's own settings reaches a test.
for _name in [name for name in os.environ if name.startswith("DOCGEN_")]:
    if _name not in {"DOCGEN_TEST_DATABASE_URL", FOLDER}:
        del os.environ[_name]


def pytest_xdist_auto_num_workers() -> int:
    """Run one worker more than there are processors: some test always waits, for a page or a disk."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_configure(config: pytest.Config) -> None:
    """Let a thread that served a test end without closing its connection, as a process's end does."""
    config.addinivalue_line("filterwarnings", "ignore:<psycopg.Connection object:ResourceWarning")
    runs_tests = hasattr(config, "workerinput") or not config.getoption("numprocesses", None)
    if runs_tests and FOLDER in os.environ:
        folder = config.rootpath / os.environ.pop(FOLDER)  # what a test starts notes nothing
        database = POSTGRESQL if os.environ.get("DOCGEN_TEST_DATABASE_URL") else SQLITE
        config.pluginmanager.register(Asked(folder, database))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say aloud what this machine did not permit to run."""
    told = {str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])}
    reasons = {words[words.index("NOT RUN") :].rstrip("')") for words in told if "NOT RUN" in words}
    for words in sorted(reasons):
        terminalreporter.write_line(words, yellow=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of a run on PostgreSQL what only concerns SQLite, and the other way round.

    What asks no database anything is not run once more on the other one.
    """
    server = bool(os.environ.get("DOCGEN_TEST_DATABASE_URL"))
    other = "sqlite_only" if server else "postgresql_only"
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        concerns = item.get_closest_marker(other) is None
        runs = concerns and (not server or _asks_a_database(item))
        (kept if runs else left).append(item)
    items[:] = kept
    if left:
        config.hook.pytest_deselected(items=left)


def _asks_a_database(item: pytest.Item) -> bool:
    """Tell whether a test uses the application, or runs processes of its own on the server."""
    fixtures: Sequence[str] = getattr(item, "fixturenames", ())
    return "app" in fixtures or item.get_closest_marker("postgresql_only") is not None


@pytest.fixture(scope="session")
def app() -> Iterator[Application]:
    """Build the demonstration's application in a folder and on a database of its own."""
    server = os.environ.get("DOCGEN_TEST_DATABASE_URL", "")
    with (
        tempfile.TemporaryDirectory(prefix="docgen-test-") as name,
        own_database(server) as database,
    ):
        home = Path(name) / "home"
        write_settings(home / SETTINGS_FILE, demo=True)
        environment = {"DOCGEN_HOME": str(home), "DOCGEN_BASE_URL": "http://testserver"}
        if database:
            environment["DOCGEN_DATABASE_URL"] = database
        whole = build(read_settings(environment))
        press = RememberingPress(whole.office.press)
        yield replace(whole, office=replace(whole.office, press=press))
        from django.db import connections

        connections.close_all()


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """Start one S3 server for all tests of this process; each test makes buckets of its own."""
    from tests.s3 import s3_server

    with s3_server() as server:
        yield server


@pytest.fixture
def bucket(s3: S3Server) -> str:
    """Make a bucket with Object Lock and versions; give its name."""
    name = f"archive-{secrets.token_hex(8)}"
    s3.client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


@pytest.fixture
def clock() -> StandingClock:
    """Give a clock that stands at noon."""
    return StandingClock(NOON)


def forget_jobs() -> None:
    """Empty the queue of a PostgreSQL database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def office(app: Application, clock: StandingClock) -> Office:
    """Give the application's office on an empty database, with a standing clock."""
    empty_ledger()
    if app.settings.database_url:
        forget_jobs()
    # The journal outside the database would rightly refuse to sign for an emptied one.
    (app.settings.home / "checkpoints" / "journal.jsonl").unlink(missing_ok=True)
    return replace(app.office, clock=clock, floodgate=FloodGate())
