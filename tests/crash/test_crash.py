"""The short set of crashes, with the faults that it must find, on both databases."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.crash.__main__ import NOT_RUN, SHORT
from tests.crash.conftest import not_run
from tests.crash.plant import FAULTS
from tests.crash.worker import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sqlite_only("the processes of these tests have databases of their own")


def _told(*words: str) -> str:
    """Run the harness as a person does; give what it said, or say that it could not run."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.crash", "--short", *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if ended.returncode == NOT_RUN:
        not_run(ended.stdout.removeprefix("NOT RUN: ").strip())
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def _died(told: str) -> int:
    """Give how many died where they were to; the rest ended before, as fewer calls were made."""
    found = re.search(r", 0 with something wrong; (\d+) died where they were to", told)
    assert found is not None, told
    return int(found[1])


@pytest.mark.slow
def test_killed_or_without_power_a_site_goes_on_where_it_was() -> None:
    """Nothing is lost, nothing goes twice, every bundle holds; each planted fault is found."""
    told = _told()
    assert _died(told) > SHORT / 2
    for fault in FAULTS:
        assert f"planted {fault}: found in run" in told


@pytest.mark.slow
def test_on_postgresql_a_killed_site_goes_on_where_it_was() -> None:
    """The same, where the database is a server that lives on."""
    assert _died(_told("--postgresql", "--runs", "4")) > 0


def test_where_it_cannot_run_it_says_so(tmp_path: Path) -> None:
    """Without strace it ends with a code of its own, and claims nothing."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.crash", "--short"],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, ended.stdout) == (
        NOT_RUN,
        "NOT RUN: strace is not installed (Debian: strace)\n",
    )


@pytest.mark.parametrize(
    ("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)]
)
def test_what_could_not_run_fails_in_ci_and_is_skipped_aloud_elsewhere(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    """Nobody takes it for a pass."""
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="NOT RUN: no tracing here"):
        not_run("no tracing here")
