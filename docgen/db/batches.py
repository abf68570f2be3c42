"""Batches as rows, a row a line, so that storing one result writes one row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.db.codec import from_json, to_json
from docgen.db.models import BatchLineRow, BatchRow
from docgen.domain.batch import Act, Batch, BatchLine
from docgen.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence


class BatchRows:
    """The batches port on the ORM."""

    def add(self, batch: Batch) -> None:
        """Store a new batch with all its lines."""
        BatchRow.objects.create(
            batch_id=batch.id, act=batch.act.value, person=batch.person, at=batch.at
        )
        BatchLineRow.objects.bulk_create(
            [
                BatchLineRow(batch_id=batch.id, position=line.position, body=to_json(line))
                for line in batch.lines
            ],
            batch_size=500,
        )

    def get(self, batch_id: str) -> Batch:
        """Read a batch with its lines."""
        row = BatchRow.objects.filter(batch_id=batch_id).first()
        if row is None:
            raise NotFound("There is no batch with this id.")
        lines = BatchLineRow.objects.filter(batch_id=batch_id).order_by("position")
        return _batch(row, tuple(from_json(item.body, BatchLine) for item in lines))

    def save_line(self, batch_id: str, line: BatchLine) -> None:
        """Write back one line."""
        rows = BatchLineRow.objects.filter(batch_id=batch_id, position=line.position)
        rows.update(body=to_json(line))

    def latest(self, limit: int) -> Sequence[Batch]:
        """List the newest batches without their lines."""
        return [_batch(row, ()) for row in BatchRow.objects.order_by("-id")[:limit]]


def _batch(row: BatchRow, lines: tuple[BatchLine, ...]) -> Batch:
    return Batch(id=row.batch_id, act=Act(row.act), person=row.person, at=row.at, lines=lines)
