"""How often services are asked: no envelope more often than it may be, and all together no more."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

import pytest

from docgen.domain.packet import PacketState
from docgen.domain.signing import EnvelopeSnapshot, Signal
from docgen.errors import NotFound
from docgen.services.poll import MOST_TRIES
from docgen.services.sweep import sweep
from integrations.esign.fake import FakeService
from tests.conftest import NOON
from tests.unit.services.test_every_service import VENDORS, connected

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.domain.packet import Packet
    from docgen.ports.esign import Capabilities
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

PERIOD = timedelta(minutes=15)
HOURS, OUT = 3, 12


def unseen(envelope_id: str) -> EnvelopeSnapshot:
    """Tell of an envelope that nobody has looked at."""
    return EnvelopeSnapshot(
        envelope_id=envelope_id, idempotency_key="", sent_at=NOON, recipients=()
    )


class Counting(FakeService):
    """Counts how often each envelope is read."""

    read: Counter[str]

    def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
        """Count, and tell of an envelope that nobody has looked at."""
        self.read[envelope_id] += 1
        return unseen(envelope_id)


class Narrow(Counting):
    """Lets itself be asked eight times in an hour."""

    capabilities: ClassVar[Capabilities] = replace(
        FakeService.capabilities, poll_every=PERIOD, polls_an_hour=8
    )


class Wide(Counting):
    """Says how often one envelope may be read, and nothing of all."""

    capabilities: ClassVar[Capabilities] = replace(FakeService.capabilities, poll_every=PERIOD)


class Listing(Counting):
    """Tells of four envelopes by one question, eight times in an hour, and leaves some out."""

    capabilities: ClassVar[Capabilities] = replace(
        FakeService.capabilities, poll_every=PERIOD, polls_an_hour=8, reads_at_once=4
    )
    questions: int = 0
    left_out: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()

    def __init__(self) -> None:
        super().__init__()
        self.listed = Counter[str]()

    def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
        """Know nothing of what is gone."""
        found = super().fetch(envelope_id)
        if envelope_id in self.gone:
            raise NotFound("Unknown.")
        return self._as_it_stands(found)

    def fetch_several(self, envelope_ids: Sequence[str]) -> Mapping[str, EnvelopeSnapshot]:
        """Count, and tell of those that the list holds."""
        assert len(envelope_ids) <= self.capabilities.reads_at_once
        self.questions += 1
        self.listed.update(envelope_ids)
        return {
            item: self._as_it_stands(unseen(item))
            for item in envelope_ids
            if item not in self.left_out | self.gone
        }

    def _as_it_stands(self, found: EnvelopeSnapshot) -> EnvelopeSnapshot:
        if found.envelope_id not in self.ended:
            return found
        return replace(found, ended=Signal.VOIDED, ended_at=NOON)


class LongListing(Listing):
    """Does so as often as we like."""

    capabilities: ClassVar[Capabilities] = replace(Listing.capabilities, polls_an_hour=0)


def read_for_hours(
    office: Office, clock: StandingClock, packet: Packet, service: Counting, out: int
) -> Counter[str]:
    """Leave packets out for signature, without a callback; give how often each was read."""
    site = out_at(office, packet, service, out)
    for _ in range(HOURS * 12):
        sweep(site)
        clock.advance(timedelta(minutes=5))
    return service.read


def out_at(office: Office, packet: Packet, service: Counting, out: int) -> Office:
    """Leave packets out for signature at this service."""
    service.read = Counter()
    site = replace(office, services={"fake": service})
    for number in range(out):
        one = replace(
            packet,
            id=f"{packet.id}-{number}",
            state=PacketState.SENT,
            service="fake",
            envelope_id=f"e{number}",
        )
        site.ledger.packets.add(one)
    return site


@pytest.mark.parametrize("out", [1, OUT])
def test_an_envelope_is_read_once_in_each_period(
    office: Office, clock: StandingClock, packet: Packet, out: int
) -> None:
    """However often the site sweeps, and however many are out where no more is said."""
    read = read_for_hours(office, clock, packet, Wide(), out)
    assert len(read) == out
    assert set(read.values()) <= {HOURS * 4 - 1, HOURS * 4}


def test_many_take_turns_and_each_is_read(
    office: Office, clock: StandingClock, packet: Packet
) -> None:
    """Two in each period, so twelve of them once in an hour and a half."""
    read = read_for_hours(office, clock, packet, Narrow(), OUT)
    assert len(read) == OUT
    assert set(read.values()) <= {1, 2}


def test_few_take_no_turns(office: Office, clock: StandingClock, packet: Packet) -> None:
    """The control: within the limit each is read as often as it may be."""
    read = read_for_hours(office, clock, packet, Narrow(), 2)
    assert set(read.values()) <= {HOURS * 4 - 1, HOURS * 4}


@pytest.fixture
def listing() -> Listing:
    """Give a service that tells of several by one question."""
    return Listing()


def test_many_are_read_by_few_questions(
    office: Office, clock: StandingClock, packet: Packet, listing: Listing
) -> None:
    """Two questions in each period were twelve single readings in an hour and a half before."""
    read_for_hours(office, clock, packet, listing, OUT)
    assert listing.read == Counter()  # none by itself
    assert len(listing.listed) == OUT
    assert min(listing.listed.values()) >= HOURS * 4 // 2 - 1
    groups = OUT // listing.capabilities.reads_at_once
    assert listing.questions <= HOURS * 8 + groups * HOURS  # chance may overfill a group


def test_few_take_no_turns_in_a_list_either(
    office: Office, clock: StandingClock, packet: Packet, listing: Listing
) -> None:
    """The control: one question a period holds them all."""
    read_for_hours(office, clock, packet, listing, 2)
    assert set(listing.listed.values()) <= {HOURS * 4 - 1, HOURS * 4}
    assert listing.questions <= HOURS * 4


def test_whoever_joins_or_leaves_has_nobody_asked_after_again(
    office: Office, clock: StandingClock, packet: Packet
) -> None:
    """Within one period of the service, and while there are as many questions."""
    listing = LongListing()
    site = out_at(office, packet, listing, OUT - 2)
    for number in range(2):
        sweep(site)
        site.ledger.packets.add(
            replace(
                packet,
                id=f"{packet.id}-new-{number}",
                state=PacketState.SENT,
                service="fake",
                envelope_id=f"n{number}",
            )
        )
        clock.advance(timedelta(minutes=5))
    clock.advance(timedelta(minutes=4))
    sweep(site)
    assert len(listing.listed) >= OUT - 2
    assert set(listing.listed.values()) == {1}


def test_what_a_list_leaves_out_is_asked_after_by_itself(
    office: Office, clock: StandingClock, packet: Packet, listing: Listing
) -> None:
    """One gone from the service holds up no other: those that ended follow, and it is told."""
    site = out_at(office, packet, listing, 4)
    listing.left_out, listing.gone = frozenset({"e0"}), frozenset({"e1"})
    listing.ended = frozenset({"e0", "e2"})
    failures = set()
    for _ in range(4):
        failures |= set(sweep(site).failures)
        clock.advance(timedelta(minutes=5))
    assert failures == {"poll_several: not-found"}
    states = [site.ledger.packets.get(f"{packet.id}-{number}").state for number in range(4)]
    sent, voided = PacketState.SENT, PacketState.VOIDED
    assert states == [voided, sent, voided, sent]
    assert set(listing.read) == {"e0", "e1"}


@pytest.mark.parametrize("kind", [Wide, LongListing])
def test_an_envelope_gone_for_good_leaves_no_errands_behind(
    office: Office, clock: StandingClock, packet: Packet, kind: type[Counting]
) -> None:
    """Each period puts its question a few times; it is not tried for ever beside the next one's."""
    service = kind()
    site = out_at(office, packet, service, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kind, "fetch", _gone)
        patch.setattr(kind, "fetch_several", lambda *_: {})
        failures: list[str] = []
        for _ in range(8 * 20):
            failures += sweep(site).failures
            clock.advance(timedelta(minutes=3))
    assert len(site.ledger.errands.open()) <= 2
    assert len(failures) <= 8 * 4 * MOST_TRIES
    assert site.ledger.packets.get(f"{packet.id}-0").state is PacketState.SENT


def _gone(*_: object) -> EnvelopeSnapshot:
    raise NotFound("Unknown.")


# Requests that reading one envelope takes, and what a vendor lets an account ask in an hour; Dropbox
# Sign's stands in test mode here.
LIMITS = {"docusign": (1, 3_000), "dropbox_sign": (1, 600), "documenso": (2, 60_000)}


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_re_reading_leaves_half_of_a_known_limit(office: Office, name: str) -> None:
    """What a vendor documents for all requests together; the others document no number."""
    with connected(office, name) as (site, _):
        able = site.services[name].capabilities
    assert able.poll_every
    requests, limit = LIMITS.get(name, (1, 0))
    assert able.polls_an_hour * requests == limit // 2
