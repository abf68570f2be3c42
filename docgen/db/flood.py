"""Counts of tries that every web process shares; no address of anybody is stored."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import connection

from docgen.db.models import FloodRow
from docgen.ports.flood import Count

if TYPE_CHECKING:
    from datetime import timedelta

_COUNT = """
    INSERT INTO flood_count (key, began_at, tries) VALUES (%s, %s, 1)
    ON CONFLICT (key) DO UPDATE SET
        tries = CASE WHEN flood_count.began_at <= %s THEN 1 ELSE flood_count.tries + 1 END,
        began_at = CASE WHEN flood_count.began_at <= %s
            THEN excluded.began_at ELSE flood_count.began_at END
    RETURNING tries, began_at
"""


def _moment(stored: datetime | str) -> datetime:
    """Read a moment that a statement of our own gave back; SQLite keeps it as text, in UTC."""
    moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class DatabaseFloodCounts:
    """The port on a table; a client is known by a digest under the site's secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def tries(self, client: str, what: str, *, now: datetime, period: timedelta) -> int:
        """Read one count."""
        rows = FloodRow.objects.filter(key=self._key(client, what), began_at__gt=now - period)
        return rows.values_list("tries", flat=True).first() or 0

    def add(self, client: str, what: str, *, now: datetime, period: timedelta) -> Count:
        """Count one more, by a single statement, so that no process loses another's count."""
        stored = connection.ops.adapt_datetimefield_value
        past = stored(now - period)
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [self._key(client, what), stored(now), past, past])
            tries, began_at = cursor.fetchone()
        return Count(tries=tries, began_at=_moment(began_at))

    def forget(self, before: datetime) -> None:
        """Remove rows."""
        FloodRow.objects.filter(began_at__lt=before).delete()

    def _key(self, client: str, what: str) -> str:
        return hmac.new(
            self._secret, f"flood\0{what}\0{client}".encode(), hashlib.sha256
        ).hexdigest()
