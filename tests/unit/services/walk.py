"""The packet line, walked by services: one generated packet for all tests, and doubles that fail."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from docgen.domain.person import Person, Role
from docgen.errors import StorageError
from docgen.ports.esign import RawCallback
from docgen.services.approve import approve
from docgen.services.ceremony.desk import Desk
from docgen.services.ceremony.enter import identify, request_code, visit_by_session
from docgen.services.ceremony.invite import signing_link
from docgen.services.ceremony.read import accept_disclosure, record_reading
from docgen.services.ceremony.secret import one_time_code
from docgen.services.ceremony.sign import Intent, sign_packet
from docgen.services.enrollment_file import read_enrollment
from docgen.services.receive import accept
from docgen.services.send import send
from docgen.services.sweep import run_errand
from integrations.esign.embedded.service import EmbeddedService
from integrations.esign.fake import FakeService
from integrations.simulators.seal import seal
from integrations.system.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime

    from docgen.domain.packet import Packet
    from docgen.ports.archive import ArchiveStore, Receipt
    from docgen.ports.ledger import EnrollmentVersion, Ledger
    from docgen.services.ceremony.enter import Visit
    from docgen.services.office import Office

SAMPLES = Path(__file__).parents[3] / "samples"
RECORD_ID = "1b4e28ba-2fa1-4d2a-8c3b-0a1b2c3d4e5f"


def form(name: str = "freestanding-pllc") -> dict[str, Any]:
    """Read a sample form; give it an id, so that a changed form is the next version."""
    raw = read_enrollment((SAMPLES / name / "enrollment.yaml").read_bytes(), suffix=".yaml")
    return {**copy.deepcopy(cast("dict[str, Any]", raw)), "record_id": RECORD_ID}


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """One enrollment version and the packet made from it."""

    version: EnrollmentVersion
    packet: Packet

    def store(self, office: Office) -> Packet:
        """Put both into an empty ledger, with our people; the files lie in the work store."""
        with office.ledger.transaction():
            add_people(office)
            office.ledger.enrollments.add(self.version)
            office.ledger.packets.add(self.packet)
        return self.packet


def person(key: str, *roles: Role) -> Person:
    """Make one of our people."""
    return Person(
        key=key, name=f"Invented {key}", email=f"{key}@example.org", roles=frozenset(roles)
    )


COORDINATOR = person("coordinator", Role.COORDINATOR)
COUNSEL = person("counsel", Role.LEGAL_APPROVER)
BOTH = person("both", Role.COORDINATOR, Role.LEGAL_APPROVER)
AUDITOR = person("auditor", Role.AUDITOR)


def add_people(office: Office) -> None:
    """Store our people."""
    for one in (COORDINATOR, COUNSEL, BOTH, AUDITOR):
        office.ledger.people.put(one)


def approved(office: Office, packet: Packet) -> Packet:
    """Approve a standard plan."""
    return approve(office, packet.id, packet.plan.short_checksum, COORDINATOR, "claimed")


def sent(office: Office, packet: Packet, service: str = "fake") -> Packet:
    """Approve and send a packet."""
    approved(office, packet)
    run_errand(office, send(office, packet.id, COORDINATOR, service))
    return office.ledger.packets.get(packet.id)


def kinds(office: Office, subject: str) -> list[str]:
    """List the kinds of a subject's activities."""
    return [item.kind for item in office.ledger.history.of(subject)]


def sealed_elsewhere(pdf: bytes) -> bytes:
    """Seal a file as an outside signing service does: written anew, with a seal of its own."""
    return seal(pdf, [], "fake")


def with_fake(office: Office, fake: FakeService | None = None) -> tuple[Office, FakeService]:
    """Give an office that also sends by the fake service."""
    fake = fake or FakeService(seal=sealed_elsewhere)
    return replace(office, services={**office.services, fake.key: fake}), fake


def sent_unheard(office: Office, packet: Packet, service: str = "fake") -> None:
    """Approve and send a packet by a process that dies before it wrote down that it is out."""
    ledger = CrashingLedger(office.ledger, crashes=1)
    crashing: Any = replace(office, ledger=ledger)  # type: ignore[arg-type]  # a double
    approved(crashing, packet)
    key = send(crashing, packet.id, COORDINATOR, service)
    ledger.armed = True
    try:
        run_errand(crashing, key)
    except Crash:
        return
    message = "the process did not die"
    raise AssertionError(message)


