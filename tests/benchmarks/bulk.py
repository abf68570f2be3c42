"""A site's archive and history in bulk: the rows the product itself would have written, many at once.

Practices, their forms and packets are invented; what stands in the register follows from them by the
product's own rules. Only the history's rows are written by a shorter way, because there are millions:
`tests/ledger/test_bulk.py` holds every row against those of the product.
"""

from __future__ import annotations

import copy
import gc
import hashlib
import json
import random
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from docgen.db.codec import to_json
from docgen.db.history import HistoryRows
from docgen.db.ledger import DatabaseLedger
from docgen.db.lines import (
    document_rows,
    enrollment_line,
    form_line,
    packet_found,
    packet_line,
    packet_row,
)
from docgen.domain.canonical import canonical_json, sha256_hex
from docgen.domain.history import Activity, timestamp
from docgen.domain.packet import PacketKind
from docgen.domain.plan import PSO_KEY
from docgen.domain.search import searchable
from docgen.domain.standing import standing_of
from docgen.ports.ledger import EnrollmentVersion
from docgen.services.checkpoint import sign_checkpoint
from tests.benchmarks.crowd import START, Seed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from django.db.models import Model

    from docgen.db.lines import FormLine, PacketFound
    from docgen.domain.packet import Packet
    from docgen.ports.ledger import StoredCheckpoint
    from docgen.services.office import Office

