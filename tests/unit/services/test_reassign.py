"""Reassigning: another person signs in somebody's place; what was approved stays as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState, Step, allowed
from docgen.errors import IllegalTransition, InputError, NotAllowed, NotFound, Refused
from docgen.ports.esign import Capabilities
from docgen.services.ceremony.enter import (
    MOST_CODES,
    NO_LINK,
    identify,
    request_code,
    visit_by_link,
    visit_by_session,
)
from docgen.services.ceremony.invite import signing_link
from docgen.services.ceremony.read import accept_disclosure, record_reading
from docgen.services.ceremony.secret import one_time_code
from docgen.services.reassign import NewSigner, reassign, signers_now
from docgen.services.sweep import run_due, run_errand, sweep
from integrations.archive.fake import FakeArchive
from integrations.esign.fake import FakeService
from tests.unit.services.test_file_service import verified
from tests.unit.services.test_remind import Sent
from tests.unit.services.walk import (
    AUDITOR,
    COORDINATOR,
    COUNSEL,
    kinds,
    person,
    sent,
    sign_next,
    with_fake,
)

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office

NEW = NewSigner(
    name="Ada Example", title="Chief Executive", email="ada@example.org", reason="He left."
)


@pytest.fixture
def out(office: Office, packet: Packet) -> Sent:
    """Send the standard packet."""
    return Sent(replace(office, archive=FakeArchive()), packet)


def token_of(out: Sent, key: str) -> str:
    """Give a signer's current link token."""
    ceremony = out.office.ledger.ceremonies.get(out.packet.envelope_id)
    return signing_link(out.office, ceremony, ceremony.signer(key)).rpartition("/")[2]


def test_the_new_person_signs_and_the_bundle_holds(out: Sent, tmp_path: Path) -> None:
    """They are invited, sign as themselves under the approved plan, and a stranger can verify it."""
    reassign(out.office, out.packet.id, "practice_1", NEW, COORDINATOR)
    assert not run_due(out.office)
    assert [mail.to_address for mail in out.letters("invite")][1:] == ["ada@example.org"]
    assert signers_now(out.office, out.packet)["practice_1"] == ("Ada Example", "Chief Executive")
    for _ in out.packet.plan.recipients:
        sign_next(out.office, out.packet.envelope_id)
        sweep(out.office)
    sweep(out.office)
    after = out.office.ledger.packets.get(out.packet.id)
    assert (after.state, after.plan) == (PacketState.ARCHIVED, out.packet.plan)
    bundle = out.office.archive.open(after.bundle_sha256)
    assert verified(out.office, bundle, tmp_path) == 0
    history = out.office.ledger.history.of(out.packet.id)
    (told,) = [item for item in history if item.kind == "signer.reassigned"]
    assert told.actor == "user:coordinator"
    assert told.details["reason"] == "He left."


def test_the_old_link_ends_like_an_unknown_one(out: Sent) -> None:
    """Replaced and mistyped links get one and the same answer; the control still opened before."""
    old = token_of(out, "practice_1")
    assert visit_by_link(out.office, old).may_enter
    reassign(out.office, out.packet.id, "practice_1", NEW, COORDINATOR)
    for token in (old, old[:-1] + ("A" if old[-1] != "A" else "B")):
        with pytest.raises(NotFound) as refusal:
            visit_by_link(out.office, token)
        assert str(refusal.value) == NO_LINK
    assert visit_by_link(out.office, token_of(out, "practice_1")).may_enter


def test_nothing_the_old_person_did_counts_for_the_new(out: Sent) -> None:
    """Session, consent, reading and codes of the person before are worth nothing afterwards."""
    office, envelope_id = out.office, out.packet.envelope_id
    token = token_of(out, "practice_1")
    run_errand(office, request_code(office, token))
    old_code = one_time_code(office.rules.link_secret, envelope_id, "practice_1", 1)
    session = identify(office, token, old_code, {})
    accept_disclosure(office, visit_by_session(office, envelope_id, session))
    visit = visit_by_session(office, envelope_id, session)
    record_reading(office, visit, "psa", visit.ceremony.documents[0].current_sha256)
    reassign(office, out.packet.id, "practice_1", NEW, COORDINATOR)
    with pytest.raises(NotFound):
        visit_by_session(office, envelope_id, session)
    with pytest.raises(Refused):
        record_reading(office, visit, "baa", visit.ceremony.documents[1].current_sha256)
    signer = office.ledger.ceremonies.get(envelope_id).signer("practice_1")
    assert (signer.consented_at, signer.viewed, signer.identified_at) == (None, (), None)
    fresh = token_of(out, "practice_1")
    request_code(office, fresh)
    with pytest.raises(Refused):
        identify(office, fresh, old_code, {})


def test_each_link_has_codes_of_its_own(out: Sent) -> None:
    """Whoever used up the codes of the old link leaves the new person all of theirs."""
    asked = set()
    for number in range(2):
        token = token_of(out, "practice_1")
        for _ in range(MOST_CODES):
            asked.add(request_code(out.office, token))
        with pytest.raises(Refused, match="Too many codes"):
            request_code(out.office, token)
        new = replace(NEW, email=f"ada.{number}@example.org")
        reassign(out.office, out.packet.id, "practice_1", new, COORDINATOR)
    assert len(asked) == 2 * MOST_CODES


