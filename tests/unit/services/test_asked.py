"""A signer names who signs instead: nothing changes until the coordinator confirms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.errors import InputError, NotAllowed, NotFound, Refused
from docgen.services.asked import (
    MOST_REQUESTS,
    ask_to_reassign,
    confirm_request,
    open_requests,
    refuse_request,
)
from docgen.services.ceremony.enter import visit_by_link
from docgen.services.reassign import NewSigner, signers_now
from docgen.services.sweep import run_due
from integrations.archive.fake import FakeArchive
from tests.unit.services.test_reassign import token_of
from tests.unit.services.test_remind import Sent
from tests.unit.services.walk import AUDITOR, COORDINATOR, kinds

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office

KEY = "practice_1"
ADA = NewSigner(
    name="Ada Example", title="Chief Executive", email="ada@example.org", reason="She signs."
)
KIM = replace(ADA, name="Kim Example", email="kim@example.org")


@pytest.fixture
def out(office: Office, packet: Packet) -> Sent:
    """Send the standard packet."""
    return Sent(replace(office, archive=FakeArchive()), packet)


def test_asking_changes_nothing_but_is_told_once(out: Sent) -> None:
    """The link keeps working, nobody new is invited, and a double click is one request."""
    token = token_of(out, KEY)
    before = signers_now(out.office, out.packet)
    for _ in range(2):
        ask_to_reassign(out.office, token, ADA)
    run_due(out.office)
    assert [item.wanted for item in open_requests(out.office, out.packet)] == [ADA]
    assert kinds(out.office, out.packet.id).count("signer.asked_to_reassign") == 1
    assert signers_now(out.office, out.packet) == before
    assert visit_by_link(out.office, token).may_enter
    told = [mail.to_address for mail in out.letters("notice")]
    assert told
    assert len(told) == len(set(told))
    assert ADA.email not in [mail.to_address for mail in out.letters("invite")]


def test_confirmed_once(out: Sent) -> None:
    """The named person takes the place, and a second click finds nothing open."""
    token = token_of(out, KEY)
    ask_to_reassign(out.office, token, ADA)
    confirm_request(out.office, out.packet.id, KEY, 1, COORDINATOR)
    run_due(out.office)
    assert signers_now(out.office, out.packet)[KEY] == (ADA.name, ADA.title)
    assert not open_requests(out.office, out.packet)
    assert out.letters("invite")[-1].to_address == ADA.email
    with pytest.raises(NotFound):
        visit_by_link(out.office, token)
    with pytest.raises(Refused):
        confirm_request(out.office, out.packet.id, KEY, 1, COORDINATOR)
    assert kinds(out.office, out.packet.id).count("signer.reassigned") == 1


def test_refused_with_a_reason_that_the_signer_is_told(out: Sent) -> None:
    """Without a reason nothing is refused; with one, a letter leaves and the link still works."""
    token = token_of(out, KEY)
    ask_to_reassign(out.office, token, ADA)
    with pytest.raises(InputError):
        refuse_request(out.office, out.packet.id, KEY, 1, COORDINATOR, " ")
    refuse_request(out.office, out.packet.id, KEY, 1, COORDINATOR, "She left in May.")
    assert not run_due(out.office)
    (told,) = out.letters("refuse_request")
    assert "She left in May." in told.text
    assert visit_by_link(out.office, token).may_enter
    with pytest.raises(Refused):
        confirm_request(out.office, out.packet.id, KEY, 1, COORDINATOR)
    ask_to_reassign(out.office, token, ADA)
    assert [item.number for item in open_requests(out.office, out.packet)] == [2]


def test_a_newer_request_replaces_the_older(out: Sent) -> None:
    """Who confirms what an old page showed is refused; the newer one can be confirmed."""
    token = token_of(out, KEY)
    ask_to_reassign(out.office, token, ADA)
    ask_to_reassign(out.office, token, KIM)
    with pytest.raises(Refused):
        confirm_request(out.office, out.packet.id, KEY, 1, COORDINATOR)
    confirm_request(out.office, out.packet.id, KEY, 2, COORDINATOR)
    assert signers_now(out.office, out.packet)[KEY][0] == KIM.name


def test_requests_are_bounded(out: Sent) -> None:
    """No flood of letters to the coordinators."""
    token = token_of(out, KEY)
    for number in range(MOST_REQUESTS):
        ask_to_reassign(out.office, token, replace(ADA, reason=f"Reason {number}."))
    with pytest.raises(Refused):
        ask_to_reassign(out.office, token, KIM)


def test_nobody_confirms_their_own_authority(out: Sent) -> None:
    """Neither the person who is named nor the person who asked; and only a coordinator."""
    mine = replace(ADA, email=COORDINATOR.email)
    ask_to_reassign(out.office, token_of(out, KEY), mine)
    asker = out.packet.plan.recipient(KEY).email
    for person in (COORDINATOR, replace(COORDINATOR, email=asker), AUDITOR):
        with pytest.raises(NotAllowed):
            confirm_request(out.office, out.packet.id, KEY, 1, person)
    assert "signer.reassigned" not in kinds(out.office, out.packet.id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "123"},
        {"title": ""},
        {"email": "ada"},
        {"email": "info@example.org"},
        {"reason": ""},
    ],
)
def test_what_cannot_be_used_is_refused(out: Sent, wrong: dict[str, str]) -> None:
    """The same rules as for reassigning hold before anything is recorded."""
    with pytest.raises(InputError):
        ask_to_reassign(out.office, token_of(out, KEY), replace(ADA, **wrong))
    assert not open_requests(out.office, out.packet)
