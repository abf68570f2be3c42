"""A token may ask so many times within a minute; more is refused, and says when to come back."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.errors import TooManyRequests
from docgen.services.ceremony.flood import REQUEST_PERIOD, FloodGate, MemoryFloodCounts
from tests.app.api.caller import Caller, is_problem, told
from tests.conftest import NOON

if TYPE_CHECKING:
    from docgen.ports.flood import FloodCounts
    from tests.app.desk.staff import Desk

MOST, THREADS = 5, 4


def shared_counts(secret: bytes = b"ours") -> FloodCounts:
    """Give counts in the database, as web processes share them."""
    from docgen.db.flood import DatabaseFloodCounts

    return DatabaseFloodCounts(secret)


@pytest.fixture(params=["memory", "database"])
def counts(request: pytest.FixtureRequest) -> FloodCounts:
    """Give counts of one process, and those that several share."""
    return MemoryFloodCounts() if request.param == "memory" else shared_counts()


@pytest.fixture
def limited(desk: Desk, counts: FloodCounts) -> Desk:
    """Give a site with a small limit."""
    rules = replace(desk.office.rules, requests_per_minute=MOST)
    desk.office = replace(desk.office, rules=rules, floodgate=FloodGate(counts))
    return desk


def test_a_token_that_asks_too_often_waits_out_its_minute(limited: Desk) -> None:
    """It is refused until the very second that it was told; another token is served meanwhile."""
    busy, other = Caller.of(limited, "auditor"), Caller.of(limited, "auditor")
    assert [busy.get("/me").status_code for _ in range(MOST)] == [200] * MOST
    limited.clock.advance(timedelta(seconds=20, milliseconds=500))
    refused = busy.get("/me")
    assert is_problem(refused, 429, "too-many-requests")
    assert refused.headers["Retry-After"] == "40"
    assert f"more than {MOST} times" in told(refused)["detail"]
    assert other.get("/me").status_code == 200
    limited.clock.advance(timedelta(seconds=39))
    assert busy.get("/me").status_code == 429
    limited.clock.advance(timedelta(seconds=1))
    assert busy.get("/me").status_code == 200


def test_a_refused_request_did_nothing_and_can_be_sent_again(limited: Desk) -> None:
    """Neither is anything stored, nor is its idempotency key used up; what is refused counts too."""
    program = Caller.of(limited, "coordinator")
    before = limited.office.ledger.enrollments.list()
    for _ in range(MOST):
        assert program.get("/packets/pkt_none").status_code == 404
    body = {"record": {"practice": {"display_name": "Example Clinic"}}, "draft": True}
    assert is_problem(program.post("/enrollments", body, key="k"), 429, "too-many-requests")
    assert limited.office.ledger.enrollments.list() == before
    limited.clock.advance(REQUEST_PERIOD)
    answer = program.post("/enrollments", body, key="k")
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers


def test_who_has_no_token_uses_up_nobodys_requests(limited: Desk) -> None:
    """A wrong token is refused as ever, and counts against none."""
    program, stranger = Caller.of(limited, "auditor"), Caller(desk=limited, token=f"docgen_{MOST}")
    for _ in range(MOST + 2):
        assert is_problem(stranger.get("/me"), 401, "token-refused")
    assert program.get("/me").status_code == 200


def test_without_a_limit_nothing_is_counted(limited: Desk) -> None:
    """0 in the settings lets a program ask as often as it likes."""
    limited.office = replace(
        limited.office, rules=replace(limited.office.rules, requests_per_minute=0)
    )
    program = Caller.of(limited, "auditor")
    assert {program.get("/me").status_code for _ in range(MOST + 2)} == {200}


@pytest.mark.usefixtures("desk")
def test_processes_on_one_database_count_together() -> None:
    """Asking the next web process gains nothing; one site's counts tell another's nothing."""
    first, second, other = (
        FloodGate(shared_counts(secret)) for secret in (b"ours", b"ours", b"another's")
    )
    for number in range(MOST):
        (first, second)[number % 2].count_request("tok_1", MOST, NOON)
    for gate in (first, second):
        with pytest.raises(TooManyRequests):
            gate.count_request("tok_1", MOST, NOON)
    other.count_request("tok_1", MOST, NOON)


def test_no_request_is_lost_between_threads() -> None:
    """However many ask at once, exactly so many pass."""
    gate, passed = FloodGate(MemoryFloodCounts()), list[bool]()

    def ask() -> None:
        for _ in range(MOST):
            try:
                gate.count_request("tok_1", MOST, NOON)
            except TooManyRequests:
                continue
            passed.append(True)

    threads = [threading.Thread(target=ask) for _ in range(THREADS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(passed) == MOST
