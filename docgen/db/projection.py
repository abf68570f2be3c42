"""The register's rows, written in the same transaction as the truth they follow from."""

from __future__ import annotations

import threading
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection, transaction

from docgen.db.codec import from_json, to_json
from docgen.db.history import activity_of
from docgen.db.lines import (
    RULES_VERSION,
    FormLine,
    PacketFound,
    document_rows,
    enrollment_line,
    form_line,
    packet_found,
    packet_line,
    packet_row,
)
from docgen.db.models import (
    ActivityRow,
    EnrollmentVersionRow,
    FactRow,
    PacketRow,
    RegisterDocumentRow,
    RegisterEnrollmentRow,
    RegisterLineRow,
    RegisterMarkRow,
    RegisterPacketRow,
    RegisterWordsRow,
)
from docgen.db.packets import version_of
from docgen.domain.envelope import Fact
from docgen.domain.packet import Packet
from docgen.domain.search import searchable
from docgen.domain.signing import Signal
from docgen.domain.standing import standing_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from django.db.models import Model

    from docgen.domain.history import Activity
    from docgen.ports.ledger import EnrollmentVersion

# Any constant; on PostgreSQL one transaction at a time works out lines, so that none is worked out
# from what another is about to change. SQLite's write transactions are one at a time anyway.
_LOCK = 0x0D0C6E5
_BATCH = 200


@dataclass(slots=True)
class _Touched:
    """What a transaction changed: subjects of any kind, and enrollments with a new version."""

    subjects: set[str] = field(default_factory=set)
    forms: set[str] = field(default_factory=set)


class _Gathering(threading.local):
    """What this thread's open transaction touched so far; None outside one."""

    touched: _Touched | None = None


