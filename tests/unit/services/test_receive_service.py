"""Receiving: forged is rejected, duplicates have one effect, lost ones are made up for."""

from __future__ import annotations

import hmac
import itertools
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.domain.signing import RecipientSnapshot, Signal
from docgen.errors import CallbackRejected, NotFound, ServiceUnavailable
from docgen.ports.esign import RawCallback
from docgen.services.receive import CONTRADICTED, accept, act_on_callbacks, refresh
from docgen.services.sweep import Swept, sweep
from docgen.services.withdraw import withdraw
from integrations.esign.fake import FakeService
from tests.unit.services.walk import COORDINATOR, Crash, CrashingLedger, kinds, sent, with_fake

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.domain.packet import Packet
    from docgen.domain.signing import EnvelopeSnapshot
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock


def callback(
    envelope_id: str,
    at: datetime,
    name: str = "d1",
    *,
    secret: bytes = b"fake",
    kind: str = "signed",
) -> RawCallback:
    """Make a callback as the fake service signs it."""
    body = json.dumps({"signal": kind, "envelope_id": envelope_id}).encode()
    moment = str(int(at.timestamp()))
    mac = hmac.digest(secret, b".".join((name.encode(), moment.encode(), body)), "sha256").hex()
    headers = {"fake-id": name, "fake-time": moment, "fake-signature": mac}
    return RawCallback(headers=headers, body=body, received_at=at)


def progress(fake: FakeService, envelope_id: str, recipient: int, signal: Signal) -> None:
    """Let one recipient view, sign or decline at the service."""
    item = fake.envelopes[envelope_id]
    before = item.snapshot.recipients
    at = item.snapshot.sent_at
    one: RecipientSnapshot = before[recipient]
    one = replace(one, viewed_at=at)
    if signal is Signal.SIGNED:
        one = replace(one, signed_at=at)
    if signal is Signal.DECLINED:
        one = replace(one, declined_at=at)
    after = tuple(one if index == recipient else old for index, old in enumerate(before))
    item.snapshot = replace(item.snapshot, recipients=after)


def end(fake: FakeService, envelope_id: str, ended: Signal) -> None:
    """End the envelope at the service, whatever was before."""
    item = fake.envelopes[envelope_id]
    item.snapshot = replace(item.snapshot, ended=ended, ended_at=item.snapshot.sent_at)


def state(office: Office, packet: Packet) -> PacketState:
    """Read where a packet stands."""
    return office.ledger.packets.get(packet.id).state


# -- believing ------------------------------------------------------------------------------------


def forgeries(at: datetime) -> list[RawCallback]:
    """List callbacks that nobody should believe."""
    good = callback("fake_1", at)
    return [
        callback("fake_1", at, secret=b"guess"),
        replace(good, headers={}),
        replace(good, headers={**good.headers, "fake-signature": ""}),
        replace(
            good, headers={**good.headers, "fake-signature": good.headers["fake-signature"][:-1]}
        ),
        replace(good, headers={**good.headers, "fake-signature": "٣" * 64}),
        replace(good, headers={**good.headers, "fake-time": "soon"}),
        replace(good, headers={**good.headers, "fake-id": "d2"}),
        replace(good, body=good.body + b" "),
        replace(good, received_at=at + timedelta(hours=1)),
        replace(good, received_at=at - timedelta(hours=1)),
    ]


@pytest.mark.parametrize("number", range(10))
def test_a_forged_callback_is_rejected_and_nothing_is_stored(
    office: Office, packet: Packet, number: int
) -> None:
    """Wrong key, missing or cut signature, other body, other age: no row, no effect."""
    office, fake = with_fake(office)
    sent(office, packet)
    fake.sign_all("fake_1", office.clock.now())
    with pytest.raises(CallbackRejected):
        accept(office, "fake", forgeries(office.clock.now())[number])
    assert not office.ledger.deliveries.pending(10)
    assert act_on_callbacks(office) == 0
    assert state(office, packet) is PacketState.SENT


def test_a_service_not_configured_here_is_not_found(office: Office) -> None:
    """Nothing is stored for it either."""
    with pytest.raises(NotFound):
        accept(office, "elsewhere", callback("fake_1", office.clock.now()))
    assert not office.ledger.deliveries.pending(10)


