"""One bad day: crashes, outages, lost answers, callbacks that come as they like, people who differ."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from docgen.domain.packet import ENDED_UNSIGNED, PacketState
from docgen.domain.signing import Signal
from docgen.errors import DocgenError, ServiceUnavailable
from docgen.ports.esign import RawCallback
from docgen.services.paper import intake_scan
from docgen.services.receive import accept
from docgen.services.send import send
from docgen.services.sweep import sweep
from docgen.services.withdraw import withdraw
from integrations.archive.fake import FakeArchive
from integrations.esign.fake import FakeService
from tests.integrations.esign.test_fake_contract import signed
from tests.unit.services.test_paper import scan
from tests.unit.services.walk import COORDINATOR, Crash, CrashingLedger, approved, sealed_elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from docgen.domain.packet import Packet
    from docgen.ports.esign import Capabilities, EnvelopeRequest
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

STEPS = 40


class PlainPrinter:
    """Prints nothing worth reading, at once."""

    key: ClassVar[str] = "plain"

    def print_page(self, html: bytes, *, title: str) -> bytes:
        """Give a PDF in name only."""
        return b"%PDF-1.7 " + title.encode()

    print_form = print_page


ENDED = {PacketState.ARCHIVED} | ENDED_UNSIGNED
# How an envelope ends unsigned: by a person, by its time, at the service's own desk, by its fault.
BADLY = (Signal.DECLINED, Signal.DECLINED, Signal.EXPIRED, Signal.VOIDED, Signal.FAILED)
KINDS = ("sent", "viewed", "signed", "fully_executed", "declined", "voided", "something_new")


@dataclass(slots=True, kw_only=True)
class UnreliableService(FakeService):
    """The fake, on a line that breaks before or after the work was done."""

    key: ClassVar[str] = "fake"
    random: Random
    trouble: float = 0.0
    creations: list[str] = field(default_factory=list)

    def __getattribute__(self, name: str) -> Any:
        """Break the calls that go over the line."""
        found = object.__getattribute__(self, name)
        if name not in {"find", "fetch", "fetch_several", "download", "void", "records"}:
            return found
        return self._over_the_line(found)

    def send(self, request: EnvelopeRequest) -> str:
        """Create an envelope each time: nobody keeps a caller from sending twice."""
        self._break()
        once = FakeService()
        once.send(request)
        [made] = once.envelopes.values()
        number = f"fake_{len(self.envelopes) + 1}"
        made.snapshot = replace(made.snapshot, envelope_id=number)
        self.envelopes[number] = made
        self.creations.append(request.idempotency_key)
        self._break()
        return number

    def _over_the_line(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def broken(*given: Any) -> Any:
            self._break()
            result = call(*given)
            self._break()
            return result

        return broken

    def _break(self) -> None:
        if self.random.random() < self.trouble:
            raise ServiceUnavailable("The line broke.", service=self.key, retry_after_s=None)


@dataclass(slots=True, kw_only=True)
class SparingService(UnreliableService):
    """The same, where it limits how often it is asked and tells of many by one question."""

    capabilities: ClassVar[Capabilities] = replace(
        FakeService.capabilities, poll_every=timedelta(minutes=15), reads_at_once=100
    )


@dataclass(slots=True, kw_only=True)
class Day:
    """What happened, for whoever replays a seed."""

    told: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def live(office: Office, clock: StandingClock, packet: Packet, random: Random) -> Day:
    """Let one packet through a bad day, then leave it alone until nothing moves."""
    day = Day()
    kind = random.choice((UnreliableService, SparingService))
    service = kind(random=random, seal=_sealed)
    site = replace(
        office,
        services={service.key: service},
        archive=FakeArchive(),
        printer=PlainPrinter(),
        clock=clock,
    )
    ledger = CrashingLedger(site.ledger)
    fragile = replace(site, ledger=ledger)  # type: ignore[arg-type]  # a double
    approved(site, packet)
    send(site, packet.id, COORDINATOR, service.key)
    for _ in range(STEPS):
        _step(day, fragile, ledger, service, clock, packet, random)
    service.trouble, ledger.armed = 0.0, False
    for _ in range(30):
        clock.advance(timedelta(hours=7))
        _people(service, clock, random, always=True)
        sweep(site)
        if site.ledger.packets.get(packet.id).state in ENDED:
            break
    day.wrong += _wrong(site, service, packet)
    return day


@cache
def _sealed(pdf: bytes) -> bytes:
    """Seal a file once for all days; the seal's own randomness is no part of a day."""
    return sealed_elsewhere(pdf)


