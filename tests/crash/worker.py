"""One place to run in: a home folder, the disk under it, a nursery, and one run after the other."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import sql

from docgen.cli.start import write_settings as write_settings_file
from tests.crash.trace import PATIENCE_S
from tests.crash.wire import Line
from tests.crash.world import OWN, SERVICES, Relay, write_settings
from tests.postgresql import url_of

ROOT = Path(__file__).parents[2]
SNAPSHOT = "crash_snapshot"  # the snapshot's database, where it lies on a server


class Site:
    """A site's process, spoken with over its socket."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire
        self.line = Line(wire.fileno())
        told = self.line.hear()
        if told is None:
            raise ConnectionError
        self.pid, self.port = int(told["pid"]), int(told["port"])

    def ask(self, do: str, **asked: Any) -> Any:
        """Have one thing done; None when the process died over it."""
        return self.hear() if self.say(do, **asked) else None

    def say(self, do: str, **asked: Any) -> bool:
        """Ask without waiting; False when there is nobody any more."""
        try:
            self.line.say({"do": do, **asked})
        except OSError:
            return False
        return True

    def hear(self) -> Any:
        """Wait for the answer; None when the process died."""
        told = self.line.hear()
        return None if told is None else told["done"]

    def kill(self) -> None:
        """Kill the process, if it lives, and see it gone."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, 9)
        while self.line.hear() is not None:
            continue
        self._wire.close()


class Disk:
    """The process that keeps a disk in memory (`tests.crash.mount`)."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.mount"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def order(self, do: str, **order: Any) -> None:
        """Have one thing done.

        Raises:
            OSError: it could not be.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **order}) + "\n")
        self._process.stdin.flush()
        failed = json.loads(self._process.stdout.readline() or '"the disk is gone"')
        if failed:
            raise OSError(failed)

    def close(self) -> None:
        """Take the disk away."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE_S)
        self._process.stdout.close()


class Database:
    """One worker's database on a PostgreSQL server, copied from the snapshot's for each run."""

    def __init__(self, server: str, name: str) -> None:
        self._server, self._name = server, f"crash_{name}"
        self.url = url_of(server, self._name)

    def lay(self) -> None:
        """Put a fresh copy in its place."""
        self.drop()
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(make.format(sql.Identifier(self._name), sql.Identifier(SNAPSHOT)))

    def drop(self) -> None:
        """Drop it, whoever is connected."""
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._execute(drop.format(sql.Identifier(self._name)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The site that every run begins from; `server` is the PostgreSQL its database lies on, or ""."""

    home: Path
    server: str = ""

    @classmethod
    def make(cls, home: Path, server: str = "") -> Snapshot:
        """Make a site with one packet that a coordinator would send next."""
        home.mkdir(parents=True)
        write_settings_file(home / "settings.toml", demo=True)
        environment = {**os.environ, "DOCGEN_HOME": str(home)}
        if server:
            with psycopg.connect(server, autocommit=True) as connection:
                make = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(SNAPSHOT))
                connection.execute(make)
            environment["DOCGEN_DATABASE_URL"] = url_of(server, SNAPSHOT)
        subprocess.run(
            [sys.executable, "-m", "tests.crash.site"], cwd=ROOT, env=environment, check=True
        )
        return cls(home=home, server=server)


class Worker:
    """Runs sites from one snapshot, one at a time."""

    def __init__(self, folder: Path, snapshot: Snapshot) -> None:
        self.folder, self.home, self.log = folder, folder / "home", folder / "calls"
        self.home.mkdir(parents=True)
        self.relay = Relay()
        self.ports = {service: _free_port() for service in SERVICES if service != OWN}
        self._base = folder / "base"
        self._database = Database(snapshot.server, folder.name) if snapshot.server else None
        shutil.copytree(snapshot.home, self._base)
        write_settings(self._base, self.ports)
        self._disk: Disk | None = None
        self._mounted = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(str(folder / "line"))
        self._socket.listen(1)
        self._socket.settimeout(PATIENCE_S)
        self._nursery = self._open_nursery()

    def _open_nursery(self) -> subprocess.Popen[str]:
        environment = {
            "DOCGEN_HOME": str(self.home),
            "DOCGEN_BASE_URL": f"http://127.0.0.1:{self.relay.port}",
        }
        if self._database is not None:
            environment["DOCGEN_DATABASE_URL"] = self._database.url
        told = {
            "environment": environment,
            "secret": _secret(self._base / "keys" / "site.secret"),
        }
        self.lay(power=False)  # settings are read before the first fork
        with (self.folder / "errors").open("wb") as errors:
            nursery = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.nursery", json.dumps(told)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert nursery.stdout is not None
        if nursery.stdout.readline() != "ready\n":
            raise RuntimeError(self._complaint("the sites' nursery did not start"))
        return nursery

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for stream in (self._nursery.stdin, self._nursery.stdout):
            if stream is not None:
                stream.close()
        self._nursery.wait(PATIENCE_S)
        if self._disk is not None:
            self._disk.close()
        if self._database is not None:
            self._database.drop()
        self.relay.close()
        self._socket.close()

    @property
    def on_server(self) -> bool:
        """Say whether the database lies on a server, whose disk is not ours to cut."""
        return self._database is not None

    def lay(self, *, power: bool) -> None:
        """Put a fresh copy of the snapshot into the home folder, on a disk of ours or the real one."""
        if self._mounted:
            self._order("unmount")
            self._mounted = False
        shutil.rmtree(self.home)
        if self._database is not None:
            self._database.lay()
        if power:
            self.home.mkdir()
            self._order("lay", folder=str(self._base))
            self._mount()
        else:
            shutil.copytree(self._base, self.home)

    def cut(self, seed: int | None) -> None:
        """Lose the power, and have it back."""
        self._order("cut", seed=seed)
        self._mounted = False
        self._mount()

    def bear(self, fault: str = "") -> Site:
        """Start a site."""
        order = {"socket": str(self.folder / "line"), "folder": str(self.folder), "fault": fault}
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(json.dumps(order) + "\n")
        self._nursery.stdin.flush()
        wire, _ = self._socket.accept()
        try:
            return Site(wire)
        except ConnectionError as error:
            raise RuntimeError(self._complaint("a site did not start")) from error

    def _complaint(self, what: str) -> str:
        """Add what the processes last said to a message."""
        return f"{what}:\n{(self.folder / 'errors').read_text('utf-8')[-2000:]}"

    def _mount(self) -> None:
        self._order("mount", where=str(self.home))
        self._mounted = True

    def _order(self, do: str, **order: Any) -> None:
        if self._disk is None:
            self._disk = Disk()
        self._disk.order(do, **order)


def _secret(path: Path) -> str:
    """Give the snapshot's secret for Django; a site that never started has none yet."""
    return path.read_bytes().hex() if path.exists() else "none yet"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
