"""What several processes on one PostgreSQL rely on: locks, taken errands, jobs, shared counts."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from docgen.bootstrap.worker import queue_of
from docgen.errors import TooManyTries
from docgen.ports.traffic import Errand
from docgen.services.ceremony.flood import MOST, PERIOD, FloodGate, Tried
from docgen.services.checkpoint import sign_checkpoint
from docgen.services.sweep import LEASE_S, Swept, keep_up, run_job
from tests.conftest import NOON

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docgen.bootstrap.application import Application
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

postgresql = pytest.mark.postgresql_only("SQLite has one process and no such locks")
ADDRESS, OTHER = "203.0.113.20", "203.0.113.21"


def shared_counts() -> Any:
    """Give the counts that web processes share."""
    from docgen.db.flood import DatabaseFloodCounts

    return DatabaseFloodCounts(b"site secret")


def elsewhere(act: Callable[[], None]) -> None:
    """Do something as another process would: in a thread, which has a database session of its own."""
    failed: list[BaseException] = []

    def run() -> None:
        from django.db import connection

        try:
            act()
        except BaseException as error:  # noqa: BLE001  # told to the test
            failed.append(error)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join(timeout=60)
    assert not thread.is_alive()
    if failed:
        raise failed[0]


def jobs() -> Sequence[tuple[str, str, int, str]]:
    """List the queue: errand lock, line, priority, status."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT queueing_lock, lock, priority, status::text FROM procrastinate_jobs ORDER BY id"
        )
        return list(cursor.fetchall())


@postgresql
def test_a_lock_is_had_by_one_session_and_ends_with_it(office: Office) -> None:
    """Another session does without, or waits; a session that dies leaves nothing locked."""
    seen: list[bool] = []

    def try_it() -> None:
        with office.ledger.alone("thing") as mine, office.ledger.alone("other thing") as free:
            seen.extend((mine, free))

    with office.ledger.alone("thing") as mine:
        assert mine
        elsewhere(try_it)
    elsewhere(try_it)
    assert seen == [False, True, True, True]

    def die_holding() -> None:
        stack = ExitStack()
        assert stack.enter_context(office.ledger.alone("thing"))
        from django.db import connection

        connection.close()  # the session ends as a killed process's does
        stack.close()

    elsewhere(die_holding)
    elsewhere(try_it)
    assert seen[-2:] == [True, True]


@postgresql
def test_nobody_carries_out_what_another_process_is_carrying_out(
    office: Office, clock: StandingClock
) -> None:
    """Although the lease ran out, the errand is left to the process that still holds it."""
    office.ask("e", "send", packet_id="pkt_1")
    (taken,) = office.ledger.errands.take(
        clock.now(), kinds=frozenset({"send"}), limit=1, lease_s=LEASE_S
    )
    clock.advance(timedelta(seconds=LEASE_S + 1))
    got: list[bool] = []

    def take_too() -> None:
        again = office.ledger.errands.take_one("e", clock.now(), lease_s=LEASE_S)
        assert again is not None
        with office.ledger.errands.carrying(again) as ours:
            got.append(ours)

    with office.ledger.errands.carrying(taken) as ours:
        assert ours
        elsewhere(take_too)
    assert got == [False]


@postgresql
def test_whoever_was_overtaken_does_not_begin(office: Office, clock: StandingClock) -> None:
    """A process that took an errand and then slept finds that another took it since."""
    office.ask("e", "send", packet_id="pkt_1")
    slept = office.ledger.errands.take_one("e", clock.now(), lease_s=LEASE_S)
    clock.advance(timedelta(seconds=LEASE_S + 1))
    second = office.ledger.errands.take_one("e", clock.now(), lease_s=LEASE_S)
    assert slept is not None
    assert second is not None
    with office.ledger.errands.carrying(slept) as ours:
        assert not ours
    with office.ledger.errands.carrying(second) as ours:
        assert ours
        office.ledger.errands.done("e")
    with office.ledger.errands.carrying(second) as ours:
        assert not ours


