"""Batches: one act for many, each line by itself, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.domain.batch import Act, Result
from docgen.domain.packet import PacketState
from docgen.errors import InputError, NotAllowed, NotFound
from docgen.services.batch import ERRAND, MOST_LINES, begin, carry_line
from docgen.services.enroll import enroll
from docgen.services.sweep import run_due, sweep
from tests.unit.services.walk import (
    AUDITOR,
    COORDINATOR,
    Loopback,
    approved,
    at_own_desk,
    form,
    kinds,
)

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office


@pytest.fixture
def house(office: Office) -> Office:
    """Give an office with its own signer."""
    return at_own_desk(office, Loopback())


def test_each_line_has_its_own_result(house: Office, packet: Packet) -> None:
    """What can be sent is sent, what cannot is refused with the reason, in the order asked for."""
    approved(house, packet)
    batch = begin(house, Act.SEND, ["pkt_none", packet.id, packet.id], COORDINATOR)
    assert batch.is_running
    assert [line.subject for line in batch.lines] == ["pkt_none", packet.id]
    assert run_due(house) == ()
    run_due(house)  # the sending that the line asked for
    done = house.ledger.batches.get(batch.id)
    assert not done.is_running
    assert [line.result for line in done.lines] == [Result.REFUSED, Result.DONE]
    assert done.lines[0].words
    assert house.ledger.packets.get(packet.id).state is PacketState.SENT
    assert kinds(house, packet.id).count("packet.sent") == 1


def test_a_line_done_twice_is_done_once(house: Office, packet: Packet) -> None:
    """A process that died between act and result: the repeated line sends nothing again."""
    approved(house, packet)
    batch = begin(house, Act.SEND, [packet.id], COORDINATOR)
    run_due(house)
    line = batch.lines[0]
    with house.ledger.transaction():
        house.ledger.batches.save_line(batch.id, line)  # the result was lost
    carry_line(house, {"batch": batch.id, "position": 0})
    carry_line(house, {"batch": batch.id, "position": 0})
    sweep(house)
    assert house.ledger.batches.get(batch.id).lines[0].result is Result.DONE
    assert kinds(house, packet.id).count("packet.sending") == 1


def test_generation_names_what_it_made(house: Office, packet: Packet) -> None:
    """A generated line leads to its packet; a form that lacks something says what."""
    enrollment = packet.plan.enrollment_id
    batch = begin(house, Act.GENERATE_CONTRACTING, [enrollment], COORDINATOR)
    early = begin(house, Act.GENERATE_ONBOARDING, [enrollment], COORDINATOR)
    run_due(house)
    assert house.ledger.batches.get(batch.id).lines[0].made == (packet.id,)
    assert house.ledger.batches.get(early.id).lines[0].result is Result.REFUSED


@pytest.mark.usefixtures("packet")  # and whoever asks
@pytest.mark.parametrize(
    ("taken", "rest"),
    [(1, ""), (2, " There is 1 more problem."), (3, " There are 2 more problems.")],
)
def test_a_form_that_lacks_something_says_the_first_and_how_many_more(
    house: Office, taken: int, rest: str
) -> None:
    """In the words of the form, without the path of a record."""
    raw = form() | {"record_id": "2b4e28ba-2fa1-4d2a-8c3b-0a1b2c3d4e5f"}
    for contact in raw["contacts"][:taken]:
        del contact["title"]
    stored = enroll(house, raw, draft=True, actor="user:coordinator", as_new=True).version
    batch = begin(house, Act.GENERATE_CONTRACTING, [stored.enrollment_id], COORDINATOR)
    run_due(house)
    words = house.ledger.batches.get(batch.id).lines[0].words
    assert words.startswith("Contact 1, title: fill this in; ")
    assert words.endswith(f"prepared for signature.{rest}")


def test_reminding_too_soon_is_refused_by_line(house: Office, packet: Packet) -> None:
    """Nobody written to today is written to again."""
    approved(house, packet)
    begin(house, Act.SEND, [packet.id], COORDINATOR)
    sweep(house)
    batch = begin(house, Act.REMIND, [packet.id], COORDINATOR)
    run_due(house)
    (line,) = house.ledger.batches.get(batch.id).lines
    assert line.result is Result.REFUSED


@pytest.mark.parametrize("count", [0, MOST_LINES + 1])
def test_none_and_too_many_are_refused(house: Office, count: int) -> None:
    """A batch has at least one line and at most so many; nothing is stored otherwise."""
    with pytest.raises(InputError):
        begin(house, Act.SEND, [f"pkt_{n}" for n in range(count)], COORDINATOR)
    assert house.ledger.batches.latest(5) == []
    assert not [item for item in house.ledger.errands.open() if item.kind == ERRAND]


def test_only_a_coordinator_begins_one(office: Office, packet: Packet) -> None:
    """An auditor is refused; an unknown batch is not found."""
    with pytest.raises(NotAllowed):
        begin(office, Act.SEND, [packet.id], AUDITOR)
    with pytest.raises(NotFound):
        office.ledger.batches.get("bat_none")
