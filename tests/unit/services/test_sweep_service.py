"""The sweep: failing errands back off, hold up nobody, and two sweeps at once do nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.packet import PacketState
from docgen.errors import ServiceUnavailable, StorageError
from docgen.services.send import send
from docgen.services.sweep import (
    CARRIERS,
    LEASE_S,
    LONGEST_DELAY,
    Swept,
    run_due,
    run_due_here,
    run_errand,
    sweep,
)
from integrations.esign.fake import FakeService
from tests.unit.services.walk import COORDINATOR, approved, kinds, sent, with_fake

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.ports.esign import EnvelopeRequest
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock


class Broken(FakeService):
    """A service that fails in a way nobody foresaw, counting how often it was asked."""

    asked = 0

    def send(self, request: EnvelopeRequest) -> str:
        """Fail."""
        self.asked += 1
        raise ServiceUnavailable("No answer.", service="fake")


def test_a_failing_errand_backs_off_and_never_gives_up(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """Each wait is twice the last, up to the longest; it is not tried in between."""
    broken = Broken()
    office, _ = with_fake(office, broken)
    approved(office, packet)
    send(office, packet.id, COORDINATOR, "fake")
    waits = []
    for _ in range(16):
        asked = broken.asked
        assert sweep(office).failures == ("send: service-unavailable",)
        assert broken.asked == asked + 1
        (errand,) = office.ledger.errands.open()
        waits.append(errand.due_at - clock.now())
        sweep(office)
        assert broken.asked == asked + 1
        clock.advance(waits[-1])
    assert waits[0] == timedelta(seconds=2)
    assert all(b == min(2 * a, LONGEST_DELAY) for a, b in pairwise(waits))
    assert waits[-1] == LONGEST_DELAY


@pytest.mark.parametrize(
    ("asked_s", "waits"),
    [(90, timedelta(seconds=90)), (1, timedelta(seconds=2)), (9e9, LONGEST_DELAY)],
)
def test_the_wait_that_a_service_asks_for_is_kept(
    office: Office, packet: Packet, clock: StandingClock, asked_s: float, waits: timedelta
) -> None:
    """Never sooner than it says, never sooner than we would, and never put off for ever."""

    class Busy(FakeService):
        def send(self, request: EnvelopeRequest) -> str:
            raise ServiceUnavailable("Later.", service=self.key, retry_after_s=asked_s)

    office, _ = with_fake(office, Busy())
    approved(office, packet)
    send(office, packet.id, COORDINATOR, "fake")
    assert sweep(office).failures == ("send: service-unavailable",)
    (errand,) = office.ledger.errands.open()
    assert errand.due_at - clock.now() == waits


def test_a_failing_errand_holds_up_no_other(office: Office, packet: Packet) -> None:
    """A hundred that fail, foreseen or not, leave the last one its turn."""
    office, fake = with_fake(office)
    approved(office, packet)
    for number in range(50):
        office.ask(f"bad{number}", "invite", envelope_id="gone", signer="x", link_number=0)
        office.ask(f"worse{number}", "seal")
    send(office, packet.id, COORDINATOR, "fake")
    swept = sweep(office)
    assert list(fake.envelopes) == ["fake_1"]
    assert sorted(set(swept.failures)) == ["invite: not-found", "seal: unexpected KeyError"]
    assert len(office.ledger.errands.open()) == 100


def test_a_service_gone_from_the_settings_holds_up_no_other(office: Office, packet: Packet) -> None:
    """Its packet is reported by the setting's code; nothing else stops."""
    both, _ = with_fake(office)
    sent(both, packet)
    assert sweep(office).failures == ("re-read: configuration",)
    assert sweep(both).failures == ()


def test_failures_name_kind_and_code_and_no_content(office: Office) -> None:
    """Neither keys nor payloads nor words of the error are told."""
    office.ask("secret-key", "invite", envelope_id="env_secret", signer="ada", link_number=0)
    assert sweep(office).failures == ("invite: not-found",)


def test_progress_is_told_once_for_each_errand(office: Office) -> None:
    """Done or failed, each counts."""
    for number in range(3):
        office.ask(f"e{number}", "invite", envelope_id="gone", signer="x", link_number=0)
    told: list[None] = []
    sweep(office, tell=lambda: told.append(None))
    assert len(told) == 3


