"""Countersigning at the desk: the ceremony of the mailed link, with the sign-in instead of a code."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.domain.person import Person, Role
from docgen.errors import NotAllowed, NotFound, Refused
from docgen.services.ceremony.countersign import (
    FRESH,
    METHOD,
    Declared,
    Presence,
    agree_at_desk,
    decline_at_desk,
    read_at_desk,
    sign_at_desk,
    visit_at_desk,
)
from docgen.services.reassign import NewSigner, reassign
from docgen.services.sweep import run_due, sweep
from docgen.services.withdraw import withdraw
from integrations.archive.fake import FakeArchive
from tests.unit.services.test_file_service import verified
from tests.unit.services.test_remind import Sent
from tests.unit.services.walk import COORDINATOR, person, sign_next, with_fake
from tests.unit.services.walk import sent as sent_by

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.services.office import Office

PAT = Person(
    key="pat",
    name="Pat Countersigner",
    email="Countersigner@example.org",
    roles=frozenset({Role.PSO_COUNTERSIGNER}),
)
OTHER = person("other", Role.PSO_COUNTERSIGNER)
NEW = NewSigner(name="Ada Example", title="President", email="ada@example.org", reason="Away.")


class AtDesk(Sent):
    """A packet that the practice has signed, and those who may countersign."""

    def __init__(self, office: Office, packet: Packet) -> None:
        super().__init__(office, packet)
        for one in (PAT, OTHER):
            self.office.ledger.people.put(one)
        while self.turn != "pso":
            sign_next(self.office, self.packet.envelope_id)
        run_due(self.office)

    @property
    def turn(self) -> str:
        """Give the key of whose turn it is; "" when nobody's."""
        turn = self.office.ledger.ceremonies.get(self.packet.envelope_id).turn
        return turn[0].key if turn else ""

    def presence(self, who: Person = PAT, *, ago: timedelta = timedelta(0)) -> Presence:
        """Sit down at the desk, having shown so long ago who it is."""
        shown_at = self.office.clock.now() - ago
        return Presence(person=who, shown_at=shown_at, ways=("code", "totp"), client={})

    @property
    def shown(self) -> dict[str, str]:
        """Give the digests of the documents as they stand."""
        documents = self.office.ledger.ceremonies.get(self.packet.envelope_id).documents
        return {item.slug: item.current_sha256 for item in documents}

    def agree_and_read(self, who: Person = PAT) -> None:
        """Agree, and go through every document."""
        agree_at_desk(self.office, self.packet.id, self.presence(who))
        for slug, digest in self.shown.items():
            read_at_desk(self.office, self.packet.id, who, slug, digest)

    def declared(self, *, attests: bool = True) -> Declared:
        """Declare everything, for the documents as they stand."""
        return Declared(typed=PAT.name, attests_authority=attests, shown=self.shown)

    def told(self, kind: str, key: str = "pso") -> list[dict[str, object]]:
        """List the details of what this signer did."""
        history = self.office.ledger.history.of(self.packet.id)
        return [
            dict(item.details)
            for item in history
            if item.kind == kind and item.actor == f"signer:{key}"
        ]


@pytest.fixture
def out(office: Office, packet: Packet) -> AtDesk:
    """Send the standard packet and let the practice sign it."""
    return AtDesk(replace(office, archive=FakeArchive()), packet)


def test_what_is_signed_at_the_desk_verifies_alone(out: AtDesk, tmp_path: Path) -> None:
    """One identification, consent, readings and signature; a stranger's verifier accepts it all."""
    out.agree_and_read()
    sign_at_desk(out.office, out.packet.id, out.presence(), out.declared())
    for _ in range(3):
        sweep(out.office)
    after = out.office.ledger.packets.get(out.packet.id)
    assert after.state is PacketState.ARCHIVED
    assert verified(out.office, out.office.archive.open(after.bundle_sha256), tmp_path) == 0
    (signed,) = out.told("signer.signed")
    assert (signed["name"], signed["title"]) == (PAT.name, "President")
    assert signed["email"] == "countersigner@example.org"


def test_the_record_says_how_the_person_was_identified(out: AtDesk) -> None:
    """By sign-in, with its means and its moment; no code was mailed and none is claimed."""
    presence = out.presence()
    agree_at_desk(out.office, out.packet.id, presence)
    agree_at_desk(out.office, out.packet.id, presence)
    (told,) = out.told("signer.identified")
    assert told["method"] == METHOD
    assert (told["person"], told["ways"]) == ("pat", ["code", "totp"])
    history = out.office.ledger.history.of(out.packet.id)
    mailed = [item for item in history if item.kind == "signer.code_sent"]
    assert all(item.details["recipient"] != "pso" for item in mailed)
    assert len(out.told("signer.consented")) == 1


