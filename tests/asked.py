"""Which functions of ours ask a database: noted while tests run, and compared between databases.

Whatever asks SQLite must also ask PostgreSQL. There only the tests run that `tests/on_postgresql.txt`
names: those take long that it ignores, and ask nothing that others do not. `python -m tests.asked FOLDER`
checks it. What tests marked `sqlite_only` ask does not count, nor what processes of their own ask, nor
what Django and its sign-in package ask for themselves.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db.backends.signals import connection_created

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

FOLDER = "DOCGEN_TEST_ASKED"  # the environment variable that names where it is noted
SQLITE, POSTGRESQL = "sqlite", "postgresql"
_OURS = str(Path(__file__).parents[1] / "docgen" / "db") + os.sep
_WATCHING = f"{_OURS}apps.py"  # stands around every statement and asks nothing itself
# SQLite is told through the same door as anything it is asked, PostgreSQL's driver is not.
_BRACKETS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")
_MAKING = "migrations/"  # makes the tables, there in a process of its own


class Asked:
    """Notes who asks, as a plugin of one test process."""

    def __init__(self, folder: Path, database: str) -> None:
        self._folder, self._database = folder, database
        self._found: set[str] = set()
        self._notes = True

    def pytest_sessionstart(self) -> None:
        """Watch every connection from its beginning."""
        connection_created.connect(self._watch, weak=False)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Note nothing of a test that does not concern PostgreSQL."""
        self._notes = item.get_closest_marker("sqlite_only") is None

    def pytest_sessionfinish(self) -> None:
        """Write down what was found."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self._database}-{os.getpid()}.json"
        path.write_text(json.dumps(sorted(self._found - {""})), "utf-8")

    def _watch(self, *, connection: Any, **_: object) -> None:
        connection.execute_wrappers.append(self._note)

    def _note(
        self,
        execute: Callable[..., object],
        sql: object,
        params: object,
        many: object,
        context: object,
    ) -> object:
        if self._notes and not str(sql).startswith(_BRACKETS):
            self._found.add(_asking(sys._getframe(1)))
        return execute(sql, params, many, context)


def _asking(frame: FrameType | None) -> str:
    """Name the innermost function of `docgen/db`, or nothing where others ask by themselves."""
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(_OURS) and path != _WATCHING:
            return f"{path.removeprefix(_OURS)}: {frame.f_code.co_qualname}"
        frame = frame.f_back
    return ""


def left_out(folder: Path) -> Sequence[str]:
    """Give what asked SQLite and never PostgreSQL."""
    return sorted(_noted(folder, SQLITE) - _noted(folder, POSTGRESQL))


def _noted(folder: Path, database: str) -> set[str]:
    return {
        name
        for path in folder.glob(f"{database}-*.json")
        for name in json.loads(path.read_text())
        if not name.startswith(_MAKING)
    }


def main() -> int:
    """Say what is left out; 1 if anything is, or if nothing was noted at all."""
    folder = Path(sys.argv[1])
    if not _noted(folder, SQLITE):
        sys.stdout.write(f"Nothing was noted in {folder}; run the tests with {FOLDER}={folder}.\n")
        return 1
    names = left_out(folder)
    for name in names:
        sys.stdout.write(f"No test on PostgreSQL comes by docgen/db/{name}\n")
    if names:
        sys.stdout.write("Take one that does out of what tests/on_postgresql.txt ignores.\n")
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main())
