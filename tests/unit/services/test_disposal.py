"""Disposal: after retention, by two people, whole, repeatable, and never of what must be kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

import pytest

from docgen.domain.canonical import canonical_json
from docgen.domain.disposal import disposal_of
from docgen.domain.packet import PacketState
from docgen.domain.paper import PaperOriginal
from docgen.domain.person import Person, Role
from docgen.domain.plan import Source
from docgen.domain.review import DraftCopy, ReturnedFile, Round
from docgen.errors import Gone, InputError, NotAllowed, NotFound, Refused, ServiceUnavailable
from docgen.ports.archive import Keeping
from docgen.ports.register_query import ArchiveQuery, PacketQuery, RetentionState
from docgen.ports.traffic import Delivery
from docgen.services.archived import archived_digests, open_archived
from docgen.services.checkpoint import sign_checkpoint, where_rewritten
from docgen.services.collect import ask_code, enter, gone_words, visit
from docgen.services.copied import CopiedArchive
from docgen.services.disclose import disclose
from docgen.services.disposal import (
    confirm_disposal,
    packets_that_may_go,
    propose_disposal,
    refuse_kept,
    withdraw_disposal,
)
from docgen.services.dispose import dispose_packet
from docgen.services.disposed import open_working
from docgen.services.export import export, select
from docgen.services.fetch import fetch
from docgen.services.hold import lift_hold, place_hold, propose_lift
from docgen.services.needed import working_digests
from docgen.services.paper import intake_scan
from docgen.services.regenerate import regenerate
from docgen.services.register_report import draw_up
from docgen.services.scrub import begin_scrub, take_step
from docgen.services.sources import take_paper
from docgen.services.sweep import run_due, sweep
from docgen.services.terminate import terminate
from docgen.services.verify import verify_packet
from integrations.archive.fake import FakeArchive
from integrations.archive.filesystem import FilesystemArchive
from integrations.archive.s3.store import S3Archive
from integrations.mail.fake import FakeMailer
from integrations.system.clock import StandingClock, SystemClock
from tests.ledger.test_concurrent_ledger import together
from tests.s3 import ACCESS_KEY, SECRET_KEY
from tests.unit.services.test_paper import scan
from tests.unit.services.test_scrub import archived
from tests.unit.services.test_sources import THEIRS, checklist, required
from tests.unit.services.walk import (
    AUDITOR,
    BOTH,
    COORDINATOR,
    COUNSEL,
    Crash,
    CrashingLedger,
    kinds,
    person,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.ports.archive import ArchiveStore
    from docgen.services.office import Office
    from docgen.services.scrub import Finding
    from tests.ledger.test_concurrent_ledger import together
from tests.s3 import S3Server

WHY = "Retention is over; nobody asked for it since."
LONG_AGO = datetime(2019, 3, 4, 12, tzinfo=UTC)
LAST_DAY = date(2020, 1, 31)  # so that it must be kept until 2026-01-31
EVENTS = ["disposal.proposed", "disposal.confirmed", "packet.disposed"]


class Work(FakeArchive):
    """A work store of one test's own over the one that all tests share."""

    def __init__(self, shared: ArchiveStore) -> None:
        super().__init__()
        self._shared = shared
        self.gone: set[str] = set()

    def open(self, sha256: str, *, version: str = "") -> bytes:
        """Take what is not here yet from the shared one."""
        if sha256 not in self.objects and sha256 not in self.gone:
            self.put(self._shared.open(sha256, version=version))
        return super().open(sha256, version=version)

    def dispose(self, sha256: str, *, at: datetime) -> None:
        """Remember what went, so that it comes back from nowhere."""
        super().dispose(sha256, at=at)
        self.gone.add(sha256)

    def there(self, sha256: str) -> bool:
        """Say whether a file can be read."""
        try:
            return bool(self.open(sha256))
        except NotFound:
            return False


@dataclass(frozen=True)
class House:
    """An office with one packet whose retention is over, archived in two places."""

    office: Office
    packet: Packet

    @property
    def digests(self) -> tuple[str, ...]:
        """Name everything that was archived of the packet."""
        return archived_digests(self.packet, self.office.ledger.history.of(self.packet.id))

    @property
    def working(self) -> tuple[str, ...]:
        """Name every working file of the packet."""
        return working_digests(self.packet, self.office.ledger.history.of(self.packet.id))

    @property
    def work(self) -> Work:
        """Give the work store."""
        assert isinstance(self.office.work, Work)
        return self.office.work

    def lies(self, sha256: str) -> list[bool]:
        """Say in which places an object lies."""
        pair = self.office.archive
        assert isinstance(pair, CopiedArchive)
        return [place.stat(sha256) is not None for place in (pair.first, pair.copy)]

    def told(self) -> list[str]:
        """List what the history says of disposal."""
        return [item for item in kinds(self.office, self.packet.id) if "dispos" in item]

    def decide(self) -> str:
        """Have two people decide; give the errand's key."""
        propose_disposal(self.office, self.packet.id, WHY, COUNSEL)
        return confirm_disposal(self.office, self.packet.id, AUDITOR)

    def carry(self) -> None:
        """Carry out what was decided."""
        dispose_packet(self.office, {"packet_id": self.packet.id})


