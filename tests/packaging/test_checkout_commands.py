"""The checkout's commands run where the caller stands, so that relative names mean what they say."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# In place of the real set-up, which is tried by running the tests at all.
SETUP = """root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
missing_packages() { :; }
install_packages() { :; }
make_venv() { :; }
RUNTIME_PACKAGES=
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make a checkout whose program says where it stands and what it was given."""
    place = tmp_path / "a checkout"
    (place / "bin").mkdir(parents=True)
    (place / ".venv" / "bin").mkdir(parents=True)
    for name in ("docgen", "demo"):
        shutil.copy(ROOT / "bin" / name, place / "bin" / name)
    (place / "bin" / "setup.sh").write_text(SETUP)
    program = place / ".venv" / "bin" / "docgen"
    program.write_text('#!/bin/sh\npwd; for it in "$@"; do echo "$it"; done\n')
    program.chmod(0o755)
    return place


def said(checkout: Path, command: str, cwd: Path, *arguments: str) -> list[str]:
    """Run a command of the checkout; give the lines it said."""
    done = subprocess.run(
        [str(checkout / "bin" / command), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_relative_names_are_the_callers(checkout: Path, tmp_path: Path) -> None:
    """From another folder, and from the checkout itself."""
    elsewhere = tmp_path / "forms"
    elsewhere.mkdir()
    assert said(checkout, "docgen", elsewhere, "enroll", "my form.yaml") == [
        str(elsewhere),
        "enroll",
        "my form.yaml",
    ]
    assert said(checkout, "docgen", checkout, "enroll", "x") == [str(checkout), "enroll", "x"]


def test_the_demonstration_writes_into_the_checkout(checkout: Path, tmp_path: Path) -> None:
    """Results lie under the checkout wherever the caller stands; forms are the caller's."""
    assert said(checkout, "demo", checkout) == [str(checkout), "demo", "--into", "demo"]
    assert said(checkout, "demo", tmp_path, "mine.json") == [
        str(tmp_path),
        "demo",
        "--into",
        str(checkout / "demo"),
        "mine.json",
    ]
