"""Sending: fresh, approved, adopted, once, whatever crashes in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.packet import PacketKind, PacketState
from docgen.errors import (
    ConfigurationError,
    IllegalTransition,
    NotAdopted,
    NotAllowed,
    NotApproved,
    PacketStale,
    Refused,
    ServiceUnavailable,
)
from docgen.services.enroll import enroll
from docgen.services.generate import generate
from docgen.services.send import carry_out_send, idempotency_key, send
from docgen.services.sweep import run_errand, sweep
from docgen.services.withdraw import withdraw
from integrations.esign.fake import FakeService
from tests.unit.services.walk import (
    AUDITOR,
    COORDINATOR,
    COUNSEL,
    Crash,
    CrashingLedger,
    Generated,
    approved,
    changed,
    kinds,
    sent,
    sent_unheard,
    with_fake,
)

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.domain.signing import EnvelopeSnapshot
    from docgen.ports.esign import EnvelopeRequest
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock


def errands(office: Office) -> list[str]:
    """List the keys of the errands not yet carried out."""
    return [item.key for item in office.ledger.errands.open()]


def test_an_approved_packet_is_sent_to_its_service(office: Office, packet: Packet) -> None:
    """The envelope holds the approved files and the people of the plan, and the packet knows it."""
    office, fake = with_fake(office)
    after = sent(office, packet)
    assert (after.state, after.service, after.envelope_id) == (PacketState.SENT, "fake", "fake_1")
    request = fake.envelopes["fake_1"].request
    assert request.idempotency_key == idempotency_key(packet)
    assert [item.pdf for item in request.documents] == [
        office.work.open(item.pdf_sha256) for item in packet.rendered
    ]
    assert [item.email for item in request.recipients] == [
        item.email for item in packet.plan.recipients
    ]
    assert kinds(office, packet.id) == ["plan.approved", "packet.sending", "packet.sent"]
    assert not errands(office)


def test_an_unapproved_packet_is_not_sent(office: Office, departing: Generated) -> None:
    """Neither without any approval nor with the first of two; the message says whose is missing."""
    office, fake = with_fake(office)
    packet = departing.store(office)
    with pytest.raises(NotApproved, match="coordinator and a legal approver"):
        send(office, packet.id, COORDINATOR, "fake")
    approved(office, packet)
    with pytest.raises(NotApproved, match="a legal approver"):
        send(office, packet.id, COORDINATOR, "fake")
    assert not fake.envelopes
    assert not errands(office)


@pytest.mark.parametrize("person", [COUNSEL, AUDITOR])
def test_only_coordinators_send(office: Office, packet: Packet, person: Any) -> None:
    """Others are not allowed."""
    office, _ = with_fake(office)
    approved(office, packet)
    with pytest.raises(NotAllowed):
        send(office, packet.id, person, "fake")


def test_sending_twice_is_refused(office: Office, packet: Packet) -> None:
    """The second attempt is an illegal step, and there is one envelope."""
    office, fake = with_fake(office)
    sent(office, packet)
    with pytest.raises(IllegalTransition):
        send(office, packet.id, COORDINATOR, "fake")
    assert list(fake.envelopes) == ["fake_1"]


def test_an_unknown_service_is_a_missing_setting(office: Office, packet: Packet) -> None:
    """The message names the services there are; the packet stays approved."""
    approved(office, packet)
    with pytest.raises(ConfigurationError, match="embedded"):
        send(office, packet.id, COORDINATOR, "carrier-pigeon")
    assert office.ledger.packets.get(packet.id).state is PacketState.APPROVED


def test_a_printed_change_makes_an_approved_packet_stale(office: Office, packet: Packet) -> None:
    """What people approved is no longer what the practice says, so it does not go out."""
    office, fake = with_fake(office)
    approved(office, packet)
    raw = changed(lambda raw: raw["contacts"][1].update(family_name="Okafor-Reed"))
    enroll(office, raw, draft=False, actor="user:ada")
    with pytest.raises(PacketStale, match="family_name"):
        send(office, packet.id, COORDINATOR, "fake")
    assert not fake.envelopes


def test_a_change_nobody_prints_does_not(office: Office, packet: Packet) -> None:
    """A contact's wish for no reminders, or another linac, changes no agreement."""
    office, _ = with_fake(office)
    approved(office, packet)

    def change(raw: dict[str, Any]) -> None:
        raw["contacts"][1]["notification_optout"] = True
        raw["facilities"][0]["equipment"]["linacs"] = 3

    assert enroll(office, changed(change), draft=False, actor="user:ada").version.version == 2
    run_errand(office, send(office, packet.id, COORDINATOR, "fake"))
    assert office.ledger.packets.get(packet.id).state is PacketState.SENT