def test_showing_it_again_is_recorded_again(out: AtDesk) -> None:
    """Who reads for long shows again who they are before signing; both are on record."""
    agree_at_desk(out.office, out.packet.id, out.presence(ago=timedelta(minutes=9)))
    for slug, digest in out.shown.items():
        read_at_desk(out.office, out.packet.id, PAT, slug, digest)
    sign_at_desk(out.office, out.packet.id, out.presence(), out.declared())
    assert len(out.told("signer.identified")) == 2
    assert out.turn == ""


@pytest.mark.parametrize("ago", [FRESH, timedelta(hours=3), -timedelta(minutes=1)])
def test_who_showed_it_too_long_ago_is_refused(out: AtDesk, ago: timedelta) -> None:
    """Neither consent nor signature; a moment to come is no moment either."""
    with pytest.raises(Refused, match="Show once more"):
        agree_at_desk(out.office, out.packet.id, out.presence(ago=ago))
    out.agree_and_read()
    with pytest.raises(Refused, match="Show once more"):
        sign_at_desk(out.office, out.packet.id, out.presence(ago=ago), out.declared())
    for unshown in (replace(out.presence(), shown_at=None), replace(out.presence(), ways=())):
        with pytest.raises(Refused, match="Show once more"):
            sign_at_desk(out.office, out.packet.id, unshown, out.declared())
    assert out.told("signer.signed") == []
    just = out.presence(ago=FRESH - timedelta(seconds=5))
    sign_at_desk(out.office, out.packet.id, just, out.declared())


def test_another_persons_packet_is_refused(out: AtDesk) -> None:
    """The role is not enough: the packet names another address; the control is the named person."""
    for act in (agree_at_desk, visit_at_desk):
        who = out.presence(OTHER) if act is agree_at_desk else OTHER
        with pytest.raises(NotAllowed, match="Another person"):
            act(out.office, out.packet.id, who)  # type: ignore[arg-type]  # each takes its own
    out.agree_and_read()
    with pytest.raises(NotAllowed, match="Another person"):
        read_at_desk(out.office, out.packet.id, OTHER, "psa", out.shown["psa"])
    with pytest.raises(NotAllowed, match="Another person"):
        sign_at_desk(out.office, out.packet.id, out.presence(OTHER), out.declared())
    assert out.turn == "pso"


@pytest.mark.parametrize(
    "changed",
    [
        {"roles": frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})},
        {"is_active": False},
        {"email": "elsewhere@example.org"},
    ],
)
def test_what_is_stored_of_the_person_decides(out: AtDesk, changed: dict[str, object]) -> None:
    """A role taken away, an account closed or moved since the page was opened: refused."""
    out.agree_and_read()
    out.office.ledger.people.put(replace(PAT, **changed))  # type: ignore[arg-type]  # one key each
    with pytest.raises(NotAllowed):
        sign_at_desk(out.office, out.packet.id, out.presence(), out.declared())
    out.office.ledger.people.put(PAT)
    sign_at_desk(out.office, out.packet.id, out.presence(), out.declared())
    assert out.turn == ""


def test_before_the_practice_has_signed_nothing_is_recorded(office: Office, packet: Packet) -> None:
    """The routing order holds at the desk too."""
    early = Sent(office, packet)
    early.office.ledger.people.put(PAT)
    presence = Presence(person=PAT, shown_at=early.office.clock.now(), ways=("code",), client={})
    with pytest.raises(Refused, match="Somebody else signs first"):
        agree_at_desk(early.office, packet.id, presence)
    history = early.office.ledger.history.of(packet.id)
    assert not [item for item in history if item.actor == "signer:pso"]


def test_a_voided_packet_is_refused(out: AtDesk) -> None:
    """What was taken back while the page was open cannot be signed."""
    out.agree_and_read()
    declared = out.declared()
    withdraw(out.office, out.packet.id, COORDINATOR, "Wrong entity.")
    with pytest.raises(Refused, match="no longer open"):
        sign_at_desk(out.office, out.packet.id, out.presence(), declared)
    with pytest.raises(Refused, match="no longer open"):
        visit_at_desk(out.office, out.packet.id, PAT)
    assert out.told("signer.signed") == []


