"""One real application for the whole test process, on SQLite or on PostgreSQL; empty for each test.

`DOCGEN_TEST_DATABASE_URL` names a PostgreSQL server (any database there) to run on; left out, it is
SQLite. Each process makes a database of its own, so that `-n` works there too.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docgen.bootstrap.application import Application, build
from docgen.cli.start import write_settings
from docgen.services.ceremony.flood import FloodGate
from docgen.settings import SETTINGS_FILE, read_settings
from integrations.system.clock import StandingClock
from tests.postgresql import own_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.services.office import Office

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

# Nothing of the machine's own settings reaches a test.
for _name in [name for name in os.environ if name.startswith("DOCGEN_")]:
    if _name != "DOCGEN_TEST_DATABASE_URL":
        del os.environ[_name]


def pytest_configure(config: pytest.Config) -> None:
    """Let a thread that served a test end without closing its connection, as a process's end does."""
    config.addinivalue_line("filterwarnings", "ignore:<psycopg.Connection object:ResourceWarning")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out of a run on PostgreSQL what only concerns SQLite, and the other way round."""
    server = bool(os.environ.get("DOCGEN_TEST_DATABASE_URL"))
    name = "sqlite_only" if server else "postgresql_only"
    for item in items:
        mark = item.get_closest_marker(name)
        if mark is not None:
            item.add_marker(pytest.mark.skip(reason=mark.args[0]))


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
        yield build(read_settings(environment))
        from django.db import connections

        connections.close_all()


@pytest.fixture
def clock() -> StandingClock:
    """Give a clock that stands at noon."""
    return StandingClock(NOON)


@pytest.fixture
def office(app: Application, clock: StandingClock) -> Office:
    """Give the application's office on an empty database, with a standing clock."""
    from django.apps import apps

    for model in apps.get_app_config("ledger").get_models():
        model._default_manager.all().delete()
    return replace(app.office, clock=clock, floodgate=FloodGate())