def test_of_the_headers_only_what_proves_a_callback_is_kept(office: Office) -> None:
    """Whatever a proxy or a sender adds, addresses and cookies among it, goes into no bundle."""
    office, _ = with_fake(office)
    raw = callback("fake_1", office.clock.now())
    more = {"cookie": "a=1", "x-forwarded-for": "192.0.2.1", "authorization": "Basic eA=="}
    assert accept(office, "fake", replace(raw, headers={**raw.headers, **more}))
    (stored,) = office.ledger.deliveries.pending(10)
    assert stored.headers == raw.headers


def test_a_believed_callback_is_only_a_hint(office: Office, packet: Packet) -> None:
    """The state comes from the service itself, whatever the callback claims."""
    office, _ = with_fake(office)
    sent(office, packet)
    assert accept(office, "fake", callback("fake_1", office.clock.now(), kind="fully_executed"))
    sweep(office, reconcile=False)
    assert state(office, packet) is PacketState.SENT


# -- duplicates, order, loss ----------------------------------------------------------------------


def test_a_hundred_duplicates_have_one_effect(office: Office, packet: Packet) -> None:
    """The delivery is stored once, all are answered, and the history grows by one."""
    office, fake = with_fake(office)
    sent(office, packet)
    progress(fake, "fake_1", 0, Signal.SIGNED)
    raw = callback("fake_1", office.clock.now())
    assert [accept(office, "fake", raw) for _ in range(100)] == [True, *[False] * 99]
    sweep(office, reconcile=False)
    assert state(office, packet) is PacketState.PARTLY_SIGNED
    assert kinds(office, packet.id).count("packet.partly_signed") == 1
    assert len(office.ledger.deliveries.of(packet.id)) == 1
    before = kinds(office, packet.id)
    assert not accept(office, "fake", raw)
    assert sweep(office, reconcile=False) == Swept()
    assert kinds(office, packet.id) == before


def test_with_every_callback_lost_the_sweep_converges(office: Office, packet: Packet) -> None:
    """Re-reading alone brings the packet along."""
    office, fake = with_fake(office)
    sent(office, packet)
    seen = []
    for step in (Signal.VIEWED, Signal.SIGNED):
        progress(fake, "fake_1", 0, step)
        sweep(office)
        seen.append(state(office, packet))
    end(fake, "fake_1", Signal.DECLINED)
    sweep(office)
    assert [*seen, state(office, packet)] == [
        PacketState.VIEWED,
        PacketState.PARTLY_SIGNED,
        PacketState.DECLINED,
    ]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_any_order_of_callbacks_ends_the_same(
    office: Office, packet: Packet, order: tuple[int, ...]
) -> None:
    """Late and early reports of viewed, signed and declined give one end and one history."""
    office, fake = with_fake(office)
    sent(office, packet)
    progress(fake, "fake_1", 0, Signal.SIGNED)
    end(fake, "fake_1", Signal.DECLINED)
    reports = ("viewed", "signed", "declined")
    for number in order:
        raw = callback("fake_1", office.clock.now(), f"d{number}", kind=reports[number])
        accept(office, "fake", raw)
        sweep(office, reconcile=False)
    assert state(office, packet) is PacketState.DECLINED
    assert kinds(office, packet.id)[-1:] == ["packet.declined"]
    assert not office.ledger.errands.open()


def test_an_older_view_of_the_envelope_undoes_nothing(office: Office, packet: Packet) -> None:
    """A service that answers from a lagging copy does not take a signature back."""
    office, fake = with_fake(office)
    sent(office, packet)
    lagging = fake.envelopes["fake_1"].snapshot
    progress(fake, "fake_1", 0, Signal.SIGNED)
    refresh(office, packet.id)
    fake.envelopes["fake_1"].snapshot = lagging
    assert refresh(office, packet.id).state is PacketState.PARTLY_SIGNED


# -- what we do not know --------------------------------------------------------------------------


