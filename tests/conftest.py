"""One real application for the whole test process, on SQLite or on PostgreSQL; empty for each test.

`DOCGEN_TEST_DATABASE_URL` names a PostgreSQL database to run on; left out, it is SQLite.
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
from docgen.settings import SETTINGS_FILE, read_settings
from integrations.system.clock import StandingClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.services.office import Office

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

# Nothing of the machine's own settings reaches a test.
for _name in [name for name in os.environ if name.startswith("DOCGEN_")]:
    if _name != "DOCGEN_TEST_DATABASE_URL":
        del os.environ[_name]


@pytest.fixture(scope="session")
def app() -> Iterator[Application]:
    """Build the demonstration's application in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="docgen-test-") as name:
        home = Path(name) / "home"
        write_settings(home / SETTINGS_FILE, demo=True)
        environment = {"DOCGEN_HOME": str(home), "DOCGEN_BASE_URL": "http://testserver"}
        url = os.environ.get("DOCGEN_TEST_DATABASE_URL")
        if url:
            environment["DOCGEN_DATABASE_URL"] = url
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
    return replace(app.office, clock=clock)