class Loopback:
    """A courier that hands callbacks straight to the receiving side; `lost` drops them."""

    key: ClassVar[str] = "loopback"

    def __init__(self, *, lost: bool = False) -> None:
        self.office: Office | None = None
        self.lost = lost

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Deliver, or lose."""
        assert self.office is not None
        assert url.endswith("/callbacks/embedded")
        if not self.lost:
            raw = RawCallback(headers=headers, body=body, received_at=self.office.clock.now())
            accept(self.office, "embedded", raw)


class ShiftedClock:
    """The present, which time stamps need, moved on at will."""

    def __init__(self) -> None:
        self._present = SystemClock()
        self._shift = timedelta()

    def now(self) -> datetime:
        """Give the shifted moment."""
        return self._present.now() + self._shift

    def advance(self, by: timedelta) -> None:
        """Move on."""
        self._shift += by


def at_own_desk(office: Office, courier: Loopback, clock: ShiftedClock | None = None) -> Office:
    """Give an office whose own signer keeps the same clock and reports through this courier."""
    inner = replace(office, courier=courier, clock=clock or ShiftedClock())
    service = EmbeddedService(Desk(inner), [office.rules.callback_secret])
    whole = replace(inner, services={service.key: service})
    courier.office = whole
    return whole


def sign_next(office: Office, envelope_id: str) -> None:
    """Let whoever's turn it is come in by link and code, read everything and sign it."""
    (signer,) = office.ledger.ceremonies.get(envelope_id).turn[:1]
    link = signing_link(office, office.ledger.ceremonies.get(envelope_id), signer)
    token = link.rpartition("/")[2]
    run_errand(office, request_code(office, token))
    number = office.ledger.ceremonies.get(envelope_id).signer(signer.key).code_number
    code = one_time_code(office.rules.link_secret, envelope_id, signer.key, number)
    session = identify(office, token, code, {})

    def visit() -> Visit:
        return visit_by_session(office, envelope_id, session)

    accept_disclosure(office, visit())
    for document in visit().ceremony.documents:
        record_reading(office, visit(), document.slug, document.current_sha256)
    intent = Intent(
        name=signer.name,
        title=signer.title,
        typed=signer.name,
        drawn=None,
        attests_authority=True,
        shown={item.slug: item.current_sha256 for item in visit().ceremony.documents},
        client={},
    )
    sign_packet(office, visit(), intent)


class Crash(Exception):
    """The process dies here."""


@dataclass
class CrashingLedger:
    """A ledger whose next transactions are lost at their commit, after their work was done."""

    inner: Ledger
    crashes: int = 0
    armed: bool = False
    spared: int = 0

    def __getattr__(self, name: str) -> object:
        """Everything else is the real ledger's."""
        return getattr(self.inner, name)

    def transaction(self) -> AbstractContextManager[None]:
        """Open a transaction that crashes at its end while armed."""

        @contextmanager
        def crashing() -> Iterator[None]:
            with self.inner.transaction():
                yield
                if self.armed and self.spared:
                    self.spared -= 1
                elif self.armed and self.crashes:
                    self.crashes -= 1
                    raise Crash

        return crashing()


class FullStore:
    """A store whose disk is full until `full` is cleared."""

    key: ClassVar[str] = "full"

    def __init__(self, inner: ArchiveStore, *, after: int = 0) -> None:
        self.inner = inner
        self.left = after
        self.full = True

    def put(self, data: bytes) -> Receipt:
        """Refuse once the space is used up."""
        if self.full and self.left <= 0:
            raise StorageError("The archive could not write; free space on its disk.")
        self.left -= 1
        return self.inner.put(data)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the real store's."""
        return getattr(self.inner, name)

    def open(self, sha256: str, *, version: str = "") -> bytes:
        """Read as ever."""
        return self.inner.open(sha256, version=version)

    def stat(self, sha256: str, *, version: str = "") -> Receipt | None:
        """Look as ever."""
        return self.inner.stat(sha256, version=version)


def changed(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Give the sample form with one change."""
    raw = form()
    change(raw)
    return raw