def test_a_callback_that_overtook_its_envelope_waits_for_it(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """It stays pending for an hour, and counts once the envelope is known."""
    office, fake = with_fake(office)
    accept(office, "fake", callback("fake_1", clock.now()))
    clock.advance(timedelta(minutes=59))
    assert act_on_callbacks(office) == 0
    sent(office, packet)
    progress(fake, "fake_1", 0, Signal.VIEWED)
    sweep(office, reconcile=False)
    assert state(office, packet) is PacketState.VIEWED
    assert not office.ledger.deliveries.pending(10)


def test_after_an_hour_an_unknown_envelope_is_let_go(office: Office, clock: StandingClock) -> None:
    """It is settled for no packet, and stays stored."""
    office, _ = with_fake(office)
    accept(office, "fake", callback("stranger", clock.now()))
    clock.advance(timedelta(hours=1))
    assert act_on_callbacks(office) == 1
    assert not office.ledger.deliveries.pending(10)
    assert len(office.ledger.deliveries.of("")) == 1


def test_many_unknown_callbacks_do_not_hide_a_known_one(office: Office, packet: Packet) -> None:
    """Two hundred and fifty that wait leave the next one its turn."""
    office, fake = with_fake(office)
    sent(office, packet)
    progress(fake, "fake_1", 0, Signal.VIEWED)
    for number in range(250):
        accept(office, "fake", callback("stranger", office.clock.now(), f"s{number}"))
    accept(office, "fake", callback("fake_1", office.clock.now(), "known"))
    sweep(office, reconcile=False)
    assert state(office, packet) is PacketState.VIEWED
    assert len(office.ledger.deliveries.pending(1000)) == 250


def test_a_callback_of_a_service_since_removed_harms_nobody(office: Office, packet: Packet) -> None:
    """It waits like any other unknown one, and the others are acted on."""
    both, fake = with_fake(office)
    sent(both, packet)
    progress(fake, "fake_1", 0, Signal.VIEWED)
    accept(both, "fake", callback("fake_1", office.clock.now()))
    assert act_on_callbacks(office) == 0  # this office has no fake service
    sweep(both, reconcile=False)
    assert state(both, packet) is PacketState.VIEWED


@pytest.mark.parametrize("strange", ["\x00", "\ud800", "", "a b", "x" * 100_000])
def test_a_callback_about_what_no_envelope_is_called_holds_nothing_up(
    office: Office, packet: Packet, strange: str
) -> None:
    """Some of it no database takes, not even as a question; the one behind it is acted on."""
    office, fake = with_fake(office)
    sent(office, packet)
    progress(fake, "fake_1", 0, Signal.VIEWED)
    accept(office, "fake", callback(strange, office.clock.now(), "strange"))
    accept(office, "fake", callback("fake_1", office.clock.now(), "known"))
    sweep(office, reconcile=False)
    assert state(office, packet) is PacketState.VIEWED
    assert [item.delivery_id for item in office.ledger.deliveries.pending(10)] == ["strange"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Not this year: é, 医, 👩‍⚕️", "Not this year: é, 医, 👩‍⚕️"),
        ("\x00No", "\N{REPLACEMENT CHARACTER}No"),
        ("No\udfff", "No\N{REPLACEMENT CHARACTER}"),
        ("No" * 50_000, "No" * 1_000),
    ],
)
def test_whatever_reason_a_service_tells_the_packet_follows(
    office: Office, packet: Packet, written: str, kept: str
) -> None:
    """What no database takes is replaced, an endless reason cut; anything else stays as written."""
    office, fake = with_fake(office)
    sent(office, packet)
    item = fake.envelopes["fake_1"]
    item.snapshot = replace(item.snapshot, reason=written)
    end(fake, "fake_1", Signal.DECLINED)
    assert refresh(office, packet.id).state is PacketState.DECLINED
    assert office.ledger.history.of(packet.id)[-1].details["reason"] == kept


class Moody(FakeService):
    """A service that can stop answering."""

    answers = True

    def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
        """Answer, or not."""
        if not self.answers:
            raise ServiceUnavailable("No answer.", service="fake")
        return super().fetch(envelope_id)


