"""Several connections at once, on whichever database: gapless, once, and none in another's way."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.envelope import Fact
from docgen.domain.signing import Signal
from docgen.ports.traffic import Delivery, Errand
from tests.conftest import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.services.office import Office

WORKERS = 4


def together(work: Callable[[int], Any]) -> list[Any]:
    """Do this work in several threads that start at the same moment, each on its own connection."""
    from django.db import connections

    gate = threading.Barrier(WORKERS)

    def run(number: int) -> Any:
        gate.wait()
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def test_connections_that_append_at_once_leave_no_gap(office: Office) -> None:
    """Numbers run on without gap or double, over all subjects and within each."""

    def write(worker: int) -> None:
        for step in range(10):
            with office.ledger.transaction():
                office.note(f"pkt_{step % 2}", "packet.generated", f"user:{worker}")

    together(write)
    of = office.ledger.history.of
    assert office.ledger.history.size() == WORKERS * 10
    both = [*of("pkt_0"), *of("pkt_1")]
    assert sorted(item.seq for item in both) == list(range(WORKERS * 10))
    for subject in ("pkt_0", "pkt_1"):
        assert [item.position for item in of(subject)] == list(range(1, WORKERS * 5 + 1))
    assert office.ledger.history.first_altered() is None


def test_a_transaction_that_fails_among_others_leaves_no_gap(office: Office) -> None:
    """A number taken by what was rolled back is given again."""

    def write(worker: int) -> None:
        for step in range(8):
            try:
                with office.ledger.transaction():
                    office.note("pkt_0", "packet.generated", f"user:{worker}")
                    if (worker + step) % 3 == 0:
                        raise InterruptedError  # noqa: TRY301  # a crash in mid-transaction
            except InterruptedError:
                pass

    together(write)
    kept = office.ledger.history.of("pkt_0")
    assert 0 < len(kept) < WORKERS * 8
    assert [item.seq for item in kept] == list(range(len(kept)))


def test_each_errand_is_taken_by_one(office: Office) -> None:
    """Several workers share the outbox; no errand goes to two, none is left."""
    for number in range(40):
        office.ledger.errands.add(Errand(key=f"e{number}", kind="send", payload={}, due_at=NOON))

    def take(_: int) -> list[str]:
        mine: list[str] = []
        while True:
            taken = office.ledger.errands.take(NOON, kinds=frozenset({"send"}), limit=3, lease_s=60)
            mine += [item.key for item in taken]
            if not taken:
                return mine

    hands = together(take)
    taken = [key for hand in hands for key in hand]
    # On PostgreSQL a worker passes over rows another one just holds, so the last may need a second
    # look; nobody ever gets a row twice.
    assert len(taken) == len(set(taken))
    left = office.ledger.errands.take(NOON, kinds=frozenset({"send"}), limit=50, lease_s=60)
    assert len(taken) + len(left) == 40


def test_one_errand_is_taken_by_one(office: Office) -> None:
    """Asked for by its key from everywhere, it is given out once."""
    office.ledger.errands.add(Errand(key="e", kind="send", payload={}, due_at=NOON))
    found = together(lambda _: office.ledger.errands.take_one("e", NOON, lease_s=60))
    assert sum(item is not None for item in found) == 1


def test_a_delivery_from_many_connections_is_stored_once(office: Office) -> None:
    """Exactly one is told that it was new."""
    delivery = Delivery(service="fake", delivery_id="d", headers={}, body=b"{}", received_at=NOON)

    def add(_: int) -> bool:
        with office.ledger.transaction():
            return office.ledger.deliveries.add(delivery)

    assert sorted(together(add)) == [False] * (WORKERS - 1) + [True]
    assert len(office.ledger.deliveries.pending(9)) == 1


def test_facts_from_many_connections_join(office: Office) -> None:
    """The same fact from everywhere is one; different ones add up."""

    def add(worker: int) -> None:
        with office.ledger.transaction():
            facts = {
                Fact(signal=Signal.SENT, recipient=""),
                Fact(signal=Signal.SIGNED, recipient=f"practice_{worker}"),
            }
            office.ledger.packets.add_facts("pkt_1", frozenset(facts))

    together(add)
    assert len(office.ledger.packets.facts("pkt_1")) == WORKERS + 1


def test_asking_for_the_same_errand_at_once_asks_once(office: Office) -> None:
    """A key is one errand, whoever asks."""

    def ask(_: int) -> None:
        with office.ledger.transaction():
            office.ask("same", "send", at=NOON + timedelta(hours=1))

    together(ask)
    assert [item.key for item in office.ledger.errands.open()] == ["same"]


@pytest.mark.parametrize("packets", [1, 12])
def test_the_overview_asks_a_fixed_number_of_questions(
    office: Office, packets: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """However many enrollments and packets there are, status takes three queries."""
    import json
    from dataclasses import replace

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from docgen.cli.status import _overview
    from tests.ledger.test_ledger import version
    from tests.ledger.values import a_packet

    for number in range(packets):
        enrollment = replace(version(), enrollment_id=f"enr_{number}")
        office.ledger.enrollments.add(enrollment)
        office.ledger.enrollments.add(replace(enrollment, version=2))
        office.ledger.packets.add(a_packet(f"pkt_{number}", f"enr_{number}"))
    for as_json in (False, True):
        with CaptureQueriesContext(connection) as queries:
            _overview(office, as_json=as_json)
        assert len(queries) == 3
    shown = capsys.readouterr().out
    whole = json.loads(shown[shown.index("{") :])
    assert [item["version"] for item in whole["enrollments"]] == [2] * packets
    assert len(whole["packets"]) == packets
