"""Outbox and inbox as rows."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F

from docgen.db import jobs, locks
from docgen.db.models import DeliveryRow, ErrandRow
from docgen.ports.traffic import Delivery, Errand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from django.db.models import QuerySet


BATCH = 50

_STORE = """
    INSERT INTO delivery (service, delivery_id, headers, body, received_at, packet_id, is_settled)
    VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (service, delivery_id) DO NOTHING
"""
_AFTER_HEX = "g"  # comes after every hexadecimal digit, in whatever order a database sorts text


class ErrandRows:
    """The outbox port on the ORM."""

    @property
    def shared(self) -> bool:
        """True on PostgreSQL, where workers do it."""
        return locks.shared()

    @property
    def at_once(self) -> int:
        """Many where one process takes them; one where others stand ready for the next."""
        return 1 if self.shared else BATCH

    def add(self, errand: Errand, *, wake: bool = False) -> None:
        """Ask for an errand once."""
        _, is_new = ErrandRow.objects.get_or_create(
            key=errand.key,
            defaults={
                "kind": errand.kind,
                "payload": dict(errand.payload),
                "due_at": errand.due_at,
            },
        )
        if is_new and wake and locks.shared():
            jobs.wake(errand)

    def take(
        self, now: datetime, *, kinds: frozenset[str], limit: int, lease_s: int
    ) -> Sequence[Errand]:
        """Take due errands of these kinds under a lease."""
        due = ErrandRow.objects.filter(is_done=False, due_at__lte=now, kind__in=kinds)
        due = due.order_by("due_at", "id")
        return _lease(due, now, limit=limit, lease_s=lease_s)

    def take_one(self, key: str, now: datetime, *, lease_s: int) -> Errand | None:
        """Take one errand by key if it is due."""
        due = ErrandRow.objects.filter(is_done=False, due_at__lte=now, key=key)
        return next(iter(_lease(due, now, limit=1, lease_s=lease_s)), None)

    @contextmanager
    def carrying(self, errand: Errand) -> Iterator[bool]:
        """Hold the errand while it is carried out.

        On PostgreSQL a lock of the database session is held, and the errand must still be as it was
        taken: whoever took it over meanwhile took it once more.
        """
        with locks.held(jobs.errand_lock(errand.key)) as got:
            yield got and (not locks.shared() or _is_still_ours(errand))

    def tidy(self) -> None:
        """Forget jobs that no errand waits for."""
        if locks.shared():
            jobs.forget_settled()

    def done(self, key: str) -> None:
        """Mark an errand as carried out."""
        ErrandRow.objects.filter(key=key).update(is_done=True)

    def again(self, key: str, due_at: datetime) -> None:
        """Put an errand back for later."""
        ErrandRow.objects.filter(key=key).update(due_at=due_at)

    def waiting(self, key: str) -> Errand | None:
        """Give one errand that is not carried out yet."""
        row = ErrandRow.objects.filter(key=key, is_done=False).first()
        return _errand(row) if row is not None else None

    def open(self) -> Sequence[Errand]:
        """List errands not yet carried out."""
        return [_errand(row) for row in ErrandRow.objects.filter(is_done=False).order_by("id")]


def _lease(
    due: QuerySet[ErrandRow], now: datetime, *, limit: int, lease_s: int
) -> Sequence[Errand]:
    """Push the due time of up to `limit` rows out; another worker skips rows we hold."""
    if not due.exists():  # mostly so, and asking keeps nobody from writing
        return []
    with transaction.atomic():
        if locks.shared():
            due = due.select_for_update(skip_locked=True)
        rows = list(due[:limit])
        ErrandRow.objects.filter(pk__in=[row.pk for row in rows]).update(
            due_at=now + timedelta(seconds=lease_s), attempts=F("attempts") + 1
        )
    return [_errand(row) for row in rows]


def _is_still_ours(errand: Errand) -> bool:
    """Say whether nobody took an errand since we did, which counted our attempt."""
    ours = ErrandRow.objects.filter(key=errand.key, attempts=errand.attempts + 1, is_done=False)
    return ours.exists()


def _errand(row: ErrandRow) -> Errand:
    return Errand(
        key=row.key,
        kind=row.kind,
        payload=row.payload,
        due_at=row.due_at,
        attempts=row.attempts,
    )


class DeliveryRows:
    """The inbox port on the ORM."""

    def add(self, delivery: Delivery) -> bool:
        """Store a callback once, by a single statement: a burst of them comes all at once."""
        received_at = connection.ops.adapt_datetimefield_value(delivery.received_at)
        headers = json.dumps(dict(delivery.headers))
        told = [delivery.service, delivery.delivery_id, headers, delivery.body, received_at]
        with connection.cursor() as cursor:
            cursor.execute(_STORE, [*told, "", False])
            return bool(cursor.rowcount)

    def of_family(self, service: str, family: str) -> int:
        """Count the callbacks whose ids begin so: as a range, which the index of ids answers."""
        return DeliveryRow.objects.filter(
            service=service, delivery_id__gte=family, delivery_id__lt=f"{family}{_AFTER_HEX}"
        ).count()

    def pending(self, limit: int) -> Sequence[Delivery]:
        """List callbacks not yet acted on, oldest first."""
        rows = DeliveryRow.objects.filter(is_settled=False).order_by("id")[:limit]
        return [_delivery(row) for row in rows]

    def settle(self, service: str, delivery_id: str, packet_id: str) -> None:
        """Mark a callback as acted on."""
        DeliveryRow.objects.filter(service=service, delivery_id=delivery_id).update(
            is_settled=True, packet_id=packet_id
        )

    def of(self, packet_id: str) -> Sequence[Delivery]:
        """List the callbacks that concerned a packet."""
        return [
            _delivery(row) for row in DeliveryRow.objects.filter(packet_id=packet_id).order_by("id")
        ]

    def forget(self, packet_id: str) -> int:
        """Empty headers and bodies."""
        mine = DeliveryRow.objects.filter(packet_id=packet_id)
        return mine.update(headers={}, body=b"")


def _delivery(row: DeliveryRow) -> Delivery:
    return Delivery(
        service=row.service,
        delivery_id=row.delivery_id,
        headers=row.headers,
        body=bytes(row.body),
        received_at=row.received_at,
    )
