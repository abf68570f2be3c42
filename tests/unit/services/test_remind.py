"""Reminding: the current link once more, to whose turn it is, at most once a day."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.canonical import canonical_json
from docgen.domain.packet import PacketState, Step, allowed
from docgen.errors import IllegalTransition, NotAllowed, Refused
from docgen.ports.esign import Capabilities
from docgen.services.remind import APART, remind, remind_due
from docgen.services.sweep import run_due, sweep
from docgen.services.withdraw import withdraw
from integrations.esign.fake import FakeService
from integrations.mail.fake import FakeMailer
from tests.unit.services.walk import (
    AUDITOR,
    COORDINATOR,
    COUNSEL,
    Loopback,
    ShiftedClock,
    at_own_desk,
    kinds,
    sent,
    sign_next,
    with_fake,
)

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.ports.mailer import Mail
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock
    from tests.unit.services.walk import Generated

MINUTE = timedelta(minutes=1)


class Sent:
    """A packet that is out for signature at the own desk, a mailer that keeps, a clock that moves."""

    def __init__(self, office: Office, packet: Packet) -> None:
        self.mailer, self.clock = FakeMailer(), ShiftedClock()
        self.office = at_own_desk(
            replace(office, mailer=self.mailer), Loopback(lost=True), self.clock
        )
        self.packet = sent(self.office, packet, "embedded")
        run_due(self.office)

    def letters(self, key: str) -> list[Mail]:
        """List the letters of one kind."""
        return [mail for mail in self.mailer.sent if mail.key.startswith(f"{key}.")]


@pytest.fixture
def out(office: Office, packet: Packet) -> Sent:
    """Send the standard packet."""
    return Sent(office, packet)


def link(mail: Mail) -> str:
    """Find the link in a letter."""
    found = re.search(r"https?://\S+/sign/\S+", mail.text)
    assert found
    return found.group()


def test_the_same_link_goes_to_whose_turn_it_is(out: Sent) -> None:
    """A day after the invitation the first signer gets the same link again, and nobody else does."""
    out.clock.advance(APART + MINUTE)
    assert remind(out.office, out.packet.id, COORDINATOR) == ("practice_1",)
    assert not run_due(out.office)
    (invitation,), (reminder,) = out.letters("invite"), out.letters("remind")
    assert reminder.to_address == invitation.to_address
    assert link(reminder) == link(invitation)
    assert kinds(out.office, out.packet.id)[-2:] == ["signer.reminder_ordered", "signer.reminded"]


def test_at_most_once_a_day(out: Sent) -> None:
    """Less than a day after the last letter it is refused; after a day it goes again."""
    with pytest.raises(Refused, match="less than a day"):
        remind(out.office, out.packet.id, COORDINATOR)
    for count in (1, 2):
        out.clock.advance(APART + MINUTE)
        remind(out.office, out.packet.id, COORDINATOR)
        for _ in range(2):
            with pytest.raises(Refused, match="less than a day"):
                remind(out.office, out.packet.id, COORDINATOR)
        run_due(out.office)
        assert len(out.letters("remind")) == count


def test_the_turn_goes_on(out: Sent) -> None:
    """Who signed is left alone; the next person is reminded a day after their own invitation."""
    sign_next(out.office, out.packet.envelope_id)
    run_due(out.office)
    out.clock.advance(APART + MINUTE)
    assert remind(out.office, out.packet.id, COORDINATOR) == ("pso",)


def test_who_wants_no_reminders_gets_none(office: Office, standard: Generated) -> None:
    """The form's wish is kept."""
    record = json.loads(standard.version.record)
    for contact in record["contacts"]:
        contact["notification_optout"] = True
    version = replace(standard.version, record=canonical_json(record))
    out = Sent(office, replace(standard, version=version).store(office))
    out.clock.advance(APART + MINUTE)
    with pytest.raises(Refused, match="no reminders"):
        remind(out.office, out.packet.id, COORDINATOR)


def test_a_reminder_that_comes_too_late_is_dropped(out: Sent) -> None:
    """Voided before the letter went, nothing is mailed."""
    out.clock.advance(APART + MINUTE)
    remind(out.office, out.packet.id, COORDINATOR)
    withdraw(out.office, out.packet.id, COORDINATOR, "Moved.")
    run_due(out.office)
    assert not out.letters("remind")


def test_a_service_that_offers_it_not_is_named(office: Office, packet: Packet) -> None:
    """The sentence says what to do instead; what it offers is in test_outside_walk.py."""

    class Plain(FakeService):
        capabilities = Capabilities()

    office, _ = with_fake(office, Plain())
    sent(office, packet)
    with pytest.raises(Refused, match="signing service fake"):
        remind(office, packet.id, COORDINATOR)


@pytest.mark.parametrize("state", [item for item in PacketState if not allowed(item, Step.REMIND)])
def test_only_what_is_out_for_signature(office: Office, packet: Packet, state: PacketState) -> None:
    """In any other state it is refused."""
    with office.ledger.transaction():
        office.ledger.packets.save(replace(packet, state=state))
    with pytest.raises(IllegalTransition, match="remind"):
        remind(office, packet.id, COORDINATOR)


