"""Callbacks to other systems: told exactly when it happened, tried again, and never too much."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.person import Role
from docgen.domain.webhook import KINDS, PAUSES, TEST, Standing, read_secret, signed_headers
from docgen.errors import InputError, NotAllowed, Refused
from docgen.services.sweep import run_due, sweep
from docgen.services.webhook import (
    MOST_ENDPOINTS,
    Wanted,
    deliver,
    register,
    resend,
    rotate,
    send_test,
    switch,
)
from docgen.services.withdraw import withdraw
from integrations.webhook.fake import FakeSender
from tests.unit.services.walk import COORDINATOR, approved, kinds, person

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.domain.webhook import Dispatch, Endpoint
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

ADMIN = person("admin", Role.ADMINISTRATOR)
URL = "https://records.example.org/hook"


@pytest.fixture
def sender() -> FakeSender:
    """Give a receiver that takes everything."""
    return FakeSender()


@pytest.fixture
def told(office: Office, sender: FakeSender) -> Office:
    """Give an office that posts to the fake."""
    return replace(office, webhook_sender=sender)


def registered(office: Office, *wanted: str, url: str = URL) -> tuple[str, Endpoint]:
    """Register an address for these kinds, or all."""
    chosen = frozenset(wanted or KINDS)
    return register(office, Wanted(name="Records", url=url, kinds=chosen), ADMIN)


def happen(office: Office, kind: str = "task.done", subject: str = "enr_1") -> None:
    """Let something happen."""
    with office.ledger.transaction():
        office.note(subject, kind, "user:coordinator", name="Invented Name")


def fail_after_note(office: Office) -> None:
    """Begin an act, note it, and fail."""
    with office.ledger.transaction():
        office.note("enr_1", "task.done", "system")
        raise RuntimeError


def log(office: Office, endpoint: Endpoint) -> list[Dispatch]:
    """List what an address was told, newest first."""
    return list(office.ledger.webhooks.dispatches(endpoint.id, skip=0, limit=99))


def test_a_packet_is_told_with_ids_and_states_only(
    told: Office, sender: FakeSender, packet: Packet
) -> None:
    """Signed by the secret that was shown; no name, address or practice in it."""
    secret, _ = registered(told)
    approved(told, packet)
    assert sweep(told).failures == ()
    (sent,) = sender.sent
    moment = told.clock.now()
    assert json.loads(sent.body) == {
        "type": "plan.approved",
        "timestamp": "2026-11-23T12:00:00.000000Z",
        "data": {
            "packet_id": packet.id,
            "enrollment_id": packet.plan.enrollment_id,
            "packet_kind": "contracting",
            "state": told.ledger.packets.get(packet.id).state.value,
        },
    }
    keys = [read_secret(secret)]
    assert sent.headers == signed_headers(keys, sent.headers["webhook-id"], moment, sent.body)
    assert sent.url == URL


def test_only_what_was_chosen_is_told(told: Office, sender: FakeSender) -> None:
    """Each address its own kinds; what nobody may choose is told to nobody."""
    registered(told, "task.done")
    registered(told, "task.reopened", url="https://other.example.org/")
    for kind in ("task.done", "signer.signed", "account.signed_in", "enrollment.stored"):
        happen(told, kind)
    sweep(told)
    assert [(item.url, json.loads(item.body)["type"]) for item in sender.sent] == [
        (URL, "task.done")
    ]


def test_what_did_not_happen_is_not_told(told: Office, sender: FakeSender) -> None:
    """Attack on the order of things: an act that fails takes its dispatch back with it."""
    _, endpoint = registered(told)
    with pytest.raises(RuntimeError):
        fail_after_note(told)
    sweep(told)
    assert (log(told, endpoint), sender.sent) == ([], [])
    happen(told)
    sweep(told)
    assert len(sender.sent) == 1


def test_a_crash_between_commit_and_send_loses_nothing(told: Office, sender: FakeSender) -> None:
    """Stored and never sent; then sent and never recorded: the next sweeps see to both."""
    registered(told)
    happen(told)
    key = told.ledger.errands.open()[0].key
    assert told.ledger.errands.take_one(key, told.clock.now(), lease_s=300) is not None
    sweep(told)
    assert sender.sent == []  # leased by the process that died
    told.clock.advance(timedelta(seconds=301))  # type: ignore[attr-defined]  # a standing clock
    sweep(told)
    assert len(sender.sent) == 1


def test_a_recorded_try_is_not_made_again(told: Office, sender: FakeSender) -> None:
    """The process died after recording and before it ticked the errand off."""
    _, endpoint = registered(told)
    happen(told)
    sweep(told)
    (dispatch,) = log(told, endpoint)
    deliver(told, {"dispatch": dispatch.id, "try": 1})
    assert len(sender.sent) == 1


def test_the_same_message_is_tried_ten_times(
    told: Office, sender: FakeSender, clock: StandingClock
) -> None:
    """Same id and bytes, each at its time and not before; then it is given up."""
    _, endpoint = registered(told)
    sender.status, sender.answer = 503, b"out of order\x00"
    happen(told)
    sweep(told)
    for count, pause in enumerate(PAUSES, start=1):
        clock.advance(pause - timedelta(seconds=1))
        sweep(told)
        assert len(sender.sent) == count
        clock.advance(pause * 0.1 + timedelta(seconds=1))
        sweep(told)
        assert len(sender.sent) == count + 1
    clock.advance(timedelta(days=30))
    sweep(told)
    assert len(sender.sent) == 10
    assert len({(item.headers["webhook-id"], item.body) for item in sender.sent}) == 1
    assert len({item.headers["webhook-timestamp"] for item in sender.sent}) == 10
    (dispatch,) = log(told, endpoint)
    assert dispatch.standing is Standing.GIVEN_UP
    assert dispatch.attempts[0].answer == "out of order "


def test_an_address_that_never_answers_is_failing(
    told: Office, sender: FakeSender, clock: StandingClock
) -> None:
    """After three given up in a row; one that is taken clears it."""
    _, endpoint = registered(told)
    sender.status = 0
    for _ in range(3):
        assert not told.ledger.webhooks.get(endpoint.id).is_failing
        happen(told)
    for _ in range(11):
        sweep(told)
        clock.advance(timedelta(hours=27))
    assert told.ledger.webhooks.get(endpoint.id).is_failing
    sender.status = 200
    happen(told)
    sweep(told)
    assert not told.ledger.webhooks.get(endpoint.id).is_failing


def test_gone_switches_the_address_off(told: Office, sender: FakeSender) -> None:
    """410 says so; nothing more is told, until somebody switches it on."""
    _, endpoint = registered(told)
    sender.status = 410
    happen(told)
    sweep(told)
    found = told.ledger.webhooks.get(endpoint.id)
    assert (found.is_on, "410" in found.off_because) == (False, True)
    assert log(told, endpoint)[0].standing is Standing.GIVEN_UP
    assert kinds(told, f"callback:{endpoint.id}") == [
        "callback.registered",
        "callback.switched_off",
    ]
    happen(told)
    sweep(told)
    assert len(sender.sent) == 1
    with pytest.raises(Refused):
        send_test(told, endpoint.id, ADMIN)
    with pytest.raises(Refused):
        resend(told, log(told, endpoint)[0].id, ADMIN)
    switch(told, endpoint.id, ADMIN, on=True)
    sender.status = 200
    happen(told)
    sweep(told)
    assert len(sender.sent) == 2


def test_what_waits_for_an_address_switched_off_is_given_up(
    told: Office, sender: FakeSender
) -> None:
    """Nothing leaves after the switch."""
    _, endpoint = registered(told)
    happen(told)
    switch(told, endpoint.id, ADMIN, on=False)
    sweep(told)
    assert sender.sent == []
    (dispatch,) = log(told, endpoint)
    assert dispatch.standing is Standing.GIVEN_UP
    assert dispatch.attempts[0].trouble == "The address is switched off."


def test_both_secrets_sign_for_a_day(
    told: Office, sender: FakeSender, clock: StandingClock
) -> None:
    """The receiver changes when it can; afterwards the new one alone signs."""
    old, endpoint = registered(told)
    new = rotate(told, endpoint.id, ADMIN)
    assert old != new
    for expected in ([new, old], [new]):
        happen(told)
        sweep(told)
        sent = sender.sent[-1]
        keys = [read_secret(item) for item in expected]
        moment, name = clock.now(), sent.headers["webhook-id"]
        assert sent.headers == signed_headers(keys, name, moment, sent.body)
        clock.advance(timedelta(hours=24))


def test_one_is_sent_once_more(told: Office, sender: FakeSender, clock: StandingClock) -> None:
    """Delivered, given up or still waiting: under the same id, at once, and recorded."""
    _, endpoint = registered(told)
    happen(told)
    sweep(told)
    (dispatch,) = log(told, endpoint)
    resend(told, dispatch.id, ADMIN)
    resend(told, dispatch.id, ADMIN)
    sweep(told)
    assert [item.headers["webhook-id"] for item in sender.sent] == [dispatch.id] * 2
    sender.status = 500
    happen(told)
    for _ in range(3):  # waits five minutes after the second try
        sweep(told)
        clock.advance(timedelta(seconds=6))
    waiting = log(told, endpoint)[0]
    assert (waiting.standing, len(waiting.attempts)) == (Standing.WAITING, 2)
    sender.status = 200
    resend(told, waiting.id, ADMIN)
    sweep(told)
    assert log(told, endpoint)[0].standing is Standing.DELIVERED


def test_a_test_tells_nothing(told: Office, sender: FakeSender) -> None:
    """It goes to one address, whatever it chose."""
    _, endpoint = registered(told, "task.done")
    registered(told, url="https://other.example.org/")
    send_test(told, endpoint.id, ADMIN)
    sweep(told)
    (sent,) = sender.sent
    assert sent.url == URL
    told_of = json.loads(sent.body)
    assert (told_of["type"], told_of["data"]) == (TEST, {})


def test_the_database_holds_no_secret(told: Office) -> None:
    """Attack: whoever reads the table signs nothing; another site's key opens nothing."""
    from docgen.db.models import ActivityRow, WebhookEndpointRow

    secret, endpoint = registered(told)
    newer = rotate(told, endpoint.id, ADMIN)
    kept = str([row.body for row in WebhookEndpointRow.objects.all()])
    kept += str([row.body for row in ActivityRow.objects.all()])
    for item in (secret, newer):
        assert item.removeprefix("whsec_")[:20] not in kept
        assert read_secret(item).hex() not in kept
    stranger = replace(told, rules=replace(told.rules, link_secret=b"x" * 32))
    happen(stranger)
    sweep(stranger)
    (dispatch,) = log(told, endpoint)
    assert "cannot be opened" in dispatch.attempts[0].trouble


