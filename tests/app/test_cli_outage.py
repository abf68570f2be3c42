"""What `docgen status` says of a packet that its signing service has not taken yet."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING

import pytest

from tests.app.command import FORM, Terminal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sqlite_only("each site here is a home folder with its own database file")
WORDS = "has not taken this packet yet"
NEXT = re.compile(r"tried again by itself, next at \d{4}-\d\d-\d\d \d\d:\d\d UTC")


def nobody_there() -> str:
    """Give an address of this machine at which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}/api"


def test_an_outage_is_told_with_what_happens_next(tmp_path: Path) -> None:
    """How often it was tried, when it is tried next, and that nothing is lost; before it, nothing."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.does("init", "--demo")
    (terminal.home / "secret").write_text("s3cret", "utf-8")
    settings = terminal.home / "settings.toml"
    part = f'[services.docuseal]\naddress = "{nobody_there()}"\napi_key_file = "secret"\n'
    settings.write_text(
        f'{settings.read_text("utf-8")}\n{part}callback_secret_file = "secret"\n', "utf-8"
    )
    enrollment = terminal.does("enroll", str(FORM), "--json").json["enrollment"]
    (packet,) = terminal.does("generate", enrollment, "--json").json
    key, plan = packet["packet"], packet["plan_checksum"]
    terminal.does("approve", key, "--plan", plan, "--as", "coordinator")
    assert WORDS not in terminal.does("status", key).out
    sent = terminal.run("send", key, "--via", "docuseal", "--as", "coordinator")
    assert sent.code != 0
    assert "s3cret" not in sent.err
    shown = terminal.does("status", key).out
    assert f"The signing service docuseal {WORDS}: it was tried once." in shown
    assert NEXT.search(shown)
    assert "nothing is lost and nothing goes twice" in shown
    overview = terminal.does("status").out
    assert "of which 1 were tried before" in overview