@postgresql
def test_a_job_commits_with_its_errand_or_not_at_all(office: Office) -> None:
    """What is rolled back wakes nobody; asking twice wakes once; a later errand wakes nobody yet."""

    def ask_and_fail() -> None:
        with office.ledger.transaction():
            office.ask("gone", "send", packet_id="pkt_1")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        ask_and_fail()
    assert jobs() == []
    for _ in range(2):
        office.ask("send:1", "send", packet_id="pkt_1")
    office.ask("later", "remind", at=NOON + timedelta(days=1), packet_id="pkt_1")
    office.ask("hook", "webhook", dispatch="d")
    assert jobs() == [
        ("errand:send:1", "packet_id:pkt_1", 0, "todo"),
        ("errand:hook", "webhook", -10, "todo"),
    ]


@postgresql
def test_what_became_due_gets_a_job_once(office: Office, clock: StandingClock) -> None:
    """Late errands, failed ones, and those whose job was lost are found; the rest are left alone."""
    from docgen.db.jobs import forget_settled, wake_for_due

    office.ask("later", "remind", at=clock.now() + timedelta(minutes=1), packet_id="pkt_1")
    office.ask("now", "send", packet_id="pkt_2")
    office.ask("foreign", "of-another-version")
    assert wake_for_due(clock.now(), {"remind", "send"}) == 0
    clock.advance(timedelta(minutes=1))
    assert wake_for_due(clock.now(), {"remind", "send"}) == 1
    assert wake_for_due(clock.now(), {"remind", "send"}) == 0
    office.ledger.errands.done("now")
    forget_settled()
    waiting = [name for name, *_ in jobs()]
    assert waiting == ["errand:foreign", "errand:later"]


@postgresql
def test_waking_twice_makes_one_job_and_spoils_no_transaction(office: Office) -> None:
    """Two processes that find the same errand without a job may both try."""
    from docgen.db.jobs import wake

    errand = Errand(key="k", kind="send", payload={}, due_at=NOON)
    with office.ledger.transaction():
        for _ in range(2):
            wake(errand)
        office.note("pkt_1", "packet.generated", "system")
    assert jobs() == [("errand:k", "errand:k", 0, "todo")]
    assert len(office.ledger.history.of("pkt_1")) == 1


@postgresql
def test_a_dead_workers_errand_is_due_again_and_a_living_ones_is_not(
    office: Office, clock: StandingClock
) -> None:
    """Only where nobody holds the errand is its lease broken."""
    from docgen.db.jobs import take_from_dead

    office.ask("e", "send", packet_id="pkt_1")
    taken = office.ledger.errands.take_one("e", clock.now(), lease_s=LEASE_S)
    assert taken is not None
    broken: list[bool] = []
    with office.ledger.errands.carrying(taken):
        elsewhere(lambda: broken.append(take_from_dead("e", clock.now())))
    assert office.ledger.errands.take_one("e", clock.now(), lease_s=LEASE_S) is None
    elsewhere(lambda: broken.append(take_from_dead("e", clock.now())))
    assert broken == [False, True]
    assert office.ledger.errands.take_one("e", clock.now(), lease_s=LEASE_S) is not None