class Projection:
    """Keeps the register's rows in step; `zone` is where the PSO counts days."""

    def __init__(self, zone: str = "UTC") -> None:
        self._zone = zone
        self._open = _Gathering()

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Gather what is touched, and write its lines when the outermost block ends well."""
        if self._open.touched is not None:
            yield
            return
        self._open.touched = touched = _Touched()
        try:
            yield
            self._write(touched)
        finally:
            self._open.touched = None

    @contextmanager
    def touching(self, subject: str, *, form: bool = False) -> Iterator[None]:
        """Write about a packet or an enrollment; other subjects pass by.

        With `form`, the enrollment has a new version. Outside a transaction it is one of its own.
        """
        if self._open.touched is None:
            with transaction.atomic(), self.gathering(), self.touching(subject, form=form):
                yield
            return
        yield
        self._open.touched.subjects.add(subject)
        if form:
            self._open.touched.forms.add(subject)

    def _write(self, touched: _Touched) -> None:
        if not touched.subjects:
            return
        _lock()
        packets = list(PacketRow.objects.filter(packet_id__in=touched.subjects))
        enrollments = {row.enrollment_id for row in packets} | touched.subjects
        self._packets(packets)
        self._forms(touched.forms)
        self._enrollments(enrollments)

    def _packets(self, rows: Sequence[PacketRow]) -> None:
        if not rows:
            return
        ids = [row.packet_id for row in rows]
        histories, facts = _histories(ids), _facts(ids)
        lines, columns, documents = [], [], []
        for row in rows:
            packet = from_json(row.body, Packet)
            standing = standing_of(packet, histories[packet.id], facts[packet.id], self._zone)
            line = packet_line(packet, standing)
            lines.append(
                RegisterLineRow(
                    subject=packet.id,
                    enrollment_id=line.enrollment_id,
                    is_packet=True,
                    line=to_json(line),
                    facts=to_json(packet_found(packet, standing)),
                )
            )
            columns.append(packet_row(line, standing))
            documents += document_rows(packet, line)
        _put(lines, "subject")
        _put(columns, "packet_id")
        _forget_other_documents(ids, documents)
        _put(documents, "packet_id", "position")

    def _forms(self, enrollment_ids: Collection[str]) -> None:
        """Sum up the versions of these enrollments; their lines are written afterwards."""
        if not enrollment_ids:
            return
        versions: dict[str, list[EnrollmentVersion]] = defaultdict(list)
        rows = EnrollmentVersionRow.objects.filter(enrollment_id__in=enrollment_ids)
        for row in rows.order_by("enrollment_id", "version"):
            versions[row.enrollment_id].append(version_of(row))
        _put(
            [
                RegisterLineRow(
                    subject=key,
                    enrollment_id=key,
                    is_packet=False,
                    line={},
                    facts=to_json(form_line(found)),
                )
                for key, found in versions.items()
            ],
            "subject",
        )

    def _enrollments(self, subjects: Collection[str]) -> None:
        forms: dict[str, RegisterLineRow] = {}
        packets: dict[str, list[PacketFound]] = defaultdict(list)
        for row in RegisterLineRow.objects.filter(enrollment_id__in=subjects).order_by("subject"):
            if row.is_packet:
                packets[row.enrollment_id].append(from_json(row.facts, PacketFound))
            else:
                forms[row.enrollment_id] = row
        histories = _histories(forms)
        columns, words = [], []
        for key, row in forms.items():
            form = from_json(row.facts, FormLine)
            mine = sorted(packets[key], key=lambda item: item.facts.created_at)
            line, column = enrollment_line(key, form, mine, histories[key], self._zone)
            row.line = to_json(line)
            columns.append(column)
            told = searchable(form.words, *(item.words for item in mine))
            words.append(RegisterWordsRow(enrollment_id=key, words=told))
        _put(list(forms.values()), "subject")
        _put(columns, "enrollment_id")
        _put(words, "enrollment_id")

    def rebuild(self) -> int:
        """Make every row again; give how many enrollments there are."""
        with transaction.atomic():
            _lock()
            for model in (
                RegisterLineRow,
                RegisterWordsRow,
                RegisterEnrollmentRow,
                RegisterPacketRow,
                RegisterDocumentRow,
                RegisterMarkRow,
            ):
                model._default_manager.all().delete()  # noqa: SLF001  # Django's own name
            ids = EnrollmentVersionRow.objects.values_list("enrollment_id", flat=True).distinct()
            known = sorted(ids)
            packets = sorted(PacketRow.objects.values_list("packet_id", flat=True))
            for start in range(0, len(packets), _BATCH):
                batch = packets[start : start + _BATCH]
                self._packets(list(PacketRow.objects.filter(packet_id__in=batch)))
            for start in range(0, len(known), _BATCH):
                self._forms(known[start : start + _BATCH])
                self._enrollments(known[start : start + _BATCH])
            RegisterMarkRow.objects.create(rules=self._rules)
        return len(known)

    @property
    def _rules(self) -> str:
        """Name what the lines depend on beside the ledger."""
        return f"{RULES_VERSION} {self._zone}"[:64]

    def keep_up(self) -> None:
        """Rebuild if the rows were made by other rules, or never."""
        if not RegisterMarkRow.objects.filter(rules=self._rules).exists():
            self.rebuild()


def _lock() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _histories(subjects: Collection[str]) -> dict[str, list[Activity]]:
    found: dict[str, list[Activity]] = defaultdict(list)
    for row in ActivityRow.objects.filter(subject__in=subjects).order_by("seq"):
        found[row.subject].append(activity_of(row))
    return found


def _facts(packet_ids: Collection[str]) -> dict[str, set[Fact]]:
    found: dict[str, set[Fact]] = defaultdict(set)
    for row in FactRow.objects.filter(packet_id__in=packet_ids):
        found[row.packet_id].add(Fact(signal=Signal(row.signal), recipient=row.recipient))
    return found


def _forget_other_documents(ids: Collection[str], documents: Sequence[RegisterDocumentRow]) -> None:
    """Take out lines of these packets that are no longer among their documents.

    The others are written in their place: a document keeps its id, by which lines that are equal
    otherwise stand in order, so none moves to another page while somebody turns them.
    """
    kept = {(item.packet_id, item.position) for item in documents}
    there = RegisterDocumentRow.objects.filter(packet_id__in=ids)
    found = there.values_list("packet_id", "position", "id")
    gone = [key for packet_id, position, key in found if (packet_id, position) not in kept]
    if gone:
        there.filter(id__in=gone).delete()


def _put(rows: Sequence[Model], *key: str) -> None:
    """Write rows, in place of those with the same key."""
    if not rows:
        return
    model = type(rows[0])
    columns = model._meta.concrete_fields  # noqa: SLF001  # Django's own name
    names = [item.name for item in columns if item.name not in {"id", *key}]
    model._default_manager.bulk_create(  # noqa: SLF001  # the same
        rows, update_conflicts=True, unique_fields=key, update_fields=names
    )
