"""A scaled-out site: web and worker processes, started and killed as an operator would."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import requests

from docgen.cli.start import write_settings
from tests.app.command import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TAKEOVER_S = 5
PATIENCE_S = 300  # for machines with other things to do; an idle one needs some seconds


def wait_until(done: Callable[[], bool], what: str) -> None:
    """Wait for something that other processes bring about."""
    until = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < until, f"waited in vain until {what}"
        time.sleep(0.05)  # other processes work meanwhile


def free_port() -> int:
    """Find a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(kw_only=True)
class Fleet:
    """The processes of one site and the database they share.

    `settings` is what the environment says besides; `ways` is what it says instead to the processes
    that may be killed, and to nobody who only looks.
    """

    home: Path
    database: str
    settings: dict[str, str] = field(default_factory=dict)
    ways: dict[str, str] = field(default_factory=dict)
    urls: list[str] = field(default_factory=list)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """Give what every process of the site is told."""
        known = {name: value for name, value in os.environ.items() if "DOCGEN" not in name}
        return known | {
            "DOCGEN_HOME": str(self.home),
            "DOCGEN_DATABASE_URL": self.database,
            "PYTHONPATH": str(ROOT),
            **({"DOCGEN_BASE_URL": self.urls[0]} if self.urls else {}),
            **self.settings,
        }

    def start(self, name: str, *words: str) -> None:
        """Start one process; what it logs is kept in a file of its name."""
        with (self.home.parent / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "docgen.cli", *words],
                env=self.environment() | self.ways,
                cwd=self.home.parent,
                stdout=log,
                stderr=log,
            )

    def web(self, number: int) -> int:
        """Start one web process on a port of its own; give the port."""
        port = free_port()
        self.urls.append(f"http://127.0.0.1:{port}")
        self.start(f"web{number}", "serve", "--no-sweep", "--port", str(port))
        return port

    def worker(self, name: str) -> None:
        """Start one worker and wait until it is known to the others."""
        newest = "SELECT coalesce(max(id), 0) FROM procrastinate_workers"
        before = self.ask(newest)
        self.start(name, "worker")
        wait_until(lambda: self.ask(newest) > before, f"{name} is there")

    def kill(self, name: str) -> None:
        """Kill a process outright; nothing of it gets to tidy up."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def owner(self, port: int, to: int) -> str:
        """Name the process whose connection goes from this port to that."""
        wanted = f"socket:[{_inode(port, to)}]"
        for name, process in self.running.items():
            for descriptor in Path(f"/proc/{process.pid}/fd").iterdir():
                with suppress(OSError):  # closed meanwhile
                    if os.readlink(descriptor) == wanted:  # noqa: PTH115  # a Path would say more
                        return name
        message = f"no process of the site's holds the connection from port {port}"
        raise LookupError(message)

    def run(self, *words: str) -> str:
        """Have one of this test's own acts done by a process of its own."""
        command = [sys.executable, "-m", "tests.scale.site", *words]
        ran = subprocess.run(
            command, env=self.environment(), cwd=ROOT, check=True, capture_output=True, text=True
        )
        return ran.stdout

    def look(self, *packet_ids: str) -> dict[str, Any]:
        """Look at every packet and at the history, and check the bundles of these."""
        return dict(json.loads(self.run("look", *packet_ids)))

    def ask(self, statement: str, *given: object) -> Any:
        """Ask the database one thing."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            row = connection.execute(statement, given).fetchone()
        return row[0] if row else None

    def answers(self, url: str) -> bool:
        """Say whether a web process is ready."""
        with suppress(requests.RequestException):
            return requests.get(f"{url}/health", timeout=5).ok
        return False

    def complaints(self) -> list[str]:
        """List every line of a log that tells of an error."""
        return [
            line
            for log in sorted(self.home.parent.glob("*.log"))
            for line in log.read_text("utf-8").splitlines()
            if '"level": "error"' in line or "Traceback" in line
        ]

    def stop(self) -> None:
        """Stop what still runs."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _inode(port: int, to: int) -> str:
    """Find the socket of a connection on the loopback, as the kernel numbers it."""
    ends = [f"0100007F:{end:04X}" for end in (port, to)]
    for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
        _, *found = line.split()
        if found[:2] == ends:
            return found[8]
    message = f"nobody is connected from port {port}"
    raise LookupError(message)


@contextmanager
def fleet(folder: Path, database: str, settings: str = "") -> Iterator[Fleet]:
    """Make a site on a database of its own; every process of it ends with the block."""
    home = folder / "home"
    write_settings(home / "settings.toml", demo=True)
    place = home / "settings.toml"
    more = f"\n[work]\ntakeover_after_s = {TAKEOVER_S}\n{settings}"
    place.write_text(place.read_text("utf-8") + more, "utf-8")
    made = Fleet(home=home, database=database)
    try:
        yield made
    finally:
        made.stop()
