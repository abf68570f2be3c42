"""The page on callbacks is true: its example checks what we send, its tables match the program."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.person import Person, Role
from docgen.domain.webhook import KINDS, PAUSES, read_secret, signed_headers, written_secret
from docgen.render.completion import WORDS
from docgen.services.sweep import sweep
from docgen.services.webhook import Wanted, register
from integrations.system.clock import SystemClock
from integrations.webhook.http import HttpSender
from tests.app.command import ROOT
from tests.integrations.webhook.receiving import receiver

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.services.office import Office

PAGE = (ROOT / "docs" / "operators" / "webhooks.md").read_text("utf-8")
SECRET, OTHER = written_secret(b"k" * 32), written_secret(b"o" * 32)
BODY, NOON = b'{"type":"task.done"}', datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def is_ours() -> Callable[..., bool]:
    """Run the page's example, which imports nothing but the standard library."""
    (example,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert re.findall(r"^import (\w+)", example, re.MULTILINE) == ["base64", "hmac", "time"]
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102  # the page's own example
    found: Callable[..., bool] = names["is_ours"]
    return found


def headers(*secrets: str, at: datetime = NOON) -> dict[str, str]:
    """Sign as the program does."""
    return signed_headers([read_secret(item) for item in secrets], "msg_1", at, BODY)


def test_the_example_believes_what_we_send(is_ours: Callable[..., bool]) -> None:
    """With one secret, and with either of two while they change; also by the real clock."""
    now = NOON.timestamp()
    assert is_ours(headers(SECRET), BODY, SECRET, now)
    for secret in (SECRET, OTHER):
        assert is_ours(headers(OTHER, SECRET), BODY, secret, now)
    assert is_ours(headers(SECRET, at=datetime.now(UTC)), BODY, SECRET)


def test_the_example_believes_nothing_else(is_ours: Callable[..., bool]) -> None:
    """Attack: another secret, body, id, or time; an old one; a signature that is none."""
    now, good = NOON.timestamp(), headers(SECRET)
    assert not is_ours(headers(OTHER), BODY, SECRET, now)
    assert not is_ours(good, BODY + b" ", SECRET, now)
    assert not is_ours(good, BODY, SECRET, now + 301)
    assert not is_ours(headers(SECRET, at=NOON + timedelta(hours=1)), BODY, SECRET, now)
    for name, value in (
        ("webhook-id", "msg_2"),
        ("webhook-timestamp", str(int(now) + 1)),
        ("webhook-timestamp", "soon"),
        ("webhook-signature", "v1,é"),
        ("webhook-signature", ""),
    ):
        assert not is_ours({**good, name: value}, BODY, SECRET, now)


def test_the_example_believes_what_the_sweep_sends(
    office: Office, is_ours: Callable[..., bool]
) -> None:
    """The whole way: registered, happened, swept, over HTTP, to a receiver that checks."""
    told = replace(office, clock=SystemClock(), webhook_sender=HttpSender(loopback=True))
    admin = Person(
        key="admin",
        name="Invented Admin",
        email="admin@example.org",
        roles=frozenset({Role.ADMINISTRATOR}),
    )
    with receiver(204) as (port, seen):
        url = f"http://127.0.0.1:{port}/hook"
        kinds = frozenset({"task.done"})
        secret, _ = register(told, Wanted(name="Records", url=url, kinds=kinds), admin)
        with told.ledger.transaction():
            told.note("enr_1", "task.done", "user:admin")
        assert sweep(told).failures == ()
    ((received, body),) = seen
    assert is_ours(received, body, secret)
    assert not is_ours(received, body, OTHER)


def test_the_table_of_types_is_the_program_s() -> None:
    """Every kind that can be chosen, with the words of the desk."""
    rows = re.findall(r"^\| `([a-z_.]+)` \| (.+) \|$", PAGE, re.MULTILINE)
    assert rows == [(kind, WORDS[kind]) for kind in KINDS]


def test_the_table_of_tries_is_the_program_s() -> None:
    """Each pause in words."""
    rows = re.findall(r"^\| (\d+) \| (\d+) (\w+) \|$", PAGE, re.MULTILINE)
    told = [timedelta(**{unit: int(count)}) for _, count, unit in rows]
    assert [int(row[0]) for row in rows] == list(range(2, len(PAUSES) + 2))
    assert tuple(told) == PAUSES