def over(office: Office, packet: Packet) -> Packet:
    """Store a packet as one that ended long ago."""
    done = replace(
        packet,
        state=PacketState.TERMINATED,
        created_at=LONG_AGO,
        executed_at=LONG_AGO,
        terminated_on=LAST_DAY,
    )
    with office.ledger.transaction():
        office.ledger.packets.save(done)
    return done


@pytest.fixture(params=["fake", "filesystem"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> CopiedArchive:
    """Give an archive in two places."""
    if request.param == "fake":
        return CopiedArchive(FakeArchive(), FakeArchive())
    return CopiedArchive(FilesystemArchive(tmp_path / "a"), FilesystemArchive(tmp_path / "b"))


@pytest.fixture
def house(office: Office, packet: Packet, pair: CopiedArchive) -> House:
    """Archive the packet in both places, and let its time come."""
    own = replace(office, archive=pair, work=Work(office.work), mailer=FakeMailer())
    return House(own, over(own, archived(own, packet).packet))


def snapshot(house: House) -> tuple[object, ...]:
    """Give everything that disposal may change, to see that a refusal changes nothing."""
    history = [item.kind for item in house.office.ledger.history.of(house.packet.id)]
    return history, [house.lies(item) for item in house.digests], house.office.ledger.errands.open()


# -- two people, and then it is gone ---------------------------------------------------------------


def test_two_people_dispose_of_a_packet_and_the_log_tells_it(house: House) -> None:
    """Proposed nothing goes, confirmed all goes, in both places and at work; the log says so, signed."""
    office, before = house.office, house.digests
    assert all(house.lies(item) == [True, True] for item in before)
    propose_disposal(office, house.packet.id, WHY, COUNSEL)
    sweep(office)
    assert all(house.lies(item) == [True, True] for item in before)
    confirm_disposal(office, house.packet.id, AUDITOR)
    assert sweep(office).failures == ()
    assert all(house.lies(item) == [False, False] for item in before)
    assert not any(house.work.there(item) for item in house.working if item != _settings(house))
    assert house.told() == EVENTS
    end = office.ledger.history.of(house.packet.id)[-1]
    assert end.details["objects"] == sorted(before)
    assert (end.actor, end.details["places"]) == ("system", ["archive", "copy"])
    checkpoint = office.ledger.history.latest_checkpoint()
    assert checkpoint is not None
    assert checkpoint.size > end.seq
    assert where_rewritten(office) == ""
    assert office.ledger.history.first_altered() is None
    assert sign_checkpoint(office) == checkpoint


def _settings(house: House) -> str:
    """Name the PSO's settings, which the next packet needs too."""
    return house.packet.plan.pso_sha256


def test_the_decision_is_signed_before_anything_goes(house: House) -> None:
    """Without the time stamp over it nothing is deleted; the step is tried again."""

    class Away:
        key: ClassVar[str] = "away"

        def respond(self, request: bytes) -> bytes:
            """Answer nothing."""
            raise ServiceUnavailable("No answer.", service="time stamps")

    house.decide()
    away = House(replace(house.office, stamper=Away()), house.packet)
    with pytest.raises(ServiceUnavailable):
        away.carry()
    assert all(house.lies(item) == [True, True] for item in house.digests)
    house.carry()
    assert house.told() == EVENTS


def test_one_person_never_disposes_alone(house: House) -> None:
    """Not without a proposal, not after one's own, and not with a second account of one mailbox."""
    office, packet_id = house.office, house.packet.id
    with pytest.raises(Refused, match="Nobody proposed"):
        confirm_disposal(office, packet_id, COUNSEL)
    propose_disposal(office, packet_id, WHY, COUNSEL)
    twin = Person(
        key="twin", name="Twin", email="COUNSEL@example.org", roles=frozenset({Role.AUDITOR})
    )
    for second in (COUNSEL, twin):
        with pytest.raises(NotAllowed, match="another person"):
            confirm_disposal(office, packet_id, second)
    with pytest.raises(Refused, match="another person decides"):
        propose_disposal(office, packet_id, WHY, AUDITOR)
    sweep(office)
    assert house.told() == EVENTS[:1]
    assert all(house.lies(item) == [True, True] for item in house.digests)


def test_a_proposal_of_somebody_who_left_does_not_count(house: House) -> None:
    """Deactivated since, without the role, or not known at all; the control is who is still there."""
    people = house.office.ledger.people
    propose_disposal(house.office, house.packet.id, WHY, COUNSEL)
    for left in (
        replace(COUNSEL, is_active=False),
        replace(COUNSEL, roles=frozenset({Role.COORDINATOR})),
    ):
        people.put(left)
        with pytest.raises(NotAllowed, match="propose anew"):
            confirm_disposal(house.office, house.packet.id, AUDITOR)
    people.put(COUNSEL)
    confirm_disposal(house.office, house.packet.id, AUDITOR)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR, Role.PSO_COUNTERSIGNER])
