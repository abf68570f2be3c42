"""Progress is shown to people who watch, and to nobody else."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.app.command import ROOT

pytestmark = pytest.mark.sqlite_only("progress reaches no database")

PROGRAM = """
from docgen.cli.progress import progress
with progress("Generating", {length}, quiet={quiet}) as tell:
    for _ in range({length}):
        tell()
print("done")
"""


def shown(length: int, *, on_terminal: bool, quiet: bool = False) -> tuple[str, str]:
    """Give what a piece of work prints on stdout and on stderr."""
    watched, ours = os.openpty() if on_terminal else os.pipe()
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(length=length, quiet=quiet)],
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=ours,
        check=True,
    )
    os.write(ours, b"!")  # so that reading ends although nothing was shown
    os.close(ours)
    text = os.read(watched, 100_000).decode()
    os.close(watched)
    return ran.stdout.decode(), text.removesuffix("!")


def test_a_terminal_gets_a_bar_beside_the_result() -> None:
    """Three steps show a bar that ends at 100 %, on stderr alone."""
    out, err = shown(3, on_terminal=True)
    assert out == "done\n"
    assert "Generating" in err
    assert "100%" in err


@pytest.mark.parametrize("length", [2, 9, 10, 25, 1000])
def test_a_log_file_gets_a_few_plain_lines(length: int) -> None:
    """Where stderr is a file or a pipe there are at most ten lines, the last one of them the end."""
    out, err = shown(length, on_terminal=False)
    lines = err.splitlines()
    assert out == "done\n"
    assert len(lines) == min(length, 10)
    assert lines[-1] == f"Generating: {length} of {length}"
    assert "\r" not in err
    assert "\x1b" not in err


@pytest.mark.parametrize("on_terminal", [False, True])
@pytest.mark.parametrize(("length", "quiet"), [(3, True), (1, False), (0, False)])
def test_scripts_and_short_work_get_none(
    length: int,
    quiet: bool,  # noqa: FBT001
    on_terminal: bool,  # noqa: FBT001
) -> None:
    """Nothing is shown beside JSON, or where there is one step."""
    assert shown(length, on_terminal=on_terminal, quiet=quiet) == ("done\n", "")
