"""The command as a stranger runs it: a process of its own, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FORM = ROOT / "samples" / "freestanding-pllc" / "enrollment.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Read the output as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A folder to be in, and the environment."""

    folder: Path
    home: Path

    def run(self, *words: str, **environment: str) -> Ran:
        """Run `docgen` with these words."""
        known = {name: value for name, value in os.environ.items() if "DOCGEN" not in name}
        known |= {"DOCGEN_HOME": str(self.home), "PYTHONPATH": str(ROOT), **environment}
        ran = subprocess.run(
            [sys.executable, "-m", "docgen.cli", *words],
            cwd=self.folder,
            env=known,
            capture_output=True,
            check=False,
        )
        return Ran(code=ran.returncode, out=ran.stdout.decode(), err=ran.stderr.decode())

    def does(self, *words: str) -> Ran:
        """Run `docgen` and check that it went well."""
        ran = self.run(*words)
        assert ran.code == 0, ran.err
        return ran


def refused(ran: Ran, code: int, *told: str) -> None:
    """Check that a command ended in one sentence of ours with this code, and no stack trace."""
    assert ran.code == code, (ran.code, ran.err)
    assert "Traceback" not in ran.err
    assert "[unexpected]" not in ran.err
    for words in told:
        assert words in ran.err