def test_others_may_not(house: House, role: Role) -> None:
    """Neither propose nor withdraw nor confirm; nothing is noted."""
    other = person("other", role)
    propose_disposal(house.office, house.packet.id, WHY, COUNSEL)
    before = snapshot(house)
    for act in (propose_disposal, withdraw_disposal):
        with pytest.raises(NotAllowed):
            act(house.office, house.packet.id, WHY, other)
    with pytest.raises(NotAllowed):
        confirm_disposal(house.office, house.packet.id, other)
    assert snapshot(house) == before


def test_a_reason_is_needed(house: House) -> None:
    """None or only blanks is refused; nothing is noted."""
    before = snapshot(house)
    for reason in ("", "  \n "):
        with pytest.raises(InputError, match="reason"):
            propose_disposal(house.office, house.packet.id, reason, COUNSEL)
    assert snapshot(house) == before


def test_a_proposal_can_be_withdrawn(house: House) -> None:
    """By whoever may dispose; then nobody can confirm it, and it can be proposed anew."""
    office, packet_id = house.office, house.packet.id
    with pytest.raises(Refused, match="Nobody proposed"):
        withdraw_disposal(office, packet_id, "Not yet.", AUDITOR)
    propose_disposal(office, packet_id, WHY, COUNSEL)
    withdraw_disposal(office, packet_id, "Not yet.", AUDITOR)
    with pytest.raises(Refused, match="Nobody proposed"):
        confirm_disposal(office, packet_id, AUDITOR)
    house.decide()
    with pytest.raises(Gone):
        withdraw_disposal(office, packet_id, "Too late.", AUDITOR)


# -- what must be kept -----------------------------------------------------------------------------


def _in_effect(house: House) -> None:
    house.office.ledger.packets.save(
        replace(house.packet, state=PacketState.ARCHIVED, terminated_on=None)
    )


def _not_over(house: House) -> None:
    today = house.office.clock.now().date()
    day = today.replace(year=today.year - 6) + timedelta(days=1)
    house.office.ledger.packets.save(replace(house.packet, terminated_on=day))


def _on_its_way(house: House) -> None:
    house.office.ledger.packets.save(replace(house.packet, state=PacketState.SENT))


def _held(house: House) -> None:
    place_hold(house.office, house.packet.id, "A claim.", COUNSEL)


def _cited(house: House) -> None:
    plan = replace(house.packet.plan, packet_id="pkt_policy", follows_packet_id=house.packet.id)
    house.office.ledger.packets.add(
        replace(house.packet, id="pkt_policy", plan=plan, state=PacketState.ARCHIVED)
    )


def _locked(house: House) -> None:
    pair = house.office.archive
    assert isinstance(pair, CopiedArchive)
    pair.copy.keep(house.packet.bundle_sha256, house.office.clock.now() + timedelta(days=3))


def _held_by_the_store(house: House) -> None:
    house.office.archive.hold(house.digests[0], held=True)


KEPT = {
    "in effect": (_in_effect, "in effect"),
    "not over": (_not_over, "must be kept until"),
    "on its way": (_on_its_way, "on its way"),
    "on hold": (_held, "legal hold"),
    "cited": (_cited, "pkt_policy, which must still be kept"),
    "locked in the copy": (_locked, "own lock"),
    "held by the store": (_held_by_the_store, "store itself holds"),
}


@pytest.mark.parametrize("case", KEPT)
def test_what_must_be_kept_is_not_proposed(house: House, case: str) -> None:
    """Each reason by itself, with what it is; nothing is recorded."""
    make, told = KEPT[case]
    make(house)
    before = snapshot(house)
    with pytest.raises(Refused, match=told):
        propose_disposal(house.office, house.packet.id, WHY, COUNSEL)
    assert snapshot(house) == before


@pytest.mark.parametrize("case", KEPT)
def test_everything_is_looked_at_again_when_it_is_confirmed(house: House, case: str) -> None:
    """What came up since it was proposed stops it; nothing is recorded."""
    make, told = KEPT[case]
    propose_disposal(house.office, house.packet.id, WHY, COUNSEL)
    make(house)
    before = snapshot(house)
    with pytest.raises(Refused, match=told):
        confirm_disposal(house.office, house.packet.id, AUDITOR)
    assert snapshot(house) == before


def test_the_last_day_of_retention_is_kept_and_the_next_is_not(house: House) -> None:
    """The control beside `not over`: on the date itself it may go."""
    today = house.office.clock.now().date()
    house.office.ledger.packets.save(
        replace(house.packet, terminated_on=today.replace(year=today.year - 6))
    )
    assert refuse_kept(house.office, house.packet.id)