def test_run_due_leaves_callbacks_to_the_sweep_and_says_what_failed(office: Office) -> None:
    """A page that answers a person does not call itself."""
    office.ask("c", "callback", event={"id": "x"})
    office.ask("i", "invite", envelope_id="gone", signer="x", link_number=0)
    assert run_due(office) == ("invite: not-found",)
    assert [item.key for item in office.ledger.errands.open()] == ["c", "i"]


def test_a_page_leaves_what_is_due_to_workers_where_there_are_any(office: Office) -> None:
    """Whoever signs on PostgreSQL does not wait while the page sends what others asked for."""
    office.ask("i", "invite", envelope_id="gone", signer="x", link_number=0)
    run_due_here(office)
    (left,) = office.ledger.errands.open()
    assert left.attempts == (0 if office.ledger.errands.shared else 1)


def test_an_errand_under_lease_is_nobody_elses(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """While one process carries it, another finds nothing; after its lease, it may."""
    office, fake = with_fake(office)
    approved(office, packet)
    key = send(office, packet.id, COORDINATOR, "fake")
    assert office.ledger.errands.take_one(key, clock.now(), lease_s=LEASE_S) is not None
    run_errand(office, key)
    sweep(office)
    assert not fake.envelopes
    clock.advance(timedelta(seconds=LEASE_S))
    sweep(office)
    assert list(fake.envelopes) == ["fake_1"]


def test_a_packet_left_sending_without_its_errand_is_taken_up(
    office: Office, packet: Packet
) -> None:
    """Even an outbox that lost its row does not strand a packet."""
    office, fake = with_fake(office)
    with office.ledger.transaction():
        stranded = replace(packet, state=PacketState.SENDING, service="fake")
        office.ledger.packets.save(stranded)
    sweep(office)
    assert list(fake.envelopes) == ["fake_1"]
    assert office.ledger.packets.get(packet.id).state is PacketState.SENT


def test_every_kind_of_errand_somebody_asks_for_has_a_carrier() -> None:
    """The kinds written in the services are those the sweep knows."""
    import re
    from pathlib import Path

    import docgen.services

    folder = Path(docgen.services.__path__[0])
    asked = {
        kind
        for file in folder.rglob("*.py")
        for kind in re.findall(
            r"""office\.ask\(\s*(?:f?"[^"]*"|\w+),\s*"(\w+)\"""", file.read_text("utf-8")
        )
    }
    assert {"send", "file", "read", "invite", "code", "callback", "seal"} <= asked
    assert asked <= set(CARRIERS)


class Unwritable:
    """A ledger whose outbox cannot be written any more."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.errands = self

    def __getattr__(self, name: str) -> Any:
        """Everything else is the real one's."""
        return getattr(self.inner, name)

    def take(self, *args: Any, **kwargs: Any) -> Any:
        """Hand out errands as ever."""
        return self.inner.errands.take(*args, **kwargs)

    @property
    def at_once(self) -> int:
        """Hand out as many as ever."""
        return int(self.inner.errands.at_once)

    def carrying(self, *args: Any) -> Any:
        """Hold errands as ever."""
        return self.inner.errands.carrying(*args)

    def tidy(self) -> None:
        """Have nothing to forget."""

    def again(self, *args: Any) -> None:
        """Fail."""
        raise StorageError("The database could not be used; free space.")

    done = again


def test_a_full_database_while_putting_back_stops_nothing(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """The errand keeps its lease, is told as a failure, and is carried out once, later."""
    office, fake = with_fake(office)
    approved(office, packet)
    send(office, packet.id, COORDINATOR, "fake")
    full: Any = replace(office, ledger=Unwritable(office.ledger))  # type: ignore[arg-type]  # a double
    assert sweep(full, reconcile=False).failures == ("send: storage",)
    assert list(fake.envelopes) == ["fake_1"]
    clock.advance(timedelta(seconds=LEASE_S))
    assert sweep(office, reconcile=False).failures == ()
    assert list(fake.envelopes) == ["fake_1"]
    assert kinds(office, packet.id).count("packet.sent") == 1


@pytest.mark.parametrize("kind", ["", "unknown"])
def test_an_unknown_kind_of_errand_stays(office: Office, kind: str) -> None:
    """A newer version's errand waits for that version."""
    office.ask("new", kind)
    assert sweep(office, reconcile=False) == Swept()
    assert [item.key for item in office.ledger.errands.open()] == ["new"]
