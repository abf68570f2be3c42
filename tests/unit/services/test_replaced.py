"""Replaced: which packet takes the place of one that ended unsigned, and what its signers are told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketKind, PacketState
from docgen.services.ceremony.enter import Visit
from docgen.services.ceremony.standing import standing_of
from docgen.services.enroll import enroll
from docgen.services.generate import generate
from docgen.services.replaced import ended_unreplaced, later_packets, replacement_for
from docgen.services.sweep import run_due
from docgen.services.withdraw import withdraw
from integrations.mail.fake import FakeMailer
from tests.unit.services.walk import (
    COORDINATOR,
    RECORD_ID,
    Loopback,
    at_own_desk,
    form,
    sent,
    sign_next,
    with_fake,
)

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office

S = PacketState
WORDS = "This takes the place of what we sent you on"


@pytest.fixture
def office(office: Office) -> Office:
    """Give an office with its own signer, its letters in memory."""
    return at_own_desk(replace(office, mailer=FakeMailer()), Loopback())


def visit(office: Office, packet: Packet) -> Visit:
    """Come back to a packet by its first signer's link."""
    ceremony = office.ledger.ceremonies.get(office.ledger.packets.get(packet.id).ceremony_id)
    signer = ceremony.signers[0]
    now = office.clock.now()
    return Visit(ceremony=ceremony, signer=signer, standing=standing_of(ceremony, signer, now))


def void(office: Office, packet: Packet) -> None:
    """Send a packet and take it back."""
    sent(office, packet, "embedded")
    run_due(office)
    withdraw(office, packet.id, COORDINATOR, "The address is wrong.")


def corrected(office: Office, **signatory: str) -> Packet:
    """Correct the form, and generate."""
    raw = form()
    raw["legal_entities"][0]["principal_address"]["line1"] = "4210 Lakeside Parkway"
    signer = raw["signatories"][0]["contact_id"]
    for contact in raw["contacts"]:
        if contact["contact_id"] == signer:
            contact.update(signatory)
    enroll(office, raw, draft=False, actor="user:coordinator")
    (made,) = generate(office, RECORD_ID, PacketKind.CONTRACTING, "user:coordinator")
    return made


def letters(office: Office) -> list[str]:
    """Give every letter so far."""
    run_due(office)
    assert isinstance(office.mailer, FakeMailer)
    return [item.text for item in office.mailer.sent]


def test_what_was_voided_is_replaced_by_what_is_generated_next(
    office: Office, packet: Packet
) -> None:
    """It waits for that until then; generating again makes no third packet."""
    assert list(ended_unreplaced(office, RECORD_ID)) == []
    void(office, packet)
    assert [one.id for one in ended_unreplaced(office, RECORD_ID)] == [packet.id]
    made = corrected(office)
    assert made.supersedes == packet.id
    assert list(ended_unreplaced(office, RECORD_ID)) == []
    assert [one.id for one in later_packets(office, packet)] == [made.id]
    assert corrected(office).id == made.id
    assert office.ledger.packets.get(packet.id).state is S.VOIDED


def test_its_signer_is_told_once_the_new_one_is_out(office: Office, packet: Packet) -> None:
    """Not before: until then there is no link to use; and what they signed since is said."""
    assert replacement_for(office, visit(office, sent(office, packet, "embedded"))) is None
    run_due(office)
    withdraw(office, packet.id, COORDINATOR, "The address is wrong.")
    assert replacement_for(office, visit(office, packet)) is None
    made = corrected(office)
    assert replacement_for(office, visit(office, packet)) is None
    assert not any(WORDS in text for text in letters(office))
    sent(office, made, "embedded")
    assert WORDS in letters(office)[-1]
    told = replacement_for(office, visit(office, packet))
    assert told is not None
    assert (told.is_theirs, told.is_signed, told.mailed_at is not None) == (True, False, True)
    sign_next(office, office.ledger.packets.get(made.id).envelope_id)
    told = replacement_for(office, visit(office, packet))
    assert told is not None
    assert told.is_signed
    # The countersigner, who never had a letter of the first packet, is told of none.
    assert WORDS not in letters(office)[-1]


def test_nobody_is_led_to_what_another_person_signs(office: Office, packet: Packet) -> None:
    """Where the signer changed, neither the old link nor the new letter speaks of the other's."""
    void(office, packet)
    made = corrected(office, email="other.person@lakeside.example.org")
    sent(office, made, "embedded")
    assert WORDS not in letters(office)[-1]
    told = replacement_for(office, visit(office, packet))
    assert told is not None
    assert (told.is_theirs, told.mailed_at) == (False, None)


def test_at_an_outside_service_there_is_no_link_of_ours(office: Office, packet: Packet) -> None:
    """It is said that another packet went out, and no more."""
    office, _ = with_fake(office)
    void(office, packet)
    sent(office, corrected(office), "fake")
    told = replacement_for(office, visit(office, packet))
    assert told is not None
    assert not told.is_theirs


def test_where_we_invite_to_an_outside_service_the_letters_are_ours(
    office: Office, packet: Packet
) -> None:
    """Both the letter that no longer counts and the new one lead through our own entrance."""
    office, _ = with_fake(office)
    office = replace(office, rules=replace(office.rules, invited_by_site=frozenset({"fake"})))
    sent(office, packet, "fake")
    run_due(office)
    withdraw(office, packet.id, COORDINATOR, "The address is wrong.")
    assert not any(WORDS in text for text in letters(office))
    sent(office, corrected(office), "fake")
    assert WORDS in letters(office)[-1]
    told = replacement_for(office, visit(office, packet))
    assert told is not None
    assert told.is_theirs


def test_an_envelope_of_no_packet_of_ours_has_no_replacement(
    office: Office, packet: Packet
) -> None:
    """A ceremony that carries something else is left alone."""
    void(office, packet)
    seen = visit(office, packet)
    other = replace(seen, ceremony=replace(seen.ceremony, subject="pkt_none"))
    assert replacement_for(office, other) is None