def test_the_person_replaced_is_told_that_nothing_is_asked_of_them(out: Sent) -> None:
    """One letter to the old address, without a link and without a word about who signs instead."""
    old = out.office.ledger.ceremonies.get(out.packet.envelope_id).signer("practice_1")
    reassign(out.office, out.packet.id, "practice_1", NEW, COORDINATOR)
    assert not run_due(out.office)
    (told,) = out.letters("relieve")
    assert (told.to_name, told.to_address) == (old.name, old.email)
    assert "nothing more is asked of you" in told.text
    assert "/sign/" not in told.text + told.html
    assert NEW.name not in told.text
    assert NEW.email not in told.text
    reassign(
        out.office, out.packet.id, "practice_1", replace(NEW, email="b@example.org"), COORDINATOR
    )
    assert not run_due(out.office)
    assert [mail.to_address for mail in out.letters("relieve")] == [old.email, NEW.email]
    assert kinds(out.office, out.packet.id).count("signer.relieved") == 2


def test_a_title_is_not_greeted_as_a_person(out: Sent) -> None:
    """A title that stands where no name is known is no name; the control is greeted by name."""
    for number, name in enumerate((NEW.title, NEW.name, "Grace Example")):
        new = replace(NEW, name=name, email=f"signer{number}@example.org")
        reassign(out.office, out.packet.id, "practice_1", new, COORDINATOR)
        run_due(out.office)
    opened = [one.text.partition("\n")[0] for one in out.letters("invite")[-3:]]
    assert opened == ["Hello,", f"Dear {NEW.name},", "Dear Grace Example,"]
    relieved = [one.text.partition("\n")[0] for one in out.letters("relieve")[-2:]]
    assert relieved == ["Hello,", f"Dear {NEW.name},"]


def test_who_was_never_invited_is_not_written_to(out: Sent) -> None:
    """Replaced before their turn, a person who has had no letter gets none now: the control."""
    reassign(out.office, out.packet.id, "pso", NEW, COORDINATOR)
    assert not run_due(out.office)
    assert not out.letters("relieve")


def test_who_comes_later_is_invited_when_it_is_their_turn(out: Sent) -> None:
    """Reassigned before their turn, they get their first letter only then."""
    reassign(out.office, out.packet.id, "pso", NEW, COORDINATOR)
    run_due(out.office)
    assert len(out.letters("invite")) == 1
    sign_next(out.office, out.packet.envelope_id)
    run_due(out.office)
    assert out.letters("invite")[-1].to_address == "ada@example.org"


def test_not_after_that_person_signed(out: Sent) -> None:
    """The one who signed stays; the one who did not can still be replaced."""
    sign_next(out.office, out.packet.envelope_id)
    with pytest.raises(Refused, match="signed or declined already"):
        reassign(out.office, out.packet.id, "practice_1", NEW, COORDINATOR)
    reassign(out.office, out.packet.id, "pso", NEW, COORDINATOR)


def test_the_sides_and_the_hands_stay_apart(out: Sent) -> None:
    """Neither the PSO's address for the practice, nor the practice's for the PSO, nor one's own."""
    pso = out.office.pso_settings
    recipients = {item.key: item.email for item in out.packet.plan.recipients}
    for key, email in (
        ("practice_1", pso.signatory.email.upper()),
        ("practice_1", pso.email),
        ("practice_1", recipients["pso"]),
        ("practice_1", COORDINATOR.email),
        ("pso", recipients["practice_1"]),
        ("pso", "maria.delgado@lakeside.example.org"),
    ):
        with pytest.raises(NotAllowed):
            reassign(out.office, out.packet.id, key, replace(NEW, email=email), COORDINATOR)
    assert "signer.reassigned" not in kinds(out.office, out.packet.id)


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "42"},
        {"name": "x" * 121},
        {"title": "x" * 121},
        {"name": "a\u202eb"},
        {"title": " "},
        {"email": "ada"},
        {"email": "ada@example.org\r\nBcc: eve@example.org"},
        {"email": "office@example.org"},
        {"reason": "  "},
    ],
)
def test_what_cannot_be_used_is_refused(out: Sent, change: dict[str, str]) -> None:
    """Name, title, address and reason are each checked; nothing changes."""
    with pytest.raises(InputError):
        reassign(out.office, out.packet.id, "practice_1", replace(NEW, **change), COORDINATOR)
    assert "signer.reassigned" not in kinds(out.office, out.packet.id)


def test_an_unknown_recipient_is_named_with_those_there_are(out: Sent) -> None:
    """The sentence lists the keys."""
    with pytest.raises(NotFound, match="practice_1, pso"):
        reassign(out.office, out.packet.id, "practice_9", NEW, COORDINATOR)


def test_a_service_that_offers_it_not_is_named(office: Office, packet: Packet) -> None:
    """The sentence says what to do instead; what it offers is in test_outside_walk.py."""

    class Plain(FakeService):
        capabilities = Capabilities()

    office, _ = with_fake(office, Plain())
    sent(office, packet)
    with pytest.raises(Refused, match="signing service fake"):
        reassign(office, packet.id, "practice_1", NEW, COORDINATOR)


@pytest.mark.parametrize(
    "state", [item for item in PacketState if not allowed(item, Step.REASSIGN)]
)
def test_only_what_is_out_for_signature(office: Office, packet: Packet, state: PacketState) -> None:
    """In any other state it is refused."""
    with office.ledger.transaction():
        office.ledger.packets.save(replace(packet, state=state))
    with pytest.raises(IllegalTransition, match="reassign"):
        reassign(office, packet.id, "practice_1", NEW, COORDINATOR)


@pytest.mark.parametrize("who", [COUNSEL, AUDITOR, person("nobody")])
def test_only_a_coordinator(out: Sent, who: Person) -> None:
    """Nobody else confirms authority."""
    with pytest.raises(NotAllowed):
        reassign(out.office, out.packet.id, "practice_1", NEW, who)
