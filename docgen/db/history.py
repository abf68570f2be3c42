"""The history's rows: append-only, gapless, one writer at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING

from django.db import connection, transaction

from docgen.db.codec import from_json, to_json
from docgen.db.models import ActivityRow, CheckpointRow, LogNodeRow
from docgen.domain.history import Activity
from docgen.domain.merkle import HASH_SIZE, leaf_hash
from docgen.domain.standing import ACCESS
from docgen.errors import EvidenceError
from docgen.ports.ledger import StoredCheckpoint

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from django.db.models import QuerySet

    from docgen.db.projection import Projection

# Any constant; all writers of the history take the same advisory lock on PostgreSQL. SQLite's write
# transactions are immediate, hence already one at a time.
_APPEND_LOCK = 0x0D0C6E4
# Written out, because they are asked for each activity and each proof, and the ORM takes as long to
# make such a statement as the database takes to answer it.
_LASTS = (
    "SELECT (SELECT MAX(seq) FROM activity), "
    "(SELECT MAX(position) FROM activity WHERE subject = %s)"
)
_ADD = "INSERT INTO activity (seq, subject, position, leaf_hash, body) VALUES (%s, %s, %s, %s, %s)"
_LEAVES = "SELECT seq, leaf_hash FROM activity WHERE seq >= %s AND seq < %s ORDER BY seq"
_KEPT = (
    "SELECT number, hash FROM log_node WHERE level = %s AND number >= %s AND number < %s "
    "ORDER BY number"
)
_LAST = "SELECT MAX(seq) FROM activity"
_LAST_NODE = "SELECT MAX(number) FROM log_node WHERE level = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """What the JSON column holds of an activity; the rest are columns."""

    at: datetime
    kind: str
    actor: str
    details: Mapping[str, object]
    salt: str


class HistoryRows:
    """The history port on the ORM."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection

    def append(self, activity: Activity) -> Activity:
        """Store an activity under the next numbers."""
        if activity.kind.startswith(ACCESS):  # nothing that lists show follows from it
            with transaction.atomic(savepoint=False):
                return _append(activity)
        with self._projection.touching(activity.subject):
            return _append(activity)

    def of(self, subject: str) -> Sequence[Activity]:
        """List one subject's activities in order."""
        rows = ActivityRow.objects.filter(subject=subject).order_by("seq")
        return [activity_of(row) for row in rows]

    def of_kind(self, kind: str, subjects: Collection[str]) -> Sequence[Activity]:
        """List the activities of one kind about any of these subjects, in order, by one query."""
        rows = ActivityRow.objects.filter(subject__in=list(subjects), body__kind=kind)
        return [activity_of(row) for row in rows.order_by("seq")]

    def size(self) -> int:
        """Give the number that the next activity gets."""
        with connection.cursor() as cursor:
            cursor.execute(_LAST)
            last = cursor.fetchone()[0]
        return 0 if last is None else _number(last) + 1

    def nodes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Read nodes; the first that is missing, or is no hash, ends the list."""
        statement, given = (_KEPT, [level, start, end]) if level else (_LEAVES, [start, end])
        found: list[bytes] = []
        with connection.cursor() as cursor:
            cursor.execute(statement, given)
            for number, (stored, node) in enumerate(cursor.fetchall(), start):
                data = _bytes(node)
                if stored != number or len(data) != HASH_SIZE:
                    break
                found.append(data)
        return found

    def kept_nodes(self) -> Mapping[int, int]:
        """Count the kept nodes of each level by the number of its last."""
        found: dict[int, int] = {}
        with connection.cursor() as cursor:
            while True:
                cursor.execute(_LAST_NODE, [len(found) + 1])
                last = cursor.fetchone()[0]
                if last is None:
                    return found
                found[len(found) + 1] = _number(last) + 1

    def keep_nodes(self, level: int, start: int, hashes: Sequence[bytes]) -> None:
        """Store nodes; those that are there stay."""
        rows = [
            LogNodeRow(level=level, number=number, hash=node)
            for number, node in enumerate(hashes, start)
        ]
        LogNodeRow.objects.bulk_create(rows, ignore_conflicts=True)

    def leaves(self, start: int, end: int) -> Sequence[bytes]:
        """Write the leaves of stored activities anew; the first that cannot be read ends them."""
        rows = ActivityRow.objects.filter(seq__gte=start, seq__lt=end).order_by("seq")
        return list(takewhile(bool, map(_leaf, _readable(rows))))

    def first_altered(self, since: int = 0) -> int | None:
        """Hash stored activities again, and look for gaps."""
        rows = ActivityRow.objects.filter(seq__gte=since).order_by("seq")
        number = since
        for row in _readable(rows):
            if row is None or row.seq != number or not _is_whole(row):
                return number
            number += 1
        return None

    def checkpoints(self) -> Sequence[StoredCheckpoint]:
        """List every signed checkpoint, oldest first."""
        return [_checkpoint(row) for row in CheckpointRow.objects.order_by("size")]

    def count_checkpoints(self) -> int:
        """Count the signed checkpoints."""
        return CheckpointRow.objects.count()

    def checkpoints_after(self, size: int, limit: int) -> Sequence[StoredCheckpoint]:
        """List so many signed checkpoints, oldest first."""
        rows = CheckpointRow.objects.filter(size__gt=size).order_by("size")
        return [_checkpoint(row) for row in rows[:limit]]

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        """Store a checkpoint; the same size again changes nothing."""
        CheckpointRow.objects.get_or_create(
            size=checkpoint.size,
            defaults={
                "root": checkpoint.root,
                "note": checkpoint.note,
                "at": checkpoint.at,
                "time_stamp": checkpoint.time_stamp,
            },
        )

    def latest_checkpoint(self) -> StoredCheckpoint | None:
        """Give the newest checkpoint."""
        row = CheckpointRow.objects.order_by("-size").first()
        return None if row is None else _checkpoint(row)


def _append(activity: Activity) -> Activity:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_APPEND_LOCK])
    with connection.cursor() as cursor:
        cursor.execute(_LASTS, [activity.subject])
        last, position = cursor.fetchone()
    numbered = replace(
        activity,
        seq=0 if last is None else _number(last) + 1,
        position=1 if position is None else _number(position) + 1,
    )
    stored = _Stored(
        at=numbered.at,
        kind=numbered.kind,
        actor=numbered.actor,
        details=dict(numbered.details),
        salt=numbered.salt,
    )
    leaf, body = leaf_hash(numbered.leaf), json.dumps(to_json(stored))
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [numbered.seq, numbered.subject, numbered.position, leaf, body])
    return numbered


def _checkpoint(row: CheckpointRow) -> StoredCheckpoint:
    return StoredCheckpoint(
        size=_number(row.size),
        root=row.root,
        note=row.note,
        at=row.at,
        time_stamp=_bytes(row.time_stamp),
    )


def _readable(rows: QuerySet[ActivityRow]) -> Iterator[ActivityRow | None]:
    """Read rows one by one; None ends them at one that is nested so deep that it cannot be read."""
    try:
        yield from rows.iterator()
    except RecursionError:
        yield None


def _is_whole(row: ActivityRow) -> bool:
    """Say whether a row still hashes to its leaf; one that cannot even be read does not."""
    leaf = _leaf(row)
    return bool(leaf) and leaf_hash(leaf) == _bytes(row.leaf_hash)


def _leaf(row: ActivityRow | None) -> bytes:
    """Write the leaf of a stored activity anew; b"" where the row cannot be read."""
    try:
        return activity_of(row).leaf if row else b""
    except (TypeError, ValueError, KeyError, AttributeError):
        return b""


def _number(value: object) -> int:
    """Give what a column for numbers holds; SQLite lets anybody put a text there.

    Raises:
        EvidenceError: it holds no number.
    """
    if not isinstance(value, int):
        raise EvidenceError(
            "The history's log was rewritten: a row of it has no number. Restore the database from "
            "its back-up."
        )
    return value


def _bytes(value: object) -> bytes:
    """Give what a column for bytes holds; SQLite lets anybody put a text or a number there."""
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def activity_of(row: ActivityRow) -> Activity:
    """Read a stored activity."""
    stored = from_json(row.body, _Stored)
    return Activity(
        seq=row.seq,
        position=row.position,
        subject=row.subject,
        at=stored.at,
        kind=stored.kind,
        actor=stored.actor,
        details=stored.details,
        salt=stored.salt,
    )