@postgresql
def test_checkpoints_are_signed_in_turn(office: Office) -> None:
    """Many processes at once sign one history; each checkpoint is the database's and the journal's."""
    for number in range(5):
        office.note("pkt_1", "packet.generated", f"user:{number}")
    signed: list[tuple[int, bytes]] = []

    def sign() -> None:
        point = sign_checkpoint(office)
        signed.append((point.size, point.time_stamp))

    threads = [Thread(target=elsewhere, args=(sign,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(signed) == 4
    assert len(set(signed)) == 1, "the second found the first one's, and stamped nothing anew"
    assert len(office.ledger.history.checkpoints()) == 1


def test_upkeep_is_done_by_one_at_a_time(office: Office) -> None:
    """A process that finds another at it does nothing; alone it leaves its mark."""
    assert keep_up(office) == Swept()
    assert office.ledger.watch.figures(NOON).marks == {"swept": NOON}


def test_a_job_says_what_failed_and_leaves_the_rest(office: Office, clock: StandingClock) -> None:
    """An errand that fails is put back; one that is not due, or unknown, is left alone."""
    office.ask("r", "read", packet_id="pkt_none")
    assert run_job(office, "r") == "read: not-found"
    assert run_job(office, "r") == ""
    assert run_job(office, "nothing") == ""
    (waiting,) = office.ledger.errands.open()
    assert waiting.due_at > clock.now()


def test_tries_are_counted_together_whichever_process_is_asked(office: Office) -> None:
    """Two gates on one database refuse as one would; another client, or later, is let through."""
    from docgen.db.models import FloodRow

    gates = [FloodGate(shared_counts()) for _ in range(2)]
    for number in range(MOST[Tried.LINK]):
        gates[number % 2].refuse_flood(ADDRESS, Tried.LINK, NOON)
        gates[number % 2].count(ADDRESS, Tried.LINK, NOON)
    for gate in gates:
        with pytest.raises(TooManyTries):
            gate.refuse_flood(ADDRESS, Tried.LINK, NOON)
        gate.refuse_flood(OTHER, Tried.LINK, NOON)
        gate.refuse_flood(ADDRESS, Tried.CODE, NOON)
        gate.refuse_flood(ADDRESS, Tried.LINK, NOON + PERIOD)
    (row,) = FloodRow.objects.all()
    assert ADDRESS not in row.key
    keep_up(replace(office, floodgate=gates[0]))
    assert FloodRow.objects.count() == 1
    gates[0].tidy(NOON + 2 * PERIOD)
    assert FloodRow.objects.count() == 0


@pytest.mark.usefixtures("office")
def test_a_count_begins_anew_after_its_period() -> None:
    """The first try after ten minutes is the first of a new count."""
    counts = shared_counts()
    for minutes in (0, 9, 10, 11):
        counts.add("client", "link", now=NOON + timedelta(minutes=minutes), period=PERIOD)
    later = NOON + timedelta(minutes=12)
    assert counts.tries("client", "link", now=later, period=PERIOD) == 2


@postgresql
@pytest.mark.usefixtures("office")
def test_no_count_is_lost_between_processes() -> None:
    """Counting at once from many sessions counts each."""
    counts = shared_counts()

    def count_some() -> None:
        for _ in range(20):
            counts.add("client", "link", now=NOON, period=PERIOD)

    threads = [Thread(target=elsewhere, args=(count_some,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert counts.tries("client", "link", now=NOON, period=PERIOD) == 80


@postgresql
@pytest.mark.usefixtures("office")
def test_web_processes_share_what_is_remembered_for_minutes() -> None:
    """A one-time code used at one process is known as used by every other: the cache is a table."""
    from django.core.cache import cache

    cache.set("used", 1, timeout=60)
    seen: list[object] = []
    elsewhere(lambda: seen.append(cache.get("used")))
    assert seen == [1]


def test_an_errand_is_kept_where_no_worker_is(office: Office) -> None:
    """On SQLite as on PostgreSQL the outbox alone is the truth; waking is only a hint."""
    from docgen.db.models import ErrandRow

    office.ledger.errands.add(Errand(key="k", kind="send", payload={}, due_at=NOON), wake=True)
    assert ErrandRow.objects.get(key="k").is_done is False


@postgresql
def test_dead_workers_are_looked_for_every_three_seconds_of_every_minute(app: Application) -> None:
    """Whoever died is taken over from after the time that settings give, and little later."""
    tasks = queue_of(app).periodic_registry.periodic_tasks
    times = tasks["docgen.reap", ""].croniter
    times.set_current(start_time=NOON.timestamp() + 60, force=True)
    began = times.get_current()
    assert [times.get_next() - began for _ in range(30)] == [3.0 * at for at in range(1, 31)]
