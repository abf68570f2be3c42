"""A command loads what it works with, not what others do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.app.command import FORM, Terminal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sqlite_only("the database does not matter here")

# Prints, after a command, which of these it loaded.
LARGE = ("django", "pyhanko", "aiohttp", "typst", "weasyprint", "docxtpl", "boto3", "fontTools")
AFTER = f"""
import atexit, sys
atexit.register(lambda: print("loaded:", *(one for one in {LARGE} if one in sys.modules)))
from docgen.cli.main import main
sys.argv[0] = "docgen"
main()
"""


def loaded_by(terminal: Terminal, *words: str) -> set[str]:
    """Run a command in an interpreter of its own and tell which large packages it loaded."""
    ran = terminal.starts([sys.executable, "-c", AFTER, *words])
    assert ran.code == 0, ran.err
    return set(ran.out.splitlines()[-1].removeprefix("loaded:").split())


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Give a demonstration site with one form."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.does("init", "--demo")
    terminal.does("enroll", str(FORM))
    return terminal


def test_help_is_there_at_once(terminal: Terminal) -> None:
    """The list of commands loads none of them."""
    assert loaded_by(terminal, "--help") == set()


def test_a_look_loads_neither_signing_nor_typesetting(terminal: Terminal) -> None:
    """Where packets stand is read from the database; the anchor, the control, asks the signer."""
    assert loaded_by(terminal, "status") == {"django"}
    assert {"django", "pyhanko"} <= loaded_by(terminal, "anchor")
