"""The ledger: everything the product remembers, in one relational database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from contextlib import AbstractContextManager

    from docgen.domain.batch import Batch, BatchLine
    from docgen.domain.ceremony import Ceremony
    from docgen.domain.collector import Collector
    from docgen.domain.envelope import Fact
    from docgen.domain.form_guest import FormGuest
    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet, PacketState
    from docgen.domain.person import Adoption, Approval, Person
    from docgen.ports.api_access import ApiAnswers, ApiTokens
    from docgen.ports.stand_in import StandIns
    from docgen.ports.traffic import Deliveries, Errands
    from docgen.ports.watch import Watch
    from docgen.ports.webhooks import Webhooks


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollmentVersion:
    """One accepted version of an enrollment; it never changes. `record` is canonical JSON."""

    enrollment_id: str
    version: int
    record: bytes
    sha256: str
    practice: str
    is_draft: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCheckpoint:
    """A signed checkpoint of the log, and the time stamp over it once there is one."""

    size: int
    root: str
    note: str
    at: datetime
    time_stamp: bytes = b""


class Enrollments(Protocol):
    """Enrollment versions, append-only."""

    def add(self, version: EnrollmentVersion) -> None:
        """Store a new version; an existing number raises `Refused`."""
        ...

    def latest(self, enrollment_id: str) -> EnrollmentVersion:
        """Give the newest version, or raise `NotFound`."""
        ...

    def get(self, enrollment_id: str, version: int) -> EnrollmentVersion:
        """Give one version, or raise `NotFound`."""
        ...

    def lock(self, enrollment_id: str) -> None:
        """Hold an enrollment until the transaction ends; it comes before any of its packets.

        Whoever makes a packet of it, or lets one be signed, has looked at the others.
        """
        ...

    def list(self) -> Sequence[EnrollmentVersion]:
        """List the newest version of each enrollment, oldest enrollment first."""
        ...


class Packets(Protocol):
    """Packets, their approvals and what is known of their envelopes."""

    def add(self, packet: Packet) -> None:
        """Store a new packet; an existing id raises `Refused`."""
        ...

    def get(self, packet_id: str) -> Packet:
        """Read a packet, or raise `NotFound`."""
        ...

    def locked(self, packet_id: str) -> Packet:
        """Read a packet and hold it until the transaction ends."""
        ...

    def save(self, packet: Packet) -> None:
        """Write back a packet read with `locked`."""
        ...

    def list(self) -> Sequence[Packet]:
        """List every packet, oldest first."""
        ...

    def after(self, packet_id: str, limit: int) -> Sequence[Packet]:
        """List so many packets in the order of their ids, from the one after this id."""
        ...

    def in_states(self, states: frozenset[PacketState]) -> Sequence[Packet]:
        """List the packets in these states, oldest first."""
        ...

    def of_enrollment(self, enrollment_id: str) -> Sequence[Packet]:
        """List the packets of one enrollment, oldest first."""
        ...

    def by_envelope(self, service: str, envelope_id: str) -> Packet | None:
        """Find the packet an envelope carries."""
        ...

    def add_facts(self, packet_id: str, facts: frozenset[Fact]) -> None:
        """Join facts to what is known of the packet's envelope; known ones stay."""
        ...

    def facts(self, packet_id: str) -> frozenset[Fact]:
        """Give everything known of the packet's envelope."""
        ...

    def add_approval(self, approval: Approval) -> None:
        """Record an approval; the same person approving the same plan again changes nothing."""
        ...

    def approvals(self, packet_id: str) -> Sequence[Approval]:
        """List a packet's approvals, oldest first."""
        ...


class People(Protocol):
    """Our own people, and the templates they adopted."""

    def put(self, person: Person) -> None:
        """Add or change a person."""
        ...

    def get(self, key: str) -> Person:
        """Read a person, or raise `NotFound`."""
        ...

    def list(self) -> Sequence[Person]:
        """List everybody by key."""
        ...

    def add_adoption(self, adoption: Adoption) -> None:
        """Record an adoption; the same digest again changes nothing."""
        ...

    def adoption(self, digest: str) -> Adoption | None:
        """Find the adoption of a template digest."""
        ...


