"""The calls of a site's process, counted and cut short by strace from outside.

Only what is done after the site said that it is ready counts, and only what touches its home folder
(database, archive, keys, letters) or a socket: Python opens thousands of files of its own.
"""

from __future__ import annotations

import re
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.wire import Line

CALLS = (
    "fsync",
    "fdatasync",
    "rename",
    "link",
    "unlink",
    "pwrite64",
    "write",
    "openat",
    "sendto",
    "recvfrom",
    "close",
)
_MARK = "rmdir"  # a call that no site makes, to see that counting has begun
_LINE = re.compile(r"^\d+ +(?:<\.\.\. )?(\w+)[( ](.*)$")
_SOCKET = re.compile(r"^\d+<(?:socket:|TCP|UNIX)")
PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: the how manieth of its name it is, and what it was about."""

    name: str
    number: int
    about: str


class Tracer:
    """strace, attached to one site."""

    def __init__(self, pid: int, line: Line, log: Path, kill: tuple[str, int] | None) -> None:
        self._log = log
        command = ["strace", "-qq", "-f", "-y", "-s", "0", "-o", str(log), "-p", str(pid)]
        command += ["-e", f"trace={','.join((*CALLS, _MARK))}", "-e", "signal=none"]
        if kill is not None:
            command += ["-e", f"inject={kill[0]}:signal=KILL:when={kill[1]}"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._await_mark(line)

    def _await_mark(self, line: Line) -> None:
        """Have the site make a call that shows up, so that nothing is missed and nothing counted."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self._process.poll() is None:
            line.say({"do": "mark"})
            line.hear()
            if self._log.exists() and _MARK in self._log.read_text("utf-8", "replace"):
                return
            time.sleep(0.005)
        message = "strace does not trace the site's process"
        raise RuntimeError(message)

    def end(self) -> None:
        """Wait for strace, which ends with the process it watches."""
        self._process.wait(PATIENCE_S)

    def calls(self, home: Path) -> list[Call]:
        """List the calls that count, in order."""
        return relevant(self._log.read_text("utf-8", "replace"), str(home))


def relevant(log: str, home: str) -> list[Call]:
    """Pick the calls on the home folder or a socket out of strace's log, each with its number."""
    numbers: dict[str, int] = {}
    found = []
    for line in log.splitlines():
        match = _LINE.match(line)
        if match is None or match[1] not in CALLS or " resumed>" in line:
            continue
        name, about = match[1], match[2]
        numbers[name] = numbers.get(name, 0) + 1
        if home in about or _SOCKET.match(about):
            found.append(Call(name=name, number=numbers[name], about=about))
    return found
