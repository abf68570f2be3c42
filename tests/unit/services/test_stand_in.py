"""Stand-ins: appointed on record, for a time, by somebody else; then they sign as themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.domain.person import Person, Role
from docgen.domain.stand_in import StandIn
from docgen.errors import InputError, NotAllowed, NotFound, Refused
from docgen.services.ceremony.countersign import (
    Declared,
    Presence,
    agree_at_desk,
    read_at_desk,
    sign_at_desk,
)
from docgen.services.reassign import NewSigner, reassign
from docgen.services.stand_in import (
    LONGEST,
    Appointment,
    appoint,
    candidates,
    end,
    holding,
    may_appoint,
    take_over,
)
from docgen.services.sweep import run_due, sweep
from docgen.services.withdraw import withdraw
from integrations.archive.fake import FakeArchive
from tests.conftest import NOON
from tests.unit.services.test_countersign import OTHER, PAT, AtDesk
from tests.unit.services.test_file_service import verified
from tests.unit.services.walk import AUDITOR, COORDINATOR, person

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.services.office import Office

ADMIN = person("admin", Role.ADMINISTRATOR)
DAY = timedelta(days=1)


def given(office: Office, **changed: object) -> Appointment:
    """Give an appointment of the other countersigner for a week from today."""
    day = office.today()
    plain = Appointment(
        person="other", title="Vice President", first=day, last=day + 7 * DAY, reason="On leave."
    )
    return replace(plain, **changed)  # type: ignore[arg-type]  # the test names the fields


@pytest.fixture
def out(office: Office, packet: Packet) -> AtDesk:
    """Give a packet that the practice has signed, and an administrator."""
    found = AtDesk(replace(office, archive=FakeArchive()), packet)
    found.office.ledger.people.put(ADMIN)
    return found


def test_the_stand_in_signs_as_themselves_and_it_verifies(out: AtDesk, tmp_path: Path) -> None:
    """Appointed, taken over, signed: own name and title in the signature, the reason on record."""
    office, packet_id = out.office, out.packet.id
    appoint(office, given(office), PAT)
    take_over(office, packet_id, OTHER)
    agree_at_desk(office, packet_id, out.presence(OTHER))
    for slug, digest in out.shown.items():
        read_at_desk(office, packet_id, OTHER, slug, digest)
    declared = Declared(typed=OTHER.name, attests_authority=True, shown=out.shown)
    sign_at_desk(office, packet_id, out.presence(OTHER), declared)
    for _ in range(3):
        sweep(office)
    after = office.ledger.packets.get(packet_id)
    assert after.state is PacketState.ARCHIVED
    assert verified(office, office.archive.open(after.bundle_sha256), tmp_path) == 0
    (signed,) = out.told("signer.signed")
    assert (signed["name"], signed["title"]) == (OTHER.name, "Vice President")
    (moved,) = [
        item for item in office.ledger.history.of(packet_id) if item.kind == "signer.reassigned"
    ]
    assert moved.actor == "user:other"
    assert str(moved.details["authority"]).startswith("appointed to stand in from")
    assert moved.details["stand_in"]["appointed_by"] == "pat"  # type: ignore[index]  # a mapping
    assert moved.details["reason"] == "On leave."


def test_both_are_told_and_the_old_link_ends(out: AtDesk) -> None:
    """The stand-in is invited, the one stood in for hears that nothing is asked any more."""
    appoint(out.office, given(out.office), PAT)
    take_over(out.office, out.packet.id, OTHER)
    run_due(out.office)
    assert out.letters("invite")[-1].to_address == OTHER.email
    assert [mail.to_address for mail in out.letters("relieve")] == [PAT.email.casefold()]


def test_an_appointment_is_an_activity(out: AtDesk) -> None:
    """Who appointed whom, for whom, when and why; and who ended it."""
    stand_in = appoint(out.office, given(out.office), ADMIN)
    end(out.office, stand_in.id, PAT)
    first, second = out.office.ledger.history.of("user:other")[-2:]
    assert (first.kind, first.actor) == ("stand_in.appointed", "user:admin")
    assert first.details["principal"] == "pat"
    assert first.details["reason"] == "On leave."
    assert (second.kind, second.actor) == ("stand_in.ended", "user:pat")


@pytest.mark.parametrize("who", [COORDINATOR, AUDITOR, OTHER])
def test_others_appoint_nobody(out: AtDesk, who: Person) -> None:
    """Not a coordinator, not a countersigner who is not named, who thus cannot pass it on."""
    appoint(out.office, given(out.office), PAT)
    assert not may_appoint(out.office, who)
    with pytest.raises(NotAllowed):
        appoint(out.office, given(out.office), who)


def test_nobody_appoints_themselves(out: AtDesk) -> None:
    """Not even an administrator who also countersigns; another administrator may."""
    both = replace(ADMIN, roles=frozenset({Role.ADMINISTRATOR, Role.PSO_COUNTERSIGNER}))
    out.office.ledger.people.put(both)
    with pytest.raises(NotAllowed, match="themselves"):
        appoint(out.office, given(out.office, person="admin"), both)
    assert appoint(out.office, given(out.office, person="admin"), PAT).person == "admin"


@pytest.mark.parametrize("key", ["coordinator", "nobody", "pat", "gone"])
def test_only_a_countersigner_stands_in(out: AtDesk, key: str) -> None:
    """Not another role, nobody unknown, not the one stood in for, nobody who left."""
    out.office.ledger.people.put(replace(OTHER, key="gone", email="g@example.org", is_active=False))
    assert [one.key for one in candidates(out.office)] == ["other"]
    with pytest.raises(Refused):
        appoint(out.office, given(out.office, person=key), ADMIN)


@pytest.mark.parametrize(
    "changed",
    [
        {"first": date(2100, 1, 2), "last": date(2100, 1, 1)},
        {"first": date(2020, 1, 1), "last": date(2020, 1, 2)},
        {"last": date(2999, 1, 1)},
        {"reason": "  "},
        {"title": ""},
        {"title": "x" * 121},
    ],
)
def test_an_appointment_that_cannot_be_is_refused(out: AtDesk, changed: dict[str, object]) -> None:
    """Days that run backwards, are over or for ever; no reason; no title. Nothing is stored."""
    with pytest.raises(InputError):
        appoint(out.office, given(out.office, **changed), PAT)
    assert out.office.ledger.stand_ins.latest(5) == []
    day = out.office.today()
    longest = given(out.office, first=day, last=day + LONGEST)
    assert appoint(out.office, longest, PAT).last == day + LONGEST


def test_without_an_appointment_nothing_is_taken_over(out: AtDesk) -> None:
    """The role alone moves no packet; nor does an appointment of somebody else."""
    third = replace(OTHER, key="third", email="third@example.org")
    out.office.ledger.people.put(third)
    appoint(out.office, given(out.office), PAT)
    for who in (third, replace(COORDINATOR)):
        with pytest.raises(NotAllowed):
            take_over(out.office, out.packet.id, who)
    assert take_over(out.office, out.packet.id, OTHER).id == out.packet.id


@pytest.mark.parametrize(("from_", "to"), [(1, 3), (-5, -1)])
def test_it_holds_from_the_first_to_the_last_day(out: AtDesk, from_: int, to: int) -> None:
    """The day before it begins and the day after it ended, nothing is taken over."""
    day = out.office.today()
    if to < 0:
        stored = appoint(out.office, given(out.office), PAT)
        past = replace(stored, first=day + from_ * DAY, last=day + to * DAY)
        out.office.ledger.stand_ins.save(past)
    else:
        appoint(out.office, given(out.office, first=day + from_ * DAY, last=day + to * DAY), PAT)
    assert holding(out.office, OTHER) == []
    with pytest.raises(NotAllowed, match="No appointment"):
        take_over(out.office, out.packet.id, OTHER)


def test_what_was_ended_holds_no_longer(out: AtDesk) -> None:
    """Ended once, by those concerned; the stand-in may end it too."""
    stand_in = appoint(out.office, given(out.office), PAT)
    with pytest.raises(NotAllowed):
        end(out.office, stand_in.id, COORDINATOR)
    end(out.office, stand_in.id, OTHER)
    with pytest.raises(Refused, match="already"):
        end(out.office, stand_in.id, PAT)
    with pytest.raises(NotAllowed, match="No appointment"):
        take_over(out.office, out.packet.id, OTHER)
    with pytest.raises(NotFound):
        end(out.office, "standin_none", PAT)


@pytest.mark.parametrize("changed", [{"is_active": False}, {"roles": frozenset({Role.AUDITOR})}])
def test_it_ends_with_the_office_of_the_one_stood_in_for(
    out: AtDesk, changed: dict[str, object]
) -> None:
    """Nobody stands in for somebody who may no longer sign themselves."""
    appoint(out.office, given(out.office), PAT)
    out.office.ledger.people.put(replace(PAT, **changed))  # type: ignore[arg-type]  # one key each
    with pytest.raises(NotAllowed):
        take_over(out.office, out.packet.id, OTHER)
    with pytest.raises(Refused, match="nobody to"):
        appoint(out.office, given(out.office), ADMIN)


def test_it_ends_when_the_settings_name_another(out: AtDesk) -> None:
    """Who stood in for the one named before stands in for nobody; the control is before."""
    appoint(out.office, given(out.office), PAT)
    third = replace(OTHER, key="third", email="third@example.org")
    out.office.ledger.people.put(third)
    before = out.office.pso_settings
    signatory = replace(before.signatory, email=third.email)
    later = replace(out.office, pso=replace(before, signatory=signatory))
    assert holding(out.office, OTHER)
    assert not holding(later, OTHER)
    with pytest.raises(NotAllowed, match="No appointment"):
        take_over(later, out.packet.id, OTHER)


def test_only_the_named_ones_packets_are_taken_over(out: AtDesk) -> None:
    """A packet that a coordinator gave to a third person is not the principal's any more."""
    appoint(out.office, given(out.office), PAT)
    new = NewSigner(name="Ada", title="President", email="ada@example.org", reason="Away.")
    reassign(out.office, out.packet.id, "pso", new, COORDINATOR)
    with pytest.raises(NotAllowed, match="somebody else"):
        take_over(out.office, out.packet.id, OTHER)