def test_a_policy_whose_own_time_has_come_keeps_nothing(house: House) -> None:
    """What it cites goes when both may go, also when it was disposed of first."""
    _cited(house)
    policy = house.office.ledger.packets.get("pkt_policy")
    house.office.ledger.packets.save(over(house.office, policy))
    refuse_kept(house.office, house.packet.id)
    place_hold(house.office, policy.id, "A claim.", COUNSEL)
    with pytest.raises(Refused, match="cites this one"):
        refuse_kept(house.office, house.packet.id)


def test_a_hold_ends_a_proposal(house: House) -> None:
    """Placed and lifted again, it must be proposed anew; the hold goes before."""
    office, packet_id = house.office, house.packet.id
    propose_disposal(office, packet_id, WHY, COUNSEL)
    place_hold(office, packet_id, "A claim.", AUDITOR)
    propose_lift(office, packet_id, "Settled.", COUNSEL)
    lift_hold(office, packet_id, AUDITOR)
    with pytest.raises(Refused, match="Nobody proposed"):
        confirm_disposal(office, packet_id, AUDITOR)
    run_due(office)
    house.decide()


def test_what_is_decided_can_be_held_no_more(house: House) -> None:
    """A hold that came too late says so, and promises nothing."""
    house.decide()
    with pytest.raises(Gone, match="being disposed of"):
        place_hold(house.office, house.packet.id, "A claim.", COUNSEL)
    house.carry()
    with pytest.raises(Gone, match="was disposed of"):
        place_hold(house.office, house.packet.id, "A claim.", COUNSEL)


def test_a_store_that_cannot_delete_is_said_before_anything_is_recorded(house: House) -> None:
    """With what to do; without anything there to delete it is no matter."""

    class Keyless(FakeArchive):
        def disposal_faults(self) -> list[str]:
            """Say what is missing."""
            return ["the bucket has no keys: name a file as [archive] disposal_credentials_file"]

    keyless = Keyless()
    keyless.objects = {item: house.office.archive.open(item) for item in house.digests}
    other = House(
        replace(house.office, archive=CopiedArchive(keyless, FakeArchive())), house.packet
    )
    before = snapshot(other)
    with pytest.raises(Refused, match="disposal_credentials_file"):
        propose_disposal(other.office, house.packet.id, WHY, COUNSEL)
    assert snapshot(other) == before
    keyless.objects.clear()
    propose_disposal(other.office, house.packet.id, WHY, COUNSEL)


def test_a_lock_that_came_after_the_decision_holds_the_step_back(house: House) -> None:
    """The store refuses, the sweep says so and tries again; once it is over the rest goes."""
    house.decide()
    clock = house.office.clock
    assert isinstance(clock, StandingClock)
    house.office.archive.keep(house.digests[-1], clock.now() + timedelta(hours=3))
    assert sweep(house.office).failures == ("dispose: refused",)
    assert house.told() == EVENTS[:2]
    with pytest.raises(Gone, match="being disposed of"):
        open_archived(house.office, house.packet.id, house.digests[0])
    clock.advance(timedelta(hours=7))
    assert sweep(house.office).failures == ()
    assert house.told() == EVENTS


# -- what is shared --------------------------------------------------------------------------------


def test_what_another_packet_needs_stays_until_the_last(house: House) -> None:
    """A second packet with some of the same files keeps them; with it they go."""
    office = house.office
    other = replace(
        house.packet,
        id="pkt_other",
        state=PacketState.ARCHIVED,
        terminated_on=None,
        executed=(),
        bundle_sha256="",
    )
    office.ledger.packets.add(other)
    shared = set(archived_digests(other, ()))
    assert shared < set(house.digests)
    house.decide()
    house.carry()
    for digest in house.digests:
        assert house.lies(digest) == [digest in shared] * 2
    assert all(house.work.there(item) for item in shared)
    end = office.ledger.history.of(house.packet.id)[-1]
    assert end.details["shared"] == sorted(shared)
    with pytest.raises(Gone):  # what is there for another is not handed out as this one's
        open_archived(office, house.packet.id, next(iter(shared)))
    House(office, over(office, other)).decide()
    assert sweep(office).failures == ()
    assert not any(any(house.lies(item)) for item in house.digests)


def test_what_a_packet_needs_that_is_only_a_draft_stays(house: House) -> None:
    """A generated packet names its files long before they are archived."""
    draft = replace(
        house.packet, id="pkt_draft", state=PacketState.DRAFT, executed=(), bundle_sha256=""
    )
    house.office.ledger.packets.add(draft)
    house.decide()
    house.carry()
    assert house.work.there(house.packet.rendered[0].pdf_sha256)
    assert house.lies(house.packet.rendered[0].pdf_sha256) == [True, True]


