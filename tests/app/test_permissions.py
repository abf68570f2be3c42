"""What a site writes is its owner's alone, and where nothing can be written it says so."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.app.command import FORM, ROOT, Ran, Terminal, refused

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sqlite_only("each site here is a home folder with its own database file")
OTHERS = 0o077
# Permissions bind whoever has no capabilities, the superuser too.
UNPRIVILEGED = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()


def run_as(terminal: Terminal, *words: str, umask: int = 0o022) -> Ran:
    """Run `docgen` without privileges, from a shell that allows others this much."""
    known = {name: value for name, value in os.environ.items() if "DOCGEN" not in name}
    ran = subprocess.run(
        [*UNPRIVILEGED, sys.executable, "-m", "docgen.cli", *words],
        cwd=terminal.folder,
        env=known | {"DOCGEN_HOME": str(terminal.home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        umask=umask,
    )
    return Ran(code=ran.returncode, out=ran.stdout.decode(), err=ran.stderr.decode())


def open_to_others(folder: Path) -> list[str]:
    """List what others may read or write, following only folders that they may enter."""
    found: list[str] = []
    for place in sorted(folder.iterdir()):
        mode = place.lstat().st_mode
        if mode & OTHERS:
            found.append(f"{place.name} {mode & 0o777:o}")
            if place.is_dir():
                found += open_to_others(place)
    return found


def listed(folder: Path) -> dict[str, bytes]:
    """List every file with its bytes."""
    return {str(one): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


def test_a_shell_that_allows_everything_gives_nothing_away(tmp_path: Path) -> None:
    """With umask 000, in a home folder that others may enter: database, keys, settings, exports."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.home.mkdir()
    terminal.home.chmod(0o777)
    for words in (
        ["init", "--demo"],
        ["enroll", str(FORM)],
        ["log", "export", "log"],
        ["anchor", "--out", "anchor.json"],
        ["sweep"],
    ):
        ran = run_as(terminal, *words, umask=0)
        assert ran.code == 0, ran.err
    assert {"docgen.sqlite3", "settings.toml", "keys", "archive"} <= {
        one.name for one in terminal.home.iterdir()
    }
    assert open_to_others(terminal.home) == []
    assert open_to_others(tmp_path) == ["home 777"]  # as whoever made it wanted it


def test_what_others_may_read_is_found(tmp_path: Path) -> None:
    """The control: the search of the test above names a file, and one in a folder."""
    (tmp_path / "folder").mkdir(mode=0o755)
    for place in (tmp_path / "file", tmp_path / "folder" / "inner"):
        place.touch()
        place.chmod(0o644)
    assert open_to_others(tmp_path) == ["file 644", "folder 755", "inner 644"]


@pytest.mark.parametrize("mode", [0o701, 0o770])
def test_a_home_that_others_may_enter_is_not_for_real_use(tmp_path: Path, mode: int) -> None:
    """It is a fault with its remedy; the remedy helps."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.does("init", "--demo")
    terminal.home.chmod(mode)
    told = terminal.run("check", "--deploy").out
    assert f"chmod go= {terminal.home}" in told
    terminal.home.chmod(mode & ~OTHERS)
    assert "chmod" not in terminal.run("check", "--deploy").out


def test_an_archive_that_cannot_be_written_leaves_nothing_half_done(tmp_path: Path) -> None:
    """Each command refuses in a sentence, no checkpoint is signed, and later it goes on."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.does("init", "--demo")
    terminal.does("enroll", str(FORM))
    archive = terminal.home / "archive"
    archive.mkdir(exist_ok=True)
    archive.chmod(0o555)
    before = listed(archive)
    refused(run_as(terminal, "log", "export", "log"), 7, "archive could not write", "permissions")
    assert not (tmp_path / "log").exists()
    assert listed(archive) == before
    checked = run_as(terminal, "check", "--history")
    refused(checked, 8, "1 fault")
    assert "the archive's folder cannot be written" in checked.out
    archive.chmod(0o700)
    assert run_as(terminal, "log", "export", "log").code == 0
    assert "sound" in run_as(terminal, "check", "--history").out
