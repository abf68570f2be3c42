"""What fails beside others is run once more, alone; what fails again, or in numbers, fails the run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLAIN = ("-p", "no:randomly", "-p", "no:schemathesis")
FIRST_TIME_ONLY = """
from pathlib import Path
def test_of_another_kind(): pass
def test_first_time():
    seen = Path("seen")
    before = seen.exists()
    seen.touch()
    assert before
"""


def whole(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run one file of tests, in a folder of its own, as the whole suite is run."""
    (folder / "test_it.py").write_text(code)
    return subprocess.run(
        [sys.executable, "-m", "tests.whole", "-n", "1", "-q", *PLAIN],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_passes_alone_passes_and_is_told(tmp_path: Path) -> None:
    """Only the one that failed is run again."""
    ran = whole(tmp_path, FIRST_TIME_ONLY)
    assert ran.returncode == 0, ran.stdout
    assert "Once more, alone:\n  test_it.py::test_first_time\n" in ran.stdout
    assert ran.stdout.rstrip().endswith("mend what made it fail beside others.")


@pytest.mark.parametrize(
    ("code", "again"),
    [
        ("def test_wrong(): assert False", True),
        ("".join(f"def test_{one}(): assert False\n" for one in range(4)), False),
    ],
    ids=["always wrong", "too many"],
)
def test_a_fault_stays_a_fault(tmp_path: Path, code: str, *, again: bool) -> None:
    """A test that fails alone, too, fails the run; many are not even run again."""
    ran = whole(tmp_path, code)
    assert ran.returncode == 1, ran.stdout
    assert ("Once more" in ran.stdout) == again
