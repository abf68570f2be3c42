"""What is gone is missed: a site with a history makes no other keys or database in its place."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.app.command import FORM, Terminal, refused

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sqlite_only("each site here is a home folder with its own database file")
KEYS = (
    "keys/site.secret",
    "keys/link.secret",
    "keys/callback.secret",
    "keys/log.pem",
    "authority",
    "keys",
)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Give a site with a history, and a signed checkpoint over it."""
    terminal = site(tmp_path, "home")
    terminal.does("enroll", str(FORM))
    terminal.does("log", "export", "log")
    return terminal


def site(folder: Path, name: str) -> Terminal:
    """Make a demonstration site."""
    terminal = Terminal(folder=folder, home=folder / name)
    terminal.does("init", "--demo")
    return terminal


@pytest.mark.parametrize("name", KEYS)
def test_a_site_that_lost_keys_makes_no_others(terminal: Terminal, name: str) -> None:
    """Each time anew, it says what is missing and changes nothing; put back, all is as it was."""
    anchor = terminal.does("anchor")
    kept = terminal.folder / "kept"
    (terminal.home / name).rename(kept)
    before = listed(terminal.home)
    for words in (["check"], ["anchor"], ["status"], ["sweep"]):
        refused(terminal.run(*words), 8, "lacks", name, "Restore the keys from the back-up")
        assert listed(terminal.home) == before
    if name == "keys":
        shutil.rmtree(terminal.home / name)  # a lock is all that lies in it
    kept.rename(terminal.home / name)
    assert terminal.does("anchor") == anchor
    assert "sound" in terminal.does("check").out


def test_a_site_without_a_history_gets_its_keys(tmp_path: Path) -> None:
    """The first start makes them; so does one after a start that a crash ended."""
    terminal = site(tmp_path, "home")
    assert "sound" in terminal.does("check").out


def test_another_log_key_in_its_place_is_found(terminal: Terminal) -> None:
    """A key of another site reads as a key, but the last checkpoint does not bear its signature."""
    other = site(terminal.folder, "other")
    mine = terminal.home / "keys" / "log.pem"
    kept = mine.read_bytes()
    mine.write_bytes((other.home / "keys" / "log.pem").read_bytes())
    refused(terminal.run("check"), 8, "1 fault")
    assert "the log's key is not one that signed the last checkpoint" in terminal.run("check").out
    mine.write_bytes(kept)
    terminal.does("keys", "rotate", "log", "--as", "administrator")
    assert "sound" in terminal.does("check").out


@pytest.mark.parametrize("left", [None, b""])
def test_a_site_that_lost_its_database_begins_no_other(
    terminal: Terminal, left: bytes | None
) -> None:
    """Removed or emptied, by a full disk perhaps: it says so each time; put back, all is as it was."""
    kept = terminal.folder / "kept"
    kept.mkdir()
    known = terminal.does("status").out
    for file in terminal.home.glob("docgen.sqlite3*"):
        file.rename(kept / file.name)
    if left is not None:
        (terminal.home / "docgen.sqlite3").write_bytes(left)
    for words in (["status"], ["enroll", str(FORM)], ["sweep"], ["check"]):
        refused(terminal.run(*words), 8, "its database was lost", "Restore it from the back-up")
    for file in terminal.home.glob("docgen.sqlite3*"):
        file.unlink()
    for file in kept.iterdir():
        file.rename(terminal.home / file.name)
    assert terminal.does("status").out == known
    assert "sound" in terminal.does("check").out


@pytest.mark.parametrize("left", [None, b"", b'{"size": 0, "root": ""}\n', b"\n" * 70_000])
def test_a_journal_that_forgot_the_last_checkpoint_is_found(
    terminal: Terminal, left: bytes | None
) -> None:
    """Removed, emptied, shortened, or its end buried: by it a database set back is noticed."""
    journal = terminal.home / "checkpoints" / "journal.jsonl"
    kept = journal.read_bytes()
    assert "sound" in terminal.does("check").out
    journal.unlink()
    if left is not None:
        journal.write_bytes(kept + left if left.isspace() else left)
    refused(terminal.run("check"), 8, "1 fault")
    assert "the journal does not name the last checkpoint" in terminal.run("check").out
    journal.write_bytes(kept)
    assert "sound" in terminal.does("check").out


def listed(home: Path) -> set[str]:
    """List the files in a home, but for those that every command writes."""
    return {
        str(path.relative_to(home))
        for path in home.rglob("*")
        if path.is_file() and not path.name.startswith((".starting", "docgen.sqlite3"))
    }
