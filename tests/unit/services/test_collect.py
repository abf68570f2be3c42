"""The executed copies: sent to those entitled, and collected again by any of them at any time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest

from docgen.domain.packet import ExecutedDocument, PacketState
from docgen.errors import NotFound, Refused
from docgen.services.collect import MOST_CODES_A_DAY, ask_code, enter, hand_over, visit
from docgen.services.distribute import ask_copies
from docgen.services.enroll import enroll
from docgen.services.sweep import run_due, run_errand
from integrations.mail.fake import FakeMailer
from tests.unit.services.walk import form, kinds

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

PRIMARY = "maria.delgado@lakeside.example.org"
REVIEWER = "tomas.braun@lakeside.example.org"
STRANGER = "stranger@example.org"


@pytest.fixture
def house(office: Office) -> Office:
    """Give the office with a mailer that keeps its letters."""
    return replace(office, mailer=FakeMailer())


@pytest.fixture
def archived(house: Office, packet: Packet) -> Packet:
    """Store the packet as executed and archived."""
    executed = tuple(
        ExecutedDocument(
            slug=item.slug,
            sent_sha256=item.pdf_sha256,
            signed_sha256=house.archive.put(f"%PDF executed {item.slug}".encode()).sha256,
        )
        for item in packet.rendered
    )
    done = replace(
        packet,
        state=PacketState.ARCHIVED,
        executed=executed,
        executed_at=house.clock.now(),
        bundle_sha256=house.archive.put(b"bundle").sha256,
    )
    with house.ledger.transaction():
        house.ledger.packets.save(done)
    return done


def letters(office: Office) -> FakeMailer:
    """Give the letters sent so far."""
    return cast("FakeMailer", office.mailer)


def mailed_code(office: Office, packet: Packet, address: str) -> str:
    """Ask for a code and read it from the letter."""
    key = ask_code(office, packet.id, address)
    assert key is not None
    run_errand(office, key)
    letter = letters(office).sent[-1]
    assert letter.to_address == address
    return str(re.findall(r"\b\d{6}\b", letter.text)[0])


def test_copies_go_to_those_named_and_no_signer_twice(house: Office, archived: Packet) -> None:
    """The primary contact is sent both documents whole; the signer is served by the signing service."""
    with house.ledger.transaction():
        ask_copies(house, archived)
        ask_copies(house, archived)
    assert run_due(house) == ()
    found = {item.to_address: item for item in letters(house).sent}
    assert PRIMARY in found
    assert not {item.email for item in archived.plan.recipients} & set(found)
    assert [item.data for item in found[PRIMARY].attachments] == [
        house.archive.open(item.signed_sha256) for item in archived.executed
    ]
    assert len(letters(house).sent) == len(found)
    assert kinds(house, archived.id).count("copy.sent") == len(found)


def test_files_too_large_for_mail_are_linked(house: Office, archived: Packet) -> None:
    """Where attachments would be refused, the letter names the page instead."""
    big = house.archive.put(b"%PDF" + bytes(8_000_000)).sha256
    executed = (replace(archived.executed[0], signed_sha256=big), *archived.executed[1:])
    with house.ledger.transaction():
        house.ledger.packets.save(replace(archived, executed=executed))
        ask_copies(house, archived)
    assert run_due(house) == ()
    letter = next(item for item in letters(house).sent if item.to_address == PRIMARY)
    assert letter.attachments == ()
    assert f"/executed/{archived.id}" in letter.text


def test_an_active_contact_gets_the_set_again(house: Office, archived: Packet) -> None:
    """A reviewer who was sent nothing asks, gets a code by mail, and fetches every file."""
    code = mailed_code(house, archived, REVIEWER)
    found = visit(house, archived.id, enter(house, archived.id, REVIEWER.upper(), code, {}))
    assert [item.slug for item in found.files] == ["psa", "baa"]
    for item in found.files:
        assert hand_over(house, found, item.sha256).startswith(b"%PDF executed")
    assert kinds(house, archived.id).count("copy.collected") == 2


def test_the_bundle_is_for_those_who_are_sent_copies(house: Office, archived: Packet) -> None:
    """The evidence bundle holds the whole form: the primary contact may have it, a reviewer not."""
    code = mailed_code(house, archived, PRIMARY)
    found = visit(house, archived.id, enter(house, archived.id, PRIMARY, code, {}))
    assert hand_over(house, found, found.bundle_sha256) == b"bundle"
    code = mailed_code(house, archived, REVIEWER)
    other = visit(house, archived.id, enter(house, archived.id, REVIEWER, code, {}))
    assert other.bundle_sha256 == ""
    for digest in ("", archived.bundle_sha256):
        with pytest.raises(NotFound):
            hand_over(house, other, digest)


def test_years_later_still(house: Office, archived: Packet, clock: StandingClock) -> None:
    """The page's address holds no secret and never expires."""
    clock.advance(timedelta(days=3_000))
    code = mailed_code(house, archived, REVIEWER)
    assert visit(house, archived.id, enter(house, archived.id, REVIEWER, code, {})).files