WINDOW = 64  # so many practices live at the same time, their activities in turn
_DOCUMENTS_A_PACKET = 12
_PAGES_KEPT = "PRAGMA cache_size"
_GIVEN = (
    "Ada", "Bruno", "Chloé", "Dmitri", "Elif", "Farid", "Grace", "Hugo", "Ines", "Jonas",
    "Kavya", "Łucja", "Mateo", "Noor", "Olga", "Priya", "Quinn", "Rosa", "Søren", "Tomasz",
)  # fmt: skip
_PLACES = ("Northfield", "Lakeside", "Harbor", "Valley", "Prairie", "Summit", "River", "Mesa")
_PATH = (
    "packet.generated", "plan.approved", "packet.sent", "signer.invited", "signer.viewed",
    "signer.consented", "signer.signed", "envelope.sealed", "packet.executed", "packet.archived",
)  # fmt: skip
_VISITS = ("archive.opened", "archive.fetched", "archive.verified", "copy.sent", "signer.viewed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An activity before it has its numbers."""

    at: datetime
    subject: str
    kind: str
    actor: str
    details: Mapping[str, object]
    salt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """One invented practice: its form's versions, its packets, and what happened to them."""

    versions: tuple[EnrollmentVersion, ...]
    form: FormLine
    packets: tuple[Packet, ...]
    told: tuple[Told, ...]

    @property
    def documents(self) -> int:
        """Count the executed documents."""
        return sum(len(item.executed) for item in self.packets)


class People(Seed):
    """Invents practices, always the same ones in the same order."""

    def __init__(self, seed: int, entries_a_document: int) -> None:
        super().__init__(_DOCUMENTS_A_PACKET)
        self._random = random.Random(seed)  # noqa: S311  # invents samples, guards nothing
        self._entries = entries_a_document

    def practices(self) -> Iterator[Practice]:
        """Invent practices without end."""
        while True:
            yield self._practice()

    def _practice(self) -> Practice:
        key = f"enr_{self._random.getrandbits(104):026x}"
        versions = self._versions(key)
        form = form_line(versions)
        packets = tuple(self.packet(key, form, kind) for kind in PacketKind)
        told = [
            self._told(versions[0].at, key, "enrollment.stored", "user:ada", version=item.version)
            for item in versions
        ]
        for packet in packets:
            told += self._life(packet)
        documents = sum(len(item.executed) for item in packets)
        last = max(item.at for item in told)
        while len(told) < documents * self._entries:
            packet = self._random.choice(packets)
            at = last + timedelta(minutes=self._random.randint(1, 900_000))
            kind = self._random.choice(_VISITS)
            told.append(self._told(at, packet.id, kind, f"user:{self._user()}", **self._seen()))
        return Practice(versions=versions, form=form, packets=packets, told=tuple(told))

    def _user(self) -> str:
        return f"auditor_{self._random.randint(1, 40)}"

    def _seen(self) -> dict[str, object]:
        return {"slug": self._random.choice(("psa", "baa", "pses")), "place": "archive"}

    def _told(self, at: datetime, subject: str, kind: str, actor: str, **details: object) -> Told:
        salt = f"{self._random.getrandbits(128):032x}"
        return Told(at=at, subject=subject, kind=kind, actor=actor, details=details, salt=salt)

    def _life(self, packet: Packet) -> list[Told]:
        path = _PATH if packet.executed else _PATH[: self._random.randint(1, 6)]
        at, found = packet.created_at, []
        for kind in path:
            at += timedelta(minutes=self._random.randint(1, 900))
            keys = ("practice_1", PSO_KEY) if kind.startswith("signer.") else ("",)
            for key in keys:
                name = packet.plan.recipient(key).name if key else ""
                details = {"recipient": key, "name": name} if key else {}
                actor = f"signer:{key}" if key else "system"
                found.append(self._told(at, packet.id, kind, actor, **details))
        return found

    def _versions(self, key: str) -> tuple[EnrollmentVersion, ...]:
        at = START + timedelta(hours=self._random.randint(0, 50_000))
        name = self.practice()
        numbers = (1, 2) if self._random.random() < 0.2 else (2,)
        return tuple(
            self._version(key, number, name, at + timedelta(days=number)) for number in numbers
        )

    def _version(self, key: str, number: int, name: str, at: datetime) -> EnrollmentVersion:
        digits = self._random.randint(10**8, 10**9 - 1)
        places = [f"{self._random.choice(_PLACES)} {self.word()}" for _ in range(3)]
        raw = {
            "practice": {"display_name": name, "dba": [f"{self.word()} Physicians"]},
            "legal_entities": [
                {
                    "entity_id": "main",
                    "legal_name": f"{name}, PLLC",
                    "role": "contracting_party",
                    "ein": f"{digits // 10**7}-{digits % 10**7:07d}",
                    "npi": f"1{digits}",
                }
            ],
            "facilities": [
                {"facility_id": f"f{at}", "name": place, "npi": f"1{digits + at + 1}"}
                for at, place in enumerate(places)
            ],
            "contacts": [
                {
                    "contact_id": f"c{at}",
                    "given_name": self._random.choice(_GIVEN),
                    "family_name": self.word(),
                }
                for at in range(2)
            ],
            "signatories": [{"contact_id": "c0"}, {"contact_id": "c1"}],
        }
        record = canonical_json(raw)
        return EnrollmentVersion(
            enrollment_id=key,
            version=number,
            record=record,
            sha256=sha256_hex(record),
            practice=name,
            is_draft=number == 1,
            at=at,
        )


@dataclass(slots=True)
class Loader:
    """Fills an empty site; `documents` and `count` (of practices) say how far it came.

    `window` says how many practices live at a time; of each window one is remembered, in `known`
    and `packets`, to be asked for.
    """

    office: Office
    people: People
    window: int = WINDOW
    documents: int = 0
    packets: list[str] = field(default_factory=list)
    known: list[EnrollmentVersion] = field(default_factory=list)
    count: int = 0
    _source: Iterator[Practice] | None = None

    def load(self, documents: int) -> StoredCheckpoint:
        """Go on until so many executed documents are there; sign a checkpoint over the history."""
        with _room_in_memory():
            while self.documents < documents:
                with self.office.ledger.transaction():
                    for _ in range(20):
                        if self.documents < documents:
                            self._window()
            return sign_checkpoint(believed(self.office))

    def _window(self) -> None:
        self._source = self._source or self.people.practices()
        window = [next(self._source) for _ in range(self.window)]
        self.documents += sum(item.documents for item in window)
        self.count += len(window)
        self.known.append(window[0].versions[-1])
        self.packets += [item.id for item in window[0].packets if item.executed]
        store(window, self.office.ledger.history.size(), _zone(self.office))


def _zone(office: Office) -> str:
    return office.pso.time_zone if office.pso else "UTC"


def in_turn(window: Sequence[Practice]) -> list[Told]:
    """Put what happened to these practices in the order in which it happened."""
    return sorted((told for item in window for told in item.told), key=lambda told: told.at)


def store(window: Sequence[Practice], first: int, zone: str) -> None:
    """Write everything of these practices; `first` is the number of their first activity."""
    from docgen.db.models import EnrollmentVersionRow, PacketRow
    from docgen.db.packets import packet_columns

    rows: list[Sequence[Model]] = [
        [
            EnrollmentVersionRow(
                **{name: getattr(item, name) for name in EnrollmentVersion.__dataclass_fields__}
            )
            for each in window
            for item in each.versions
        ],
        [
            PacketRow(packet_id=item.id, **packet_columns(item))
            for each in window
            for item in each.packets
        ],
    ]
    histories = _write_history(in_turn(window), first)
    register = [_register_rows(item, histories, zone) for item in window]
    rows += [[row for each in register for row in each[at]] for at in range(5)]
    for group in rows:
        if group:
            type(group[0])._default_manager.bulk_create(group)


def _write_history(told: Sequence[Told], first: int) -> dict[str, list[Activity]]:
    """Write activities as `HistoryRows.append` does; give them by their subject."""
    from django.db import connection

    positions: Counter[str] = Counter()
    histories: dict[str, list[Activity]] = {}
    rows = []
    for seq, item in enumerate(told, first):
        positions[item.subject] += 1
        position = positions[item.subject]
        rows.append((seq, item.subject, position, _leaf_hash(item, seq, position), _body(item)))
        activity = Activity(
            seq=seq,
            position=position,
            at=item.at,
            subject=item.subject,
            kind=item.kind,
            actor=item.actor,
            details=item.details,
            salt=item.salt,
        )
        histories.setdefault(item.subject, []).append(activity)
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO activity (seq, subject, position, leaf_hash, body) "
            "VALUES (%s, %s, %s, %s, %s)",
            rows,
        )
    return histories


