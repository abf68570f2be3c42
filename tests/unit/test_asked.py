"""Who asks a database is named, and what only one database was asked is found."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from tests.asked import POSTGRESQL, SQLITE, Asked, left_out, main

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.services.office import Office


def _ask(office: Office, folder: Path, database: str, request: pytest.FixtureRequest) -> None:
    """Ask the ledger something while it is noted."""
    asked = Asked(folder, database)
    asked.pytest_runtest_setup(request.node)
    with connection.execute_wrapper(asked._note):
        office.ledger.people.list()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    asked.pytest_sessionfinish()


def test_the_innermost_function_of_ours_is_named(
    office: Office, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Not the one that watches every statement, nor a test that asks by itself."""
    _ask(office, tmp_path, SQLITE, request)
    assert left_out(tmp_path) == ["people.py: PeopleRows.list"]


def test_what_both_were_asked_is_not_left_out(
    office: Office, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The control."""
    _ask(office, tmp_path, SQLITE, request)
    _ask(office, tmp_path, POSTGRESQL, request)
    assert left_out(tmp_path) == []


@pytest.mark.sqlite_only("as if it were")
def test_what_concerns_one_alone_is_not_noted(
    office: Office, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Such a test says so itself."""
    _ask(office, tmp_path, SQLITE, request)
    assert left_out(tmp_path) == []


@pytest.mark.parametrize(("asked", "code"), [(["a", "b"], 0), (["a"], 1)])
def test_the_command_names_it_and_fails(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    asked: list[str],
    code: int,
) -> None:
    """So that `make test` ends with it."""
    (tmp_path / "sqlite-1.json").write_text(json.dumps(["a"]))
    (tmp_path / "sqlite-2.json").write_text(json.dumps(["b"]))
    (tmp_path / "postgresql-1.json").write_text(json.dumps(asked))
    monkeypatch.setattr(sys, "argv", ["tests.asked", str(tmp_path)])
    assert main() == code
    assert ("comes by docgen/db/b" in capsys.readouterr().out) is bool(code)


def test_nothing_noted_is_no_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As when the tests were run without being watched."""
    monkeypatch.setattr(sys, "argv", ["tests.asked", str(tmp_path)])
    assert main() == 1
    assert "Nothing was noted" in capsys.readouterr().out
