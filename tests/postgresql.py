"""Run tests against a real PostgreSQL, started for them alone and stopped afterwards.

`python -m tests.postgresql -n auto tests/ledger ...`

The tables are made once, in a template database; each test process then copies it in some hundredths
of a second and drops its copy at the end.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.whole import run

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE = "docgen_template"
# Nobody needs this data after a power cut, so nothing waits for the disk.
CARELESS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
UNPRIVILEGED = "postgres"  # initdb refuses root; Debian's package brings this user


def programs() -> Path:
    """Find the newest installed PostgreSQL's programs."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        sys.exit("PostgreSQL is missing: apt-get install postgresql (bin/test does it).")
    return Path(on_path).parent


@contextmanager
def server(*, careful: bool = False) -> Iterator[str]:
    """Start a server in a new folder on a free loopback port; give its URL.

    A `careful` one flushes every commit to the disk, as a site's own does.
    """
    binaries = programs()
    with tempfile.TemporaryDirectory(prefix="docgen-pg-") as name:
        folder = Path(name)
        as_user: list[str] = []
        if os.geteuid() == 0:
            account = pwd.getpwnam(UNPRIVILEGED)
            os.chown(folder, account.pw_uid, account.pw_gid)
            as_user = ["runuser", "-u", UNPRIVILEGED, "--"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        data, log = folder / "data", folder / "log"
        control = [*as_user, str(binaries / "pg_ctl"), "-D", str(data), "-w"]
        initdb = [str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "docgen"]
        _quietly([*as_user, *initdb, "-E", "UTF8", "--no-sync"], folder)
        listen = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        options = listen if careful else f"{listen} {CARELESS}"
        _quietly([*control, "-l", str(log), "-o", options, "start"], folder)
        try:
            yield f"postgresql://docgen@127.0.0.1:{port}/postgres"
        finally:
            _quietly([*control, "-m", "immediate", "stop"], folder)


def url_of(server_url: str, name: str) -> str:
    """Give the URL of another database on the same server."""
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


@contextmanager
def own_database(server_url: str, suffix: str = "", *, empty: bool = False) -> Iterator[str]:
    """Make a database for this process, from the template if there is one; drop it at the end.

    An `empty` one has no tables.

    Gives its URL, or "" without a server.
    """
    if not server_url:
        yield ""
        return
    name = f"docgen_{os.getpid()}{suffix}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE])
        source = TEMPLATE if found.fetchone() and not empty else "template0"
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(make.format(sql.Identifier(name), sql.Identifier(source)))
    try:
        yield url_of(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))


def make_template(server_url: str) -> None:
    """Make the template database with every table, by starting a site on it once."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    with tempfile.TemporaryDirectory(prefix="docgen-template-") as name:
        known = {key: value for key, value in os.environ.items() if "DOCGEN" not in key}
        environment = known | {
            "DOCGEN_HOME": f"{name}/home",
            "DOCGEN_DATABASE_URL": url_of(server_url, TEMPLATE),
        }
        for words in (
            ["init"],
            ["users", "list"],
        ):  # settings first; whatever comes next makes tables
            command = [sys.executable, "-m", "docgen.cli", *words]
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def _quietly(command: list[str], folder: Path) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)


def main() -> int:
    """Run pytest with these arguments against the server."""
    with server() as url:
        make_template(url)
        return run(sys.argv[1:], {**os.environ, "DOCGEN_TEST_DATABASE_URL": url})


if __name__ == "__main__":
    sys.exit(main())