class History(Protocol):
    """The append-only history and its checkpoints."""

    def append(self, activity: Activity) -> Activity:
        """Store an activity under the next `seq` and `position` (those given are ignored)."""
        ...

    def of(self, subject: str) -> Sequence[Activity]:
        """List one subject's activities in order."""
        ...

    def of_kind(self, kind: str, subjects: Collection[str]) -> Sequence[Activity]:
        """List the activities of one kind about any of these subjects, in order, by one query."""
        ...

    def size(self) -> int:
        """Give the number that the next activity gets; without gaps, how many there are."""
        ...

    def nodes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Give nodes of the log's Merkle tree from number `start` up to, not with, `end`.

        Each of level L stands over 256^L activities; those of level 0 are RFC 6962 leaf hashes.
        From level 1 on they are there once they were kept. The first that is missing, or is no
        hash, ends the list.
        """
        ...

    def kept_nodes(self) -> Mapping[int, int]:
        """Count the kept nodes of each level."""
        ...

    def keep_nodes(self, level: int, start: int, hashes: Sequence[bytes]) -> None:
        """Keep nodes from number `start` on; one that is kept already is never changed."""
        ...

    def leaves(self, start: int, end: int) -> Sequence[bytes]:
        """Give the log leaves of the activities from number `start` up to, not with, `end`.

        The first that cannot be read ends the list.
        """
        ...

    def first_altered(self, since: int = 0) -> int | None:
        """Give the number of the first activity whose content is not that of its leaf hash.

        Activities before number `since` are passed over.
        """
        ...

    def checkpoints(self) -> Sequence[StoredCheckpoint]:
        """List every signed checkpoint, oldest first."""
        ...

    def count_checkpoints(self) -> int:
        """Count the signed checkpoints."""
        ...

    def checkpoints_after(self, size: int, limit: int) -> Sequence[StoredCheckpoint]:
        """List so many signed checkpoints, oldest first, from the one after this size."""
        ...

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        """Store a signed checkpoint; the same size again changes nothing."""
        ...

    def latest_checkpoint(self) -> StoredCheckpoint | None:
        """Give the newest checkpoint."""
        ...


class Ceremonies(Protocol):
    """Envelopes of the own signer."""

    def add(self, ceremony: Ceremony) -> None:
        """Store a new envelope; an existing key raises `Refused`."""
        ...

    def get(self, envelope_id: str) -> Ceremony:
        """Read an envelope, or raise `NotFound`."""
        ...

    def locked(self, envelope_id: str) -> Ceremony:
        """Read an envelope and hold it until the transaction ends."""
        ...

    def save(self, ceremony: Ceremony) -> None:
        """Write back an envelope read with `locked`."""
        ...

    def by_key(self, idempotency_key: str) -> Ceremony | None:
        """Find an envelope by its sender's key."""
        ...

    def running(self) -> Sequence[Ceremony]:
        """List envelopes that have not ended."""
        ...


class Collectors(Protocol):
    """Visits of those who get a packet's executed copies again."""

    def get(self, packet_id: str, key: str) -> Collector:
        """Read what is known of one person's visits, or raise `NotFound`."""
        ...

    def locked(self, packet_id: str, key: str) -> Collector:
        """Read, or begin, one person's visits and hold them until the transaction ends."""
        ...

    def save(self, collector: Collector) -> None:
        """Write back what was read with `locked`."""
        ...


class FormGuests(Protocol):
    """Those who were invited to fill in their practice's form."""

    def add(self, guest: FormGuest) -> None:
        """Store a new invitation."""
        ...

    def get(self, guest_id: str) -> FormGuest:
        """Read an invitation, or raise `NotFound`."""
        ...

    def locked(self, guest_id: str) -> FormGuest:
        """Read an invitation and hold it until the transaction ends, or raise `NotFound`."""
        ...

    def save(self, guest: FormGuest) -> None:
        """Write back what was read with `locked`."""
        ...

    def of_enrollment(self, enrollment_id: str) -> Sequence[FormGuest]:
        """List who was invited to a form, first invited first."""
        ...

    def of_email(self, email: str) -> Sequence[FormGuest]:
        """List the invitations of an address, newest first, at most twenty."""
        ...


class Batches(Protocol):
    """Acts asked for many subjects at once, and what came of each."""

    def add(self, batch: Batch) -> None:
        """Store a new batch with all its lines."""
        ...

    def get(self, batch_id: str) -> Batch:
        """Read a batch with its lines, or raise `NotFound`."""
        ...

    def save_line(self, batch_id: str, line: BatchLine) -> None:
        """Write back one line."""
        ...

    def latest(self, limit: int) -> Sequence[Batch]:
        """List the newest batches, newest first, without their lines."""
        ...


class Ledger(Protocol):
    """One database; everything inside one `transaction` commits together or not at all."""

    enrollments: Enrollments
    packets: Packets
    people: People
    history: History
    errands: Errands
    deliveries: Deliveries
    ceremonies: Ceremonies
    collectors: Collectors
    batches: Batches
    form_guests: FormGuests
    api_tokens: ApiTokens
    api_answers: ApiAnswers
    stand_ins: StandIns
    webhooks: Webhooks
    watch: Watch

    def transaction(self) -> AbstractContextManager[None]:
        """Open a write transaction; nested ones join the outer."""
        ...

    def alone(self, name: str) -> AbstractContextManager[bool]:
        """Do something that one process at a time does; gives False where another is doing it."""
        ...

    def in_turn(self, name: str) -> AbstractContextManager[None]:
        """Do something that one process at a time does, once it is our turn."""
        ...
