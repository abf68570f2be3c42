"""The command line on PostgreSQL: the same line, each step a process of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.app.command import FORM, Ran, Terminal, refused
from tests.postgresql import own_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.postgresql_only("it runs on the server that tests/postgresql.py starts")


@pytest.fixture
def url() -> Iterator[str]:
    """Give a database of its own."""
    with own_database(os.environ["DOCGEN_TEST_DATABASE_URL"], "_line") as url:
        yield url


def test_a_packet_is_sent_voided_and_proved_on_postgresql(tmp_path: Path, url: str) -> None:
    """From form to sent and back, and the history hashes; no database file is made beside it."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")

    def does(*words: str) -> Ran:
        ran = terminal.run_anew(*words, DOCGEN_DATABASE_URL=url)
        assert ran.code == 0, ran.err
        return ran

    does("init", "--demo")
    enrollment = does("enroll", str(FORM), "--json").json["enrollment"]
    (packet,) = does("generate", enrollment, "--json").json
    key, who = packet["packet"], ("--as", "coordinator")
    approved: Any = does("approve", key, "--plan", packet["plan_checksum"], *who, "--json").json
    assert approved["state"] == "approved"
    assert "sent  envelope env_" in does("send", key, *who).out
    assert does("sweep", "--json").json["refreshed"] == 1
    does("void", key, "--reason", "Moved.", *who)
    assert does("status", key, "--json").json["state"] == "voided"
    assert does("check", "--history", "--json").json == {"faults": [], "history": ""}
    assert not list(terminal.home.glob("*.sqlite3*"))


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The sentence says which setting to look at, and holds no password."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.run_anew("init")
    gone = "postgresql://docgen:canary-secret@127.0.0.1:1/none"
    ran = terminal.run_anew("status", DOCGEN_DATABASE_URL=gone)
    refused(ran, 8, "[database] url")
    assert "canary-secret" not in ran.err + ran.out
