"""How requests are read: idempotency keys, cursors, bodies; each refusal is a problem."""

from __future__ import annotations

import base64
import importlib
import itertools
import json
import subprocess
import sys
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen.domain.packet import PacketState
from docgen.errors import KeyReused, StillRunning
from docgen.ports.api_access import KEPT, LEASE, Answer, Asked
from tests.app.api.caller import AT, Caller, is_problem, told
from tests.app.desk.test_archive_reading import archived

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk

RUNS = itertools.count(1)
ANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Store the sample packet as a draft."""
    return desk.packet()


def draft(number: int) -> dict[str, object]:
    """Give the body that stores a draft of a practice of this number."""
    return {"record": {"practice": {"display_name": f"Example Clinic {number}"}}, "draft": True}


def test_the_same_request_is_answered_again(
    desk: Desk, coordinator: Caller, packet: Packet
) -> None:
    """Byte for byte, and said to be a replay; it is done once."""
    at, body = f"/packets/{packet.id}/void", {"reason": "Once."}
    first = coordinator.post(at, body, key="k1")
    desk.clock.advance(timedelta(hours=24))
    again = coordinator.post(at, body, key="k1")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert (first.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
    assert desk.history(packet.id).count("packet.taken_back") == 1


EACH = st.tuples(st.sampled_from("abc"), st.integers(1, 3))


@settings(ANY, max_examples=20)
@given(st.lists(EACH, min_size=1, max_size=8))
def test_any_order_of_requests_is_done_once_each(
    coordinator: Caller, sent: list[tuple[str, int]]
) -> None:
    """Whatever comes again: the first body of a key is stored once, and its answer stays."""
    run, first = next(RUNS), dict[str, tuple[int, bytes]]()
    for key, number in sent:
        answer = coordinator.post("/enrollments", draft(100 * run + number), key=f"{run}{key}")
        known = first.get(key)
        if known is not None and known[0] != number:
            assert is_problem(answer, 422, "key-reused")
        elif known is not None:
            assert (answer.content, answer["Idempotency-Replayed"]) == (known[1], "true")
        elif number in {one for one, _ in first.values()}:
            assert told(answer)["is_new"] is False
            first[key] = (number, answer.content)
        else:
            assert (answer.status_code, told(answer)["is_new"]) == (201, True)
            first[key] = (number, answer.content)


@pytest.mark.parametrize(
    ("slow", "address", "body"),
    [
        (
            "docgen.services.generate.render_plan",
            "/enrollments/{enrollment}/packets",
            {"kind": "contracting"},
        ),
        ("docgen.services.review._draft_copies", "/packets/{packet}/release", None),
        ("docgen.web.api.acts.withdraw", "/packets/{packet}/void", {"reason": "Too early."}),
        ("docgen.services.verify.run_verifier", "/packets/{packet}/verify", None),
    ],
)
def test_what_takes_long_holds_nothing_of_the_database(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, slow: str, address: str, body: object
) -> None:
    """On SQLite a transaction held while pages are typeset would keep everybody from writing."""
    from django.db import connection

    caller, held = Caller.of(desk, "coordinator"), list[bool]()
    places = {"enrollment": desk.enrollment.enrollment_id, "packet": "pkt_none"}
    if "{packet}" in address:
        packet = archived(desk) if "verify" in slow else desk.packet()
        places["packet"] = packet.id
    module, _, name = slow.rpartition(".")
    real = getattr(importlib.import_module(module), name)

    def watched(*given: object, **named: object) -> object:
        held.append(connection.in_atomic_block)
        return real(*given, **named)

    monkeypatch.setattr(slow, watched)
    answer = caller.post(address.format(**places), body, key="slow")
    assert answer.status_code in {200, 201}, answer.content
    again = caller.post(address.format(**places), body, key="slow")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert held == [False]


def test_a_key_comes_with_one_request_only(coordinator: Caller, packet: Packet) -> None:
    """Another body, or another address, is refused."""
    at = f"/packets/{packet.id}/void"
    assert coordinator.post(at, {"reason": "Once."}, key="k1").status_code == 200
    assert is_problem(coordinator.post(at, {"reason": "Twice."}, key="k1"), 422, "key-reused")
    other = coordinator.post(f"/packets/{packet.id}/agree", {"reason": "Once."}, key="k1")
    assert other.status_code == 422


def test_a_key_is_its_tokens_own(desk: Desk, coordinator: Caller) -> None:
    """Two programs may choose the same key."""
    other = Caller.of(desk, "everything")
    assert coordinator.post("/enrollments", draft(1), key="k1").status_code == 201
    stored = other.post("/enrollments", draft(2), key="k1")
    assert stored.status_code == 201
    assert "Idempotency-Replayed" not in stored


@pytest.mark.parametrize("key", ["", " ", "x" * 129, "ü" * 5, "a b"])
def test_a_change_needs_a_key(desk: Desk, coordinator: Caller, packet: Packet, key: str) -> None:
    """Without one nothing is done."""
    answer = coordinator.post(f"/packets/{packet.id}/void", {"reason": "No key."}, key=key)
    assert is_problem(answer, 400, "malformed-request")
    assert desk.office.ledger.packets.get(packet.id).state is PacketState.DRAFT


def test_a_refusal_keeps_no_key(desk: Desk, coordinator: Caller, packet: Packet) -> None:
    """What was refused may be sent again when it is possible, with the same key."""
    at = f"/packets/{packet.id}/send"
    body = {"plan_checksum": packet.plan.checksum}
    assert is_problem(coordinator.post(at, body, key="k1"), 409, "not-approved")
    for caller in (coordinator, Caller.of(desk, "legal_approver")):
        caller.post(f"/packets/{packet.id}/approve", body)
    assert coordinator.post(at, body, key="k1").status_code == 200


def test_two_requests_at_once_do_it_once(desk: Desk, coordinator: Caller) -> None:
    """Attack: the same request from four threads; each is answered, told to wait, or replayed."""
    answers, start = [], threading.Barrier(4)

    def send() -> None:
        from django.db import connection

        start.wait()
        answers.append(coordinator.post("/enrollments", draft(7), key="k1"))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = {answer.content for answer in answers if answer.status_code == 201}
    rest = [answer for answer in answers if answer.status_code != 201]
    assert len(done) == 1
    assert all(is_problem(answer, 409, "still-running") for answer in rest)
    (body,) = done
    assert desk.history(json.loads(body)["enrollment_id"]) == ["enrollment.stored"]


def asked(at: datetime, body: str = "a") -> Asked:
    """Give a request of this moment with this body."""
    return Asked(token_id="tok", key="k", sha256=body * 64, at=at)  # noqa: S106  # an id


def test_while_it_runs_it_is_not_begun_again(desk: Desk) -> None:
    """A claim holds for its lease; after it, whoever comes takes it, and the late one is undone."""
    answers, now = desk.office.ledger.api_answers, desk.clock.now()
    first = asked(now)
    assert answers.claim(first) is None
    soon = asked(now + LEASE - timedelta(seconds=1))
    with pytest.raises(StillRunning):
        answers.claim(soon)
    with pytest.raises(KeyReused):
        answers.claim(asked(now, "b"))
    late = asked(now + LEASE)
    assert answers.claim(late) is None
    with pytest.raises(StillRunning):
        answers.settle(first, Answer(status=200, body=b"1"))
    answers.settle(late, Answer(status=200, body=b"2"))
    assert answers.claim(first) == Answer(status=200, body=b"2")
    after = asked(late.at + KEPT + LEASE, "c")
    assert answers.claim(after) is None


def test_a_cursor_leads_through_the_whole_list(auditor: Caller, coordinator: Caller) -> None:
    """Each line once, in the order of the list."""
    for number in range(6):
        assert coordinator.post("/enrollments", draft(number)).status_code == 201
    whole = [item["enrollment_id"] for item in told(auditor.get("/enrollments"))["items"]]
    found, cursor = [], ""
    while True:
        page = told(auditor.get("/enrollments", limit=2, **({"cursor": cursor} if cursor else {})))
        found += [item["enrollment_id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == whole
    assert len(whole) == 7


def test_a_cursor_belongs_to_its_list(auditor: Caller, coordinator: Caller) -> None:
    """Attack: the cursor of one question with another; the control goes on."""
    coordinator.post("/enrollments", draft(1))
    cursor = told(auditor.get("/enrollments", limit=1))["next"]
    assert auditor.get("/enrollments", limit=1, cursor=cursor).status_code == 200
    for address, asked in (
        ("/enrollments", {"limit": 2}),
        ("/enrollments", {"limit": 1, "draft": "true"}),
        ("/packets", {"limit": 1}),
        ("/archive", {"limit": 1}),
    ):
        answer = auditor.get(address, cursor=cursor, **asked)
        assert is_problem(answer, 400, "malformed-request")


@ANY
@given(st.one_of(st.text(min_size=1, max_size=60), st.binary(min_size=1, max_size=60)))
def test_garbage_is_no_cursor(auditor: Caller, garbage: str | bytes) -> None:
    """Whatever it is, the answer is 400."""
    text = garbage if isinstance(garbage, str) else base64.urlsafe_b64encode(garbage).decode()
    assert is_problem(auditor.get("/enrollments", cursor=text), 400, "malformed-request")


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1e3", "9" * 40])
def test_a_page_has_one_to_two_hundred_lines(auditor: Caller, limit: str) -> None:
    """Anything else is refused, with the field named."""
    answer = auditor.get("/packets", limit=limit)
    assert is_problem(answer, 422, "input")
    assert told(answer)["problems"][0]["path"] == "limit"


def test_an_unknown_filter_is_refused(auditor: Caller) -> None:
    """A misspelled filter must not give the whole list."""
    assert is_problem(auditor.get("/packets", stat="draft"), 400, "malformed-request")


@pytest.mark.parametrize(
    ("data", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed-request"),
        (b"\xff\xfe", "application/json", 400, "malformed-request"),
        (b'{"reason": "a", "reason": "b"}', "application/json", 400, "malformed-request"),
        (b'{"reason": NaN}', "application/json", 400, "malformed-request"),
        (b"[" * 100_000, "application/json", 400, "malformed-request"),
        (b"", "application/json", 422, "input"),
        (b"null", "application/json", 422, "input"),
        (b"[]", "application/json", 422, "input"),
        (b'{"reason": 7}', "application/json", 422, "input"),
        (b'{"reason": "a\\u0000b"}', "application/json", 422, "input"),
        (b'{"reason": "a\\ud800b"}', "application/json", 422, "input"),
        (b'{"reason": "x", "more": 1}', "application/json", 422, "input"),
        (b"{}", "application/json", 422, "input"),
        (b"reason=x", "application/x-www-form-urlencoded", 415, "media-type"),
        (b'{"reason": "x"}', "text/plain", 415, "media-type"),
        (b" " * 1_000_001, "application/json", 413, "too-large"),
    ],
)
def test_a_body_is_strict_json(
    desk: Desk, coordinator: Caller, packet: Packet, data: bytes, kind: str, status: int, code: str
) -> None:
    """Attack: what is not JSON, too much, twice, unknown or unprintable; nothing is done."""
    headers = coordinator.headers() | {"Idempotency-Key": "k1"}
    at = f"{AT}/packets/{packet.id}/void"
    answer = desk.client().post(at, data, content_type=kind, headers=headers)
    assert is_problem(answer, status, code), answer.content
    assert desk.office.ledger.packets.get(packet.id).state is PacketState.DRAFT


def test_a_wrong_method_is_told(auditor: Caller) -> None:
    """With the methods that the address takes."""
    headers = auditor.headers()
    answer = auditor.desk.client().delete(f"{AT}/packets", headers=headers)
    assert is_problem(answer, 405, "method-not-allowed")
    assert answer.headers["Allow"] == "GET"


def test_nothing_is_cached_and_nothing_sniffed(auditor: Caller) -> None:
    """The protective headers are those of every answer."""
    answer = auditor.get("/packets")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Request-Id" in answer.headers


def test_a_fault_of_ours_tells_nothing(auditor: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attack: an error deep inside; the answer is a problem with a number to look up."""

    def broken(*_: object) -> object:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("docgen.db.register.DatabaseRegister.packets", broken)
    answer = auditor.get("/packets")
    assert is_problem(answer, 500, "error")
    assert b"secret" not in answer.content
    assert told(answer)["request_id"] == answer.headers["X-Request-Id"]