def test_a_paper_that_the_enrollment_still_names_stays_at_work(house: House) -> None:
    """The practice's own document is its source for the next packet; the archive's copy goes."""
    office, packet = house.office, house.packet
    choice = take_paper(
        office, packet.plan.enrollment_id, "baa", THEIRS, checklist(required(office)), COORDINATOR
    )
    assert choice.paper is not None
    documents = tuple(
        replace(item, paper=choice.paper, source=Source.COUNTERPARTY_PAPER)
        if item.slug == "baa"
        else item
        for item in packet.plan.documents
    )
    foreign = replace(packet, plan=replace(packet.plan, documents=documents))
    office.ledger.packets.save(foreign)
    office.archive.put(THEIRS)
    House(office, foreign).decide()
    assert sweep(office).failures == ()
    assert house.lies(choice.paper.file_sha256) == [False, False]
    assert office.work.open(choice.paper.file_sha256) == THEIRS


def test_the_settings_that_the_next_packet_needs_stay(house: House) -> None:
    """The PSO's settings as they stand; older ones go with the last packet made from them."""
    old = house.office.work.put(b"older settings").sha256
    plan = replace(house.packet.plan, pso_sha256=old)
    house.office.ledger.packets.save(replace(house.packet, plan=plan))
    now = house.office.work.put(canonical_json(house.office.pso_settings.to_json())).sha256
    house.decide()
    house.carry()
    assert not house.work.there(old)
    assert house.work.there(now)


# -- cut off anywhere ------------------------------------------------------------------------------


class Cut:
    """A store that dies at one of its deletions, before or after it happened."""

    key: ClassVar[str] = "cut"

    def __init__(self, inner: ArchiveStore, counter: list[int], at: int, *, after: bool) -> None:
        self.inner = inner
        self._counter, self._at, self._after = counter, at, after

    def __getattr__(self, name: str) -> object:
        """Everything else is the real store's."""
        return getattr(self.inner, name)

    def dispose(self, sha256: str, *, at: datetime) -> None:
        """Delete, or die."""
        self._counter[0] += 1
        if self._counter[0] == self._at and not self._after:
            raise Crash
        self.inner.dispose(sha256, at=at)
        if self._counter[0] == self._at:
            raise Crash


def test_cut_off_at_any_deletion_it_converges(house: House) -> None:
    """Before and after every single one: the next try ends as if nothing had happened, once."""
    house.decide()
    pair = house.office.archive
    assert isinstance(pair, CopiedArchive)
    cuts, number = 0, 1
    while True:
        counter, after = [0], bool(number % 2)

        first, copy, work = (
            Cut(store, counter, number, after=after)
            for store in (pair.first, pair.copy, house.office.work)
        )
        broken = replace(
            house.office,
            archive=CopiedArchive(first, copy),  # type: ignore[arg-type]  # doubles
            work=work,  # type: ignore[arg-type]  # the same
        )
        try:
            dispose_packet(broken, {"packet_id": house.packet.id})
        except Crash:
            cuts, number = cuts + 1, number + 1
            assert house.told() == EVENTS[:2]
            with pytest.raises(Gone, match="being disposed of"):
                open_archived(house.office, house.packet.id, house.packet.bundle_sha256)
            assert scrubbed(house.office) == []
            continue
        break
    assert cuts >= 3 * len(house.digests)
    assert house.told() == EVENTS
    assert not any(any(house.lies(item)) for item in house.digests)
    end = house.office.ledger.history.of(house.packet.id)[-1]
    assert end.details["objects"] == sorted(house.digests)


@pytest.mark.parametrize("spared", [0, 1, 2])
def test_cut_off_at_any_commit_it_converges(house: House, spared: int) -> None:
    """The checkpoint over the decision, the end, the checkpoint over the end: each lost once."""
    house.decide()
    ledger = CrashingLedger(house.office.ledger, crashes=1, armed=True, spared=spared)
    broken = replace(house.office, ledger=ledger)  # type: ignore[arg-type]  # a double
    with pytest.raises(Crash):
        dispose_packet(broken, {"packet_id": house.packet.id})
    if spared == 0:
        assert all(house.lies(item) == [True, True] for item in house.digests)
    house.carry()
    house.carry()
    assert house.told() == EVENTS
    end = house.office.ledger.history.of(house.packet.id)[-1]
    latest = house.office.ledger.history.latest_checkpoint()
    assert latest is not None
    assert latest.size > end.seq


def test_the_decision_and_its_errand_are_one(house: House) -> None:
    """Lost at its commit, neither is there; there is no decision that nobody carries out."""
    propose_disposal(house.office, house.packet.id, WHY, COUNSEL)
    before = snapshot(house)
    ledger = CrashingLedger(house.office.ledger, crashes=1, armed=True)
    broken = replace(house.office, ledger=ledger)  # type: ignore[arg-type]  # a double
    with pytest.raises(Crash):
        confirm_disposal(broken, house.packet.id, AUDITOR)
    assert snapshot(house) == before
    key = confirm_disposal(house.office, house.packet.id, AUDITOR)
    assert house.office.ledger.errands.waiting(key) is not None


