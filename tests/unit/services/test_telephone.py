"""A code read out by telephone: who sees it, for whom it works, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketKind, PacketState
from docgen.errors import NotAllowed, NotFound, Refused
from docgen.services.ceremony.enter import (
    BY_TELEPHONE,
    BY_VOICE,
    MOST_CODES,
    identify,
    request_code,
    visit_by_session,
)
from docgen.services.ceremony.invite import signing_link
from docgen.services.ceremony.read import accept_disclosure, record_reading
from docgen.services.ceremony.sign import Intent, sign_packet
from docgen.services.ceremony.telephone import READ_OUT, callers, read_out_code
from docgen.services.enroll import enroll
from docgen.services.generate import generate
from docgen.services.reassign import reassign
from docgen.services.send import send
from docgen.services.sweep import run_due, sweep
from integrations.archive.fake import FakeArchive
from tests.unit.services.test_file_service import verified
from tests.unit.services.test_reassign import NEW
from tests.unit.services.test_remind import Sent
from tests.unit.services.walk import (
    AUDITOR,
    COORDINATOR,
    COUNSEL,
    Generated,
    approved,
    form,
    person,
    sign_next,
    with_fake,
)

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.domain.ceremony import CeremonySigner
    from docgen.services.office import Office

FIRST = "practice_1"


@pytest.fixture
def by_telephone(office: Office) -> Office:
    """Store a packet whose practice asked for a code by telephone."""
    raw = form() | {"record_id": "1b4e28ba-2fa1-4d2a-8c3b-0a1b2c3d4e61"}
    for one in raw["signatories"]:
        one["auth_method"] = "access_code"
    version = enroll(office, raw, draft=False, actor="user:coordinator").version
    (packet,) = generate(office, version.enrollment_id, PacketKind.CONTRACTING, "user:coordinator")
    Generated(version=version, packet=packet)
    return office


@pytest.fixture
def out(by_telephone: Office) -> Sent:
    """Send it."""
    from tests.unit.services.walk import add_people

    add_people(by_telephone)
    (packet,) = by_telephone.ledger.packets.list()
    return Sent(replace(by_telephone, archive=FakeArchive()), packet)


def signer(out: Sent) -> CeremonySigner:
    """Read how far the practice's signer has come."""
    return out.office.ledger.ceremonies.get(out.packet.envelope_id).signer(FIRST)


def token(out: Sent) -> str:
    """Give the token of the signer's link."""
    ceremony = out.office.ledger.ceremonies.get(out.packet.envelope_id)
    return signing_link(out.office, ceremony, ceremony.signer(FIRST)).rpartition("/")[2]


def read_out(out: Sent) -> str:
    """Have a code shown to the coordinator."""
    return read_out_code(out.office, out.packet.id, FIRST, COORDINATOR)


def test_no_code_is_mailed_and_the_letter_says_whom_to_call(out: Sent) -> None:
    """Asking by the page is refused with what to do; the shared mailbox never sees a code."""
    with pytest.raises(Refused) as refusal:
        request_code(out.office, token(out))
    assert str(refusal.value) == BY_TELEPHONE
    assert not run_due(out.office)
    assert out.letters("code") == []
    (letter,) = out.letters("invite")
    assert "read out to you by telephone" in letter.text
    assert "mail to this address" not in letter.text


