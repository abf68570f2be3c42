"""`docgen serve` as a process: whom it believes about where requests come from."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
import requests

from docgen.bootstrap.server import LARGEST_REQUEST
from docgen.services.ceremony.flood import MOST, Tried
from tests.app.command import ROOT, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_TRIES = 600
pytestmark = pytest.mark.sqlite_only("each site here is a home folder with its own database file")


@contextmanager
def served(terminal: Terminal) -> Iterator[str]:
    """Run `docgen serve` on a free port; give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    known = {name: value for name, value in os.environ.items() if "DOCGEN" not in name}
    known |= {"DOCGEN_HOME": str(terminal.home), "PYTHONPATH": str(ROOT), "DOCGEN_BASE_URL": url}
    process = subprocess.Popen(
        [sys.executable, "-m", "docgen.cli", "serve"],
        cwd=terminal.folder,
        env=known,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert any(_answers(url, process) for _ in range(MOST_TRIES))
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    """Ask once; a server that does not listen yet is given a moment, unless it has ended."""
    try:
        return requests.get(f"{url}/health", timeout=2).ok
    except requests.RequestException:
        with suppress(subprocess.TimeoutExpired):
            pytest.fail(f"The server ended with {process.wait(timeout=0.1)}.")
        return False


def wrong_links(url: str, times: int, forwarded: str) -> int:
    """Open links that are not valid, saying this in X-Forwarded-For; give the last status."""
    status = 0
    with requests.Session() as session:
        session.trust_env = False
        for number in range(times):
            headers = {"X-Forwarded-For": forwarded.format(number)}
            answer = session.get(f"{url}/sign/a.b.{number:043d}", headers=headers, timeout=20)
            status = answer.status_code
    return status


def test_only_a_proxy_named_in_the_settings_is_believed(tmp_path: Path) -> None:
    """The served site reads X-Forwarded-For when, and only when, the settings name its sender."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.does("init", "--demo")
    settings = terminal.home / "settings.toml"
    with served(terminal) as url:
        assert wrong_links(url, MOST[Tried.LINK] + 1, "198.51.100.7") == 404
    text = settings.read_text("utf-8")
    named = text.replace("[site]\n", '[site]\ntrusted_proxies = ["127.0.0.0/8"]\n', 1)
    settings.write_text(named, "utf-8")
    with served(terminal) as url:
        assert wrong_links(url, MOST[Tried.LINK] + 1, "198.51.100.{}") == 404
        assert wrong_links(url, MOST[Tried.LINK] + 1, "10.0.0.{}, 198.51.100.7") == 429
        assert wrong_links(url, 1, "203.0.113.20") == 404


def test_what_is_too_large_is_refused_while_it_comes_in(tmp_path: Path) -> None:
    """A body above the limit is never taken in; an upload of allowed size reaches the page."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.does("init", "--demo")
    with served(terminal) as url:
        for size, status in ((3_000_000, 403), (LARGEST_REQUEST + 1, 413)):
            files = {"file": ("form.pdf", bytes(size))}
            answer = requests.post(f"{url}/account/sign-in", files=files, timeout=60)
            assert answer.status_code == status  # 403: read, and without this site's form token