@pytest.mark.parametrize("address", [STRANGER, "", "tomas.braun@lakeside.example.org\nBcc: x"])
def test_a_stranger_gets_no_code(house: Office, archived: Packet, address: str) -> None:
    """Who is not named gets no letter, and the same words for any code."""
    assert ask_code(house, archived.id, address) is None
    code = mailed_code(house, archived, REVIEWER)
    with pytest.raises(Refused):
        enter(house, archived.id, address, code, {})


def test_who_left_the_practice_loses_entry_at_once(house: Office, archived: Packet) -> None:
    """The newest form decides, even over a session that is open."""
    cookie = enter(house, archived.id, REVIEWER, mailed_code(house, archived, REVIEWER), {})
    raw = form() | {"reviewers": []}
    raw["contacts"][3]["active"] = False
    enroll(house, raw, draft=False, actor="user:coordinator")
    with pytest.raises(NotFound):
        visit(house, archived.id, cookie)
    assert ask_code(house, archived.id, REVIEWER) is None


def test_a_code_works_once_soon_and_in_few_tries(
    house: Office, archived: Packet, clock: StandingClock
) -> None:
    """Used, old, superseded and guessed codes are refused."""
    code = mailed_code(house, archived, REVIEWER)
    enter(house, archived.id, REVIEWER, code, {})
    with pytest.raises(Refused):
        enter(house, archived.id, REVIEWER, code, {})
    code = mailed_code(house, archived, REVIEWER)
    clock.advance(house.rules.code_period + timedelta(seconds=1))
    with pytest.raises(Refused):
        enter(house, archived.id, REVIEWER, code, {})
    code = mailed_code(house, archived, REVIEWER)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        with pytest.raises(Refused):
            enter(house, archived.id, REVIEWER, wrong, {})
    with pytest.raises(Refused):
        enter(house, archived.id, REVIEWER, code, {})


def test_nobody_is_flooded_with_codes(
    house: Office, archived: Packet, clock: StandingClock
) -> None:
    """Ten codes a day and no more; the next day works again."""
    for _ in range(MOST_CODES_A_DAY):
        assert ask_code(house, archived.id, REVIEWER) is not None
    assert ask_code(house, archived.id, REVIEWER) is None
    assert ask_code(house, archived.id, PRIMARY) is not None
    clock.advance(timedelta(days=1))
    assert ask_code(house, archived.id, REVIEWER) is not None


def test_a_session_is_one_persons_at_one_packet_for_a_while(
    house: Office, archived: Packet, clock: StandingClock
) -> None:
    """A cookie of somebody else, of another packet, altered or old opens nothing."""
    cookie = enter(house, archived.id, REVIEWER, mailed_code(house, archived, REVIEWER), {})
    key, _, token = cookie.rpartition(".")
    for forged in (f"contact-maria-delgado.{token}", f"{key}.x", "", token, f"{key}."):
        with pytest.raises(NotFound):
            visit(house, archived.id, forged)
    with pytest.raises(NotFound):
        visit(house, "pkt_other", cookie)
    assert visit(house, archived.id, cookie).visitor.email == REVIEWER
    clock.advance(house.rules.session_period + timedelta(seconds=1))
    with pytest.raises(NotFound):
        visit(house, archived.id, cookie)


def test_only_this_packets_files_are_handed_over(house: Office, archived: Packet) -> None:
    """A digest that lies in the archive but is not of this set is not found."""
    other = house.archive.put(b"another packet's").sha256
    cookie = enter(house, archived.id, REVIEWER, mailed_code(house, archived, REVIEWER), {})
    found = visit(house, archived.id, cookie)
    with pytest.raises(NotFound):
        hand_over(house, found, other)


def test_nothing_is_collected_before_it_is_executed(house: Office, packet: Packet) -> None:
    """A packet not yet archived has no executed set."""
    assert ask_code(house, packet.id, PRIMARY) is None
