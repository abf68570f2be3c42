"""`docgen simulate` as a process: a newcomer connects a site with what it prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import pytest
import requests

from docgen.settings import read_settings
from tests.app.command import ROOT, Terminal, refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.sqlite_only("each site here is a home folder with its own database file")
SERVICES = sorted(entry.name for entry in entry_points(group="docgen.simulator"))
MOST_LINES = 20


@contextmanager
def simulated(terminal: Terminal, service: str) -> Iterator[list[str]]:
    """Run `docgen simulate`; give what it prints until the last secret is named."""
    known = {name: value for name, value in os.environ.items() if "DOCGEN" not in name}
    known |= {"DOCGEN_HOME": str(terminal.home), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "docgen.cli", "simulate", service],
        cwd=terminal.folder,
        env=known,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines: list[str] = []
        while len(lines) < MOST_LINES and not (lines and lines[-1].startswith("seal_roots_file")):
            lines.append(process.stdout.readline().rstrip())
        yield lines
    finally:
        process.terminate()
        process.wait(timeout=30)
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """Make one demonstration for all."""
    folder = tmp_path_factory.mktemp("simulate")
    terminal = Terminal(folder=folder, home=folder / "home")
    terminal.does("init", "--demo")
    return terminal


@pytest.mark.parametrize("service", SERVICES)
def test_what_it_prints_connects_the_site(terminal: Terminal, service: str) -> None:
    """Its page answers, and the settings it prints are read as an account with a seal's root."""
    settings = terminal.home / "settings.toml"
    before = settings.read_text("utf-8")
    with simulated(terminal, service) as lines:
        found = re.search(r"http://127\.0\.0\.1:\d+/_people", lines[0])
        assert found is not None
        assert "No envelope yet" in requests.get(found[0], timeout=20).text
        part = "\n".join(lines[lines.index(f"[services.{service}]") :])
        settings.write_text(f"{before}\n{part}\n", "utf-8")
        [account] = read_settings({"DOCGEN_HOME": str(terminal.home)}).services
        terminal.does("status", "--json")
    settings.write_text(before, "utf-8")
    assert account.service == service
    assert account.seal_roots[0].startswith("-----BEGIN CERTIFICATE-----")
    assert all(value for values in account.secrets.values() for value in values)


def test_a_real_site_is_not_connected_with_it(tmp_path: Path) -> None:
    """Outside demo mode it is refused."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.does("init")
    refused(terminal.run("simulate", "docusign"), 4, "demo mode")
