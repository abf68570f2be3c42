"""Run tests against a real PostgreSQL, started for them alone and stopped afterwards.

`python -m tests.postgresql tests/ledger ...`
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

if TYPE_CHECKING:
    from collections.abc import Iterator

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
def server() -> Iterator[str]:
    """Start a server in a new folder on a free loopback port; give its URL."""
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
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        _quietly([*control, "-l", str(log), "-o", options, "start"], folder)
        try:
            yield f"postgresql://docgen@127.0.0.1:{port}/postgres"
        finally:
            _quietly([*control, "-m", "immediate", "stop"], folder)


def _quietly(command: list[str], folder: Path) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)


def main() -> int:
    """Run pytest with these arguments against the server."""
    with server() as url:
        environment = {**os.environ, "DOCGEN_TEST_DATABASE_URL": url}
        command = [sys.executable, "-m", "pytest", *sys.argv[1:]]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
