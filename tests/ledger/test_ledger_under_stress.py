"""SQLite under stress: a full disk, a damaged file, and two real processes on one home."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.cli.start import write_settings
from docgen.errors import StorageError
from docgen.settings import SETTINGS_FILE
from tests.ledger.test_ledger import version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docgen.services.office import Office

ON_SQLITE = "DOCGEN_TEST_DATABASE_URL" not in os.environ
FULL = re.compile(r"disk full")


def program(home: Path, body: str) -> list[str]:
    """Give the command that runs this program on this home, as a process of its own."""
    opening = (
        "import os\n"
        f"os.environ['DOCGEN_HOME'] = {str(home)!r}\n"
        "from docgen.bootstrap.application import application\n"
        "office = application().office\n"
    )
    return [sys.executable, "-c", opening + body]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a new home with the demonstration's settings."""
    home = tmp_path / "home"
    write_settings(home / SETTINGS_FILE, demo=True)
    return home


@pytest.fixture
def full(office: Office) -> Iterator[Office]:
    """Give a ledger whose SQLite file may not grow any more."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    yield office
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")


if ON_SQLITE:

    def test_a_full_database_stores_nothing_half(full: Office) -> None:
        """The sentence says what to do; nothing is half-done; with space it works again."""
        from django.db import connection

        def store(number: int) -> None:
            with full.ledger.transaction():
                full.ledger.enrollments.add(replace(version(number), record=b"x" * 20_000))
                full.ask(f"e{number}", "send")
                full.note("enr_1", "enrollment.stored", "user:ada")

        stored = 0
        with pytest.raises(StorageError, match=FULL):  # noqa: PT012  # full after some
            for number in range(1, 100):
                store(number)
                stored = number
        assert len(full.ledger.history.of("enr_1")) == stored
        assert len(full.ledger.errands.open()) == stored
        assert full.ledger.history.first_altered() is None

        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")
        store(stored + 1)
        assert full.ledger.enrollments.latest("enr_1").version == stored + 1
        assert [item.seq for item in full.ledger.history.of("enr_1")] == list(range(stored + 1))

    def test_a_damaged_database_file_is_said_to_be(home: Path) -> None:
        """No stack trace, and no new database in its place."""
        made = subprocess.run(program(home, ""), capture_output=True, check=False)
        assert made.returncode == 0, made.stderr
        path = home / "docgen.sqlite3"
        damaged = b"not a database at all" * 400
        path.write_bytes(damaged)
        for side in ("-wal", "-shm"):
            path.with_name(path.name + side).unlink(missing_ok=True)
        body = [sys.executable, "-m", "docgen.cli", "status"]
        environment = {**os.environ, "DOCGEN_HOME": str(home)}
        ran = subprocess.run(body, env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 8
        assert "restored from the back-up" in ran.stderr
        assert "Traceback" not in ran.stderr
        assert path.read_bytes() == damaged

    def test_processes_that_start_on_a_new_home_at_once_agree(home: Path) -> None:
        """Keys, authority and tables are made once; all name the same log."""
        body = "print(office.checkpoint_signer.vkey, office.ledger.people.list())"
        started = [
            subprocess.Popen(program(home, body), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(3)
        ]
        ended = [process.communicate() for process in started]
        assert [process.returncode for process in started] == [0, 0, 0], ended
        assert len({out for out, _ in ended}) == 1

    SENDER = """
from dataclasses import replace
from docgen.services import sweep as engine
from docgen.services.sweep import sweep
made = 0

class Counted:
    def __init__(self, log):
        self.log = log
    def post(self, url, headers, body):
        os.write(self.log, headers["webhook-id"].encode() + b"\\n")

log = os.open(os.path.join(os.environ["DOCGEN_HOME"], "posted"), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
office = replace(office, courier=Counted(log))
input()
for _ in range(3):
    swept = sweep(office)
    assert not swept.failures, swept.failures
    made += swept.errands
print(made)
"""

    def test_two_processes_that_sweep_at_once_send_nothing_twice(home: Path) -> None:
        """Two hundred callbacks wait; both sweep from the same moment; each is posted once."""
        ask = (
            "with office.ledger.transaction():\n"
            "    for n in range(200):\n"
            "        office.ask(f'callback:{n}', 'callback', event={'id': f'id{n}'})\n"
        )
        subprocess.run(program(home, ask), check=True)
        sweepers = [
            subprocess.Popen(
                program(home, SENDER), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(2)
        ]
        for process in sweepers:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        shares = [int(process.communicate()[0]) for process in sweepers]
        assert [process.returncode for process in sweepers] == [0, 0]
        posted = (home / "posted").read_text().splitlines()
        assert sorted(posted) == sorted(f"id{number}" for number in range(200))
        assert sum(shares) == 200