def test_a_service_that_stops_answering_loses_no_callback(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """Re-reading is an errand that backs off, and is made up for when the service is back."""
    moody = Moody()
    office, _ = with_fake(office, moody)
    sent(office, packet)
    progress(moody, "fake_1", 0, Signal.VIEWED)
    moody.answers = False
    accept(office, "fake", callback("fake_1", clock.now()))
    assert sweep(office).failures == ("read: service-unavailable", "re-read: service-unavailable")
    (waiting,) = office.ledger.errands.open()
    assert waiting.due_at == clock.now() + timedelta(seconds=2)
    moody.answers = True
    clock.advance(timedelta(seconds=2))
    sweep(office, reconcile=False)
    assert state(office, packet) is PacketState.VIEWED


class Watched(FakeService):
    """Counts how often it is asked."""

    asked: int = 0

    def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
        """Count and answer."""
        self.asked += 1
        return super().fetch(envelope_id)


def test_what_came_together_about_one_envelope_is_read_once(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """Vendors report one act by several callbacks; one that comes later has it read again."""
    watched = Watched()
    office, fake = with_fake(office, watched)
    sent(office, packet)
    sweep(office, reconcile=False)
    watched.asked = 0
    for number in range(4):
        accept(office, "fake", callback("fake_1", clock.now(), f"d{number}"))
    assert sweep(office, reconcile=False).callbacks == 4
    assert watched.asked == 1
    progress(fake, "fake_1", 0, Signal.VIEWED)
    accept(office, "fake", callback("fake_1", clock.now(), "later"))
    sweep(office, reconcile=False)
    assert (watched.asked, state(office, packet)) == (2, PacketState.VIEWED)


# -- contradictions -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "endings", [(Signal.VOIDED, Signal.FULLY_EXECUTED), (Signal.FULLY_EXECUTED, Signal.VOIDED)]
)
def test_contradictory_endings_are_flagged_once(
    office: Office, packet: Packet, endings: tuple[Signal, Signal]
) -> None:
    """In either order the packet counts as fully executed, and the history says that both came."""
    office, fake = with_fake(office)
    sent(office, packet)
    for ended in endings:
        end(fake, "fake_1", ended)
        refresh(office, packet.id)
    assert state(office, packet) is PacketState.FULLY_EXECUTED
    assert CONTRADICTED in kinds(office, packet.id)
    refresh(office, packet.id)
    (flag,) = [item for item in office.ledger.history.of(packet.id) if item.kind == CONTRADICTED]
    assert flag.details["reported"] == ["fully_executed", "voided"]


def test_a_persons_no_is_named_among_contradicting_endings(office: Office, packet: Packet) -> None:
    """One signer declined, and the service says later that everybody signed: both are told."""
    office, fake = with_fake(office)
    sent(office, packet)
    progress(fake, "fake_1", 0, Signal.DECLINED)
    refresh(office, packet.id)
    end(fake, "fake_1", Signal.FULLY_EXECUTED)
    refresh(office, packet.id)
    (flag,) = [item for item in office.ledger.history.of(packet.id) if item.kind == CONTRADICTED]
    assert flag.details["reported"] == ["declined", "fully_executed"]


def test_one_ending_is_no_contradiction(office: Office, packet: Packet) -> None:
    """The control."""
    office, fake = with_fake(office)
    sent(office, packet)
    end(fake, "fake_1", Signal.DECLINED)
    refresh(office, packet.id)
    refresh(office, packet.id)
    assert CONTRADICTED not in kinds(office, packet.id)


def test_a_packet_never_sent_has_nothing_to_re_read(office: Office, packet: Packet) -> None:
    """Neither has one that was withdrawn before."""
    with pytest.raises(NotFound):
        refresh(office, packet.id)
    withdraw(office, packet.id, COORDINATOR, "Stop.")
    with pytest.raises(NotFound):
        refresh(office, packet.id)


def test_re_reading_that_brings_nothing_new_locks_nothing(office: Office, packet: Packet) -> None:
    """Ten thousand packets that wait for a signature are re-read without one transaction."""
    house, fake = with_fake(office)
    envelope = sent(house, packet).envelope_id
    refresh(house, packet.id)
    watched = replace(
        house,
        ledger=CrashingLedger(house.ledger, crashes=9, armed=True),  # type: ignore[arg-type]  # a double
    )
    assert refresh(watched, packet.id).state is state(house, packet)
    progress(fake, envelope, 0, Signal.SIGNED)
    with pytest.raises(Crash):
        refresh(watched, packet.id)
