"""The paper of the other side at the command line: a part by hand, the rest electronically."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from docgen.render.requirements import Level, read_requirements
from docgen.resources import contract_templates
from tests.app.command import FORM, Terminal, refused
from tests.unit.services.test_paper import scanned
from tests.unit.services.test_sources import checklist

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sqlite_only("each site here is a home folder with its own database file")
BY = ("--as", "coordinator")
ZONE = ZoneInfo("America/Chicago")  # where the demonstration's PSO counts its days


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Give a demonstration site, with a PDF and a filled checklist in the folder."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.does("init", "--demo")
    ids = [
        item.id
        for item in read_requirements(contract_templates())
        if item.document == "baa" and item.level is Level.REQ
    ]
    (tmp_path / "theirs.pdf").write_bytes(scanned(4))
    (tmp_path / "list.toml").write_bytes(checklist(ids))
    return terminal


@pytest.fixture
def enrollment(terminal: Terminal) -> str:
    """Enroll the sample practice."""
    return str(terminal.does("enroll", str(FORM), "--json").json["enrollment"])


def test_a_part_is_taken_in_and_the_rest_can_be_sent(terminal: Terminal, enrollment: str) -> None:
    """With --document the scan covers that document; the hints say mixed, and the status too."""
    theirs = ("--document", "baa", "--file", "theirs.pdf")
    terminal.does("paper", "add", enrollment, *theirs, "--checklist", "list.toml", *BY)
    (packet,) = terminal.does("generate", enrollment, "--json").json
    plan = ("approve", packet["packet"], "--plan", packet["plan_checksum"], "--as")
    terminal.does(*plan, "coordinator")
    hint = terminal.does(*plan, "counsel").out
    assert f"docgen send {packet['packet']}" in hint
    assert "the rest electronically" in hint
    today = datetime.now(ZONE).date().isoformat()
    days = ("--signed-on", today, "--received-on", today)
    said = ("intake-scan", packet["packet"], "theirs.pdf", *days, "--pages", "4", *BY)
    said = (*said, "--original-at", "folder 12", "--document")
    refused(terminal.run(*said, "psa"), 2, "by hand only")
    assert f"docgen send {packet['packet']}" in terminal.does(*said, "baa").out
    whole = terminal.does(*said, "baa", "--document", "psa", "--json").json
    assert (whole["state"], whole["execution"]) == ("archived", "wet_ink")


def test_a_copy_is_pinned_of_what_is_on_file(terminal: Terminal, enrollment: str) -> None:
    """Only of an agreement that is on file; before that, one sentence says so."""
    copy = ("paper", "add-copy", enrollment, "--document", "baa", "--file", "theirs.pdf", *BY)
    refused(terminal.run(*copy), 4, "refer to it first")
    facts = ("--title", "BAA of 2024", "--dated", "2024-05-02", "--kept-at", "cabinet")
    terminal.does("paper", "on-file", enrollment, "--document", "baa", *facts, *BY)
    assert terminal.does(*copy, "--json").json["source"] == "already_on_file"


@pytest.mark.parametrize("words", [("intake-scan",), ("paper", "add")])
def test_the_help_says_what_is_signed_how(terminal: Terminal, words: tuple[str, ...]) -> None:
    """The practice's own paper by hand, the rest electronically."""
    told = " ".join(terminal.does(*words, "--help").out.split())
    assert "signed by hand" in told
    assert "rest may be signed electronically" in told