def test_a_body_that_cannot_be_read_says_where(desk: Desk, coordinator: Caller) -> None:
    """The sentence names the line; nothing of the body is repeated."""
    headers = coordinator.headers() | {"Idempotency-Key": "k1"}
    answer = desk.client().post(
        f"{AT}/enrollments", b'{"record":\n oops}', content_type="application/json", headers=headers
    )
    assert is_problem(answer, 400, "malformed-request")
    assert "line 2" in told(answer)["detail"]
    assert "oops" not in told(answer)["detail"]


def test_the_api_is_read_when_it_is_asked_for() -> None:
    """A process that nobody asks by program does not load what only the API needs."""
    code = (
        "import sys, tempfile\n"
        "from docgen.bootstrap.framework import configure_django\n"
        "from docgen.settings import read_settings\n"
        "configure_django(read_settings({'DOCGEN_HOME': tempfile.mkdtemp()}), 'x' * 50)\n"
        "from django.urls import resolve, reverse\n"
        "reverse('desk:home'), resolve('/desk/tokens')\n"
        "assert 'ninja' not in sys.modules and 'pydantic' not in sys.modules\n"
        "assert resolve('/api/v1/me').view_name == 'api:me'\n"
        "assert reverse('api:packet', args=['p']) == '/api/v1/packets/p'\n"
        "assert 'ninja' in sys.modules\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
