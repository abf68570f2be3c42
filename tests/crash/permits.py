"""What the machine permits: tracing a process, and mounting a disk of our own."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from tests.crash.worker import Disk


def refused() -> str:
    """Say what this machine does not permit, or "" when the crash test can run here."""
    return _tracing() or _mounting()


def _tracing() -> str:
    try:
        tried = subprocess.run(
            ["strace", "-o", "/dev/null", "true"], check=False, capture_output=True, text=True
        )
    except FileNotFoundError:
        return "strace is not installed (Debian: strace)"
    if tried.returncode != 0:
        return f"processes may not be traced here: {tried.stderr.strip()}"
    return ""


def _mounting() -> str:
    disk = Disk()
    with tempfile.TemporaryDirectory(prefix="docgen-crash-") as name:
        where = Path(name)
        try:
            disk.order("mount", where=str(where))
            (where / "file").write_bytes(b"whole")
            disk.order("unmount")
        except OSError as error:
            return f"no disk of our own can be mounted here (/dev/fuse, as root): {error}"
        finally:
            disk.close()
    return ""