def _step(
    day: Day,
    office: Office,
    ledger: CrashingLedger,
    service: UnreliableService,
    clock: StandingClock,
    packet: Packet,
    random: Random,
) -> None:
    clock.advance(timedelta(seconds=random.choice((0, 1, 30, 400, 4000))))
    service.trouble = random.choice((0.0, 0.0, 0.0, 0.2, 1.0))
    ledger.armed, ledger.spared = random.random() < 0.3, random.randint(0, 5)
    ledger.crashes = 1
    what = random.choices(
        ("sweep", "people", "callback", "void", "paper"),
        weights=(10, 5, 5, random.random() < 0.2, random.random() < 0.05),
    )[0]
    day.told.append(what)
    try:
        if what == "sweep":
            day.told += sweep(office).failures
        elif what == "people":
            _people(service, clock, random)
        elif what == "callback":
            _callback(office, clock, random)
        elif what == "void":
            withdraw(office, packet.id, COORDINATOR, "A change of mind.")
        else:
            intake_scan(office, packet.id, scan(office), COORDINATOR)
    except (Crash, DocgenError) as error:
        day.told.append(type(error).__name__)


def _people(
    service: UnreliableService, clock: StandingClock, random: Random, *, always: bool = False
) -> None:
    for item in service.envelopes.values():
        if item.snapshot.ended is not None or not (always or random.random() < 0.5):
            continue
        if not always and random.random() < 0.1:
            ended = random.choice(BADLY)
            item.snapshot = replace(item.snapshot, ended=ended, ended_at=clock.now())
            continue
        waiting = [one for one in item.snapshot.recipients if one.signed_at is None]
        first = replace(waiting[0], viewed_at=clock.now(), signed_at=clock.now())
        people = tuple(first if it.key == first.key else it for it in item.snapshot.recipients)
        over = all(it.signed_at for it in people)
        item.snapshot = replace(
            item.snapshot,
            recipients=people,
            ended=Signal.FULLY_EXECUTED if over else None,
            ended_at=clock.now() if over else None,
        )


def _callback(office: Office, clock: StandingClock, random: Random) -> None:
    """Bring a callback: true or not, for this envelope or another, once or twice, askew in time."""
    number = random.choice(("fake_1", "fake_1", "fake_2", "stranger"))
    body = f'{{"signal": "{random.choice(KINDS)}", "envelope_id": "{number}"}}'.encode()
    raw: RawCallback = signed(
        body, b"fake", clock.now() + timedelta(seconds=random.randint(-400, 400))
    )
    raw = replace(raw, received_at=clock.now())
    for _ in range(random.choice((1, 1, 2, 3))):
        accept(office, "fake", raw)


def _wrong(site: Office, service: UnreliableService, packet: Packet) -> list[str]:
    """List everything that is not as it must be at the end."""
    after = site.ledger.packets.get(packet.id)
    kinds = [item.kind for item in site.ledger.history.of(packet.id)]
    archived = after.state is PacketState.ARCHIVED
    endings = [item.snapshot.ended for item in service.envelopes.values()]
    signed_by_all = Signal.FULLY_EXECUTED in endings
    executed = kinds.count("paper.taken_in" if after.whole_on_paper else "packet.executed")
    found = {
        f"the packet is left {after.state}": after.state not in ENDED,
        f"sent {len(service.creations)} times": len(service.creations) > 1,
        "an envelope was left open that nobody follows": None in endings,
        "signed by all, and not archived": signed_by_all and not archived,
        "archived, and not signed by all": archived and not (signed_by_all or after.whole_on_paper),
        "signed on paper, and not archived": after.whole_on_paper and not archived,
        "signed twice, and nobody is told": signed_by_all
        and after.whole_on_paper
        and "packet.contradicted" not in kinds,
        "executed more or less than once": executed != int(archived),
        "archived more or less than once": kinds.count("packet.archived") != int(archived),
        "noted as sent more than once": kinds.count("packet.sent") > 1,
        "there is no bundle": archived and not site.archive.open(after.bundle_sha256),
    }
    return [words for words, holds in found.items() if holds]