def test_changed_settings_of_the_pso_make_it_stale(office: Office, packet: Packet) -> None:
    """Another phone number of the PSO is in the agreement, too."""
    approved(office, packet)
    assert office.pso is not None
    moved = replace(office, pso=replace(office.pso, phone="+13125550199"))
    with pytest.raises(PacketStale, match="PSO's settings"):
        send(moved, packet.id, COORDINATOR)


def test_outside_the_demonstration_an_unadopted_template_is_not_sent(
    office: Office, packet: Packet
) -> None:
    """The sample texts go out in demo mode only."""
    office, fake = with_fake(office)
    approved(office, packet)
    real = replace(office, rules=replace(office.rules, demo=False))
    with pytest.raises(NotAdopted, match="psa"):
        send(real, packet.id, COORDINATOR, "fake")
    assert not fake.envelopes
    run_errand(office, send(office, packet.id, COORDINATOR, "fake"))
    assert list(fake.envelopes) == ["fake_1"]


def test_a_second_packet_waits_until_the_first_is_back(office: Office, packet: Packet) -> None:
    """Nobody is asked to sign two versions of one agreement; after a void the new one goes out."""
    office, fake = with_fake(office)
    sent(office, packet)
    raw = changed(lambda raw: raw["legal_entities"][0].update(legal_name="Lakeside Two, PLLC"))
    enroll(office, raw, draft=False, actor="user:ada")
    kind = PacketKind.CONTRACTING
    (second,) = generate(office, packet.plan.enrollment_id, kind, "user:ada")
    approved(office, second)
    with pytest.raises(Refused, match=packet.id):
        send(office, second.id, COORDINATOR, "fake")
    withdraw(office, packet.id, COORDINATOR, "Another name.")
    run_errand(office, send(office, second.id, COORDINATOR, "fake"))
    assert [item.snapshot.ended is None for item in fake.envelopes.values()] == [False, True]


# -- crashes --------------------------------------------------------------------------------------


def test_the_errand_run_twice_sends_once(office: Office, packet: Packet) -> None:
    """Carrying it out again finds nothing to do."""
    office, fake = with_fake(office)
    sent(office, packet)
    carry_out_send(office, {"packet_id": packet.id})
    assert list(fake.envelopes) == ["fake_1"]
    assert kinds(office, packet.id).count("packet.sent") == 1


class Forgetful(FakeService):
    """A service without idempotency: each send makes a new envelope, found by its first key."""

    def find(self, idempotency_key: str) -> EnvelopeSnapshot | None:
        """Look up the first envelope with this key."""
        for item in self.envelopes.values():
            if item.request.idempotency_key.partition("#")[0] == idempotency_key:
                return item.snapshot
        return None

    def send(self, request: EnvelopeRequest) -> str:
        """Make an envelope whatever the key."""
        number = len(self.envelopes)
        return super().send(replace(request, idempotency_key=f"{request.idempotency_key}#{number}"))