@pytest.mark.parametrize(
    ("name", "url", "chosen"),
    [
        ("", URL, {"task.done"}),
        ("x" * 81, URL, {"task.done"}),
        ("Records", "http://records.example.org/", {"task.done"}),
        ("Records", URL, set()),
        ("Records", URL, {"signer.signed"}),
    ],
)
def test_what_is_refused_registers_nothing(
    told: Office, name: str, url: str, chosen: set[str]
) -> None:
    """No name, no https, no kind, or one that is told to nobody."""
    with pytest.raises(InputError):
        register(told, Wanted(name=name, url=url, kinds=frozenset(chosen)), ADMIN)
    assert told.ledger.webhooks.list() == []


def test_there_are_not_too_many(told: Office) -> None:
    """Each address costs a row for each activity."""
    for _ in range(MOST_ENDPOINTS):
        registered(told)
    with pytest.raises(InputError, match="already"):
        registered(told)


def test_only_an_administrator_may(told: Office) -> None:
    """Attack: anybody else, at each act."""
    _, endpoint = registered(told)
    dispatch = send_test(told, endpoint.id, ADMIN)
    wanted = Wanted(name="Records", url=URL, kinds=frozenset(KINDS))
    for act in (
        lambda: register(told, wanted, COORDINATOR),
        lambda: rotate(told, endpoint.id, COORDINATOR),
        lambda: switch(told, endpoint.id, COORDINATOR, on=False),
        lambda: send_test(told, endpoint.id, COORDINATOR),
        lambda: resend(told, dispatch.id, COORDINATOR),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert told.ledger.webhooks.get(endpoint.id) == endpoint


def test_nobody_who_waits_for_a_page_waits_for_a_receiver(told: Office, sender: FakeSender) -> None:
    """What runs within a request posts nothing; the sweep does."""
    registered(told)
    happen(told)
    assert run_due(told) == ()
    assert sender.sent == []
    sweep(told)
    assert len(sender.sent) == 1


def test_a_packet_taken_back_is_told_in_its_new_state(
    told: Office, sender: FakeSender, packet: Packet
) -> None:
    """The state is that after the activity."""
    registered(told, "packet.taken_back")
    withdraw(told, packet.id, COORDINATOR, "Another form comes.")
    sweep(told)
    (sent,) = sender.sent
    state = told.ledger.packets.get(packet.id).state.value
    assert json.loads(sent.body)["data"]["state"] == state
    assert b"Another form" not in sent.body


def test_without_a_sender_nothing_is_lost(office: Office, sender: FakeSender) -> None:
    """An installation out of date: what is due waits, and is sent after the next start."""
    told = replace(office, webhook_sender=sender)
    registered(told)
    happen(told)
    (failure,) = sweep(replace(office, webhook_sender=None)).failures
    assert failure.startswith("webhook: ")
    told.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]  # a standing clock
    sweep(told)
    assert len(sender.sent) == 1
