"""Run tests side by side; a few that failed so are run once more, alone.

`python -m tests.whole -n auto [whatever pytest takes]`

Browsers, servers and killed processes share a machine with everything else that is tested on it. What
fails beside others and passes alone is printed, both times, and is a test to mend; it does not fail the
run. What fails alone, or fails in numbers, does.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FEW = 3
_IN_MEMORY, _ROOM = Path("/dev/shm"), 8 << 30  # noqa: S108  # a folder of our own in it; bytes
_FAILED = 1  # pytest's exit code for "tests ran, some failed"


def run(words: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run pytest with these words; give its exit code, or that of the second run.

    What tests write lies in memory where there is room: they flush as a site does, thousands of times.
    """
    with tempfile.TemporaryDirectory(prefix="docgen-tests-", dir=_place(environment)) as name:
        memory = Path(name)
        memory.chmod(0o711)  # PostgreSQL runs as a user of its own, in a folder in here
        environment = {"TMPDIR": name, **environment}
        code = _pytest(words, environment, memory)
        failed = _failed(memory)
        if code != _FAILED or not 0 < len(failed) <= FEW:
            return code
        sys.stdout.write("\n  ".join(["\nOnce more, alone:", *failed]) + "\n")
        sys.stdout.flush()
        alone = _pytest([*_options(words), "-n", "0", *failed], environment, memory)
    if alone == 0:
        sys.stdout.write("\nPassed alone; mend what made it fail beside others.\n")
    return alone


def _place(environment: Mapping[str, str]) -> Path | None:
    """Say where the tests' folders lie; None is where temporary files always do."""
    if "TMPDIR" in environment or not os.access(_IN_MEMORY, os.W_OK):
        return None
    return _IN_MEMORY if shutil.disk_usage(_IN_MEMORY).free >= _ROOM else None


def _pytest(words: Sequence[str], environment: Mapping[str, str], memory: Path) -> int:
    command = [sys.executable, "-m", "pytest", "-o", f"cache_dir={memory}", *words]
    return subprocess.run(command, env=dict(environment), check=False).returncode


def _failed(memory: Path) -> list[str]:
    """Read which tests failed, as pytest noted it."""
    try:
        return sorted(json.loads((memory / "v" / "cache" / "lastfailed").read_text("utf-8")))
    except FileNotFoundError:
        return []


def _options(words: Sequence[str]) -> list[str]:
    """Give the words that are no tests: those are named anew."""
    kept: list[str] = []
    for at, word in enumerate(words):
        if word.startswith("-") or (at and words[at - 1] in {"-n", "-o", "-p", "-k", "-m"}):
            kept.append(word)
    return kept


def main() -> int:
    """Run pytest with the words of the command line."""
    return run(sys.argv[1:], os.environ)


if __name__ == "__main__":
    sys.exit(main())
