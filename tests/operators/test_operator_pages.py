"""The operators' pages are true: every command on them runs, and every table matches the program."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docgen import settings
from docgen.settings import SETTINGS_FILE, read_settings
from docgen.settings_table import SETTINGS, as_markdown
from tests.app.command import FORM, ROOT, Terminal
from tests.postgresql import own_database, programs

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGES = ROOT / "docs" / "operators"
RUNNING, KEYS = PAGES / "running.md", PAGES / "keys-and-backup.md"
# Told in the map although a site need not have them.
SOMETIMES = {
    "authority/revoked.txt",
    "company/",
    "checkpoints/",
    "keys/log.retired",
    "docgen.sqlite3",
    "mail/",
    "work/",
    "archive/",
}


def blocks(page: Path, *kinds: str) -> str:
    """Give the commands of a page, in order."""
    found = re.findall(
        r"^```(sh(?: \w+)?)\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return "\n".join(text for kind, text in found if kind in kinds)


def run(script: str, folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a page's commands in one shell that stops at the first failure, in folders of ours."""
    (folder / "bin").mkdir()
    command = folder / "bin" / "docgen"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m docgen.cli "$@"\n', "utf-8")
    command.chmod(0o755)
    for there, here in (
        ("/opt/docgen-pipeline/bin", folder / "bin"),
        ("/srv/", folder / "srv"),
        ("/var/backups/", folder / "backups"),
    ):
        script = script.replace(there, f"{here}/" if there.endswith("/") else str(here))
    known = {name: value for name, value in os.environ.items() if "DOCGEN" not in name}
    known |= {"PYTHONPATH": str(ROOT), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    ran = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=folder,
        env={**known, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_commands_of_running_a_site_work(tmp_path: Path) -> None:
    """A new site is made, people are added, and the check names what is missing."""
    (tmp_path / "srv").mkdir()
    told = run(blocks(RUNNING, "sh"), tmp_path)
    assert "Ada Example" in told
    assert "not ready for real use yet" in told
    assert re.search(r"Fault: .*\n  To do: .*", told)
    assert (tmp_path / "srv" / "docgen" / SETTINGS_FILE).exists()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a demonstration with one practice, signed and archived."""
    folder = tmp_path_factory.mktemp("demo")
    terminal = Terminal(folder=folder, home=folder / "none")
    ran = terminal.run_anew("demo", str(FORM), "--into", "srv", DOCGEN_HOME="")
    assert ran.code == 0, ran.err + ran.out
    (folder / "srv" / "home").rename(folder / "srv" / "docgen")
    return folder


@pytest.mark.slow
@pytest.mark.sqlite_only("its back-up is of a database file")
def test_what_was_backed_up_can_be_restored(demo: Path) -> None:
    """Every command of the page in order: the copy has the same anchor, history and bundles."""
    told = run(blocks(KEYS, "sh"), demo)
    assert told.count("The installation is sound.") == 2
    assert len(re.findall(r"^.*everything holds.*$", told, re.MULTILINE | re.IGNORECASE)) >= 2
    restored = demo / "srv" / "docgen-restored"
    assert (restored / "keys" / "link.secret").stat().st_mode & 0o077 == 0
    original = (demo / "srv" / "docgen" / "keys" / "link.secret").read_bytes()
    assert (restored / "keys" / "link.secret").read_bytes() == original


def test_the_map_names_everything_in_a_home_folder(demo: Path) -> None:
    """Nothing lies in a site's home that the page does not explain, and it explains nothing else."""
    home = next(path for path in (demo / "srv").iterdir() if path.name in {"home", "docgen"})
    told = set(re.findall(r"^\| `([^`]+)` \|", KEYS.read_text("utf-8"), re.MULTILINE))
    there = {f"{item.name}/" if item.is_dir() else item.name for item in home.iterdir()}
    there |= {f"keys/{item.name}" for item in (home / "keys").iterdir()}
    there -= {"keys/", "keys/.starting", "docgen.sqlite3-wal", "docgen.sqlite3-shm", "server.log"}
    assert there <= told
    assert told - there <= SOMETIMES


@pytest.mark.postgresql_only("pg_dump and pg_restore need the server of tests/postgresql.py")
def test_a_postgresql_database_is_dumped_and_restored(tmp_path: Path) -> None:
    """The two commands of the page carry a site's tables into an empty database."""
    server = os.environ["DOCGEN_TEST_DATABASE_URL"]
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    (tmp_path / "backups" / "docgen").mkdir(parents=True)
    dump, restore = blocks(KEYS, "sh postgresql").splitlines()[::2]
    assert dump.startswith("pg_dump ")
    path = {"PATH": f"{programs()}:{os.environ['PATH']}"}
    with own_database(server, "_from") as first, own_database(server, "_into", empty=True) as copy:
        for words in (("init", "--demo"), ("users", "list")):
            assert terminal.run_anew(*words, DOCGEN_DATABASE_URL=first).code == 0
        run(dump, tmp_path, {**path, "DOCGEN_DATABASE_URL": first})
        (tmp_path / "bin" / "docgen").unlink()
        (tmp_path / "bin").rmdir()
        run(restore, tmp_path, {**path, "DOCGEN_DATABASE_URL": copy})
        listed = terminal.run_anew("users", "list", DOCGEN_DATABASE_URL=copy)
        assert "Demonstration coordinator" in listed.out
        assert terminal.run_anew("check", "--history", DOCGEN_DATABASE_URL=copy).code == 0


def test_the_table_of_settings_is_the_programs_own() -> None:
    """`python -m docgen.settings_table` prints what stands on the page."""
    assert as_markdown() in RUNNING.read_text("utf-8")


def test_the_table_names_every_setting_there_is() -> None:
    """The reader of the settings and the table know the same keys."""
    told: dict[str, set[str]] = {}
    for item in SETTINGS:
        told.setdefault(item.part, set()).add(item.key)
    known = {part: keys or {"…"} for part, keys in settings._KNOWN.items()}
    assert told == known


def test_leaving_a_setting_out_is_giving_its_default(tmp_path: Path) -> None:
    """Each default in the table is what holds without the key."""
    environment = {"DOCGEN_HOME": str(tmp_path)}
    without = read_settings(environment)
    for item in SETTINGS:
        if item.default and item.part != "oidc":
            text = f"[{item.part}]\n{item.key} = {item.default}\n"
            (tmp_path / SETTINGS_FILE).write_text(text, "utf-8")
            assert read_settings(environment) == without, item.key


@pytest.mark.parametrize("page", [RUNNING, KEYS], ids=lambda page: page.name)
def test_the_readme_leads_to_the_page(page: Path) -> None:
    """An operator finds it from the table of the README."""
    assert f"docs/operators/{page.name}" in (ROOT / "README.md").read_text("utf-8")