@pytest.mark.parametrize("person", [COUNSEL, AUDITOR])
def test_only_a_coordinator(out: Sent, person: Person) -> None:
    """Nobody else writes to signers."""
    out.clock.advance(APART + MINUTE)
    with pytest.raises(NotAllowed):
        remind(out.office, out.packet.id, person)


WEEK = timedelta(days=7)


def test_reminders_leave_by_themselves_after_the_sites_period(out: Sent) -> None:
    """Not before a week, then once a week, whoever sweeps how often; the history says "system"."""
    out.clock.advance(WEEK - MINUTE)
    sweep(out.office)
    assert not out.letters("remind")
    for count in (1, 2):
        out.clock.advance(WEEK)
        for _ in range(3):
            sweep(out.office)
        assert len(out.letters("remind")) == count
    ordered = [
        item.actor
        for item in out.office.ledger.history.of(out.packet.id)
        if item.kind == "signer.reminder_ordered"
    ]
    assert ordered == ["system", "system"]


def test_a_coordinators_reminder_counts(out: Sent) -> None:
    """Who was reminded by hand is not written to again a day later."""
    out.clock.advance(WEEK - timedelta(hours=1))
    remind(out.office, out.packet.id, COORDINATOR)
    out.clock.advance(timedelta(days=2))
    assert remind_due(out.office) == 0
    out.clock.advance(WEEK)
    assert remind_due(out.office) == 1


def test_none_leaves_by_itself_where_the_site_wants_none(out: Sent) -> None:
    """`remind_after_days = 0`; what expired gets none either."""
    quiet = replace(out.office, rules=replace(out.office.rules, reminder_period=None))
    out.clock.advance(WEEK * 2)
    assert remind_due(quiet) == 0
    assert remind_due(out.office) == 1
    out.clock.advance(out.office.rules.signing_period)
    assert remind_due(out.office) == 0


def unwilling(office: Office, standard: Generated) -> Packet:
    """Store the packet of a practice where nobody wants reminders."""
    record = json.loads(standard.version.record)
    for contact in record["contacts"]:
        contact["notification_optout"] = True
    version = replace(standard.version, record=canonical_json(record))
    return replace(standard, version=version).store(office)


def test_the_wish_for_no_reminders_holds_here_too(office: Office, standard: Generated) -> None:
    """As on the form."""
    out = Sent(office, unwilling(office, standard))
    out.clock.advance(WEEK * 2)
    assert remind_due(out.office) == 0


# Outside services --------------------------------------------------------------------------------


class Silent(FakeService):
    """A service that writes to nobody again unless it is asked to; the fake does by itself."""

    capabilities = replace(FakeService.capabilities, reminds_by_itself=False)


def weeks(office: Office, clock: StandingClock, count: int) -> None:
    """Let weeks pass, in each of which the sweep runs several times."""
    for _ in range(count):
        clock.advance(WEEK)
        for _ in range(3):
            sweep(office)


def test_a_service_that_reminds_nobody_is_asked_to_after_the_sites_period(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """Not before a week, then once a week, and only whose turn it is; signed, it ends."""
    office, fake = with_fake(office, Silent())
    sent(office, packet)
    assert fake.envelopes["fake_1"].request.remind_every is None
    clock.advance(WEEK - MINUTE)
    sweep(office)
    assert fake.reminded == []
    weeks(office, clock, 2)
    first = min(packet.plan.recipients, key=lambda item: item.routing_order).key
    assert fake.reminded == [("fake_1", first)] * 2
    fake.sign_all("fake_1", clock.now())
    weeks(office, clock, 2)
    assert len(fake.reminded) == 2


def test_a_service_that_reminds_by_itself_is_told_how_often(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """Nobody is written to twice as often."""
    office, fake = with_fake(office)
    sent(office, packet)
    assert fake.envelopes["fake_1"].request.remind_every == WEEK
    weeks(office, clock, 2)
    assert fake.reminded == []


@pytest.mark.parametrize("kind", [FakeService, Silent])
def test_the_wish_for_no_reminders_holds_at_outside_services(
    office: Office, standard: Generated, clock: StandingClock, kind: type[FakeService]
) -> None:
    """One that would write to everybody is told to write to nobody."""
    office, fake = with_fake(office, kind())
    sent(office, unwilling(office, standard))
    assert fake.envelopes["fake_1"].request.remind_every is None
    weeks(office, clock, 2)
    assert fake.reminded == []


@pytest.mark.parametrize("kind", [FakeService, Silent])
def test_a_site_that_wants_none_has_nobody_reminded_outside(
    office: Office, packet: Packet, clock: StandingClock, kind: type[FakeService]
) -> None:
    """`remind_after_days = 0`: neither by the service nor by us."""
    quiet = replace(office, rules=replace(office.rules, reminder_period=None))
    quiet, fake = with_fake(quiet, kind())
    sent(quiet, packet)
    assert fake.envelopes["fake_1"].request.remind_every is None
    weeks(quiet, clock, 2)
    assert fake.reminded == []