def test_a_hold_and_a_confirmation_at_once_never_both_count(house: House) -> None:
    """Whoever comes first decides: held and nothing goes, or decided and no hold is promised."""
    propose_disposal(house.office, house.packet.id, WHY, COUNSEL)

    def act(number: int) -> str:
        try:
            if number % 2:
                place_hold(house.office, house.packet.id, "A claim.", COUNSEL)
            else:
                confirm_disposal(house.office, house.packet.id, AUDITOR)
        except (Refused, Gone):
            return "refused"
        return "done"

    assert sorted(together(act)) == ["done", "refused", "refused", "refused"]
    told = kinds(house.office, house.packet.id)
    assert ("hold.placed" in told) is not ("disposal.confirmed" in told)


def test_carried_out_by_several_at_once_it_ends_once(house: House) -> None:
    """Processes that do the same step in each other's way leave one end, and nothing behind."""
    house.decide()
    together(lambda _: house.carry())
    assert house.told() == EVENTS
    assert not any(any(house.lies(item)) for item in house.digests)


def test_what_nobody_decided_is_not_carried_out(house: House) -> None:
    """Attack: an errand by itself, or a proposal alone, deletes nothing."""
    house.carry()
    propose_disposal(house.office, house.packet.id, WHY, COUNSEL)
    house.carry()
    assert all(house.lies(item) == [True, True] for item in house.digests)


# -- the scrub -------------------------------------------------------------------------------------


def scrubbed(office: Office) -> list[Finding]:
    """Run a whole pass."""
    found: list[Finding] = []
    key = begin_scrub(office)
    while key:
        step, key = take_step(office, key)
        found += step.findings
    return found


def test_the_scrub_neither_misses_nor_restores_what_was_disposed_of(house: House) -> None:
    """No alarm, nothing mended from the copy, no lock renewed; the control is a loss undecided."""
    pair = house.office.archive
    assert isinstance(pair, CopiedArchive)
    house.decide()
    pair.first.dispose(house.packet.bundle_sha256, at=house.office.clock.now())
    assert scrubbed(house.office) == []
    assert house.lies(house.packet.bundle_sha256) == [False, True]
    house.carry()
    assert scrubbed(house.office) == []
    assert not any(any(house.lies(item)) for item in house.digests)
    assert house.office.register.packet(house.packet.id).alerts == ()


def test_a_loss_that_nobody_decided_is_still_damage(house: House) -> None:
    """The control: a proposal alone changes nothing for the scrub."""
    pair = house.office.archive
    assert isinstance(pair, CopiedArchive)
    propose_disposal(house.office, house.packet.id, WHY, COUNSEL)
    pair.first.dispose(house.packet.bundle_sha256, at=house.office.clock.now())
    (found,) = scrubbed(house.office)
    assert (found.sha256, found.mended) == (house.packet.bundle_sha256, True)


def test_a_pass_that_began_before_the_decision_restores_nothing(house: House) -> None:
    """Attack: two people decide, and the files go, while the scrub is at this very packet."""
    pair = house.office.archive
    assert isinstance(pair, CopiedArchive)
    real = pair.first

    class Deciding:
        key: ClassVar[str] = "deciding"
        begun = False

        def __getattr__(self, name: str) -> object:
            """Everything else is the real store's."""
            return getattr(real, name)

        def open(self, sha256: str, *, version: str = "") -> bytes:
            """Have everything happen at the first look."""
            if not self.begun:
                self.begun = True
                house.decide()
                house.carry()
            return real.open(sha256, version=version)

    both = CopiedArchive(Deciding(), pair.copy)  # type: ignore[arg-type]  # a double
    office = replace(house.office, archive=both)
    assert scrubbed(office) == []
    assert not any(any(house.lies(item)) for item in house.digests)


# -- what everybody is told ------------------------------------------------------------------------


READERS: dict[str, Callable[[House], object]] = {
    "open": lambda house: open_archived(house.office, house.packet.id, house.packet.bundle_sha256),
    "fetch": lambda house: fetch(
        house.office, house.packet.id, house.packet.bundle_sha256, AUDITOR
    ),
    "verify": lambda house: verify_packet(house.office, house.packet.id, AUDITOR),
    "regenerate": lambda house: regenerate(house.office, house.packet.id),
    "disclose": lambda house: disclose(house.office, house.packet.id, AUDITOR),
    "draft": lambda house: open_working(
        house.office, house.packet.id, house.packet.rendered[0].pdf_sha256
    ),
    "hold": lambda house: place_hold(house.office, house.packet.id, "A claim.", COUNSEL),
    "propose": lambda house: propose_disposal(house.office, house.packet.id, WHY, COUNSEL),
    "confirm": lambda house: confirm_disposal(house.office, house.packet.id, BOTH),
}


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_says_when_and_where(house: House, reader: str) -> None:
    """Never “altered”, “damaged” or “not found”: the day, the rule and the entry of the log."""
    house.decide()
    house.carry()
    entry = house.office.ledger.history.of(house.packet.id)[-1].seq
    with pytest.raises(Gone) as caught:
        READERS[reader](house)
    assert str(caught.value) == (
        f"This packet was disposed of on 2026-11-23 under retention; log entry {entry}."
    )