def test_it_signs_and_the_bundle_holds(out: Sent, tmp_path: Path) -> None:
    """Link and code let in; history and verifier say that the code was read out, not what it was."""
    office, envelope_id = out.office, out.packet.envelope_id
    code = read_out(out)
    session = identify(office, token(out), code, {})
    accept_disclosure(office, visit_by_session(office, envelope_id, session))
    for document in office.ledger.ceremonies.get(envelope_id).documents:
        visit = visit_by_session(office, envelope_id, session)
        record_reading(office, visit, document.slug, document.current_sha256)
    visit = visit_by_session(office, envelope_id, session)
    intent = Intent(
        name=visit.signer.name,
        title=visit.signer.title,
        typed=visit.signer.name,
        drawn=None,
        attests_authority=True,
        shown={item.slug: item.current_sha256 for item in visit.ceremony.documents},
        client={},
    )
    sign_packet(office, visit, intent)
    sweep(office)
    sign_next(office, envelope_id)
    sweep(office)
    sweep(office)
    after = office.ledger.packets.get(out.packet.id)
    assert after.state is PacketState.ARCHIVED
    assert verified(office, office.archive.open(after.bundle_sha256), tmp_path) == 0
    told = [item for item in office.ledger.history.of(out.packet.id) if item.kind == READ_OUT]
    assert [(item.actor, dict(item.details)) for item in told] == [
        ("user:coordinator", {"recipient": FIRST})
    ]
    (identified,) = [
        item
        for item in office.ledger.history.of_kind("signer.identified", (out.packet.id,))
        if item.actor == f"signer:{FIRST}"
    ]
    assert identified.details["method"] == BY_VOICE
    assert [item.key for item in callers(office, after)] == [FIRST]  # for copies


def test_a_newer_code_ends_the_older_and_time_ends_both(out: Sent) -> None:
    """Only the last code shown works, once, and not for ever."""
    older, newer = read_out(out), read_out(out)
    for given in (older, "000000" if newer != "000000" else "000001"):
        with pytest.raises(Refused, match="not the code that was read out"):
            identify(out.office, token(out), given, {})
    out.clock.advance(out.office.rules.code_period * 2)
    with pytest.raises(Refused, match="no longer valid"):
        identify(out.office, token(out), newer, {})
    last = read_out(out)
    assert identify(out.office, token(out), last, {})
    with pytest.raises(Refused):
        identify(out.office, token(out), last, {})


def test_only_a_coordinator_who_is_not_the_signer_sees_one(out: Sent) -> None:
    """Other roles, and somebody with the signer's own address, are refused, and nothing is noted."""
    before = signer(out)
    for other in (AUDITOR, COUNSEL, replace(COORDINATOR, email=before.email.upper())):
        with pytest.raises(NotAllowed):
            read_out_code(out.office, out.packet.id, FIRST, other)
    assert signer(out) == before
    assert not out.office.ledger.history.of_kind(READ_OUT, (out.packet.id,))


def test_whose_code_is_mailed_hears_none(out: Sent) -> None:
    """The PSO's own signer gets codes by mail; a stranger's key is no signer."""
    with pytest.raises(Refused):
        read_out_code(out.office, out.packet.id, "pso", COORDINATOR)
    with pytest.raises(NotFound):
        read_out_code(out.office, out.packet.id, "practice_9", COORDINATOR)


def test_codes_run_out_and_begin_anew_with_a_new_link(out: Sent) -> None:
    """A link has its number of codes; whoever takes the place has as many, and hears them too."""
    codes = [read_out(out) for _ in range(MOST_CODES)]
    with pytest.raises(Refused, match="Too many"):
        read_out(out)
    reassign(out.office, out.packet.id, FIRST, NEW, COORDINATOR)
    assert signer(out).by_telephone
    assert signer(out).code_number == MOST_CODES
    run_due(out.office)
    fresh = read_out(out)
    with pytest.raises(Refused):
        identify(out.office, token(out), codes[-1], {})
    assert identify(out.office, token(out), fresh, {})


def test_an_outside_service_is_not_asked_to(by_telephone: Office) -> None:
    """Nobody there would read a code out, so the packet is not sent."""
    from tests.unit.services.walk import add_people

    add_people(by_telephone)
    office, fake = with_fake(by_telephone)
    (packet,) = office.ledger.packets.list()
    approved(office, packet)
    with pytest.raises(Refused, match="read out by telephone"):
        send(office, packet.id, person("coordinator", *COORDINATOR.roles), fake.key)