def test_taken_over_twice_or_too_late_is_refused(out: AtDesk) -> None:
    """The second time it is not the principal's place any more; a voided packet is nobody's."""
    appoint(out.office, given(out.office), PAT)
    take_over(out.office, out.packet.id, OTHER)
    with pytest.raises(NotAllowed):
        take_over(out.office, out.packet.id, OTHER)
    withdraw(out.office, out.packet.id, COORDINATOR, "Wrong.")
    with pytest.raises(Refused, match="no longer open"):
        take_over(out.office, out.packet.id, OTHER)
    history = out.office.ledger.history.of(out.packet.id)
    assert [item.kind for item in history].count("signer.reassigned") == 1


def test_appointments_are_kept(office: Office) -> None:
    """Stored, read, changed and listed newest first; unknown ones are said to be so."""
    rows = office.ledger.stand_ins
    one = StandIn(
        id="standin_1",
        principal="pat",
        person="other",
        title="Vice President",
        first=NOON.date(),
        last=NOON.date(),
        reason="Λόγος 理由",
        appointed_by="pat",
        appointed_at=NOON,
    )
    two = replace(one, id="standin_2", person="third")
    for item in (one, two):
        rows.add(item)
    assert rows.latest(5) == [two, one]
    assert rows.latest(1) == [two]
    assert rows.of_person("other") == [one]
    with office.ledger.transaction():
        ended = replace(rows.locked("standin_1"), ended_at=NOON, ended_by="pat")
        rows.save(ended)
    assert rows.of_person("other") == [ended]
    for wanted in ("standin_3", ""):
        with pytest.raises(NotFound), office.ledger.transaction():
            rows.locked(wanted)
    with pytest.raises(NotFound):
        rows.save(replace(one, id="standin_3"))


def test_presence_is_needed_after_taking_over(out: AtDesk) -> None:
    """What the principal did at the desk before counts for nothing for the stand-in."""
    out.agree_and_read()
    appoint(out.office, given(out.office), PAT)
    take_over(out.office, out.packet.id, OTHER)
    presence: Presence = out.presence(OTHER)
    with pytest.raises(Refused):
        sign_at_desk(out.office, out.packet.id, presence, out.declared())
    with pytest.raises(NotAllowed):
        sign_at_desk(out.office, out.packet.id, out.presence(), out.declared())