def test_paper_is_not_taken_in_for_what_was_disposed_of(house: House) -> None:
    """A voided packet could else come back to life with a scan and nothing behind it."""
    house.decide()
    house.carry()
    voided = replace(house.packet, state=PacketState.VOIDED, terminated_on=None)
    house.office.ledger.packets.save(voided)
    with pytest.raises(Gone):
        intake_scan(house.office, house.packet.id, scan(house.office), COORDINATOR)


def test_an_export_names_what_was_disposed_of(house: House) -> None:
    """Its index has the day, its list of what is lacking the sentence; a bundle it has none."""
    house.decide()
    house.carry()
    selection = select(house.office, [house.packet.id])
    assert selection.bundles == ()
    assert "was disposed of on 2026-11-23" in selection.lacks[0]
    made = export(house.office, selection, AUDITOR)
    data = b"".join(made.pieces)
    assert len(data) == made.size
    assert b"lacking.txt" in data
    assert b'"2026-11-23"' in data


def test_the_register_and_its_filters_know_it(house: House) -> None:
    """It may go until it is gone; then it is found as disposed of, and by nothing else."""
    office = house.office
    today = office.clock.now().date()

    def found(state: RetentionState) -> bool:
        packets = office.register.packets(PacketQuery(retention=state, today=today))
        documents = office.register.archived(ArchiveQuery(retention=state, today=today))
        assert bool(packets.total) is bool(documents.total)
        return bool(packets.total)

    assert packets_that_may_go(office) == {house.packet.id}
    assert [item for item in RetentionState if found(item)] == [RetentionState.MAY_GO]
    house.decide()
    house.carry()
    assert packets_that_may_go(office) == frozenset()
    assert [item for item in RetentionState if found(item)] == [RetentionState.DISPOSED]
    assert office.register.packet(house.packet.id).disposed_on == today
    drawn = draw_up(office, AUDITOR)
    assert b'"disposed_on":"2026-11-23"' in drawn.data


def test_who_collects_copies_is_told_and_let_in_no_more(house: House) -> None:
    """No code is mailed and an open visit ends; what is told depends on nobody's address."""
    office, packet_id = house.office, house.packet.id
    mailer = office.mailer
    assert isinstance(mailer, FakeMailer)
    address = "maria.delgado@lakeside.example.org"
    assert gone_words(office, packet_id) == ""
    key = ask_code(office, packet_id, address)
    assert key is not None
    run_due(office)
    code = mailer.sent[-1].text.split("Your code is ")[1].split()[0]
    cookie = enter(office, packet_id, address, code, {})
    assert visit(office, packet_id, cookie).files
    house.decide()
    house.carry()
    with pytest.raises(NotFound):
        visit(office, packet_id, cookie)
    assert ask_code(office, packet_id, address) is None
    assert "was disposed of" in gone_words(office, packet_id)
    assert gone_words(office, "pkt_none") == ""


# -- what goes with it -----------------------------------------------------------------------------


def test_drafts_scans_and_callbacks_go_too(house: House) -> None:
    """Every working file that names only this packet; of callbacks stay the id and the time."""
    office, put = house.office, house.office.work.put
    files = [put(data).sha256 for data in (b"draft", b"draft docx", b"redline", b"a scan")]
    drafts = Round(
        number=1,
        released_by="coordinator",
        released_at=LONG_AGO,
        copies=(DraftCopy(slug="psa", version="1", pdf_sha256=files[0], docx_sha256=files[1]),),
        returned=(
            ReturnedFile(
                slug="psa", sha256=files[2], size=7, sender="x", taken_in_by="y", at=LONG_AGO
            ),
        ),
    )
    paper = PaperOriginal(
        scan_sha256=files[3],
        pages=1,
        signed_on=LAST_DAY,
        received_on=LAST_DAY,
        original_at="a safe",
        attested_by="coordinator",
        statement="",
        at=LONG_AGO,
        documents=("psa",),
    )
    office.ledger.packets.save(replace(house.packet, rounds=(drafts,), paper=paper))
    for kind, name, detail in (
        ("envelope.opened", "sent_sha256", "documents"),
        ("signer.signed", "signed_sha256", "documents"),
        ("envelope.sealed", "sha256", "documents"),
        ("packet.quarantined", "sha256", "files"),
    ):
        files.append(put(kind.encode()).sha256)
        office.note(house.packet.id, kind, "system", **{detail: [{"slug": "psa", name: files[-1]}]})
    kept = put(b"a neighbor's").sha256
    letter = Delivery(
        service="fake",
        delivery_id="one",
        headers={"x-name": "Maria"},
        body=b"maria@example.org",
        received_at=LONG_AGO,
    )
    for number, owner in ((1, house.packet.id), (2, "pkt_other")):
        office.ledger.deliveries.add(replace(letter, delivery_id=str(number)))
        office.ledger.deliveries.settle("fake", str(number), owner)
    house.decide()
    house.carry()
    assert [item for item in files if house.work.there(item)] == []
    assert house.work.there(kept)
    (mine,) = office.ledger.deliveries.of(house.packet.id)
    assert (mine.headers, mine.body, mine.delivery_id) == ({}, b"", "1")
    (other,) = office.ledger.deliveries.of("pkt_other")
    assert other.body == letter.body
    assert office.ledger.history.of(house.packet.id)[-1].details["callbacks"] == 1