def test_an_expired_packet_is_refused(out: AtDesk) -> None:
    """Even before the sweep has ended its envelope."""
    out.clock.advance(out.office.rules.signing_period + timedelta(minutes=1))
    with pytest.raises(Refused, match="no longer open"):
        agree_at_desk(out.office, out.packet.id, out.presence())


def test_the_same_signature_twice_is_one(out: AtDesk) -> None:
    """A double click, or the form sent again from the history of the browser."""
    out.agree_and_read()
    declared = out.declared()
    sign_at_desk(out.office, out.packet.id, out.presence(), declared)
    identified = out.told("signer.identified")
    with pytest.raises(Refused, match="no longer open"):
        sign_at_desk(out.office, out.packet.id, out.presence(), declared)
    assert len(out.told("signer.signed")) == 1
    assert out.told("signer.identified") == identified


def test_what_was_not_shown_is_not_signed(out: AtDesk) -> None:
    """With an outdated or foreign digest nothing is signed, and the document is read again."""
    out.agree_and_read()
    stale = replace(out.declared(), shown=dict.fromkeys(out.shown, "0" * 64))
    with pytest.raises(Refused, match="changed since it was shown"):
        sign_at_desk(out.office, out.packet.id, out.presence(), stale)
    with pytest.raises(Refused, match="Please read"):
        sign_at_desk(out.office, out.packet.id, out.presence(), out.declared())
    assert out.turn == "pso"


def test_declining_at_the_desk_ends_the_packet(out: AtDesk) -> None:
    """With a reason and a fresh showing, by the person named; afterwards nothing can be signed."""
    with pytest.raises(Refused, match="Show once more"):
        decline_at_desk(out.office, out.packet.id, out.presence(ago=FRESH), "Wrong entity.")
    with pytest.raises(NotAllowed):
        decline_at_desk(out.office, out.packet.id, out.presence(OTHER), "Wrong entity.")
    with pytest.raises(Refused, match="reason"):
        decline_at_desk(out.office, out.packet.id, out.presence(), " ")
    assert out.told("signer.declined") == []
    decline_at_desk(out.office, out.packet.id, out.presence(), "Wrong entity.")
    assert [told["reason"] for told in out.told("signer.declined")] == ["Wrong entity."]
    with pytest.raises(Refused, match="no longer open"):
        sign_at_desk(out.office, out.packet.id, out.presence(), out.declared())


@pytest.mark.parametrize("left", ["consent", "reading", "authority", "mark"])
def test_each_act_of_the_ceremony_is_needed(out: AtDesk, left: str) -> None:
    """As with the mailed link: agree, read, attest, sign."""
    if left != "consent":
        agree_at_desk(out.office, out.packet.id, out.presence())
    slugs = list(out.shown)[1:] if left == "reading" else list(out.shown)
    for slug in slugs if left != "consent" else []:
        read_at_desk(out.office, out.packet.id, PAT, slug, out.shown[slug])
    declared = out.declared(attests=left != "authority")
    declared = replace(declared, typed="" if left == "mark" else PAT.name)
    with pytest.raises(Refused):
        sign_at_desk(out.office, out.packet.id, out.presence(), declared)
    assert out.told("signer.signed") == []


def test_reading_comes_after_agreeing(out: AtDesk) -> None:
    """Nobody reads as a signer before being identified for this packet."""
    with pytest.raises(Refused, match="Agree to electronic records"):
        read_at_desk(out.office, out.packet.id, PAT, "psa", out.shown["psa"])


def test_a_place_given_away_takes_its_acts_along(out: AtDesk) -> None:
    """After reassignment the person before can do nothing, and what they did counts for nothing."""
    out.agree_and_read()
    reassign(out.office, out.packet.id, "pso", NEW, COORDINATOR)
    with pytest.raises(NotAllowed):
        sign_at_desk(out.office, out.packet.id, out.presence(), out.declared())
    ada = replace(OTHER, email=NEW.email)
    out.office.ledger.people.put(ada)
    with pytest.raises(Refused, match="agree to electronic records"):
        sign_at_desk(out.office, out.packet.id, out.presence(ada), out.declared())
    assert out.turn == "pso"


def test_a_packet_elsewhere_is_signed_there(office: Office, packet: Packet) -> None:
    """What another signing service carries, the desk does not sign."""
    whole, _ = with_fake(office)
    whole.ledger.people.put(PAT)
    after = sent_by(whole, packet)
    with pytest.raises(Refused, match="at the signing service fake"):
        visit_at_desk(whole, after.id, PAT)
    with pytest.raises(NotFound):
        visit_at_desk(whole, "pkt_unknown", PAT)
