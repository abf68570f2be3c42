"""`docgen serve` as a process: whom it believes about where requests come from."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from docgen.bootstrap.server import LARGEST_REQUEST
from docgen.services.ceremony.flood import MOST, Tried
from tests.app.command import ROOT, Terminal, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_TRIES = 600
SAID = "said.txt"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
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
    with (terminal.folder / SAID).open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "docgen.cli", "serve"],
            cwd=terminal.folder,
            env=known,
            stdout=said,
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


def test_a_strange_head_is_answered_by_a_page_or_refused(tmp_path: Path) -> None:
    """A media type that cannot be read breaks nothing; a head beyond any use is not taken in."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.does("init", "--demo")
    with served(terminal) as url:
        for media, status in (
            ("application/json", 401),  # the control: not believed, as nothing proves it
            ("multipart/form-data; boundary*=no-such''b", 401),
            ("a/b; charset=no-such", 401),
            (f"a/b{';c' * 20_000}", 431),
        ):
            answer = requests.post(
                f"{url}/callbacks/embedded",
                data=b"{}",
                headers={"Content-Type": media},
                timeout=20,
            )
            assert answer.status_code == status


def test_workers_are_for_postgresql(tmp_path: Path) -> None:
    """On SQLite the command says what does the work instead."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.does("init", "--demo")
    refused(terminal.run("worker"), 8, "PostgreSQL")


def test_an_empty_home_is_led_through_to_a_site_to_look_around_in(tmp_path: Path) -> None:
    """From nothing: the printed address, one form, and the sample practices are served at once."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    with served(terminal) as url, requests.Session() as session:
        session.trust_env = False
        said = (tmp_path / SAID).read_text("utf-8")
        assert f"A new site begins in {terminal.home}." in said
        (address,) = re.findall(rf"{url}/setup/[0-9a-f]+", said)
        given = {"name": "Ada Example", "email": "ada@example.org", "key": "ada"}
        form = TOKEN.findall(session.get(address, timeout=60).text)[0]
        sent = {**given, "demonstration": "on", "csrfmiddlewaretoken": form}
        answer = session.post(address, sent, timeout=120)
        assert answer.url == f"{url}/desk/people"
        assert "Demonstration coordinator" in answer.text
        assert "Example PSO" in answer.text  # the settings as they are now
        assert session.get(address, timeout=60).status_code == 404


def test_a_folder_with_other_files_is_no_new_site(tmp_path: Path) -> None:
    """A mistyped DOCGEN_HOME does not become a site with new keys."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.home.mkdir()
    (terminal.home / "letter.txt").write_text("mine", "utf-8")
    refused(terminal.run("serve"), 8, "No site is set up")
    assert [item.name for item in terminal.home.iterdir()] == ["letter.txt"]


def test_documents_are_made_beside_the_process_that_serves(tmp_path: Path) -> None:
    """The engine is loaded in a process, and that is not the one with the pages."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    with served(terminal) as url, requests.Session() as session:
        session.trust_env = False
        (address,) = re.findall(rf"{url}/setup/[0-9a-f]+", (tmp_path / SAID).read_text("utf-8"))
        form = TOKEN.findall(session.get(address, timeout=60).text)[0]
        given = {"name": "Ada Example", "email": "ada@example.org", "key": "ada"}
        sent = {**given, "demonstration": "on", "csrfmiddlewaretoken": form}
        assert session.post(address, sent, timeout=120).ok
        assert session.get(f"{url}/start/sample/baa/pdf", timeout=120).ok
        found = {engine for engine in map(engine_in, processes_of(terminal)) if engine}
        assert found == {"beside"}


def processes_of(terminal: Terminal) -> Iterator[Path]:
    """Find what runs for this home, by the environment it was given."""
    mark = f"DOCGEN_HOME={terminal.home}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (process / "environ").read_bytes().split(b"\0"):
                yield process


def engine_in(process: Path) -> str:
    """Say in which process an engine is loaded, that which serves or one beside; "" for none."""
    if "typst" not in (process / "maps").read_text("utf-8"):
        return ""
    serves = b"serve" in (process / "cmdline").read_bytes().split(b"\0")
    return "serving" if serves else "beside"
