"""Outbox and inbox as rows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F

from docgen.db.models import DeliveryRow, ErrandRow
from docgen.ports.ledger import Delivery, Errand

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet


class ErrandRows:
    """The outbox port on the ORM."""

    def add(self, errand: Errand) -> None:
        """Ask for an errand once."""
        ErrandRow.objects.get_or_create(
            key=errand.key,
            defaults={
                "kind": errand.kind,
                "payload": dict(errand.payload),
                "due_at": errand.due_at,
            },
        )

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

    def done(self, key: str) -> None:
        """Mark an errand as carried out."""
        ErrandRow.objects.filter(key=key).update(is_done=True)

    def again(self, key: str, due_at: datetime) -> None:
        """Put an errand back for later."""
        ErrandRow.objects.filter(key=key).update(due_at=due_at)

    def open(self) -> Sequence[Errand]:
        """List errands not yet carried out."""
        return [_errand(row) for row in ErrandRow.objects.filter(is_done=False).order_by("id")]


def _lease(
    due: QuerySet[ErrandRow], now: datetime, *, limit: int, lease_s: int
) -> Sequence[Errand]:
    """Push the due time of up to `limit` rows out; another worker skips rows we hold."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            due = due.select_for_update(skip_locked=True)
        rows = list(due[:limit])
        ErrandRow.objects.filter(pk__in=[row.pk for row in rows]).update(
            due_at=now + timedelta(seconds=lease_s), attempts=F("attempts") + 1
        )
    return [_errand(row) for row in rows]


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
        """Store a callback once."""
        _, created = DeliveryRow.objects.get_or_create(
            service=delivery.service,
            delivery_id=delivery.delivery_id,
            defaults={
                "headers": dict(delivery.headers),
                "body": delivery.body,
                "received_at": delivery.received_at,
            },
        )
        return created

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


def _delivery(row: DeliveryRow) -> Delivery:
    return Delivery(
        service=row.service,
        delivery_id=row.delivery_id,
        headers=row.headers,
        body=bytes(row.body),
        received_at=row.received_at,
    )
