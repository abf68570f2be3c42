"""Progress is shown to people who watch, and to nobody else."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.app.command import ROOT

PROGRAM = """
from docgen.cli.progress import progress
with progress("Generating", {length}) as tell:
    for _ in range({length}):
        tell()
print("done")
"""


def shown(length: int, *, on_terminal: bool) -> tuple[str, str]:
    """Give what a piece of work prints on stdout and on stderr."""
    watched, ours = os.openpty() if on_terminal else os.pipe()
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(length=length)],
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


@pytest.mark.parametrize(("length", "on_terminal"), [(3, False), (1, True), (0, True)])
def test_scripts_and_short_work_get_none(length: int, on_terminal: bool) -> None:  # noqa: FBT001
    """Nothing is shown where nobody watches, or where there is one step."""
    assert shown(length, on_terminal=on_terminal) == ("done\n", "")