def test_after_a_crash_behind_the_service_the_envelope_is_looked_up(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """The service took it, our commit was lost: the next sweep adopts it and sends nothing."""
    office, fake = with_fake(office, Forgetful())
    ledger = CrashingLedger(office.ledger, crashes=1)
    crashing: Any = replace(office, ledger=ledger)  # type: ignore[arg-type]  # a double
    approved(crashing, packet)
    key = send(crashing, packet.id, COORDINATOR, "fake")
    ledger.armed = True
    with pytest.raises(Crash):
        run_errand(crashing, key)
    assert office.ledger.packets.get(packet.id).state is PacketState.SENDING
    assert list(fake.envelopes) == ["fake_1"]

    clock.advance(timedelta(minutes=10))
    sweep(crashing)
    after = office.ledger.packets.get(packet.id)
    assert (after.state, after.envelope_id) == (PacketState.SENT, "fake_1")
    assert list(fake.envelopes) == ["fake_1"]
    assert kinds(office, packet.id).count("packet.sent") == 1


def test_the_double_would_show_a_second_envelope(office: Office, packet: Packet) -> None:
    """The control: without the look-up this service makes two."""
    office, fake = with_fake(office, Forgetful())
    sent(office, packet)
    fake.send(fake.envelopes["fake_1"].request)
    assert len(fake.envelopes) == 2


def test_a_crash_at_the_decision_leaves_the_packet_approved(office: Office, packet: Packet) -> None:
    """State, errand and history of the decision are one commit."""
    office, fake = with_fake(office)
    ledger = CrashingLedger(office.ledger, crashes=1)
    crashing: Any = replace(office, ledger=ledger)  # type: ignore[arg-type]  # a double
    approved(crashing, packet)
    ledger.armed = True
    with pytest.raises(Crash):
        send(crashing, packet.id, COORDINATOR, "fake")
    assert office.ledger.packets.get(packet.id).state is PacketState.APPROVED
    assert not errands(office)
    assert kinds(office, packet.id) == ["plan.approved"]
    run_errand(crashing, send(crashing, packet.id, COORDINATOR, "fake"))
    assert list(fake.envelopes) == ["fake_1"]


class Silent(FakeService):
    """A service that does not answer until told; it may have done the work all the same."""

    answers = False
    works = False

    def send(self, request: EnvelopeRequest) -> str:
        """Perhaps keep the envelope, and say nothing."""
        if self.works or self.answers:
            envelope_id = super().send(request)
            if self.answers:
                return envelope_id
        raise ServiceUnavailable("No answer.", service="fake")


@pytest.mark.parametrize("works", [False, True])
def test_a_service_that_does_not_answer_is_tried_again_later(
    office: Office, packet: Packet, clock: StandingClock, *, works: bool
) -> None:
    """Whether or not it did the work before the time-out, there is one envelope in the end."""
    silent = Silent()
    silent.works = works
    office, fake = with_fake(office, silent)
    approved(office, packet)
    key = send(office, packet.id, COORDINATOR, "fake")
    with pytest.raises(ServiceUnavailable):
        run_errand(office, key)
    assert errands(office) == [key]
    run_errand(office, key)  # not due yet, so nothing happens
    assert office.ledger.packets.get(packet.id).state is PacketState.SENDING

    silent.answers = True
    clock.advance(timedelta(seconds=3))
    run_errand(office, key)
    assert office.ledger.packets.get(packet.id).envelope_id == "fake_1"
    assert len(fake.envelopes) == 1


def test_a_packet_taken_back_while_sending_leaves_no_open_envelope(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """Our commit was lost and the packet voided meanwhile: the envelope is found and voided."""
    office, fake = with_fake(office)
    sent_unheard(office, packet)
    assert withdraw(office, packet.id, COORDINATOR, "Stop.").state is PacketState.VOIDED
    clock.advance(timedelta(minutes=10))
    sweep(office)
    assert fake.envelopes["fake_1"].snapshot.ended == "voided"
    after = office.ledger.packets.get(packet.id)
    assert (after.state, after.envelope_id) == (PacketState.VOIDED, "fake_1")
    assert not errands(office)


def test_a_packet_taken_back_after_everybody_signed_stands(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """Our commit was lost, all signed, then it was taken back here: the contract is not lost sight of."""
    office, fake = with_fake(office)
    sent_unheard(office, packet)
    fake.sign_all("fake_1", clock.now())
    withdraw(office, packet.id, COORDINATOR, "Stop.")
    clock.advance(timedelta(minutes=10))
    sweep(office)
    sweep(office)
    after = office.ledger.packets.get(packet.id)
    assert (after.state, after.envelope_id) == (PacketState.ARCHIVED, "fake_1")
    told = kinds(office, packet.id)
    assert "packet.envelope_voided" not in told
    assert told.index("packet.taken_back") < told.index("packet.fully_executed")
    assert told.count("packet.contradicted") == 1
