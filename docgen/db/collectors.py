"""Visits to the executed copies as rows."""

from __future__ import annotations

from docgen.db.codec import from_json, to_json
from docgen.db.models import CollectorRow
from docgen.domain.collector import Collector
from docgen.errors import NotFound


class CollectorRows:
    """The collectors port on the ORM."""

    def get(self, packet_id: str, key: str) -> Collector:
        """Read what is known of one person's visits."""
        row = CollectorRow.objects.filter(packet_id=packet_id, key=key).first()
        if row is None:
            raise NotFound("Nobody of this name asked for these copies.")
        return from_json(row.body, Collector)

    def locked(self, packet_id: str, key: str) -> Collector:
        """Read, or begin, one person's visits and hold them until the transaction ends."""
        new = to_json(Collector(packet_id=packet_id, key=key))
        CollectorRow.objects.get_or_create(packet_id=packet_id, key=key, defaults={"body": new})
        row = CollectorRow.objects.select_for_update().get(packet_id=packet_id, key=key)
        return from_json(row.body, Collector)

    def save(self, collector: Collector) -> None:
        """Write back what was read with `locked`."""
        rows = CollectorRow.objects.filter(packet_id=collector.packet_id, key=collector.key)
        rows.update(body=to_json(collector))