def _leaf_hash(item: Told, seq: int, position: int) -> bytes:
    """Hash a leaf without taking the way over values: the same text, written out."""
    details, _ = _written(tuple(item.details.items()))
    content = f'{{"actor":"{item.actor}","details":{details},"position":{position}}}'
    digest = hashlib.sha256(f"{item.salt}{content}".encode()).hexdigest()
    leaf = (
        f'{{"at":"{timestamp(item.at)}","digest":"{digest}","kind":"{item.kind}","seq":{seq},'
        f'"subject":"{item.subject}","v":1}}'
    )
    return hashlib.sha256(b"\x00" + leaf.encode()).digest()


def _body(item: Told) -> str:
    _, details = _written(tuple(item.details.items()))
    return (
        f'{{"at": "{item.at.isoformat()}", "kind": "{item.kind}", "actor": "{item.actor}", '
        f'"details": {details}, "salt": "{item.salt}"}}'
    )


@lru_cache(maxsize=4096)
def _written(details: tuple[tuple[str, object], ...]) -> tuple[str, str]:
    """Write details as the log digests them, and as the database holds them."""
    return canonical_json(dict(details)).decode(), json.dumps(dict(details))


def _register_rows(
    practice: Practice, histories: Mapping[str, Sequence[Activity]], zone: str
) -> tuple[list[Model], ...]:
    from docgen.db.models import RegisterWordsRow

    key, form = practice.versions[0].enrollment_id, practice.form
    lines: list[Model] = []
    columns: list[Model] = []
    documents: list[Model] = []
    found: list[PacketFound] = []
    for packet in sorted(practice.packets, key=lambda item: item.id):
        standing = standing_of(packet, histories.get(packet.id, ()), (), zone)
        line = packet_line(packet, standing)
        found.append(packet_found(packet, standing))
        lines.append(_line_row(packet.id, key, to_json(line), to_json(found[-1]), is_packet=True))
        columns.append(packet_row(line, standing))
        documents += document_rows(packet, line)
    found.sort(key=lambda item: item.facts.created_at)
    whole, column = enrollment_line(key, form, found, histories.get(key, ()), zone)
    lines.append(_line_row(key, key, to_json(whole), to_json(form), is_packet=False))
    words = searchable(form.words, *(item.words for item in found))
    named = RegisterWordsRow(enrollment_id=key, words=words)
    return lines, columns, documents, [column], [named]


def _line_row(
    subject: str, key: str, line: dict[str, object], facts: dict[str, object], *, is_packet: bool
) -> Model:
    from docgen.db.models import RegisterLineRow

    return RegisterLineRow(
        subject=subject, enrollment_id=key, is_packet=is_packet, line=line, facts=facts
    )


class _Believed(HistoryRows):
    """The history of a site that was just loaded: its rows are not all hashed again."""

    def first_altered(self, since: int = 0) -> int | None:  # asked of the port
        """Say that nothing was altered."""
        return None


def believed(office: Office) -> Office:
    """Give the office with a history that is believed to be as it was loaded."""
    ledger = copy.copy(cast("DatabaseLedger", office.ledger))
    ledger.history = _Believed(ledger.projection)
    return replace(office, ledger=ledger)


@contextmanager
def _room_in_memory() -> Iterator[None]:
    """Let SQLite keep more pages in memory while loading, and afterwards what it had."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_PAGES_KEPT)
        before = cursor.fetchone()[0]
        cursor.execute(f"{_PAGES_KEPT}=-200000")
        gc.disable()  # millions of rows pass through, none of them in a circle
        try:
            yield
        finally:
            gc.enable()
            cursor.execute(f"{_PAGES_KEPT}={before}")
