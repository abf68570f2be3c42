"""Letters that come back are noted on their packet, once, and raise an alert there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.domain.reassignment import REASSIGNED
from docgen.domain.signing import Signal
from docgen.errors import ServiceUnavailable
from docgen.services.bounce import take_back_mail
from docgen.services.receive import refresh
from docgen.services.sweep import sweep
from integrations.mail.fake_returned import FakeReturnedMail
from tests.contracts.returned_mail import report
from tests.unit.services.test_receive_service import progress
from tests.unit.services.walk import Loopback, at_own_desk, kinds, sent, with_fake

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docgen.domain.packet import Packet
    from docgen.ports.returned_mail import ReturnedLetter
    from docgen.services.office import Office
    from integrations.esign.fake import FakeService
    from integrations.system.clock import StandingClock


@pytest.fixture
def box() -> FakeReturnedMail:
    """Give an empty mailbox."""
    return FakeReturnedMail()


@pytest.fixture
def house(office: Office, packet: Packet, box: FakeReturnedMail) -> Office:
    """Give an office with this mailbox and a packet out for signature."""
    house = replace(at_own_desk(office, Loopback()), returned_mail=box)
    sent(house, packet, "embedded")
    return house


def test_a_returned_invitation_is_noted_once(
    house: Office, packet: Packet, box: FakeReturnedMail
) -> None:
    """However often the report comes, the history says once whose invitation came back."""
    envelope = house.ledger.packets.get(packet.id).envelope_id
    signer = house.ledger.ceremonies.get(envelope).turn[0]
    for _ in range(2):
        box.arrive(report(f"invite.{envelope}.{signer.key}.{signer.link_number}"))
    assert take_back_mail(house) == 1
    box.arrive(report(f"invite.{envelope}.{signer.key}.{signer.link_number}"))
    assert take_back_mail(house) == 0
    (noted,) = (item for item in house.ledger.history.of(packet.id) if item.kind == "mail.bounced")
    assert (noted.details["mail"], noted.details["recipient"]) == ("invitation", signer.key)
    assert signer.email not in str(noted.details)


def test_the_register_raises_the_alert(
    house: Office, packet: Packet, box: FakeReturnedMail
) -> None:
    """The packet's line says that the invitation bounced; before, it does not."""
    envelope = house.ledger.packets.get(packet.id).envelope_id
    signer = house.ledger.ceremonies.get(envelope).turn[0]
    assert house.register.packet(packet.id).alerts == ()
    box.arrive(report(f"remind.{envelope}.{signer.key}.1"))
    take_back_mail(house)
    assert [str(item) for item in house.register.packet(packet.id).alerts] == ["invitation_bounced"]


@pytest.mark.parametrize(
    "key",
    ["invite.env_unknown.practice.0", "copy.pkt_unknown.contact-x", "newsletter.1.2", "invite"],
)
def test_a_report_about_nothing_of_ours_changes_nothing(
    house: Office, packet: Packet, box: FakeReturnedMail, key: str
) -> None:
    """A forged or foreign report is settled and forgotten."""
    before = kinds(house, packet.id)
    box.arrive(report(key))
    assert take_back_mail(house) == 0
    assert kinds(house, packet.id) == before
    assert list(box.collect(10)) == []


def test_a_mailbox_out_of_reach_holds_up_nothing_else(house: Office) -> None:
    """The sweep does its other work and names what failed."""

    class OutOfReach(FakeReturnedMail):
        def collect(self, limit: int) -> Sequence[ReturnedLetter]:
            raise ServiceUnavailable("Out of reach.", service="mail")

    swept = sweep(replace(house, returned_mail=OutOfReach()))
    assert swept.errands
    assert any(item.startswith("returned mail") for item in swept.failures)


# -- letters of a signing service -----------------------------------------------------------------


def alerts(office: Office, packet: Packet) -> list[str]:
    """Read what the register raises about a packet."""
    return [str(item) for item in office.register.packet(packet.id).alerts]


def bounce(fake: FakeService, at: datetime | None) -> str:
    """Let the service know that its letter to the first recipient came back; give their key."""
    item = fake.envelopes["fake_1"]
    first, *rest = item.snapshot.recipients
    item.snapshot = replace(item.snapshot, recipients=(replace(first, bounced_at=at), *rest))
    return first.key


def test_what_came_back_to_a_service_is_noted_once(office: Office, packet: Packet) -> None:
    """Nothing else of the packet moves; the control: before, re-reading notes nothing."""
    office, fake = with_fake(office)
    sent(office, packet)
    before = kinds(office, packet.id)
    refresh(office, packet.id)
    assert kinds(office, packet.id) == before
    key = bounce(fake, office.clock.now())
    for _ in range(3):
        refresh(office, packet.id)
    assert kinds(office, packet.id) == [*before, "mail.bounced"]
    told = office.ledger.history.of(packet.id)[-1].details
    assert (told["mail"], told["recipient"]) == ("invitation", key)
    assert "@" not in str(told)
    assert alerts(office, packet) == ["invitation_bounced"]
    assert office.ledger.packets.get(packet.id).state is PacketState.SENT


def test_who_was_reassigned_or_signed_since_has_no_letter_amiss(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """An old bounce, read late, is no news; one to the new address is."""
    office, fake = with_fake(office)
    sent(office, packet)
    key, earlier = bounce(fake, None), clock.now()
    clock.advance(timedelta(hours=1))
    after = {"name": "Sam Sample", "title": "Director", "email": "sam@example.org"}
    with office.ledger.transaction():
        office.note(packet.id, REASSIGNED, "user:coordinator", recipient=key, after=after)
    bounce(fake, earlier)
    refresh(office, packet.id)
    assert alerts(office, packet) == []
    clock.advance(timedelta(hours=1))
    bounce(fake, clock.now())
    refresh(office, packet.id)
    assert alerts(office, packet) == ["invitation_bounced"]
    progress(fake, "fake_1", 0, Signal.SIGNED)
    refresh(office, packet.id)
    assert alerts(office, packet) == []
