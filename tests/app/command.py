"""The command as a stranger runs it: a process of its own, in a folder of its own."""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
PATIENCE_S = 300
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


@cache
def _zygote() -> subprocess.Popen[str]:
    """Start the process that forks our commands, once; it ends when this one does."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("zygote.py"))],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _ask(request: dict[str, object]) -> int:
    process = _zygote()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    if not select.select([process.stdout], [], [], PATIENCE_S)[0]:
        os.killpg(process.pid, signal.SIGKILL)
        _zygote.cache_clear()
        raise AssertionError(f"docgen {request['words']} did not end within {PATIENCE_S} s")
    return int(process.stdout.readline())


@atexit.register
def _end_zygote() -> None:
    if _zygote.cache_info().currsize:
        _zygote().communicate()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A folder to be in, and the environment."""

    folder: Path
    home: Path

    def run(self, *words: str) -> Ran:
        """Run `docgen` with these words, in a process forked for it."""
        known = {name: value for name, value in os.environ.items() if "DOCGEN" not in name}
        known |= {"DOCGEN_HOME": str(self.home)}
        with tempfile.TemporaryDirectory(prefix="docgen-ran-") as name:
            out, err = Path(name) / "out", Path(name) / "err"
            request = {
                "words": words,
                "folder": str(self.folder),
                "environment": known,
                "out": str(out),
                "err": str(err),
            }
            code = _ask(request)
            return Ran(code=code, out=out.read_text("utf-8"), err=err.read_text("utf-8"))

    def run_anew(self, *words: str, **environment: str) -> Ran:
        """Run `docgen` in an interpreter started for it, with this added to its environment."""
        return self.starts([sys.executable, "-m", "docgen.cli", *words], **environment)

    def starts(self, command: Sequence[str], **environment: str) -> Ran:
        """Run a program of ours in the folder, with this added to its environment."""
        known = {name: value for name, value in os.environ.items() if "DOCGEN" not in name}
        known |= {"DOCGEN_HOME": str(self.home), "PYTHONPATH": str(ROOT), **environment}
        ran = subprocess.run(command, cwd=self.folder, env=known, capture_output=True, check=False)
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