def test_what_ended_unsigned_goes_the_same_way(office: Office, packet: Packet) -> None:
    """Nothing of it was archived, but its drafts are there: six years after it was made."""
    own = replace(office, archive=FakeArchive(), work=Work(office.work))
    done = replace(packet, state=PacketState.WITHDRAWN, created_at=LONG_AGO)
    with own.ledger.transaction():
        own.ledger.packets.save(done)
    assert own.work.open(packet.rendered[0].pdf_sha256)
    propose_disposal(own, packet.id, WHY, COUNSEL)
    confirm_disposal(own, packet.id, AUDITOR)
    assert sweep(own).failures == ()
    with pytest.raises(NotFound):
        own.work.open(packet.rendered[0].pdf_sha256)
    assert kinds(own, packet.id)[-1] == "packet.disposed"


def test_from_the_end_of_effect_to_the_end_of_retention(
    office: Office, packet: Packet, clock: StandingClock
) -> None:
    """The whole of it by the clock: terminated, locked, refused until the day, then disposed of."""
    own = replace(office, archive=FakeArchive(), work=Work(office.work))
    house = House(own, archived(own, packet).packet)
    clock.advance(timedelta(days=300))
    terminate(own, packet.id, date(2027, 9, 1), "The practice closed.", COORDINATOR)
    run_due(own)
    for moment in (datetime(2033, 8, 31, 12, tzinfo=UTC), datetime(2033, 9, 1, 12, tzinfo=UTC)):
        clock.advance(moment - clock.now())
        with pytest.raises(Refused):
            propose_disposal(own, packet.id, WHY, COUNSEL)
    assert own.archive.keeping_all(house.packet.bundle_sha256) == Keeping(
        until=datetime(2033, 9, 2, 5, tzinfo=UTC)
    )
    clock.advance(timedelta(days=1))
    propose_disposal(own, packet.id, WHY, COUNSEL)
    confirm_disposal(own, packet.id, AUDITOR)
    assert sweep(own).failures == ()
    found = disposal_of(own.ledger.history.of(packet.id))
    assert found is not None
    assert found.disposed_at == clock.now()


# -- a bucket --------------------------------------------------------------------------------------


def test_a_bucket_is_emptied_of_it_and_its_copy_too(
    office: Office, packet: Packet, s3: S3Server, bucket: str, tmp_path: Path
) -> None:
    """A real server: locked it is refused, lapsed every version goes, and the log stays."""
    keys = {"disposal_access_key": ACCESS_KEY, "disposal_secret_key": SECRET_KEY}
    place = s3.place(bucket, **keys)
    store = S3Archive.at(place, now=SystemClock().now, lock=timedelta(seconds=4))
    pair = CopiedArchive(store, FilesystemArchive(tmp_path / "copy"))
    own = replace(office, archive=pair, work=Work(office.work), clock=SystemClock())
    house = House(own, over(own, archived(own, packet).packet))
    with pytest.raises(Refused, match="own lock"):
        propose_disposal(own, packet.id, WHY, COUNSEL)
    s3.client.delete_object(Bucket=bucket, Key=f"site/{house.packet.bundle_sha256}")
    ends = [kept.until for item in house.digests if (kept := store.keeping_all(item))]
    latest = max(item for item in ends if item is not None)
    while SystemClock().now() <= latest + timedelta(seconds=1):
        pass
    propose_disposal(own, packet.id, WHY, COUNSEL)
    confirm_disposal(own, packet.id, AUDITOR)
    assert sweep(own).failures == ()
    assert not any(any(house.lies(item)) for item in house.digests)
    listed = s3.client.list_object_versions(Bucket=bucket)
    left = {item["Key"].removeprefix("site/") for item in listed["Versions"]}
    assert not left & set(house.digests)
    assert left  # the log's own checkpoints
    assert "DeleteMarkers" not in listed
    assert house.told() == EVENTS
